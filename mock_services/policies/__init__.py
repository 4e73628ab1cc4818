"""The policies of the decision service: six axes, one file a value."""
