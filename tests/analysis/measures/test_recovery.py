"""Recovery is the first instant from which every 10 s window of the next 30 s is at calm."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.frame import RunData, frame_of
from creditstorm.analysis.measures.rates import Tally
from creditstorm.analysis.measures.recovery import AfterClear, recoveries_of, recovery_of
from creditstorm.analysis.phases import fault_marks_of
from creditstorm.analysis.summary import Recovery
from tests.analysis.builders import arrivals, manifest, marks, run, scenario, wrongful


def after_the_clear(wronged_s: float, *, from_s: float = 0.0, **parts: object) -> RunData:
    """Ten arrivals a second for 100 s; all are wronged in the window 20–35 s and for `wronged_s` after it."""
    bad_from, bad_to = 35.0 + from_s, 35.0 + from_s + wronged_s
    rows = [
        *arrivals(200, from_s=0.0),
        *wrongful(150, start=1_000, from_s=20.0),
        *arrivals(max(0, round(from_s * 10)), start=2_000, from_s=35.0),
        *wrongful(round(wronged_s * 10), start=3_000, from_s=bad_from),
        *arrivals(max(0, round((100 - bad_to) * 10)), start=4_000, from_s=bad_to),
    ]
    return run(rows, **{"marks": marks(), **parts})


def recovery(data: RunData) -> Recovery:
    """The recovery of the only fault."""
    (only,) = recoveries_of(*frame_of(data))
    return only


def test_back_at_once() -> None:
    """Nobody wronged after the clear: recovered after 0 s."""
    assert recovery(after_the_clear(0.0)).seconds == 0.0


def test_back_after_some_seconds() -> None:
    """Seven wrongful seconds give seven seconds of recovery: no later window holds one of them."""
    assert recovery(after_the_clear(7.0)).seconds == 7.0


def test_a_relapse_within_the_horizon_counts() -> None:
    """A calm start that relapses 15 s later is not recovered before the relapse is over."""
    assert recovery(after_the_clear(3.0, from_s=15.0)).seconds == 18.0


def test_a_relapse_beyond_the_horizon_does_not() -> None:
    """Thirty calm seconds are enough; what comes after them is another story."""
    assert recovery(after_the_clear(3.0, from_s=40.0)).seconds == 0.0


def test_censored_by_the_end() -> None:
    """Not back by the end of the run: no figure, not metastable, and what was ruled out is said."""
    found = recovery(after_the_clear(65.0))
    assert (found.seconds, found.metastable, found.observed_s) == (None, False, 65.0)
    assert found.at_least_s == 56.0
    assert "censored" in found.note


def test_too_short_to_tell() -> None:
    """With 20 s after the clear nothing can be told, and nothing is ruled out."""
    found = recovery(after_the_clear(0.0, manifest=manifest(duration_s=55.0)))
    assert (found.seconds, found.at_least_s) == (None, 0.0)


def test_metastable() -> None:
    """Not back after five times the fault's length and 300 s: metastable."""
    rows = [*arrivals(100, step_s=0.2), *wrongful(2_000, start=1_000, from_s=20.0, step_s=0.2)]
    found = recovery(run(rows, marks=marks(), manifest=manifest(duration_s=420.0)))
    assert found.metastable
    assert found.seconds is None


def test_the_next_fault_ends_what_can_be_told() -> None:
    """A fault that follows, or is still on, limits what is seen of the first one's recovery."""
    rows = after_the_clear(0.0).answers
    both = [*marks(), *marks("second", from_s=45, to_s=50)]
    first, second = recoveries_of(*frame_of(run(rows, marks=both)))
    assert (first.seconds, round(first.observed_s)) == (None, 10)
    assert second.seconds == 0.0
    overlap = [*marks(), *marks("second", from_s=30, to_s=50)]
    assert recoveries_of(*frame_of(run(rows, marks=overlap)))[0].observed_s == 0.0


def test_no_calm_to_come_back_to() -> None:
    """A fault from the first second on leaves nothing to compare with."""
    found = recovery(run(arrivals(500), marks=marks(from_s=0.0, to_s=5.0)))
    assert (found.seconds, found.note) == (None, "no calm to come back to")


def test_calm_noise_is_not_a_relapse() -> None:
    """One wronged person in ten seconds is within three standard errors of a calm without any."""
    rows = [*arrivals(200), *wrongful(150, start=1_000, from_s=20.0), *arrivals(640, start=2_000, from_s=35.0)]
    rows += wrongful(1, start=9_000, from_s=50.05)
    assert recovery(run(rows, marks=marks())).seconds == 0.0


def test_nobody_to_ask() -> None:
    """Windows in which nobody eligible asked prove nothing."""
    rows = [*arrivals(200), *wrongful(100, start=1_000, from_s=20.0)]
    assert recovery(run(rows, marks=marks(), scenario=scenario())).seconds is None


@pytest.mark.parametrize(("calm", "seconds"), [(Tally(0, 20), 0.0), (Tally(0, 2_000), None)])
def test_a_short_calm_proves_little(calm: Tally, seconds: float | None) -> None:
    """15 % wronged is within the error of a calm of 20 requests without one, and far beyond that of 2,000."""
    seen = AfterClear(asked=np.full(40, 10), wronged=np.tile([1, 2], 20))
    (fault,) = fault_marks_of(marks())
    assert recovery_of(fault, seen, calm, 40.0).seconds == seconds
