"""Journeys of people, one a file, each runnable with plain `locust -f`; `creditstorm.generator` does the work."""
