"""Each episode in the three figures of a status page, from planted troubles whose figures are known by hand."""

from __future__ import annotations

from typing import Any

import pytest
from creditstorm.analysis.detection import Harm, Incident
from creditstorm.report.words import status, three_figures
from tests.analysis import builders
from tests.analysis.monitors.test_noticed import FROM_S, TO_S, TROUBLES, rows, summary_of


def incident(trouble: str, **parts: Any) -> Incident:
    """The only one of a run with this trouble from 40 to 60 s."""
    (only,) = summary_of(trouble, **parts).incidents
    return only


def test_detection_resolution_and_impact_add_up() -> None:
    """What nobody but the bureau's own people would see is noticed by declines, over when people fare as in calm."""
    one = incident("fast fail-closed")
    assert one.detection.by == ("declines",)
    assert one.detection.after_s is not None
    assert one.resolved_after_s is not None
    assert one.lasted_s == pytest.approx(TO_S - FROM_S, abs=1.0)
    assert one.detection.after_s + one.resolved_after_s == pytest.approx(one.lasted_s)
    asked = [row for row in rows(TROUBLES["fast fail-closed"]) if FROM_S <= float(str(row["intended_s"])) < TO_S]
    creditworthy = sum(row["truth"] == "eligible" for row in asked)
    assert one.harm == Harm(creditworthy, creditworthy, 0)


def test_who_is_back_at_once_was_away_for_the_fault_and_no_shorter() -> None:
    """The least that it can have lasted is less only by what recovery leaves open."""
    summary = summary_of("fast fail-closed")
    (recovery,), (one,) = summary.recovery, summary.incidents
    assert (recovery.seconds, recovery.low_s) == (0.0, 0.0)
    assert one.lasted_s is not None
    assert one.lasted_low_s == one.lasted_s


def test_the_ideal_is_nobody() -> None:
    """A monitor that knows the truth is no answer to who noticed."""
    one = incident("fast fail-closed", monitors=["http_errors", "wrongful_no_credit"])
    assert one.detection.after_s is None
    assert one.detection.note == "no monitor noticed"
    assert (one.resolved_after_s, one.lasted_s) == (None, pytest.approx(TO_S - FROM_S, abs=1.0))
    assert three_figures(one)[1] == "not known: nobody is known to have noticed"


def test_whoever_was_told_not_yet_is_undecided() -> None:
    """An honest lender refuses nobody wrongly; its people wait."""
    harm = incident("tri-state").harm
    assert (harm.refused, harm.undecided) == (0, harm.asked)


@pytest.mark.parametrize(
    ("parts", "note"),
    [
        ({"monitors": []}, "not known: nobody watched"),
        ({"monitors": ["wrongful_no_credit"]}, "not known: nobody watched"),
    ],
)
def test_where_nobody_watched_it_is_not_known(parts: dict[str, Any], note: str) -> None:
    """That no alarm came says nothing where there was none to come."""
    assert incident("fail-closed", **parts).detection.note == note


def test_without_a_calm_it_is_not_known() -> None:
    """Nobody knows what is usual where the fault is on from the second second."""
    scenario = builders.scenario([builders.fault(at_s=2.0, for_s=TO_S)])
    data = builders.run(rows({}), scenario=scenario, marks=builders.marks(from_s=2.0, to_s=2.0 + TO_S))
    (one,) = builders.analysed(data).incidents
    assert one.detection.note.startswith("not known: ")
    assert one.lasted_s is None
    assert three_figures(one)[1].startswith("not known: ")


def test_a_run_without_a_fault_has_no_block() -> None:
    """Nothing happened, so there is nothing to tell."""
    calm = builders.analysed(builders.run(rows({}), scenario=builders.scenario(), marks=[]))
    assert (calm.incidents, status(calm)) == ((), [])
