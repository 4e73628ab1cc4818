"""What is counted of a run: rates, latency, recovery, deferrals, money."""
