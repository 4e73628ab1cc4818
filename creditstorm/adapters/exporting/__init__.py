"""What a run under way tells Prometheus, on loopback."""
