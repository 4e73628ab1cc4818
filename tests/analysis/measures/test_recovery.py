"""Recovery of recorded runs: what counts as bad, what is an episode, what can be seen, and what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.recovery import episodes_of, recoveries_of
from creditstorm.analysis.phases import GUARD_S, Phases, fault_marks_of
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.statistics.equivalence import Yardstick
from creditstorm.analysis.summary import BadRequests, Recovery, Relapse, Verdict
from creditstorm.record.marks import Mark
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import RecoverySpec, Scenario
from creditstorm.scenario.text.loader import load
from tests.analysis.builders import analysed, arrivals, fault, manifest, mark, marks, run, scenario, wrongful
from tests.analysis.measures.recoveries import rule, verdict

BAD: dict[str, dict[str, Any]] = {
    "wrongful_no_credit": {"answer": "no_credit", "reason": "C_RECORD", "cause": "late:bureau"},
    "undecided": {"answer": "undetermined", "reason": "T_SOURCE"},
    "wrong_limit": {"answer": "approved", "limit_cny": 1},
}


def after_the_clear(bad_s: float, *, from_s: float = 0.0, told: dict[str, Any] | None = None, **parts: Any) -> RunData:
    """Ten arrivals a second for 100 s; all bad in the window 20–35 s and for `bad_s` from `from_s` after it."""
    bad_from, bad_to, told = 35.0 + from_s, 35.0 + from_s + bad_s, told or BAD["wrongful_no_credit"]
    rows = [
        *arrivals(200, from_s=0.0),
        *arrivals(150, start=1_000, from_s=20.0, **told),
        *arrivals(max(0, round(from_s * 10)), start=2_000, from_s=35.0),
        *arrivals(round(bad_s * 10), start=3_000, from_s=bad_from, **told),
        *arrivals(max(0, round((100 - bad_to) * 10)), start=4_000, from_s=bad_to),
    ]
    return run(rows, **{"marks": marks(), **parts})


def recoveries(data: RunData) -> tuple[Recovery, ...]:
    """The recovery of each episode."""
    return recoveries_of(*frame_of(data), data.scenario.recovery)


def recovery(data: RunData) -> Recovery:
    """The recovery of the only episode."""
    (only,) = recoveries(data)
    return only


def test_back_at_once() -> None:
    """All decided rightly after the clear: back after 0 s, and there is nothing to add."""
    found = recovery(after_the_clear(0.0))
    assert (found.seconds, found.low_s, found.relapses, found.note) == (0.0, 0.0, (), "")
    assert found.until == BadRequests(0, 0, 0, 0)


@pytest.mark.parametrize("kind", BAD)
def test_bad_is_whatever_is_not_decided_rightly(kind: str) -> None:
    """Seven seconds of "no credit", of undetermined or of a wrong limit are seven seconds, and told by their kind."""
    found = recovery(after_the_clear(7.0, told=BAD[kind]))
    assert (found.seconds, found.low_s) == (7.0, 6.0)
    assert found.until is not None
    assert (found.until.asked, found.until.bad, getattr(found.until, kind)) == (70, 70, 70)


@pytest.mark.parametrize("answer", ["undetermined", "error", "timeout", "shed", "unsent"])
def test_a_lender_that_decides_nothing_is_not_back(answer: str) -> None:
    """A run that is wholly undecided after the fault never came back, though nobody is told "no credit"."""
    found = recovery(after_the_clear(65.0, told={"answer": answer}))
    assert (found.seconds, found.low_s, found.metastable) == (None, 64.0, False)
    assert found.note == "not back within the 65 s seen after the clear: 100 % undecided"


def test_ineligible_people_do_not_count() -> None:
    """What people are told who deserve no credit is neither good nor bad here."""
    data = after_the_clear(7.0, told={"eligible": False, "answer": "error"})
    assert recovery(data).seconds == 0.0


def test_a_relapse_within_the_thirty_seconds_counts() -> None:
    """A calm start that relapses 15 s later is not back before the relapse is over."""
    found = recovery(after_the_clear(3.0, from_s=15.0))
    assert (found.seconds, found.low_s, found.relapses) == (18.0, 17.0, ())


def test_a_relapse_after_the_recovery_is_told() -> None:
    """Forty good seconds are a recovery; three bad ones after them take the pass from the rule, and are told."""
    found = recovery(after_the_clear(3.0, from_s=40.0))
    assert (found.seconds, found.relapses) == (0.0, (Relapse(40.0, 43.0),))
    assert found.note == "worse than calm 40–43 s after the clear"
    assert verdict(found, rule("< 20s")) is Verdict.INCONCLUSIVE


def test_many_relapses_are_counted() -> None:
    """Of five relapses three are told in words."""
    rows = arrivals(3_000)
    for index, row in enumerate(rows):
        second = float(row["intended_s"]) - 35.0
        if -15.0 <= second < 0.0 or (second >= 40.0 and second % 45.0 < 3.0):
            rows[index] = {**row, "answer": "error"}
    found = recovery(run(rows, marks=marks(), manifest=manifest(duration_s=300.0)))
    assert len(found.relapses) == 5
    assert found.note.endswith("; and 2 more times")


def test_a_load_that_ends_early_says_how_much_was_seen() -> None:
    """With 17 s after the clear nothing can be told, and nothing is ruled out."""
    found = recovery(after_the_clear(0.0, manifest=manifest(duration_s=52.0)))
    assert (found.seconds, found.low_s, found.note) == (None, 0.0, "17 s of the 30 s needed seen")
    assert verdict(found, rule("< 20s")) is Verdict.INCONCLUSIVE


def test_too_little_left_after_it_was_bad() -> None:
    """Bad for 50 of 65 s: not back for these, and 15 s are too few to show it back; a rule on 20 s fails."""
    found = recovery(after_the_clear(50.0))
    assert (found.seconds, found.low_s) == (None, 49.0)
    assert found.note == "15 s of the 30 s needed seen after 50 s not back"
    assert verdict(found, rule("< 20s")) is Verdict.FAIL
    assert verdict(found, rule("< 60s")) is Verdict.INCONCLUSIVE


def test_bad_for_the_twelve_seconds_seen_is_open() -> None:
    """All bad while 12 s are seen: not shown worse for 20 s, so a rule on 20 s is open and one on 5 s fails."""
    found = recovery(after_the_clear(65.0, manifest=manifest(duration_s=47.0)))
    assert (found.seconds, found.low_s) == (None, 11.0)
    assert verdict(found, rule("< 20s")) is Verdict.INCONCLUSIVE
    assert verdict(found, rule("< 5s")) is Verdict.FAIL


def test_metastable_fails_whatever_the_bound() -> None:
    """Not back after five times the fault's length and 300 s: metastable."""
    rows = [*arrivals(200), *wrongful(2_000, start=1_000, from_s=20.0, step_s=0.2)]
    found = recovery(run(rows, marks=marks(), manifest=manifest(duration_s=420.0)))
    assert (found.seconds, found.metastable) == (None, True)
    assert verdict(found, rule("< 10min")) is Verdict.FAIL


@pytest.mark.parametrize(("observed_s", "metastable"), [(299.0, False), (300.0, True)])
def test_it_takes_300_s_to_be_metastable(observed_s: float, *, metastable: bool) -> None:
    """To the second, each of them shown bad."""
    rows = [*arrivals(200), *wrongful(2_000, start=1_000, from_s=20.0, step_s=0.2)]
    rows = [row for row in rows if row["intended_s"] < 35.0 + observed_s]
    found = recovery(run(rows, marks=marks(), manifest=manifest(duration_s=35.0 + observed_s)))
    assert (found.observed_s, found.low_s, found.metastable) == (observed_s, observed_s - 1.0, metastable)


def test_a_long_fault_is_metastable_only_after_five_times_its_length() -> None:
    """Bad for 330 s after a fault of 100 s proves nothing yet."""
    rows = [*arrivals(200), *wrongful(2_250, start=1_000, from_s=20.0, step_s=0.2)]
    found = recovery(run(rows, marks=marks(to_s=120.0), manifest=manifest(duration_s=450.0)))
    assert (found.observed_s, found.metastable) == (330.0, False)


def test_no_calm_to_come_back_to() -> None:
    """A fault from the first second on leaves nothing to compare with."""
    found = recovery(run(arrivals(500), marks=marks(from_s=0.0, to_s=5.0)))
    assert (found.seconds, found.note) == (None, "no calm to come back to")


def test_calm_noise_is_not_a_relapse() -> None:
    """One wronged person among ten good seconds is no relapse, nor does it delay the recovery."""
    rows = [*arrivals(200), *wrongful(150, start=1_000, from_s=20.0), *arrivals(640, start=2_000, from_s=35.0)]
    rows += wrongful(1, start=9_000, from_s=50.05)
    found = recovery(run(rows, marks=marks()))
    assert (found.seconds, found.relapses) == (0.0, ())


def test_a_calm_of_forty_without_a_bad_request() -> None:
    """Calm of 0 % in 40 requests: good traffic is shown back, all bad traffic is shown not back."""
    before = [*arrivals(71, step_s=0.25), *wrongful(150, start=1_000, from_s=20.0)]
    good = recovery(run([*before, *arrivals(650, start=2_000, from_s=35.0)], marks=marks(from_s=12.25, to_s=35.0)))
    assert good.calm == BadRequests(40, 0, 0, 0)
    assert good.seconds == 0.0
    bad = recovery(run([*before, *wrongful(650, start=2_000, from_s=35.0)], marks=marks(from_s=12.25, to_s=35.0)))
    assert (bad.seconds, bad.low_s) == (None, 64.0)


def test_nobody_asks_after_the_clear() -> None:
    """Silence proves nothing."""
    rows = [*arrivals(200), *wrongful(100, start=1_000, from_s=20.0)]
    found = recovery(run(rows, marks=marks()))
    assert (found.seconds, found.low_s, found.note) == (None, 0.0, "nobody creditworthy asked after the clear")


def test_people_who_stop_asking() -> None:
    """Twelve seconds of many good requests and then silence are 12 s seen, not 65."""
    rows = [
        *arrivals(200),
        *wrongful(150, start=1_000, from_s=20.0),
        *arrivals(1_200, start=2_000, from_s=35.0, step_s=0.01),
    ]
    found = recovery(run(rows, marks=marks()))
    assert (found.seconds, found.observed_s, found.note) == (None, 12.0, "12 s of the 30 s needed seen")


def test_a_pause_is_not_bridged() -> None:
    """Thirty seconds of which people ask in the first and the last only do not show what was between."""
    rows = [*arrivals(200), *wrongful(150, start=1_000, from_s=20.0)]
    rows += [
        *arrivals(500, start=2_000, from_s=35.0, step_s=0.01),
        *arrivals(500, start=3_000, from_s=60.0, step_s=0.01),
    ]
    rows += arrivals(350, start=4_000, from_s=65.0)
    assert recovery(run(rows, marks=marks())).seconds == 25.0 - 9.0


def test_so_few_say_which_margin_they_could_show() -> None:
    """One request every two seconds is open, says so with both counts, and names the margin that it could show."""
    rows = [*arrivals(40, step_s=0.5), *wrongful(30, start=1_000, from_s=20.0, step_s=0.5)]
    found = recovery(run([*rows, *arrivals(33, start=2_000, from_s=35.0, step_s=2.0)], marks=marks()))
    assert found.note == (
        "not shown back: 0 % of 30 requests were not decided rightly, in calm 0 % of 36; up to 2.0 % would be back, "
        "but so few can show a margin of 9.5 points at best, not of 2.0"
    )
    assert found.could_show == pytest.approx(0.095, abs=0.0005)


def test_the_scenario_sets_the_margin() -> None:
    """The same few requests are back where the scenario allows 10 points."""
    rows = [*arrivals(40, step_s=0.5), *wrongful(30, start=1_000, from_s=20.0, step_s=0.5)]
    rows += arrivals(33, start=2_000, from_s=35.0, step_s=2.0)
    wide = scenario([fault()], recovery={"margin": "10%"})
    assert recovery(run(rows, marks=marks(), scenario=wide)).seconds == 0.0


def test_never_verified_clear() -> None:
    """Without the mark of its end a fault has no recovery, whatever follows."""
    found = recovery(after_the_clear(0.0, marks=marks(to_s=None)))
    assert (found.seconds, found.note) == (None, "the fault was never verified clear")


def test_a_fault_that_was_never_seen_has_no_recovery() -> None:
    """Applied and cleared, but never verified to take effect: nothing to come back from."""
    unseen = [mark("fault_applied", 20.0), mark("fault_cleared", 35.0)]
    assert recoveries(after_the_clear(0.0, marks=unseen)) == ()


def named(*faults: list[Mark], deadline_s: float = 2.0) -> list[tuple[str, ...]]:
    """The names of the faults of each episode."""
    phases = Phases(0.0, 300.0, 300.0, fault_marks_of([mark for marks in faults for mark in marks]), deadline_s)
    return [tuple(one.name for one in episode.faults) for episode in episodes_of(phases)]


@pytest.mark.parametrize(
    ("second_s", "episodes"),
    [
        (30.0, [("first", "second")]),
        (64.0, [("first", "second")]),
        (66.0, [("first", "second")]),
        (67.0, [("first", "second")]),
        (68.0, [("first",), ("second",)]),
    ],
)
def test_close_faults_are_one_episode(second_s: float, episodes: list[tuple[str, ...]]) -> None:
    """Faults that overlap or leave less than 30 s undisturbed, a deadline of 2 s and the guard band off, are one."""
    first = marks("first", from_s=20.0, to_s=35.0)
    assert named(first, marks("second", from_s=second_s, to_s=second_s + 10.0)) == episodes


def test_an_instant_lender_needs_no_deadline_between() -> None:
    """With a deadline near 0, 31 s between faults are two episodes and 29 s are one."""
    first = marks("first", from_s=20.0, to_s=35.0)
    assert len(named(first, marks("second", from_s=66.0, to_s=70.0), deadline_s=0.0)) == 2
    assert len(named(first, marks("second", from_s=64.0, to_s=70.0), deadline_s=0.0)) == 1


def test_what_is_never_clear_takes_later_faults_in() -> None:
    """While one fault stays on, nothing that follows can be told apart from it."""
    assert named(marks("first", to_s=None), marks("second", from_s=200.0, to_s=210.0)) == [("first", "second")]


def test_an_episode_counts_from_its_last_clear() -> None:
    """Three flaps are one recovery, from the last one's end, named by all; a rule on any of their windows reads it."""
    when = {"flap-1": (20, 25), "flap-2": (27, 30), "flap-3": (33, 35)}
    flaps = [one for name, (from_s, to_s) in when.items() for one in marks(name, from_s=from_s, to_s=to_s)]
    data = after_the_clear(4.0, marks=flaps)
    found = recovery(data)
    assert (found.faults, found.name) == (("flap-1", "flap-2", "flap-3"), "flap-1, 1 more and flap-3")
    assert found.seconds == 4.0
    asked = scenario(
        [fault("flap-1", for_s=5), fault("flap-2", at_s=27, for_s=3), fault("flap-3", at_s=33, for_s=2)],
        {"recovery_time{window: flap-2}": ["< 20s"], "recovery_time": ["< 2s"]},
    )
    rules = analysed(run(data.answers, marks=flaps, scenario=asked)).thresholds
    assert [one.verdict for one in rules] == [Verdict.PASS, Verdict.FAIL]


def test_two_episodes_have_a_recovery_each() -> None:
    """Far enough apart, each has its own; what is seen of the first ends a deadline before the second is applied."""
    both = [*marks(), *marks("second", from_s=70, to_s=72)]
    first, second = recoveries(after_the_clear(2.0, marks=both))
    assert (first.name, first.seconds, first.observed_s) == ("bureau", 2.0, 32.0)
    assert (second.name, second.observed_s, second.note) == ("second", 28.0, "28 s of the 30 s needed seen")


def test_the_worst_episode_is_read() -> None:
    """A rule on the whole run passes only if every episode does."""
    both = [*marks(), *marks("second", from_s=70, to_s=72)]
    asked = scenario([fault(), fault("second", at_s=70, for_s=2)], {"recovery_time": ["< 20s"]})
    (result,) = analysed(after_the_clear(2.0, marks=both, scenario=asked)).thresholds
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.note == "second: 28 s of the 30 s needed seen"


def test_the_default_margin() -> None:
    """Two points, or half as much again."""
    assert RecoverySpec() == RecoverySpec(margin=0.02, ratio=1.5)


def planned_eligible(asked: Scenario, from_s: float, to_s: float) -> int:
    """How many first attempts of eligible people, 65 % of all, a scenario plans between two instants."""
    rates, before = [], 0.0
    for stage in asked.load.arrivals or ():
        steps = np.linspace(before, stage.reaches_hz, round(stage.for_s * 10))
        rates += list(steps if stage.rate_hz is None else np.full_like(steps, stage.rate_hz))
        before = stage.reaches_hz
    return round(0.65 * sum(rates[round(from_s * 10) : round(to_s * 10)]) / 10)


GATED = [one for one in map(load, catalogue.paths()) if any(rule.metric == "recovery_time" for rule in one.thresholds)]


@pytest.mark.parametrize("asked", GATED, ids=lambda one: one.id)
def test_a_shipped_margin_can_be_shown(asked: Scenario) -> None:
    """With a calm of 5.5 % and 45 s after the last fault, each catalogue scenario asks for a margin it can show."""
    onset_s = min(one.at_s for one in asked.faults) - asked.system.deadline_s - GUARD_S
    clear_s = max(one.at_s + one.for_s for one in asked.faults)
    calm = planned_eligible(asked, asked.load.warm_up_s, onset_s)
    limit = Yardstick(round(0.055 * calm), calm, asked.recovery.margin, asked.recovery.ratio)
    assert limit.could_show(planned_eligible(asked, clear_s, clear_s + 45.0)) < 0.8 * (limit.limit - limit.share)
