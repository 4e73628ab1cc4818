"""What it costs to record how each process fares, as a share of the CPU of the run that it is recorded of.

All in one run at 20 people a second, in two ways. In pairs: every process of the run stops recording and begins again
at a signal, by turns, and what all of them took with it is held against what they took without; a window is compared
for as many answers as the mean of all has. And in parts: the processes' own part (a tick as often as each comes round,
a line a second) on the very code with a clock that jumps, the harness's part (the looks) on the run's own processes,
each as CPU time of the thread that does it: that is finer, and cannot see what one disturbs in the other.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from scipy.stats import binom
from creditstorm.adapters.processes.vitals import Tail, Vitals
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.record.schema import GENERATOR, HARNESS
from creditstorm.record.seal import load_answers
from creditstorm.strain import LagLog
from mock_services.processes.serving import TICK_S

ROUNDS = 5
ROUND_S = 2.0
WARM_UP_S = 3.0
WANTED = 0.01
RATE_HZ = 20
WORKER_TICK_S = 0.05
"""The load's workers come round twice as often as the services; a timer of theirs costs about two ticks more."""
TIMER_TICKS = 3
SECONDS = 200
BLOCKS = 20
BLOCK = (True, False, False, True)
"""With, without, without, with: what drifts meanwhile falls on both alike."""
WINDOW_S = 2.5
SETTLES_S = 0.3
SWITCH = """
import signal, sys
from creditstorm import strain
from creditstorm.adapters.processes import vitals

recorded = [True]
signal.signal(signal.SIGUSR1, lambda *_: recorded.__setitem__(0, True))
signal.signal(signal.SIGUSR2, lambda *_: recorded.__setitem__(0, False))
tick, look = strain.LagLog.tick, vitals.Vitals.look


def ticked(log):
    if recorded[0]:
        return tick(log)
    while "gevent" in sys.modules and not recorded[0]:
        sys.modules["gevent"].sleep(0.2)  # the timer of a load worker is there for nothing else
    log._seen = log._now()


strain.LagLog.tick = ticked
vitals.Vitals.look = lambda one: look(one) if recorded[0] else vitals.Strain()
"""
"""What every Python process of the run under the measure loads first: on and off by signal."""


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


@dataclass(frozen=True)
class Window:
    """CPU seconds of all processes between two instants of the monotonic clock, with or without recording."""

    recorded: bool
    began_s: float
    ended_s: float
    cpu_s: float


def main() -> None:
    """Print the share, in pairs and in parts."""
    with TemporaryDirectory() as place:
        folder = RunFolder(Path(place) / "run")
        (Path(place) / "sitecustomize.py").write_text(SWITCH)
        path = os.pathsep.join([place, str(Path(__file__).parents[2])])
        environ = {**os.environ, "PYTHONPATH": path}
        command, nothing = _command(folder), subprocess.DEVNULL
        with subprocess.Popen(command, stdout=nothing, stderr=nothing, env=environ) as run:
            try:
                pids = {HARNESS: run.pid, **_pids(folder)}
                time.sleep(WARM_UP_S)
                rounds = _measured(pids, folder, Path(place))
                windows = _windows(pids)
            finally:
                run.terminate()
        ratios = _ratios(folder, windows)
    low, high = ratios[_rank(len(ratios))], ratios[-1 - _rank(len(ratios))]
    print(f"  recording lateness, in pairs: {median(ratios) - 1:+.2%} CPU (95 % of medians {low - 1:+.2%} to ", end="")
    print(f"{high - 1:+.2%}, n = {len(ratios)} blocks of {len(BLOCK)} windows; at most {WANTED:.0%})")
    shares = sorted(one.share for one in rounds)
    ticks, looks, whole = (median(getattr(one, name) for one in rounds) for name in ("ticks", "looks", "run"))
    print(f"  in parts: {median(shares):.2%} ({shares[0]:.2%} to {shares[-1]:.2%}, n = {len(shares)})")
    print(f"  a second: {ticks * 1e3:.2f} ms of ticks and {looks * 1e3:.2f} ms of looks in {whole * 1e3:.0f} ms")


def _windows(pids: Mapping[str, int]) -> list[Window]:
    """The run's windows, recording switched on and off in between."""
    everybody = [*pids.values(), *_others(pids)]
    windows = []
    for recorded in BLOCK * BLOCKS:
        for pid in pids.values():
            os.kill(pid, signal.SIGUSR1 if recorded else signal.SIGUSR2)
        time.sleep(SETTLES_S)
        began_s, before_s = time.monotonic(), sum(map(_process_s, everybody))
        time.sleep(WINDOW_S)
        ended_s, after_s = time.monotonic(), sum(map(_process_s, everybody))
        windows.append(Window(recorded, began_s, ended_s, after_s - before_s))
    for pid in pids.values():
        os.kill(pid, signal.SIGUSR1)
    return windows


def _others(pids: Mapping[str, int]) -> list[int]:
    """Whom a signal would end, such as Toxiproxy, and who records nothing."""
    tree = psutil.Process(pids[HARNESS]).children(recursive=True)
    return [process.pid for process in tree if process.pid not in pids.values()]


def _process_s(pid: int) -> float:
    """CPU seconds of a process and all threads it ever had, to the nanosecond (the kernel's clock of a process)."""
    return time.clock_gettime((~pid << 3) | 2)


def _ratios(folder: RunFolder, windows: Sequence[Window]) -> list[float]:
    """CPU with recording over CPU without, a block each, in order; each window for the same number of answers."""
    zero_s = Manifest.read(folder).clock.monotonic_s
    done_s = load_answers(folder, ["intended_s", "done_s"])["done_s"].drop_null().to_numpy() + zero_s
    answers = np.array([((done_s >= one.began_s) & (done_s < one.ended_s)).sum() for one in windows], dtype=float)
    cpu_s = np.array([one.cpu_s for one in windows])
    recorded = np.array([one.recorded for one in windows], dtype=float)
    an_answer_s = np.linalg.lstsq(np.stack([np.ones_like(answers), answers, recorded], axis=1), cpu_s, rcond=None)[0][1]
    alike = (cpu_s - an_answer_s * (answers - answers.mean())).reshape(-1, len(BLOCK))
    switched = np.array(BLOCK)
    return sorted((alike[:, switched].sum(axis=1) / alike[:, ~switched].sum(axis=1)).tolist())


def _rank(count: int) -> int:
    """Which of so many values in order bounds their median with 97.5 % on either side."""
    return max(0, int(binom.ppf(0.025, count, 0.5)) - 1)


def _command(folder: RunFolder) -> Sequence[str]:
    lasts_s = WARM_UP_S + ROUNDS * (ROUND_S + 1.0) + BLOCKS * len(BLOCK) * (WINDOW_S + 1.0) + 30.0
    load = json.dumps([{"for": f"{lasts_s:g}s", "rate": f"{RATE_HZ}/s"}])
    run = [sys.executable, "-m", "creditstorm", "run", "calm", "--quiet", "--no-report", "--out", str(folder.root)]
    return [*run, "--set", f"load.arrivals={load}", "--set", "thresholds={}"]


def _measured(pids: Mapping[str, int], folder: RunFolder, place: Path) -> list[Round]:
    harness = pids[HARNESS]
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
