"""A hunt: faults drawn and shrunk until the smallest storm is left that breaks the thresholds."""
