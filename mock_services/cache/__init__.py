"""Last known good values: in this process or in a Redis, over the snapshot of last night."""
