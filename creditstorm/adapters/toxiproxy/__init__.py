"""The real Toxiproxy: found, started, spoken to, and its effects on the path verified."""
