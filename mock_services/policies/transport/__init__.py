"""How a service is asked: one try, fewer, or more."""
