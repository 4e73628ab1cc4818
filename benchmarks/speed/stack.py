"""Decisions a second of the whole stack against the least program that does the same seven calls.

Both have one process a service, real Toxiproxy between, and 32 closed-model users on the same two cores. Ours also
runs a policy, keeps deadlines, computes truth, classifies and records every answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml
from benchmarks.speed.measure import PEERS, ROOT, cost_of
from creditstorm.credit.sources import SERVICES

USERS = 32
FOR_S = 12
ROUNDS = 3

FAST = {"p50": "0.2ms", "p99": "0.3ms", "workers": 1000, "queue": 1000, "missing_rate": 0, "stall_share": 0}
SCENARIO = {
    "schema": 1,
    "id": "stack",
    "why": "As many decisions a second as two cores give.",
    "seed": 1,
    "population": {"applicants": 100_000},
    "load": {"users": {"count": USERS, "for": f"{FOR_S}s", "think": "0s"}, "retap": "off"},
    "system": {
        "kind": "reference",
        "policy": "fail-closed",
        "services": {service: dict(FAST) for service in SERVICES},
    },
}


def main() -> None:
    """Print the ratio."""
    pairs = [(ours(), minimal()) for _ in range(ROUNDS)]
    print(f"  ours     {median(a for a, _ in pairs):.0f} decisions/s ({USERS} users, {FOR_S} s, n = {ROUNDS})")
    print(f"  minimal  {median(b for _, b in pairs):.0f} decisions/s")
    ratios = sorted(a / b for a, b in pairs)
    print(f"  ours / minimal  {median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def ours() -> float:
    """Recorded decisions a second of `creditstorm run`."""
    with TemporaryDirectory() as folder:
        scenario = Path(folder) / "stack.yaml"
        scenario.write_text(yaml.safe_dump(SCENARIO))
        cost_of([sys.executable, "-m", "creditstorm", "run", str(scenario), "--out", f"{folder}/run"])
        return float(json.loads((Path(folder) / "run" / "summary.json").read_text())["answers"]) / FOR_S


def minimal() -> float:
    """Answers a second of the minimal fan-out under bare users."""
    with TemporaryDirectory() as folder, fanout() as host:
        count = Path(folder) / "count"
        users = ["--headless", "-u", str(USERS), "-r", str(USERS), "-H", host, "-t", str(FOR_S), "--only-summary"]
        env = {"PEER_COUNT": str(count)}
        cost_of([sys.executable, "-m", "locust", "-f", str(PEERS / "bare_users.py"), *users], env)
        return float(count.read_text()) / FOR_S


@contextmanager
def fanout() -> Iterator[str]:
    """The minimal program; yields where it answers."""
    command = [sys.executable, "-m", "benchmarks.speed.peers.fanout"]
    program = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None  # noqa: S101
        yield f"http://127.0.0.1:{int(program.stdout.readline())}"
    finally:
        program.communicate()
