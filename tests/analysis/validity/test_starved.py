"""A process that came round late, or ran out of something, is a doubt that names it; busyness alone is none."""

from __future__ import annotations

from typing import Any

import pytest
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.trust import Doubt, DoubtKind, Honesty
from creditstorm.analysis.validity.honesty import honesty_of
from creditstorm.analysis.validity.starved import bearable
from tests.analysis.builders import arrivals, fault, manifest, mark, run, scenario, services


def seconds(*odd: dict[str, Any], cpu: float = 0.2, lag_s: float = 0.002) -> list[dict]:
    """A hundred seconds in which lender and load came round 2 ms late, and odd ones beside."""
    even = [
        {"t_s": second + 0.5, "service": name, "cpu": cpu, "lag_s": lag_s}
        for second in range(100)
        for name in ("decision", "locust", "toxiproxy")
    ]
    return [*even, *odd]


def late(process: str, t_s: float, lag_s: float, **more: Any) -> dict[str, Any]:
    """One late second."""
    return {"t_s": t_s, "service": process, "lag_s": lag_s, **more}


def box(data: RunData) -> Honesty:
    """The honesty box of a run."""
    frame, phases = frame_of(data)
    return honesty_of(data, asked_of(frame, phases), phases)


def told(rows: list[dict], **parts: Any) -> list[Doubt]:
    """The doubts about a run with these seconds."""
    data = run(arrivals(1000), services=services(rows), **parts)
    return list(box(data).doubts)


def test_a_busy_machine_that_is_never_late_is_no_doubt() -> None:
    """All cores in use and 9 ms of lateness: everybody was served in time."""
    busy = ({"t_s": second + 0.5, "service": "machine", "cpu": 2.0} for second in range(100))
    assert told(seconds(*busy, cpu=0.99, lag_s=0.009)) == []


@pytest.mark.parametrize("process", ["decision", "bureau", "locust", "toxiproxy"])
def test_one_late_second_of_any_process_is_a_doubt(process: str) -> None:
    """A hundred seconds are fine on average; the one in which it was late is named, with the process."""
    (doubt,) = told(seconds(late(process, 42.0, 1.3, waited_s=0.9)))
    assert doubt.kind is DoubtKind.STARVED
    how = "took up to 1.3 s to answer a probe" if process == "toxiproxy" else "came round up to 1.3 s late"
    assert doubt.text.startswith(f"{process} {how} (at 42 s, waiting up to 0.9 s a second for a core)")
    assert "at most 200 ms may be (a tenth of the deadline, 2 s)" in doubt.text


@pytest.mark.parametrize(("lag_s", "found"), [(0.199, 0), (0.201, 1)])
def test_a_tenth_of_the_deadline_is_the_bound(lag_s: float, found: int) -> None:
    """The loops of one request, each so late, together use up the deadline of 2 s."""
    assert len(told(seconds(late("decision", 42.0, lag_s)))) == found


def test_a_harness_that_looked_only_once_all_was_over_knows_how_late_they_came() -> None:
    """Starved, it came round first after the end; what it read then tells of all that was before."""
    after = [late(process, 112.0, lag_s) for process, lag_s in (("decision", 1.4), ("locust", 0.9), ("bureau", 0.1))]
    doubts = told([*after, {"t_s": 112.0, "service": "machine", "cpu": 0.5}])
    (starved,) = (doubt for doubt in doubts if doubt.kind is DoubtKind.STARVED)
    assert starved.text.startswith("decision came round up to 1.4 s late")
    assert told(seconds(*after)) == []


def test_the_shortest_wait_sets_the_bound() -> None:
    """A bound on a latency and the time-out of a try are waits, too; below 50 ms nothing is late."""
    assert bearable(scenario()).lag_s == pytest.approx(0.2)
    assert bearable(scenario([], {"answer_latency": ["p(99) < 1500ms"]})).lag_s == pytest.approx(0.15)
    transport = {"preset": "retry", "transport": {"kind": "retry", "tries": 3, "per_try": "300ms"}}
    tried = bearable(scenario(system={"policy": transport}))
    assert (tried.lag_s, tried.why) == (0.05, "the least that counts beside the time-out of a try of 0.3 s")
    patient = scenario(system={"deadline": "10s"}, client={"timeout": "15s"})
    (starved,) = told(seconds(late("decision", 42.0, 1.2)), scenario=patient)
    assert "at most 1000 ms may be (a tenth of the deadline, 10 s)" in starved.text


def test_the_warm_up_and_what_comes_after_do_not_count() -> None:
    """Nobody is judged there; a second that reaches into the judged part counts."""
    odd = [late("decision", 4.0, 0.9), late("decision", 140.0, 0.9)]
    assert told(seconds(*odd), scenario=scenario(warm_up_s=5.0)) == []
    assert len(told(seconds(late("decision", 5.5, 0.9)), scenario=scenario(warm_up_s=5.0))) == 1


@pytest.mark.parametrize(("process", "doubted"), [("bureau", False), ("scoring", True)])
def test_a_process_that_a_fault_stopped_is_not_starved(process: str, doubted: bool) -> None:
    """It tells of its stop in the second after it goes on; any other process in that second is late."""
    instants = (("fault_applied", 20.0), ("fault_effective", 20.0), ("fault_cleared", 35.0))
    rest = {
        "scenario": scenario([fault(target="bureau", kind="pause")]),
        "marks": [mark(event, t_s, kind="pause") for event, t_s in instants],
    }
    kinds = [doubt.kind for doubt in told(seconds(late(process, 35.9, 15.0)), **rest)]
    assert (DoubtKind.STARVED in kinds) is doubted


def test_what_ran_out_is_named_with_its_process() -> None:
    """Files of the lender, ports of the load: a line for each, also where nobody was late."""
    odd = [
        {"t_s": 12.0, "service": "decision", "ran_out": "EMFILE", "ran_out_times": 150},
        {"t_s": 13.0, "service": "decision", "ran_out": "EMFILE", "ran_out_times": 7},
        {"t_s": 30.0, "service": "locust", "ran_out": "EADDRNOTAVAIL", "ran_out_times": 1},
    ]
    found = told(seconds(*odd))
    assert [doubt.kind for doubt in found] == [DoubtKind.RAN_OUT] * 2
    assert [doubt.text.partition(":")[0] for doubt in found] == [
        "decision was out of open files (EMFILE, 157 times, from 12 s on)",
        "locust was out of ports to call from (EADDRNOTAVAIL, once, from 30 s on)",
    ]


def test_lateness_that_nobody_recorded_is_a_doubt() -> None:
    """A record of today without the lender's lateness proves nothing, however idle the machine was."""
    idle = [{"t_s": second + 0.5, "service": "machine", "cpu": 0.1} for second in range(100)]
    (whole,), (half,) = told(idle), told([*idle, *(late("decision", second + 0.5, 0.002) for second in range(100))])
    assert (whole.kind, half.kind) == (DoubtKind.NOT_RECORDED, DoubtKind.NOT_RECORDED)
    assert whole.text.startswith("how late the processes came round was not recorded")
    assert half.text.startswith("how late locust came round was not recorded")
    assert told(idle, manifest=manifest(schema_version=4)) == []


def test_the_honesty_box_says_where_the_worst_was() -> None:
    """Also where nothing is in doubt."""
    data = run(arrivals(1000), services=services(seconds(late("scoring", 17.0, 0.04))))
    found = box(data)
    assert (found.worst_lag_s, found.worst_lag_where) == (pytest.approx(0.04), "scoring, 17 s")


def test_who_never_said_how_long_they_waited_waited_for_nothing() -> None:
    """The lateness stands, and beside it no second of waiting."""
    (doubt,) = told(seconds(late("decision", 42.0, 1.3)))
    assert "(at 42 s, waiting up to 0.0 s a second for a core)" in doubt.text
