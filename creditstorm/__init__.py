"""creditstorm: chaos and load tests that know the right answer for every person."""

__version__ = "0.1.0"
