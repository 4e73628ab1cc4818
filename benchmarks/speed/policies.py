"""CPU of the decision service per decision in calm: the richest preset against the one that does least.

The same people, arrivals and luck through the real Toxiproxy; nothing fails, so this is what the remedies cost every
day. CPU is what the kernel accounts to the decision process, decisions are those it counted itself.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml
from benchmarks.speed.measure import cost_of
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_services

RICHEST = "tri-state-shed"
LEAST = "fail-closed"
ROUNDS = 3
FOR_S = 20
SCENARIO = {
    "schema": 1,
    "id": "policy-cost",
    "why": "What a policy costs when nothing goes wrong.",
    "seed": 1,
    "population": {"applicants": 100_000},
    "load": {"arrivals": [{"for": f"{FOR_S}s", "rate": "60/s"}], "retap": "off"},
}


def main() -> None:
    """Print the ratio."""
    pairs = [(ms_a_decision(RICHEST), ms_a_decision(LEAST)) for _ in range(ROUNDS)]
    print(f"  {RICHEST}  {median(a for a, _ in pairs):.2f} ms CPU a decision (60/s, {FOR_S} s, n = {ROUNDS})")
    print(f"  {LEAST}  {median(b for _, b in pairs):.2f} ms")
    ratios = sorted(a / b for a, b in pairs)
    print(f"  {RICHEST} / {LEAST}  {median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f}), wanted at most 1.5")


def ms_a_decision(policy: str) -> float:
    """CPU milliseconds of the decision process per decision under this policy."""
    with TemporaryDirectory() as folder:
        scenario, run = Path(folder) / "policy.yaml", Path(folder) / "run"
        scenario.write_text(yaml.safe_dump(SCENARIO))
        command = [sys.executable, "-m", "creditstorm", "run", str(scenario), "--policy", policy, "--out", str(run)]
        cost_of(command)
        return _ms_a_decision(RunFolder(run))


def _ms_a_decision(folder: RunFolder) -> float:
    services = load_services(folder)
    assert services is not None  # noqa: S101
    rows = [row for row in services.to_pylist() if row["service"] == "decision" and row["served"] is not None]
    cpu_s = sum(later["cpu"] * (later["t_s"] - earlier["t_s"]) for earlier, later in pairwise(rows))
    return 1000.0 * cpu_s / (rows[-1]["served"] - rows[0]["served"])
