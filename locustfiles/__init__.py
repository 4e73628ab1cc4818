"""Journeys of people, one a file, each runnable with plain `locust -f`. Only here are locust and gevent imported."""
