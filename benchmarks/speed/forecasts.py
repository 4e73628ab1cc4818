"""A forecast of a hundred million people: how long it takes from the command to the page, and in how much memory."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.measure import cost_of

DEMO = "bureau-outage-at-peak"
GATED = (0, 3)
"""Forecast, or refused: either took all there is to do."""


def main() -> None:
    """Print both; the memory is that of the largest process."""
    with TemporaryDirectory() as place:
        words = [sys.executable, "-m", "creditstorm", "forecast", DEMO, "--people", "100M", "--peak", "16.7k/s"]
        cost = cost_of([*words, "--out", str(Path(place) / "job")])
    if cost.exit_code not in GATED:
        raise SystemExit(f"the forecast ended with {cost}")
    print(f"  {cost.wall_s:.0f} s (at most 90), {cost.cpu_s:.0f} CPU s, {cost.peak_mb:,.0f} MB at most (2,000)")


if __name__ == "__main__":
    main()
