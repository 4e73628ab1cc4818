"""Last known good values that are kept in a Redis, a network away from the decision service."""
