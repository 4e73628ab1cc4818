"""The snapshot shows a population like today's, some days ago."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from creditstorm.credit.sources import SCALES, SCORED
from mock_services.cache.layers import Remembered
from mock_services.cache.snapshot import DAY_S, NightlySnapshot, persistence
from tests.mock_services.policies.cases import PEOPLE, asked_by

TAKEN_AT = 1_000_000_000.0
N = 6_000


def recall(snapshot: NightlySnapshot, applicant: int, service: str) -> Remembered | None:
    return snapshot.recall(asked_by(PEOPLE.applicant(applicant)), service)


@cache
def pairs(service: str, days: float) -> np.ndarray:
    """Standardised values of today and of about `days` ago, of people who have one."""
    snapshot = NightlySnapshot(PEOPLE, coverage=1.0, oldest_s=days * DAY_S, taken_at=TAKEN_AT)
    scale = SCALES[service]
    rows = []
    for applicant in range(N):
        today = PEOPLE.applicant(applicant).values[service]
        then = recall(snapshot, applicant, service)
        if today is not None and then is not None and then.value is not None:
            rows.append((scale.characteristic(today), scale.characteristic(then.value)))
    return np.array(rows).T


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 1.0), (1, 0.995), (4, 0.9875), (7, 0.98), (30, 0.93), (90, 0.80), (400, 0.80)]
)
def test_persistence(days: float, expected: float) -> None:
    """Known ages have the assumed persistence, in between it is linear, afterwards it stays."""
    assert persistence(days * DAY_S) == pytest.approx(expected)


def test_coverage_is_85_percent() -> None:
    """The share of covered people, within 4 standard errors."""
    snapshot = NightlySnapshot(PEOPLE, taken_at=TAKEN_AT)
    share = np.mean([recall(snapshot, applicant, "bureau") is not None for applicant in range(N)])
    assert abs(share - 0.85) <= 4 * (0.85 * 0.15 / N) ** 0.5


def test_ages_fill_the_week() -> None:
    """A person's snapshot is up to seven days old, the same for every service."""
    snapshot = NightlySnapshot(PEOPLE, coverage=1.0, taken_at=TAKEN_AT)
    days = np.array([(TAKEN_AT - recall(snapshot, a, "bureau").as_of) / DAY_S for a in range(N)])  # type: ignore[union-attr]
    assert 0.0 < days.min() < 0.05
    assert 6.95 < days.max() < 7.0
    assert recall(snapshot, 3, "bureau").as_of == recall(snapshot, 3, "income").as_of  # type: ignore[union-attr]


@pytest.mark.parametrize("service", SCORED)
def test_the_past_has_the_spread_of_today(service: str) -> None:
    """Old values are standard normal like new ones."""
    _, then = pairs(service, 90.0)
    assert abs(then.mean()) <= 0.05
    assert abs(then.std() - 1.0) <= 0.04


def test_the_past_is_like_today_but_not_the_same() -> None:
    """With ages up to 90 days old values correlate with new ones as the mean persistence does."""
    today, then = pairs("bureau", 90.0)
    expected = np.mean([persistence(DAY_S * days) for days in np.linspace(0.0, 90.0, 1000)])
    assert np.corrcoef(today, then)[0, 1] == pytest.approx(expected, abs=0.02)


def test_no_record_stays_no_record() -> None:
    """A thin file had no bureau record last week either, and that is known, not missing."""
    snapshot = NightlySnapshot(PEOPLE, coverage=1.0, taken_at=TAKEN_AT)
    thin = next(a for a in range(N) if PEOPLE.applicant(a).values["bureau"] is None)
    remembered = recall(snapshot, thin, "bureau")
    assert remembered is not None
    assert remembered.value is None


def test_identity_and_score() -> None:
    """Identity is remembered as it is, the score as the old values give it, near to that of today."""
    snapshot = NightlySnapshot(PEOPLE, coverage=1.0, oldest_s=0.001, taken_at=TAKEN_AT)
    person = PEOPLE.applicant(7)
    identity, score = recall(snapshot, 7, "identity"), recall(snapshot, 7, "scoring")
    assert identity is not None
    assert identity.value == float(person.verified)
    assert score is not None
    assert score.sd == 0.0
