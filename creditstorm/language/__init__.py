"""The words of creditstorm's files: quantities with units, closed lists, and what is said of a mistake in them."""
