"""The figures of a matrix: one file a figure."""
