"""CallDraws belongs to the key of a call and has the distribution of the profile."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from creditstorm.credit.sources import CALM
from mock_services.work import CallDraw, CallDraws

BUREAU = CallDraws(7, "bureau", CALM["bureau"])


def many(draws: CallDraws = BUREAU, n: int = 20_000) -> list[CallDraw]:
    return [draws.of(applicant, 1, 0, 0) for applicant in range(n)]


def test_the_same_call_meets_the_same_luck() -> None:
    """Two processes with the same seed agree on a call's draws."""
    assert CallDraws(7, "bureau", CALM["bureau"]).of(3, 1, 2, 0) == BUREAU.of(3, 1, 2, 0)


@pytest.mark.parametrize("key", [(4, 1, 2, 0), (3, 2, 2, 0), (3, 1, 3, 0), (3, 1, 2, 1)])
def test_every_part_of_the_key_counts(key: tuple[int, int, int, int]) -> None:
    """Another applicant, session, attempt or try meets other draws."""
    assert BUREAU.of(*key).service_s != BUREAU.of(3, 1, 2, 0).service_s


def test_services_do_not_share_luck() -> None:
    """The same call to another service with the same profile meets other draws."""
    assert CallDraws(7, "income", CALM["bureau"]).of(3, 1, 2, 0).service_s != BUREAU.of(3, 1, 2, 0).service_s


@pytest.mark.parametrize(("rank", "field"), [(50, "p50_s"), (99, "p99_s")])
def test_service_times_have_the_quantiles_of_the_profile(rank: int, field: str) -> None:
    """Without stalls p50 and p99 of 20,000 calls are those of the profile, to 6 %."""
    smooth = CallDraws(7, "bureau", replace(CALM["bureau"], stall_share=0.0))
    quantile = statistics.quantiles([call_draw.service_s for call_draw in many(smooth)], n=100)[rank - 1]
    assert quantile == pytest.approx(getattr(CALM["bureau"], field), rel=0.06)


def test_a_stall_stretches_the_same_call() -> None:
    """A call that stalls takes the stall factor times as long as it would have."""
    smooth = CallDraws(7, "bureau", replace(CALM["bureau"], stall_share=0.0))
    stalled = CallDraws(7, "bureau", replace(CALM["bureau"], stall_share=1.0))
    assert stalled.of(3, 1, 0, 0).service_s == 10.0 * smooth.of(3, 1, 0, 0).service_s


def test_calm_missing_rate() -> None:
    """The share of failing calls is that of the profile: 0.6 % of 20,000, within 4 standard errors."""
    share = statistics.fmean(call_draw.missing for call_draw in many())
    assert abs(share - 0.006) <= 4 * (0.006 * 0.994 / 20_000) ** 0.5


def test_records_are_less_than_an_hour_old() -> None:
    """Ages fill the last hour."""
    ages = [call_draw.age_s for call_draw in many()]
    assert 0.0 < min(ages) < 10.0
    assert 3590.0 < max(ages) < 3600.0
