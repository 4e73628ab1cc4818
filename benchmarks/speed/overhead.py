"""What `creditstorm run` adds to a scenario's own duration: start, ready, drain, seal, analyse, plots."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.measure import cost_of

SCENARIO_S = 75.0


def main() -> None:
    """Print the seconds and the ratio."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "creditstorm", "run", "bureau-outage-at-peak", "--out", f"{folder}/run"]
        cost = cost_of(command)
        drain_s = _load_finished_s(Path(folder) / "run" / "marks.jsonl") - SCENARIO_S
    added_s = cost.wall_s - SCENARIO_S
    print(f"  bureau-outage-at-peak: {cost.wall_s:.1f} s, so {added_s:.1f} s are added ({added_s / 6.0:.2f} of 6 s),")
    print(f"  of which {drain_s:.1f} s wait for the last answers, up to the lender's deadline of 2 s")


def _load_finished_s(journal: Path) -> float:
    marks = map(json.loads, journal.read_text(encoding="utf-8").splitlines())
    return next(float(mark["t_s"]) for mark in marks if mark["event"] == "load_finished")
