"""The honesty box, and each doubt that alone makes a run inconclusive."""

from __future__ import annotations

import pytest
from creditstorm.adapters.processes.settings import planned_load
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.trust import DoubtKind, Honesty
from creditstorm.analysis.validity.doubts import about_the_record
from creditstorm.analysis.validity.honesty import ONE_EPISODE, _beside, honesty_of
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.demand.taps import schedule
from creditstorm.record.manifest import Ended, Ending
from creditstorm.record.mark_journal import mark_of
from creditstorm.scenario.model import Scenario
from tests.analysis.builders import (
    arrival,
    arrivals,
    fault,
    manifest,
    mark,
    marks,
    run,
    scenario,
    services,
    wrongful,
)


def honesty(data: RunData) -> Honesty:
    """The honesty box of a run."""
    frame, phases = frame_of(data)
    return honesty_of(data, asked_of(frame, phases), phases)


def doubts(data: RunData) -> tuple[str, ...]:
    """The sentences of its doubts."""
    return tuple(doubt.text for doubt in honesty(data).doubts)


def stormy(**parts: object) -> RunData:
    """A run whose bureau fault was met, unless changed."""
    rows = [*arrivals(200), *wrongful(150, start=1_000, from_s=20.0), *arrivals(650, start=2_000, from_s=35.0)]
    return run(**{"rows": rows, "marks": marks(), "scenario": scenario([fault()]), **parts})


def test_a_run_that_kept_its_word() -> None:
    """Nothing to doubt; the one-episode note is always there."""
    found = honesty(stormy(manifest=manifest(planned=1_000)))
    assert found.doubts == ()
    assert found.notes[0] == ONE_EPISODE
    assert (found.planned, found.intended, found.unsent, found.achieved_over_intended) == (1_000, 1_000, 0, 1.0)
    assert found.generator_lag_p99_s == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"ended": Ended(Ending.INTERRUPTED, "Ctrl-C")}, "the run was interrupted: Ctrl-C"),
        ({"ended": Ended(Ending.FAILED, "bureau died")}, "the run failed: bureau died"),
        ({"ended": Ended(Ending.RUNNING)}, "the run was cut off (the harness was killed)"),
        ({"dead_workers": (1, 3)}, "load workers 1, 3 died: their arrivals are missing"),
        ({"dead_workers": (2,)}, "load worker 2 died: its arrivals are missing"),
        ({"planned": 1_020}, "20 arrivals (2.0%) were never sent; at most 1 % may be"),
    ],
)
def test_doubts_of_the_manifest(changes: dict, doubt: str) -> None:
    """How the run ended, who died in it and who is missing."""
    assert doubts(stormy(manifest=manifest(**changes))) == (doubt,)


def test_one_percent_unsent_is_allowed() -> None:
    """Exactly 1 % unsent is no doubt, one more arrival is."""
    rows = [*arrivals(990), *arrivals(10, start=5_000, answer="unsent")]
    assert doubts(run(rows)) == ()
    assert len(doubts(run([*rows, *arrivals(1, start=9_000, answer="unsent")]))) == 1


def test_no_answer_at_all() -> None:
    """Zero answers are a doubt, also when requests were sent and timed out."""
    assert "not one answer came back" in doubts(run([]))
    assert "not one answer came back" in doubts(run(arrivals(5, answer="timeout")))


def test_late_generator() -> None:
    """A lag p99 over 50 ms is a doubt; below a hundred arrivals there is no p99."""
    assert doubts(run(arrivals(200, lag_s=0.06))) == (
        "the load was sent late: generator lag p99 60 ms, at most 50 ms may be",
    )
    assert honesty(run(arrivals(99, lag_s=0.06))).generator_lag_p99_s is None
    assert [len(doubts(run(arrivals(200, lag_s=lag_s)))) for lag_s in (0.049, 0.051)] == [0, 1]


def test_a_fault_nobody_met() -> None:
    """A window in which nobody asked, or the breaker skipped the bureau for all who did, proves nothing."""
    unmet = "no request met blackhole on bureau (bureau)"
    nobody = "nobody asked while blackhole on bureau (bureau) was on, 20.0–35.0 s"
    assert doubts(stormy(rows=arrivals(100))) == (nobody,)
    skipped = [*arrivals(100), *arrivals(100, start=500, from_s=22.0, bureau_status="skipped")]
    assert doubts(stormy(rows=skipped)) == (unmet,)


def test_the_service_counts_who_met_its_fault() -> None:
    """Its own count outweighs what the window looks like: nobody is a doubt, somebody is none."""
    asked = stormy(marks=[*marks(to_s=None), mark("fault_cleared", 35.0, met=0)])
    assert doubts(asked) == ("no request met blackhole on bureau (bureau)",)
    breaking = arrivals(10, start=500, from_s=22.0, bureau_status="skipped")
    met = stormy(rows=[*arrivals(100), *breaking], marks=[*marks(to_s=None), mark("fault_cleared", 35.0, met=3)])
    assert doubts(met) == ()


def test_a_window_in_which_nobody_asked_is_named_although_somebody_met_the_fault() -> None:
    """Who asked before the mark and still waits inside the window met the fault, but its rate has no denominator."""
    rows = [*arrivals(100), *wrongful(1, start=500, from_s=19.0, took_s=2.0)]
    nobody = "nobody asked while blackhole on bureau (bureau) was on, 20.0–35.0 s"
    assert doubts(stormy(rows=rows)) == (nobody,)
    counted = [*marks(to_s=None), mark("fault_cleared", 35.0, met=1)]
    assert doubts(stormy(rows=rows, marks=counted)) == (nobody,)


def test_a_window_that_only_those_meet_who_are_rightly_refused_proves_nothing() -> None:
    """They tap again where no new people come; of the creditworthy nobody knows how they would have fared."""
    refused = [*arrivals(30, start=500, from_s=22.0, eligible=False, attempt=2, bureau_status="late")]
    nobody = "nobody creditworthy asked while blackhole on bureau (bureau) was on, 20.0–35.0 s"
    assert doubts(stormy(rows=[*arrivals(100), *refused])) == (nobody,)
    one = arrivals(1, start=900, from_s=23.0, bureau_status="late")
    assert doubts(stormy(rows=[*arrivals(100), *refused, *one])) == ()


def called(rows: list[dict], from_s: float, to_s: float) -> list[dict]:
    """The rows with their call to the bureau at these seconds after the arrival."""
    timed = {"bureau_began_s": from_s, "bureau_ended_s": to_s}
    return [{**row, **{name: row["intended_s"] + s for name, s in timed.items()}} for row in rows]


def test_contact_is_proved_by_the_call_to_the_target() -> None:
    """Who asked while the bureau was dark, but called it only afterwards, met nothing."""
    before = called(arrivals(100), 0.01, 0.05)
    short = {"marks": marks(from_s=21.0, to_s=23.0), "scenario": scenario([fault(at_s=21.0, for_s=2.0)])}
    later = called(arrivals(3, start=500, from_s=22.0, took_s=4.0), 2.0, 3.0)
    assert doubts(stormy(rows=[*before, *later], **short)) == ("no request met blackhole on bureau (bureau)",)
    waiting = called(arrivals(3, start=500, from_s=22.0, took_s=4.0), 0.01, 0.9)
    assert doubts(stormy(rows=[*before, *waiting], **short)) == ()


def test_a_request_without_an_answer_may_have_met_the_fault() -> None:
    """After a time-out nothing says when the bureau was called: the whole request stands for the call."""
    lost = arrivals(5, start=500, from_s=22.0, answer="timeout")
    rules = {"undecided_rate": ["< 99%"]}
    asked = scenario([fault()], rules)
    assert doubts(stormy(rows=[*called(arrivals(100), 0.01, 0.05), *lost], scenario=asked)) == ()


@pytest.mark.parametrize("length_s", [0.001, 0.05])
def test_a_window_too_short_for_anybody_is_a_doubt(length_s: float) -> None:
    """A fault of some milliseconds ends before anybody asks inside it: nothing was tried."""
    short = {
        "marks": marks(from_s=20.0, to_s=20.0 + length_s),
        "scenario": scenario([fault(at_s=20.0, for_s=length_s)]),
    }
    (doubt,) = doubts(stormy(rows=arrivals(600), **short))
    assert doubt.startswith("nobody asked while blackhole on bureau (bureau) was on, 20.0–20.")


def test_a_fault_before_the_decision_service_is_met_by_any_request() -> None:
    """The decision service is on every path: a time-out shows that it was asked, an unsent arrival does not."""
    faults = {
        "marks": marks("decision", target="decision"),
        "scenario": scenario([fault("decision", target="decision")], {"undecided_rate": ["< 99%"]}),
    }
    met = [*arrivals(100), *arrivals(50, start=500, from_s=22.0, answer="timeout")]
    assert doubts(stormy(rows=met, **faults)) == ()
    unsent = [*arrivals(100), *arrivals(1, start=500, from_s=22.0, answer="unsent")]
    nobody = "nobody asked while blackhole on decision (decision) was on, 20.0–35.0 s"
    assert nobody in doubts(stormy(rows=unsent, **faults))


def test_unverified_and_unapplied_faults() -> None:
    """A fault without its marks is in doubt, with the probe's own reason."""
    unverified = [mark("fault_applied", 20.0), mark("fault_unverified", 22.0, reason="5 probes passed")]
    assert doubts(stormy(marks=unverified)) == ("blackhole on bureau (bureau) could not be verified: 5 probes passed",)
    assert doubts(stormy(marks=[])) == ("blackhole on bureau (bureau) was never applied",)
    applied = [mark("fault_applied", 20.0)]
    assert doubts(stormy(marks=applied)) == ("blackhole on bureau (bureau) was never seen to take effect",)


def cpu(generator: float, other: float = 0.2) -> list[dict]:
    """A hundred seconds of a generator and one service."""
    return [
        {"t_s": second + 0.5, "service": name, "cpu": cores}
        for second in range(100)
        for name, cores in (("locust", generator), ("bureau", other))
    ]


BEFORE_LAG = manifest(schema_version=4)
"""A run of before lateness was recorded: of it the CPU has to say whether it was starved."""


def test_cpu_of_generator_and_machine() -> None:
    """The machine's share is that of all processes over its cores; calm before the load does not count."""
    before = [{"t_s": -5.0, "service": "locust", "cpu": 9.0}]
    found = honesty(run(arrivals(10), services=services([*before, *cpu(0.3)]), manifest=BEFORE_LAG))
    assert found.generator_cpu_cores == pytest.approx(0.3)
    assert found.cpu_share == pytest.approx(0.25)
    assert found.doubts == ()


def test_generator_out_of_cpu() -> None:
    """Five busy seconds of one generator process are a doubt; two processes have two cores."""
    busy = cpu(0.3)
    for row in busy[40:50]:
        row["cpu"] = 1.0
    out = "the load generator was out of CPU (100% of its cores in its busiest 5 s)"
    assert doubts(run(arrivals(10), services=services(busy), manifest=BEFORE_LAG)) == (out,)
    assert doubts(run(arrivals(10), services=services(busy), manifest=manifest(schema_version=4, processes=2))) == ()
    busy[48]["cpu"] = busy[49]["cpu"] = 0.3  # four seconds are not five
    assert doubts(run(arrivals(10), services=services(busy), manifest=BEFORE_LAG)) == ()


def test_who_was_in_flight_at_the_edge_of_a_fault_is_counted() -> None:
    """Whoever asked less than a deadline before the onset belongs to no phase; nobody else is meant."""
    calm, back = arrivals(100, from_s=6.0), arrivals(20, start=600, from_s=60.0)
    rows = [*calm, *arrivals(7, start=500, from_s=19.0), *back]
    notes = honesty(run(rows, marks=marks(), scenario=scenario([fault()]))).notes
    assert "7 arrivals in flight at the edge of a fault count in the run, but in no window or phase" in notes


@pytest.mark.parametrize(("share", "doubted"), [(0.89, 0), (0.91, 1)])
def test_nine_tenths_of_the_cpu_are_the_bound(share: float, doubted: int) -> None:
    """A generator may use 90 % of its core, everything on the machine together 90 % of its two cores."""
    generator = services(cpu(share))
    machine = services([{"t_s": second + 0.5, "service": "machine", "cpu": 2 * share} for second in range(60)])
    found = [doubts(run(arrivals(10), services=rows, manifest=BEFORE_LAG)) for rows in (generator, machine)]
    assert list(map(len, found)) == [doubted] * 2


def test_no_services_recorded() -> None:
    """Without the table, or with one that is empty or holds no number, the CPU is unknown: that is a doubt."""
    unknown = [{"t_s": 1.0, "service": "machine", "cpu": float("nan")}, {"t_s": 2.0, "service": "machine"}]
    for table in (None, services([]), services(unknown)):
        for made in (manifest(), BEFORE_LAG):
            found = honesty(run(arrivals(10), services=table, manifest=made))
            assert (found.cpu_share, found.generator_cpu_cores) == (None, None)
            assert [doubt.kind for doubt in found.doubts] == [DoubtKind.NOT_RECORDED]


def test_the_machine_as_measured_outweighs_the_sum_of_our_processes() -> None:
    """A machine kept busy by somebody else is a doubt, although our own processes are idle."""
    rows = cpu(0.1) + [{"t_s": second + 0.5, "service": "machine", "cpu": 1.95} for second in range(60)]
    found = honesty(run(arrivals(10), services=services(rows), manifest=BEFORE_LAG))
    assert found.cpu_share == pytest.approx(0.975)
    assert [doubt.kind for doubt in found.doubts] == [DoubtKind.MACHINE_CPU]
    assert found.doubts[0].text == "the machine was out of CPU (98% busy on average): the lateness may be its own"


def told_of(faulty: dict, *window: float | None) -> tuple[str, ...]:
    """What is said of a fault asked for 20 to 35 s, or as it says, that was on in this window."""
    on_s, off_s = window
    rows = [*arrivals(200), *wrongful(150, start=1_000, from_s=on_s), *arrivals(650, start=2_000, from_s=36.0)]
    plain = scenario([faulty])
    kind = faulty["kind"]
    found = [mark("fault_applied", on_s, kind=kind), mark("fault_effective", on_s, kind=kind)]
    found += [] if off_s is None else [mark("fault_cleared", off_s, kind=kind, met=9)]
    return tuple(
        doubt.text for doubt in honesty(run(rows, marks=found, scenario=plain)).doubts if doubt.kind is DoubtKind.WINDOW
    )


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ((20.9, 35.9), None),
        ((21.1, 35.0), "was on 21.1–35.0 s"),
        ((20.0, 36.1), "was on 20.0–36.1 s"),
        ((20.0, 34.7), "was on 20.0–34.7 s"),
        ((19.7, 35.0), "was on 19.7–35.0 s"),
        ((19.75, 35.0), None),
        ((41.0, 41.2), "was on 41.0–41.2 s"),
        ((20.0, None), "was on from 20.0 s and never seen to end"),
    ],
)
def test_a_window_that_is_not_the_one_asked_for(window: tuple[float, float | None], said: str | None) -> None:
    """Late, long, short, early, elsewhere or endless: a doubt with both pairs of instants; within a second none."""
    expected = [f"blackhole on bureau (bureau) {said} where 20.0–35.0 s were asked for"] if said else []
    assert list(told_of(fault(), *window)) == expected


def test_half_of_a_short_fault_is_not_the_fault() -> None:
    """Of a fault of a second, 0.4 s are a doubt although both ends lie within a second of the plan."""
    assert told_of(fault(for_s=1.0), 20.3, 21.0) == ()
    assert told_of(fault(for_s=1.0), 20.6, 21.0) == (
        "blackhole on bureau (bureau) was on 20.6–21.0 s where 20.0–21.0 s were asked for",
    )


@pytest.mark.parametrize(
    ("kind", "more", "within_s"),
    [
        ("kill", {}, 2.5),
        ("pause", {}, 1.0),
        ("latency", {"latency": 2.0}, 1.0),
        ("reset", {"after": 2.0}, 3.0),
    ],
)
def test_what_takes_longer_to_end_may(kind: str, more: dict, within_s: float) -> None:
    """A process has to come up, and a connection may wait for its reset; beyond that it is a doubt."""
    asked = fault(kind=kind, **more)
    assert [len(told_of(asked, 20.0, 35.0 + within_s + past_s)) for past_s in (-0.05, 0.05)] == [0, 1]


def test_a_restart_is_over_when_it_is_over() -> None:
    """Its `for` is the time it may take; being back soon is no doubt, being late is one."""
    asked = fault(kind="restart", for_s=3.0)
    assert told_of(asked, 20.1, 21.0) == ()
    assert len(told_of(asked, 20.1, 24.1)) == 1


def test_an_overdue_fault_says_why_it_was_never_applied() -> None:
    """The doubt names when it was asked for, and by how much the harness came too late."""
    missed = mark("fault_missed", 41.0, overdue_s=21.0)
    late = "where 20.0–35.0 s were asked for: the harness came 21.0 s late to it"
    assert doubts(stormy(marks=[missed])) == (f"blackhole on bureau (bureau) was never applied {late}",)


def test_time_that_the_harness_lost_is_a_doubt_about_the_whole_run() -> None:
    """A stopped process and a suspended machine, each once however often it happened, and no single window."""
    lost = [mark_of({"t_s": t_s, "event": "harness_stalled", "seconds": 4.0}) for t_s in (50.0, 60.0)]
    lost += [mark_of({"t_s": 70.0, "event": "clock_jumped", "seconds": 600.0})]
    found = honesty(stormy(marks=[*marks(), *lost])).doubts
    assert [(doubt.kind, doubt.window) for doubt in found] == [(DoubtKind.CLOCK, None)] * 2
    assert found[0].text.startswith("the harness stood still for 8.0 s (2 times, noticed at 50.0 s)")
    assert found[1].text.startswith("the machine was asleep for 600.0 s (once, noticed at 70.0 s)")


@pytest.mark.parametrize(("late_s", "doubted"), [(0.9, 0), (1.1, 1)])
def test_a_load_that_stood_still_is_late_although_its_p99_is_not(late_s: float, doubted: int) -> None:
    """5 late arrivals of 1,005 do not move the p99, nor do they where there is none: the latest one speaks."""
    few = arrivals(5, start=5_000, from_s=40.0, lag_s=late_s)
    for others in (arrivals(1_000), arrivals(20)):
        found = honesty(run([*others, *few])).doubts
        assert [doubt.kind for doubt in found] == [DoubtKind.LATE] * doubted


def plan_of(asked: Scenario) -> LoadPlan:
    """Who comes in a scenario."""
    return planned_load(asked)


def recorded(plan: LoadPlan, *, without: set[int] = frozenset()) -> list[dict]:
    """An answer to every planned arrival but these."""
    planned = schedule(plan.arrivals, seed=plan.seed, people=plan.population.size)
    return [
        arrival(int(who), float(at_s), session=int(session))
        for at_s, session, who in zip(planned.intended_s, planned.session, planned.applicant, strict=True)
        if session not in without
    ]


def test_missing_arrivals_are_known_by_their_numbers() -> None:
    """Each planned arrival without a row is that person at that instant, unsent, with the truth about them."""
    plan = plan_of(scenario())
    gone = {3, 500, 501}
    found, _ = frame_of(run(recorded(plan, without=gone), plan=plan))
    missing = found.filter(found["answer"].cast(str) == "unsent").sort("session")
    planned = schedule(plan.arrivals, seed=plan.seed, people=plan.population.size)
    assert missing["session"].to_list() == sorted(gone)
    assert missing["intended_s"].to_list() == planned.intended_s[sorted(gone)].tolist()
    truths, _ = plan.oracle.truths_at(planned.applicant[sorted(gone)], planned.intended_s[sorted(gone)])
    assert missing["eligible"].to_list() == truths.eligible.tolist()
    assert missing["phase"].to_list() == ["calm"] * 3


def test_a_worker_that_was_never_counted_is_missed_all_the_same() -> None:
    """Half of the workers say that half of the arrivals were planned; the schedule knows better."""
    plan = plan_of(scenario())
    half = recorded(plan, without=set(range(0, 2_000, 2)))
    found = honesty(run(half, plan=plan, manifest=manifest(planned=len(half))))
    assert [doubt.kind for doubt in found.doubts] == [DoubtKind.UNSENT]
    assert found.achieved_over_intended == pytest.approx(0.5, abs=0.01)


def test_this_seeds_people_are_held_against_the_population() -> None:
    """The note says how far shares of this seed's people are from the population's, in standard errors."""
    plan = plan_of(scenario())
    notes = honesty(run(recorded(plan), plan=plan)).notes
    (people,) = [note for note in notes if note.startswith("this seed's ")]
    assert "100.0% creditworthy for 6" in people  # the rows of this test are all eligible
    assert "0.0% micro businesses for 20.0% (-" in people
    assert "0.0% thin files for 25.0% (-" in people
    assert _beside("thin files", 0.3, 0.25, 300) == "30.0% thin files for 25.0% (+2.0 SE)"


def test_each_part_that_could_not_be_read_is_a_doubt() -> None:
    """In its own words."""
    told = [(doubt.kind, doubt.text) for doubt in about_the_record(["one file", "another"])]
    assert told == [(DoubtKind.DAMAGED, "one file"), (DoubtKind.DAMAGED, "another")]
