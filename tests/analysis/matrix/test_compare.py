"""The comparison: groups, fronts, doubts and the exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditstorm.analysis.detection import MonitorResult, Noticed
from creditstorm.analysis.matrix.cell import FirstAttempts
from creditstorm.analysis.matrix.compare import _mean, first_noticed
from creditstorm.analysis.matrix.comparison import CellEnding, CellState
from creditstorm.analysis.summary import Verdict
from tests.analysis.matrix.cells import FATES, CallDraw, cell, compared, everything

TWO = ("fail-closed", "tri-state")


def test_every_policy_once_in_the_order_of_the_plan() -> None:
    """Ten policies, the first is the yardstick and has no comparison of its own."""
    told = everything()
    assert [figures.policy for figures in told.policies] == list(FATES)
    assert [figures.against_first is None for figures in told.policies] == [True] + 9 * [False]
    assert told.exit_code == 0
    assert told.same_people
    assert "the same 5,150 first attempts" in told.notes[0]


def test_a_policy_that_fails_its_thresholds_is_a_finding() -> None:
    """Exit 0 although every gate failed."""
    told = compared([cell(name, CallDraw(verdict=Verdict.FAIL)) for name in TWO])
    assert (told.exit_code, {figures.verdict for figures in told.policies}) == (0, {Verdict.FAIL})


def test_a_run_in_doubt_is_inconclusive_and_named() -> None:
    """Exit 3, and the doubt says of which run it is."""
    told = compared([cell("fail-closed", FATES["fail-closed"]), cell("tri-state", CallDraw(doubts=("out of CPU",)))])
    assert (told.exit_code, told.doubts) == (3, ("tri-state-0: out of CPU",))


def test_other_people_make_the_comparison_inconclusive() -> None:
    """Other first attempts under one policy: exit 3, and it says under which."""
    other = replace(cell("tri-state", FATES["tri-state"]), asked=FirstAttempts(5149, "others"))
    told = compared([cell("fail-closed", FATES["fail-closed"]), other])
    assert (told.exit_code, told.same_people) == (3, False)
    assert "other first attempts were intended under tri-state than under fail-closed" in told.doubts[0]


@pytest.mark.parametrize(
    ("how", "exit_code"), [(CellEnding.FAILED, 4), (CellEnding.INTERRUPTED, 130), (CellEnding.MISSING, 130)]
)
def test_what_was_not_measured_decides_the_exit_code(how: CellEnding, exit_code: int) -> None:
    """A failed run is 4, one that was stopped or never came 130; the others are compared all the same."""
    lacking = CellState("tri-state", 0, 11, "tri-state-0", how)
    told = compared([cell("fail-closed", FATES["fail-closed"])], lacking=[lacking])
    assert told.exit_code == exit_code
    assert [figures.policy for figures in told.policies] == ["fail-closed"]
    assert "not measured: tri-state-0" in told.notes


def test_repeats_give_intervals_over_runs() -> None:
    """Three runs a policy: means with n = 3, worst verdict, worst recovery, pairs of all runs."""
    fates = [
        CallDraw(wrongful=0.2, back_s=1.0),
        CallDraw(wrongful=0.3, back_s=9.0),
        CallDraw(wrongful=0.4, verdict=Verdict.PASS),
    ]
    cells = [cell(name, fate, repeat) for repeat, fate in enumerate(fates) for name in TWO]
    told = compared(cells, repeats=3)
    first, this = told.policies
    assert (first.wrongful_people.value, first.wrongful_people.n, first.runs) == (pytest.approx(0.3), 3, 3)
    assert (first.verdict, first.recovery.seconds) == (Verdict.FAIL, 9.0)
    assert this.against_first is not None
    assert this.against_first.people == 3 * 3264
    assert not any("one episode" in note for note in told.notes)


def test_nothing_measured_is_still_a_comparison() -> None:
    """No runs: no policies, no front, nobody cheapest, and not exit 0."""
    told = compared([], lacking=[CellState(name, 0, 11, f"{name}-0", CellEnding.MISSING) for name in TWO])
    assert (told.policies, told.cheapest, told.exit_code) == ((), (), 130)


def test_a_mean_over_runs_needs_a_figure_of_each() -> None:
    """Of no run, or where one has none, there is none."""
    assert (_mean([1.0, 3.0]), _mean([1.0, None]), _mean([])) == (2.0, None, None)


def test_each_fault_is_noticed_by_its_own_alarm() -> None:
    """The slower of two faults is told, not what the faster one had been noticed by already."""
    noticed = (Noticed("bureau", 3.0), Noticed("income", 9.0))
    watch = MonitorResult("decline_rate", "declines", needs_truth=False, calm=0.4, noticed=noticed)
    found = first_noticed([replace(cell("fail-closed", FATES["fail-closed"]).summary, monitors=(watch,))])
    assert found is not None
    assert (found.faults, found.noticed, found.after_s) == (2, 2, 9.0)
