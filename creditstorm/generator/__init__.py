"""The load as a child of Locust: only here and in locustfiles are locust and gevent imported."""
