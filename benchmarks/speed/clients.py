"""CPU per answer of the load with our keep-alive connections and with geventhttpclient's client, in one run.

Both are the whole locustfile, which classifies and records every answer; only what speaks HTTP differs. The two take
turns, and the median of the pairs is what counts: ours stays while it saves 15 % or more with a storm in flight.
"""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.speed.generator import cpu_ms, recording
from benchmarks.speed.measure import PEERS, serving

PAIRS = 5
LOADS = ((500, 0.0), (1000, 0.0), (500, 3.0))
"""Rate and the lender's latency; the last one is a storm, with 1,500 in flight."""


def main() -> None:
    """Print both costs and their ratio under each load."""
    for rate_hz, latency_s in LOADS:
        env = {"PEER_LATENCY_S": str(latency_s)}
        with serving([sys.executable, str(PEERS / "stub.py")], env) as host:
            _compare(host, rate_hz, f"at {rate_hz}/s with {round(rate_hz * latency_s):,} in flight")


def _compare(host: str, rate_hz: int, where: str) -> None:
    ways = {"ours": recording("locustfiles/credit_check.py", rate_hz)}
    ways["library"] = recording(str(PEERS / "library_client.py"), rate_hz)
    pairs = [{name: cpu_ms(run, host, rate_hz) for name, run in ways.items()} for _ in range(PAIRS)]
    for name in ways:
        costs = sorted(pair[name] for pair in pairs)
        shown = f"{median(costs):.3f} ms CPU an answer  ({costs[0]:.3f} to {costs[-1]:.3f})"
        print(f"  {name:<8} {shown} {where} (n = {PAIRS})", flush=True)
    ratios = sorted(pair["ours"] / pair["library"] for pair in pairs)
    print(f"  ours / library  {median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)
