"""What is decided when evidence is missing."""
