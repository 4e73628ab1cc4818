"""A storm whose fault is another package's, under any policy."""

from __future__ import annotations

from pathlib import Path

from tests.storm.harness import scenario

FAULT = {"kind": "divided", "target": "income", "at": "2s", "for": "6s", "by": 5}
LENIENT = {"preset": "fail-closed", "name": "lenient", "missing": {"kind": "lenient", "points": 60}}


def foreign(folder: Path, policy: object) -> Path:
    """A storm of 9 s with the fault of the package in it."""
    load = {"arrivals": [{"for": "9s", "rate": "30/s"}], "warm_up": "1s"}
    return scenario(folder, load=load, system={"policy": policy}, faults=[FAULT], thresholds={})
