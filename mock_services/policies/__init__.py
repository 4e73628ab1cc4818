"""The policies of the decision service: five axes, one file a value."""
