"""Which version of the strategy decides for whom."""
