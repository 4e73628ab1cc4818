"""What people are told in a storm, against what is true of them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from creditstorm.analysis.trust import DoubtKind
from creditstorm.record.mark_journal import read_marks
from tests.storm.harness import ROOT, Done, doubts, sound

pytestmark = pytest.mark.storm


def test_calm_tells_nobody_a_wrong_thing(calm: Done) -> None:
    """Fault-free sources and an ample deadline: not one wrongful, deferred or unanswered person, exactly."""
    sound(calm)
    assert set(calm.answers.column("outcome").to_pylist()) == {"correct"}
    assert calm.answers.num_rows > 100
    assert calm.summary["wronged_people"] == 0
    assert calm.exit_code in (0, 3), calm.out + calm.err


def test_fail_closed_tells_nearly_everybody_no_credit_while_the_bureau_is_dark(blackout: Done) -> None:
    """At least 95 % of eligible requests in the window are told "no credit", and the gate fails with exit 1."""
    sound(blackout)
    rate = blackout.rates("window", "bureau")["wrongful_no_credit_rate"]
    assert rate["n"] > 50
    assert rate["value"] >= 0.95
    assert blackout.exit_code == 1
    assert blackout.summary["verdict"] == "fail"


def test_tri_state_tells_nearly_nobody_no_credit_while_the_bureau_is_dark(tri_state: Done) -> None:
    """Under 2 % of eligible requests in the window are told "no credit"; the rest is deferred or right."""
    sound(tri_state)
    rates = tri_state.rates("window", "bureau")
    assert rates["wrongful_no_credit_rate"]["n"] > 50
    assert rates["wrongful_no_credit_rate"]["value"] < 0.02
    assert rates["deferral_rate"]["value"] > 0.1


def test_the_same_seed_brings_the_same_people_at_the_same_instants(blackout: Done, tri_state: Done) -> None:
    """Neither the policy nor the number of load processes changes who asks first and when."""
    assert blackout.first_attempts() == tri_state.first_attempts()
    assert len(blackout.first_attempts()) == blackout.summary["honesty"]["planned"]


def test_the_window_lies_between_verified_marks(blackout: Done) -> None:
    """The blackout became effective after it was asked for, and both of its instants were seen by a probe."""
    assert [part["kind"] for part in blackout.summary["slices"] if part["name"] == "bureau"] == ["window"]
    marks = {mark.name: mark.as_json() for mark in read_marks(blackout.folder)}
    assert 4.0 <= marks["fault_effective"]["t_s"] < marks["fault_cleared"]["t_s"]
    assert marks["fault_cleared"]["t_s"] >= 9.0
    assert "probe" in marks["fault_effective"]["verified_by"]


def test_the_first_cause_in_the_window_is_the_bureau(blackout: Done) -> None:
    """What the summary blames is what was stormed."""
    sound(blackout)
    window = next(part for part in blackout.summary["slices"] if part["kind"] == "window")
    assert window["first_cause"].endswith("bureau")


def test_a_report_made_anew_has_the_same_bytes(blackout: Done) -> None:
    """`creditstorm report` derives every file again from the raw ones, byte for byte, with the same exit code."""
    derived = [blackout.folder.summary, blackout.folder.report, *sorted(blackout.folder.plots.iterdir())]
    before = [path.read_bytes() for path in derived]
    for path in derived:
        path.unlink()
    command = [sys.executable, "-m", "creditstorm", "report", str(blackout.folder.root)]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == blackout.exit_code, again.stderr
    assert [path.read_bytes() for path in derived] == before
    assert again.stdout == blackout.out


def test_an_undisturbed_storm_has_the_window_it_asked_for(blackout: Done) -> None:
    """No window, no clock and no missed fault is in doubt where nobody stopped anything."""
    sound(blackout)
    kinds = (DoubtKind.WINDOW, DoubtKind.CLOCK, DoubtKind.FAULT)
    assert [said for kind in kinds for said in doubts(blackout, kind)] == []
