"""How a service is asked: one try, or fewer."""
