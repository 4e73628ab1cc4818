"""What gave way first above the rate that is held."""

from __future__ import annotations

import pytest
from creditstorm.analysis.planning.held import Shortened, TriedRate, _first, _signs
from creditstorm.analysis.planning.in_use import ServiceUse
from creditstorm.analysis.planning.one_peak import Probe


def failed(*runs: tuple[float, str]) -> list[TriedRate]:
    """One run that passed at 10 a second, and those that did not: at which rate, and what gave way."""
    return [TriedRate(10.0, passed=True), *(TriedRate(rate, passed=False, gave_way=what) for rate, what in runs)]


@pytest.mark.parametrize(
    ("runs", "rate_hz"),
    [
        ([(12.0, "income"), (14.0, "bureau"), (15.0, "bureau")], 14.0),
        ([(12.0, "income"), (14.0, "bureau")], 12.0),
        ([(12.0, "income"), (16.0, "bureau"), (17.0, "bureau")], 12.0),
        ([(30.0, "bureau"), (20.0, "income"), (40.0, "bureau")], 20.0),
    ],
)
def test_most_failures_near_the_edge_say_what_gave_way(runs: list[tuple[float, str]], rate_hz: float) -> None:
    """Up to half above the held rate; of equals the lowest; where none is so near, the nearest."""
    first = _first(failed(*runs), 10.0)
    assert first is not None
    assert first.rate_hz == rate_hz


def test_where_nothing_failed_nothing_gave_way() -> None:
    """Every rate that was tried passed."""
    assert _first(failed(), 10.0) is None


@pytest.mark.parametrize(("runs", "passed", "holds"), [(0, 0, False), (1, 1, True), (3, 3, True), (3, 2, False)])
def test_a_shortened_storm_holds_where_the_whole_one_was_seen_to(runs: int, passed: int, holds: bool) -> None:
    """Every time, and at least once."""
    assert Shortened(10.0, 2.0, 60.0, runs, passed).holds is holds


def test_the_first_full_queue_is_named_first_and_then_the_busiest_workers() -> None:
    """Of the lender itself it is told that people were turned away; 95 % of the workers are not all."""
    used = {"income": (0.97, 9.0), "bureau": (0.99, None), "identity": (0.95, None), "decision": (None, 4.0)}
    services = {name: ServiceUse(in_use, 0, 0, full_s) for name, (in_use, full_s) in used.items()}
    assert _signs(Probe((), {}, None, services)) == [
        "the lender turned people away at the door",
        "income queue full",
        "bureau workers all busy",
        "income workers all busy",
    ]
