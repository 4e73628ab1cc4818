"""CPU per answer of the load with our keep-alive connections and with geventhttpclient's client, in one run.

Both are the whole locustfile, which classifies and records every answer; only what speaks HTTP differs. The two take
turns, and the median of the pairs is what counts: ours stays while it saves 15 % or more.
"""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.generator import cpu_ms, recording
from benchmarks.measure import PEERS, serving

PAIRS = 5
RATES_HZ = (500, 1000)


def main() -> None:
    """Print both costs and their ratio at each rate."""
    with serving([sys.executable, str(PEERS / "stub.py")]) as host:
        for rate_hz in RATES_HZ:
            ways = {"ours": recording("locustfiles/credit_check.py", rate_hz)}
            ways["library"] = recording(str(PEERS / "library_client.py"), rate_hz)
            pairs = [{name: cpu_ms(run, host, rate_hz) for name, run in ways.items()} for _ in range(PAIRS)]
            for name in ways:
                costs = sorted(pair[name] for pair in pairs)
                shown = f"{median(costs):.3f} ms CPU an answer  ({costs[0]:.3f} to {costs[-1]:.3f})"
                print(f"  {name:<8} {shown} at {rate_hz}/s (n = {PAIRS})", flush=True)
            ratios = sorted(pair["ours"] / pair["library"] for pair in pairs)
            print(f"  ours / library  {median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)
