"""The values of each policy axis as a scenario asks for them, one file an axis."""
