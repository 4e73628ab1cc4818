"""What `creditstorm run` adds to a scenario's own duration: start, ready, drain, seal, analyse, plots."""

from __future__ import annotations

import sys
from tempfile import TemporaryDirectory

from benchmarks.measure import cost_of

SCENARIO_S = 75.0


def main() -> None:
    """Print the seconds and the ratio."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "creditstorm", "run", "bureau-outage-at-peak", "--out", f"{folder}/run"]
        cost = cost_of(command)
    added_s = cost.wall_s - SCENARIO_S
    print(f"  bureau-outage-at-peak: {cost.wall_s:.1f} s, so {added_s:.1f} s are added ({added_s / 6.0:.2f} of 6 s)")
