"""What was asked: the scenario language as frozen types."""
