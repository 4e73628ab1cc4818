"""What is said of a run before it begins: what it plans, what it could show, what it could not."""
