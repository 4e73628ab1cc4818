"""What can be made to go wrong inside a service: one class, one file, and one line in the registry."""
