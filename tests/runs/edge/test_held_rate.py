"""How large a peak a small lender holds: simulated, on every core, with what gives way first."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.analysis.planning.in_use import ServiceUse
from creditstorm.analysis.planning.one_peak import CalmShare, Probe, Ruled
from creditstorm.analysis.trust import DoubtKind
from creditstorm.analysis.validity.doubts import LABELS
from creditstorm.cli import main
from creditstorm.errors import UsageError
from creditstorm.record.job_folder import Result
from creditstorm.report.planning import peak_page
from creditstorm.runs.edge.held_rate import (
    LIVE_PATIENCE,
    MOST_PEOPLE,
    Patience,
    Question,
    at_most_s,
    held_rate,
    simulated_patience,
)
from creditstorm.runs.matrix import BESIDE_S
from creditstorm.runs.points import Point
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read
from creditstorm.scenario.threshold import Unit

RULE = "wrongful_no_credit_rate.people < 2%"
SMALL = (
    "load.arrivals=[{for: 2s, rate: 10/s}, {for: 6s, rate: 20/s}]",
    "load.warm_up=1s",
    "load.retap=off",
    "system.services.income.workers=6",
    "system.services.income.queue=10",
)


def question(low_hz: float, high_hz: float, *more: str) -> Question:
    """About the calm scenario with a small income service."""
    thresholds = 'thresholds={"wrongful_no_credit_rate.people": ["< 2%"]}'
    return Question(read(catalogue.find("calm")), (*SMALL, thresholds, *more), low_hz, high_hz)


def answering(edge_hz: float) -> object:
    """A lender that passes up to this peak, and never above."""

    def run(points: Sequence[Point]) -> dict[str, Result]:
        return {point.name: told(point, edge_hz).as_json() for point in points}

    return run


def told(point: Point, edge_hz: float) -> Probe:
    """What such a run says."""
    peak_hz = max(stage.reaches_hz for stage in point.scenario.load.arrivals or ())
    value = 0.001 if peak_hz <= edge_hz else 0.4
    rule = Ruled(RULE, Unit.SHARE, value, 1000, "people", holds=value < 0.02)
    return Probe((rule,), {"late:income": 3}, CalmShare(0.001, 0.0, 1000), {})


def test_the_edge_of_a_lender_that_is_known() -> None:
    """Within a tenth, from above and below, and what failed is told."""
    found = held_rate(question(20.0, 2000.0), answering(640.0), simulated_patience(2))  # type: ignore[arg-type]
    assert found.low_hz <= 640.0 * 1.02
    assert found.held_hz == pytest.approx(640.0, rel=0.15)
    assert found.gave_way == "income late"
    assert "measured 40 %" in found.broke


def test_a_live_search_ends_after_two_dozen_runs_at_most() -> None:
    """However wide the range, with the interval that so many runs allow, and that holds the edge."""
    asked = question(20.0, 2000.0)
    for edge_hz in (33.0, 120.0, 640.0):
        found = held_rate(asked, answering(edge_hz), LIVE_PATIENCE)  # type: ignore[arg-type]
        assert len(found.runs) <= LIVE_PATIENCE.most_runs
        assert found.low_hz <= edge_hz * 1.02
        assert found.high_hz >= edge_hz / 1.02
        assert found.high_hz / found.low_hz < 2.2
    assert at_most_s(asked) == pytest.approx(24 * (8.0 + BESIDE_S))


def test_a_range_in_which_everything_fails_or_passes_is_refused() -> None:
    """With what was measured, and what to do."""
    with pytest.raises(UsageError, match=r"even 20/s fails: .*measured 40 %.*in calm\)\n.*lower range"):
        held_rate(question(20.0, 200.0), answering(1.0), simulated_patience(2))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"200/s still passes.*\n.*higher range"):
        held_rate(question(20.0, 200.0), answering(9e9), simulated_patience(2))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "why", "calm", "remedy"),
    [
        (0.4, "", CalmShare(0.001, 0.0, 1000), "(0.1 % of 1,000 wrongly told “no credit” in calm)"),
        (0.4, "", CalmShare(0.001, 0.0, 1000), "one that breaks the rule at any rate has no edge"),
        (0.4, "", CalmShare(0.056, 0.043, 1000), "no rate can satisfy what calm alone breaks"),
        (0.4, "", CalmShare(0.111, 0.003, 9), "one that breaks the rule at any rate has no edge"),
        (0.4, "", CalmShare(0.111, None, 9), "(11.1 % of 9 wrongly told “no credit” in calm)"),
        (0.0, LABELS[DoubtKind.UNDECIDED], CalmShare(0.0, 0.0, 9), "--below 'undecided_rate < 90%'"),
        (0.0, LABELS[DoubtKind.FAULT], CalmShare(0.0, 0.0, 9), "Ask for a higher range"),
    ],
)
def test_what_to_do_where_even_the_lowest_rate_fails(value: float, why: str, calm: CalmShare, remedy: str) -> None:
    """Only a rule that calm breaks is called hopeless; who decides too few is told which rule allows that."""
    probe = Probe((Ruled(RULE, Unit.SHARE, value, 1000, "people", holds=False, why=why),), {}, calm, {})

    def run(points: Sequence[Point]) -> dict[str, Result]:
        return {point.name: probe.as_json() for point in points}

    with pytest.raises(UsageError) as refused:
        held_rate(question(20.0, 200.0), run, simulated_patience(2))
    assert remedy in str(refused.value)
    assert ("calm alone" in str(refused.value)) is (calm.low is not None and calm.low > 0.02)


def test_no_rate_below_the_range_is_said_to_be_held() -> None:
    """The lowest rate passes twice by luck and then fails: what lies below it was never tried."""
    lucky = iter((True, True))

    def run(points: Sequence[Point]) -> dict[str, Result]:
        return {point.name: told(point, 9e9 if next(lucky, False) else 1.0).as_json() for point in points}

    with pytest.raises(
        UsageError, match=r"not even 20/s passes with 95 % confidence: \d+ of \d+ runs there failed"
    ) as refused:
        held_rate(question(20.0, 24.0), run, simulated_patience(2))
    assert all(float(rate) >= 20.0 for rate in re.findall(r"([\d.]+)/s", str(refused.value)))


def test_no_rate_above_the_range_is_said_to_be_held() -> None:
    """One run fails by bad luck and all others pass: what lies above the range was never tried."""
    unlucky = iter((True, True, False))

    def run(points: Sequence[Point]) -> dict[str, Result]:
        return {point.name: told(point, 9e9 if next(unlucky, True) else 1.0).as_json() for point in points}

    with pytest.raises(UsageError, match=r"another run at 24/s still passes with 95 % confidence \(\d+ of \d+ runs"):
        held_rate(question(20.0, 24.0), run, simulated_patience(2))


def test_every_stage_is_scaled_and_a_large_storm_shortened() -> None:
    """The peak is what was asked for, parts keep their shares, and nobody waits for a million people."""
    small = question(20.0, 9000.0).at(40.0, 7)
    assert [stage.reaches_hz for stage in small.load.arrivals or ()] == [20.0, 40.0]
    assert (small.seed, small.load.duration_s) == (7, 8.0)
    storm = Question(read(catalogue.find("bureau-outage-at-peak")), (), 20.0, 5000.0)
    large = storm.at(2000.0, 1)
    assert max(stage.reaches_hz for stage in large.load.arrivals or ()) == 2000.0
    people = sum(stage.for_s * stage.reaches_hz for stage in large.load.arrivals or ())
    assert people < 1.3 * MOST_PEOPLE or large.load.duration_s == pytest.approx(12.0)
    whole = storm.at(80.0, 1)
    assert large.faults[0].at_s / large.load.duration_s == pytest.approx(whole.faults[0].at_s / whole.load.duration_s)
    assert storm.shortened_from_hz() is not None
    again = storm.at(2000.0, 1, whole=True)
    assert (again.load.duration_s, again.faults[0].for_s) == (whole.load.duration_s, whole.faults[0].for_s)


@pytest.mark.parametrize("rate_hz", [8.0, 80.0, 160.0, 5000.0])
def test_nobody_comes_more_often_because_the_peak_is_higher(rate_hz: float) -> None:
    """First taps an applicant are those of the scenario, at every rate and however short the storm is made."""
    storm = Question(read(catalogue.find("bureau-outage-at-peak")), (), 1.0, 5000.0)
    own, asked = storm.draft.scenario(), storm.at(rate_hz, 1)
    assert asked.load.planned / asked.population.size == pytest.approx(own.load.planned / own.population.size, rel=1e-3)


@pytest.mark.parametrize(
    ("long_edge_hz", "said"),
    [
        (9e9, "the whole storm passes there as well (2 of 2 runs)"),
        (1.0, "the whole storm fails there in 2 of 2 runs: over its whole length less is held"),
    ],
)
def test_the_whole_storm_is_run_where_a_shorter_one_was(long_edge_hz: float, said: str) -> None:
    """A lender that a long storm breaks is not said to hold a peak because a short one passes."""
    storm = Question(read(catalogue.find("bureau-outage-at-peak")), (), 20.0, 2000.0)
    whole_s = storm.draft.scenario().load.duration_s

    def run(points: Sequence[Point]) -> dict[str, Result]:
        edges = {True: long_edge_hz, False: 640.0}
        whole = [(p, p.name.startswith("whole")) for p in points]
        assert all(point.scenario.load.duration_s == whole_s for point, is_whole in whole if is_whole)
        return {point.name: told(point, edges[is_whole]).as_json() for point, is_whole in whole}

    found = held_rate(storm, run, simulated_patience(2))
    assert said in peak_page.beside(found)
    assert ("× shorter" in peak_page.headline(found)) is (long_edge_hz == 1.0)
    assert found.shortened is not None
    assert found.shortened.times == pytest.approx(640.0 / (storm.shortened_from_hz() or 0.0), rel=0.15)


def test_too_large_a_storm_is_not_run_whole_and_that_is_said() -> None:
    """What a short one says is not taken for the long one."""
    storm = Question(read(catalogue.find("bureau-outage-at-peak")), (), 20.0, 9000.0)
    found = held_rate(storm, answering(4000.0), simulated_patience(2))  # type: ignore[arg-type]
    assert any("too many would ask in the whole storm" in line for line in peak_page.beside(found))
    assert "× shorter" in peak_page.headline(found)


def test_what_runs_that_pass_show_as_well_did_not_give_way() -> None:
    """A queue that is full at every rate is named beside it; the one that is full where runs fail is what broke."""

    def run(points: Sequence[Point]) -> dict[str, Result]:
        found = {}
        for point in points:
            probe = told(point, 300.0)
            late = {} if probe.passed else {"income": ServiceUse(0.9, 240, 3, 9.0)}
            found[point.name] = replace(probe, services={"social": ServiceUse(0.5, 240, 1, 2.0), **late}).as_json()
        return found

    found = held_rate(question(20.0, 2000.0), run, simulated_patience(2))
    assert found.gave_way == "income queue full"
    assert found.borne == ("social queue full",)
    assert "in runs that pass, too: social queue full" in peak_page.beside(found)


def test_the_command_says_what_a_lender_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real search over simulated runs: the small service gives way, and the folder goes on where it was."""
    few = Patience(0.1, 12, 2)  # enough to tell the edge from its sides
    monkeypatch.setattr("creditstorm.runs.edge.held_rate.simulated_patience", lambda _side_by_side: few)
    words = ["capacity", "calm", "--below", RULE, "--rate", "4/s..40/s", "--out", str(tmp_path / "c"), "-q", "--json"]
    for one in SMALL:
        words += ["--set", one]
    found = []
    for _ in range(2):
        monkeypatch.setattr("sys.argv", ["creditstorm", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1]
    assert 4.0 < found[0]["held_hz"] < 40.0
    assert found[0]["gave_way"] == "income queue full"
    assert found[0]["mode"] == "simulated"
    assert (tmp_path / "c/plots/capacity.png").stat().st_size > 10_000
    page = (tmp_path / "c/capacity.html").read_text()
    assert "simulated" in page
    assert "income queue full" in page


def test_a_lender_that_turns_people_away_itself_has_no_full_queue() -> None:
    """Admission at its door is a decision of its own, and is called so."""
    door = {"decision": ServiceUse(None, 0, 9, 3.0)}

    def run(points: Sequence[Point]) -> dict[str, Result]:
        probes = {point.name: told(point, 300.0) for point in points}
        return {name: (p if p.passed else replace(p, services=door)).as_json() for name, p in probes.items()}

    found = held_rate(question(20.0, 2000.0), run, simulated_patience(2))
    assert found.gave_way == "the lender turned people away at the door"
