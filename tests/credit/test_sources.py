"""The services of the reference system are fast and large enough for what is said of them."""

from __future__ import annotations

import math

import pytest
from creditstorm.credit.sources import CALM, SERVICES, ServiceProfile


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_carries_about_250_requests_a_second(service: str) -> None:
    """Its workers over the mean time of a request, stalls left out; as many as that wait in a full queue."""
    profile = CALM[service]
    mean_s = math.exp(profile.mu + profile.sigma**2 / 2.0)
    assert 200.0 < profile.workers / mean_s < 500.0
    assert 200 <= profile.queue <= 300
    assert 0.0 < profile.missing_rate < 0.01
    assert 0.0 < profile.stall_share < 0.01


def test_half_take_less_than_the_median_and_one_of_a_hundred_more_than_the_p99() -> None:
    """A lognormal time whose logarithm has mean mu and standard deviation sigma."""
    profile = ServiceProfile(p50_s=0.1, p99_s=0.4, workers=1, queue=1, missing_rate=0.0)
    assert math.exp(profile.mu) == pytest.approx(0.1)
    assert math.exp(profile.mu + 2.3263 * profile.sigma) == pytest.approx(0.4, rel=1e-4)
