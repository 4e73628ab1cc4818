"""What every test shares."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# These machines are shared and noisy: a deadline on one example would be a timed assertion.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
