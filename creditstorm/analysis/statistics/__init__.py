"""Intervals and tests, of numbers alone."""
