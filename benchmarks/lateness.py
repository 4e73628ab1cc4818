"""What it costs to record how each process fares, as a share of the CPU of the run that it is recorded of.

All in one run at 20 people a second. The processes' own part (a tick as often as each comes round, a line a second) is
measured on the very code with a clock that jumps, the harness's part (the looks) on the run's own processes; each as
CPU time of the thread that does it. Two runs, one with and one without, differ by several per cent for other reasons,
which is more than what is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil
from creditstorm.adapters.processes.vitals import Tail, Vitals
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import GENERATOR, HARNESS
from creditstorm.strain import LagLog
from mock_services.processes.serving import TICK_S

ROUNDS = 9
ROUND_S = 2.0
WARM_UP_S = 3.0
WANTED = 0.01
RATE_HZ = 20
WORKER_TICK_S = 0.05
"""The load's workers come round twice as often as the services; a timer of theirs costs about two ticks more."""
TIMER_TICKS = 3
SECONDS = 200


@dataclass(frozen=True)
class Round:
    """CPU seconds a second: of all ticks, of all looks, and of all processes of the run together."""

    ticks: float
    looks: float
    run: float

    @property
    def share(self) -> float:
        """Recording as a share of the run that it is part of."""
        return (self.ticks + self.looks) / self.run


def main() -> None:
    """Print the share, and what it is made of."""
    with TemporaryDirectory() as place:
        folder = RunFolder(Path(place) / "run")
        with subprocess.Popen(_command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            try:
                rounds = _measured(run.pid, folder, Path(place))
            finally:
                run.terminate()
    shares = sorted(one.share for one in rounds)
    ticks, looks, whole = (median(getattr(one, name) for one in rounds) for name in ("ticks", "looks", "run"))
    print(
        f"  recording lateness: {median(shares):.2%} of the run's CPU ({shares[0]:.2%} to {shares[-1]:.2%}, n = ",
        end="",
    )
    print(f"{len(shares)}; at most {WANTED:.0%})")
    print(f"  a second: {ticks * 1e3:.2f} ms of ticks and {looks * 1e3:.2f} ms of looks in {whole * 1e3:.0f} ms")


def _command(folder: RunFolder) -> Sequence[str]:
    lasts_s = WARM_UP_S + ROUNDS * (ROUND_S + 1.0) + 30.0
    load = json.dumps([{"for": f"{lasts_s:g}s", "rate": f"{RATE_HZ}/s"}])
    run = [sys.executable, "-m", "creditstorm", "run", "calm", "--quiet", "--out", str(folder.root)]
    return [*run, "--set", f"load.arrivals={load}", "--set", "thresholds={}"]


def _measured(harness: int, folder: RunFolder, place: Path) -> list[Round]:
    pids = {HARNESS: harness, **_pids(folder)}
    time.sleep(WARM_UP_S)
    live = LiveFolder(folder.live)
    watched = [Vitals(pid, Tail(folder.log(name)), (Tail(live.lag(name)),)) for name, pid in pids.items()]
    tree = [psutil.Process(harness), *psutil.Process(harness).children(recursive=True)]
    rounds = []
    for number in range(ROUNDS):
        before_s, began_s = _cpu_s(tree), time.monotonic()
        time.sleep(ROUND_S)
        run = (_cpu_s(tree) - before_s) / (time.monotonic() - began_s)
        ticks = len(pids) * _tick_s(place / f"{number}.txt", TICK_S)
        ticks += TIMER_TICKS * _tick_s(place / f"worker-{number}.txt", WORKER_TICK_S)
        looks = sum(_cpu_of(one.look) for one in watched)
        rounds.append(Round(ticks, looks, run))
    return rounds


def _pids(folder: RunFolder) -> dict[str, int]:
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        time.sleep(0.2)
        text = folder.marks.read_text(encoding="utf-8") if folder.marks.exists() else ""
        marks = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        if any(mark["event"] == "load_started" for mark in marks):
            worker = json.loads(LiveFolder(folder.live).ready(0).read_text(encoding="utf-8"))["pid"]
            return {GENERATOR: worker} | {m["service"]: m["pid"] for m in marks if m["event"] == "service_ready"}
    raise SystemExit("the run under the measure never began")


def _cpu_s(tree: Sequence[psutil.Process]) -> float:
    return sum(times.user + times.system for one in tree for times in [one.cpu_times()])


def _tick_s(path: Path, tick_s: float) -> float:
    """CPU seconds that one process takes for a second of ticks and the line in it."""
    steps = count()
    log = LagLog(path, tick_s, now=lambda: next(steps) * tick_s)
    ticks = round(SECONDS / tick_s)
    began_s = time.thread_time()
    for _ in range(ticks):
        log.tick()
    taken_s = time.thread_time() - began_s
    log.close()
    return taken_s / SECONDS


def _cpu_of(work: Callable[[], object], times: int = 5) -> float:
    began_s = time.thread_time()
    for _ in range(times):
        work()
    return (time.thread_time() - began_s) / times


if __name__ == "__main__":
    main()
