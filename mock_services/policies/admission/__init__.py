"""Who is let in under load."""
