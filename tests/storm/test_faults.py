"""Faults that are not of the network, in real runs: told to services, dealt to processes, taken off again."""

from __future__ import annotations

from typing import Any

import pytest
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.marks import FaultMark
from tests.storm.harness import Done, sound

pytestmark = pytest.mark.storm


def marks(done: Done, event: str) -> dict[str, dict[str, Any]]:
    """The marks of one event by the name of their fault."""
    faults = [mark for mark in read_marks(done.folder) if isinstance(mark, FaultMark)]
    return {mark.fault: mark.as_json() for mark in faults if mark.name == event}


def window(done: Done, fault: str) -> tuple[float, float]:
    """When the fault was seen to hold, and when to be gone."""
    effective, cleared = (marks(done, event)[fault]["t_s"] for event in ("fault_effective", "fault_cleared"))
    return effective, cleared


def statuses(done: Done, service: str, between: tuple[float, float]) -> set[str]:
    """What the evidence of a service was for those who asked between two instants."""
    rows = done.answers.select(["intended_s", f"{service}_status"]).to_pylist()
    return {row[f"{service}_status"] for row in rows if between[0] < row["intended_s"] < between[1]}


def test_faults_inside_services_are_verified_and_taken_off(sources_sick: Done) -> None:
    """Each took effect and ended, by a receipt where a request can meet it, and the run is whole."""
    assert sources_sick.exit_code in (0, 3), sources_sick.err
    effective, cleared = marks(sources_sick, "fault_effective"), marks(sources_sick, "fault_cleared")
    assert set(effective) == set(cleared) == {"bureau", "repayment", "income", "social", "consumption"}
    by_receipt = {name for name, mark in effective.items() if mark["verified_by"].startswith("receipt: ")}
    assert by_receipt == {"bureau", "repayment", "income", "social"}
    assert all(2.0 <= effective[name]["t_s"] < cleared[name]["t_s"] for name in effective)


def test_people_meet_what_was_injected(sources_sick: Done) -> None:
    """Inside the window the evidence shows errors and withdrawn consent, before and after it does not."""
    sound(sources_sick)
    assert "error" in statuses(sources_sick, "bureau", window(sources_sick, "bureau"))
    from_s, until_s = window(sources_sick, "social")
    assert "refused" in statuses(sources_sick, "social", (from_s, until_s))
    assert "refused" not in statuses(sources_sick, "social", (0.0, 2.0))
    assert "refused" not in statuses(sources_sick, "social", (until_s, 10.0))


def test_faults_of_processes_are_verified_and_made_good(processes_down: Done) -> None:
    """Dead, silent and restarted services were met by probes and answered again; no wanted end failed the run."""
    assert processes_down.exit_code in (0, 3), processes_down.err
    effective, cleared = marks(processes_down, "fault_effective"), marks(processes_down, "fault_cleared")
    assert set(effective) == set(cleared) == {"identity", "inside", "consumption", "decision"}
    assert all(effective[name]["verified_by"].startswith("probe: ") for name in ("identity", "consumption", "decision"))
    assert all("answered" in cleared[name]["verified_by"] for name in ("identity", "consumption", "decision"))


def test_a_restarted_service_is_as_it_was(processes_down: Done) -> None:
    """Both were started again on the same ports, and the fault inside the killed one outlived it."""
    ready = [mark.as_json() for mark in read_marks(processes_down.folder) if mark.name == "service_ready"]
    for service in ("identity", "decision"):
        old, new = [mark for mark in ready if mark["service"] == service]
        assert old["port"] == new["port"]
        assert old["pid"] != new["pid"]
    sound(processes_down)
    back = (window(processes_down, "identity")[1], window(processes_down, "inside")[1])
    assert {"ok", "error"} <= statuses(processes_down, "identity", back)


def test_a_cell_is_lost_and_comes_back(cell_lost: Done) -> None:
    """Every second replica is cut off at once and verified; the first ones keep the sources answering."""
    done = cell_lost
    assert done.exit_code in (0, 3), done.err
    assert marks(done, "fault_effective")["cell-b"]["verified_by"] == "probe: connection refused (2 of 2 members)"
    assert marks(done, "fault_cleared")["cell-b"]["verified_by"].endswith("(2 of 2 members)")
    sound(done)
    assert "ok" in statuses(done, "bureau", window(done, "cell-b"))
