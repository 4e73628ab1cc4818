"""A point of a sweep is repeated live, and what capacity asks of a live run is in its record."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from creditstorm.record.folder import RunFolder
from creditstorm.runs.conclude import read_run
from creditstorm.runs.edge.held_rate import live_probe
from tests.storm.harness import COMMAND, PATIENCE_S, ROOT, Done, scenario, sound, while_in_doubt

pytestmark = pytest.mark.storm

LOAD = {"arrivals": [{"for": "6s", "rate": "30/s"}], "warm_up": "1s"}
DARK = {"kind": "blackhole", "target": "bureau", "at": "2s", "for": "3s"}


def swept(file: Path, out: Path) -> Done:
    """The sweep of two points with one repeated live, and the run of that."""
    vary = ["--vary", "faults[0].for=1s..3s/2", "--seeds", "1", "--verify", "1"]
    command = [*COMMAND, "sweep", str(file), *vary, "--out", str(out), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return Done(done.returncode, done.stdout, done.stderr, RunFolder(out / "live-0-scenario-0"))


def test_a_sweep_repeats_a_point_live(tmp_path: Path) -> None:
    """The error of each figure is told, and the record of the run is there."""
    file, out = scenario(tmp_path, load=LOAD, faults=[DARK]), tmp_path / "sweep"
    done = while_in_doubt(lambda: swept(file, out), out)
    sound(done)
    [repeated] = json.loads(done.out)["repeated"]
    assert repeated["live"]["wrongful_no_credit_rate.people"] > 0.05
    assert repeated["errors"]["wrongful_no_credit_rate.people"] == pytest.approx(0.0, abs=0.06)
    assert repeated["errors"]["answer_latency p(50)"] == pytest.approx(0.0, abs=0.1)
    probe = live_probe(read_run(done.folder))
    value = repeated["live"]["wrongful_no_credit_rate.people"]
    assert probe["rules"][0]["value"] == pytest.approx(value)  # type: ignore[index]
    assert not probe["rules"][0]["holds"]  # type: ignore[index]
    assert {"bureau", "income", "scoring"} <= set(probe["services"])  # type: ignore[call-overload]
