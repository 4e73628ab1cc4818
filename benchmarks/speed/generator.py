"""CPU per answer of the load generator: ours records and classifies, the peers do less or the like.

Each generator runs for a short and for a long time at the same rate; the difference of the two costs, over the
difference of the two counts, leaves its start-up out.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.speed.measure import PEERS, cost_of, serving

RATE_HZ = 500
SHORT_S, LONG_S = 4, 14
ROUNDS = 3
PAIRS = 5

Generator = Callable[[str, int], float]


def main() -> None:
    """Print the ratios."""
    k6 = shutil.which("k6", path=str(Path(sys.executable).parent)) or shutil.which("k6")
    ours = recording("locustfiles/credit_check.py")
    peers: dict[str, Generator] = {"bare FastHttpUser": bare} | ({"k6": k6_with(k6)} if k6 else {})
    with serving([sys.executable, str(PEERS / "stub.py")]) as host:
        rounds = [{name: cpu_ms(run, host) for name, run in {"ours": ours, **peers}.items()} for _ in range(ROUNDS)]
    for name in ("ours", *peers):
        print(f"  {name:<18} {median(r[name] for r in rounds):.3f} ms CPU an answer at {RATE_HZ}/s (n = {ROUNDS})")
    for name in peers:
        ratios = sorted(r["ours"] / r[name] for r in rounds)
        print(f"  ours / {name:<11} {median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def kept() -> None:
    """Print what keeping every answer costs: all of its row, the row before the record's fourth version, and no row."""
    file = "locustfiles/credit_check.py"
    ways = {"all": recording(file), "short rows": recording(str(PEERS / "short_rows.py"))}
    ways["no rows"] = recording(file, keeps=False)
    with serving([sys.executable, str(PEERS / "stub.py")]) as host:
        rounds = [{name: cpu_ms(run, host) for name, run in ways.items()} for _ in range(PAIRS)]
    for name in ways:
        costs = sorted(one[name] for one in rounds)
        shown = f"{median(costs):.3f} ms CPU an answer  ({costs[0]:.3f} to {costs[-1]:.3f})"
        ratios = sorted(one["all"] / one[name] for one in rounds)
        print(
            f"  {name:<10} {shown}, all / this {median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True
        )


def cpu_ms(run: Generator, host: str, rate_hz: int = RATE_HZ) -> float:
    """Milliseconds of CPU an answer, start-up left out."""
    return (run(host, LONG_S) - run(host, SHORT_S)) * 1000.0 / (rate_hz * (LONG_S - SHORT_S))


def recording(locustfile: str, rate_hz: int = RATE_HZ, *, keeps: bool = True) -> Generator:
    """CPU seconds of a locustfile that carries out our plans, recording every answer unless it `keeps` none."""

    def run(host: str, for_s: int) -> float:
        with TemporaryDirectory() as folder:
            orders = {
                "seed": 1,
                "arrivals": [{"for_s": for_s, "from_hz": rate_hz, "to_hz": rate_hz}],
                "retap": {"no_credit": 0.0, "error": 0.0, "timeout": 0.0, "undetermined": 0.0},
                "live_dir": folder if keeps else None,
            }
            plan = Path(folder) / "load.json"
            plan.write_text(json.dumps(orders))
            return cost_of(_locust(locustfile, host), {"CREDITSTORM_LOAD": str(plan)}).cpu_s

    return run


def bare(host: str, for_s: int) -> float:
    """CPU seconds of a FastHttpUser that only GETs."""
    env = {"PEER_RATE": str(RATE_HZ), "PEER_FOR": str(for_s)}
    return cost_of(_locust(str(PEERS / "bare_get.py"), host), env).cpu_s


def k6_with(binary: str) -> Generator:
    """CPU seconds of k6."""

    def run(host: str, for_s: int) -> float:
        words = ["-e", f"PEER_RATE={RATE_HZ}", "-e", f"PEER_FOR={for_s}", "-e", f"PEER_HOST={host}"]
        return cost_of([binary, "run", "--quiet", *words, str(PEERS / "check.js")]).cpu_s

    return run


def _locust(file: str, host: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "locust",
        "-f",
        file,
        "--headless",
        "-u",
        "1",
        "-r",
        "1",
        "-H",
        host,
        "--only-summary",
    ]
