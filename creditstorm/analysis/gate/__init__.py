"""From what was measured to pass, fail or inconclusive."""
