"""A short storm live and simulated under two policies: every figure that can be told of it agrees."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from creditstorm.record.folder import RunFolder
from tests.storm.harness import COMMAND, PATIENCE_S, ROOT, Done, scenario, sound

pytestmark = pytest.mark.storm

LOAD = {"arrivals": [{"for": "12s", "rate": "30/s"}], "warm_up": "1s"}
DARK = {"kind": "blackhole", "target": "bureau", "at": "3s", "for": "5s"}
POLICIES = ("fail-closed", "tri-state")


def test_a_simulated_storm_tells_what_the_live_one_tells(tmp_path: Path) -> None:
    """Of no figure it is shown that it differs, and the rates of the run agree under both policies."""
    file, out = scenario(tmp_path, load=LOAD, faults=[DARK]), tmp_path / "agree"
    command = [*COMMAND, "agree", str(file), "--policies", ",".join(POLICIES), "--out", str(out), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    runs = [RunFolder(out / f"short-{policy}-0-live") for policy in POLICIES]
    sound(*(Done(0, "", "", run) for run in runs))
    found = json.loads(done.stdout)
    assert found["measured"] == found["wanted"] == 2
    for one in found["compared"]:
        assert one["doubts"] == []
        figures = {(f["figure"], f["where"], f["of"]): f for f in one["figures"]}
        assert not [f for f in figures.values() if f["alike"] == "differs"]
        assert figures["unavailability_rate", "run", "people"]["alike"] == "agrees"
        assert ("recovery", "bureau", "") in figures
    wrongful = [
        next(f for f in one["figures"] if (f["figure"], f["where"]) == ("wrongful_no_credit_rate", "bureau"))
        for one in found["compared"]
    ]
    assert wrongful[0]["simulated"] == pytest.approx(wrongful[0]["live"], abs=0.02)
    assert wrongful[0]["live"] > 0.95
    assert wrongful[1]["live"] < 0.05
