"""A long run, watched from outside: the memory of each of its processes by the minute, and how fast each grows.

The policy pushes, so that everything the decision service may keep is in use: last known good values, people who wait,
notices. The people are few enough to be known after a few minutes. From then on nothing has a reason to grow.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

MIB = 2**20
LOOK_EVERY_S = 5.0
SETTLED_AFTER = 0.4
"""The slope is that of what follows this share of the load: before it, people become known and pools fill."""
PEOPLE = 2_000
HARNESS = "harness"


@dataclass
class Watched:
    """One process: when it was looked at, in seconds, and what it held then, in MiB that no other process shares."""

    process: psutil.Process
    at_s: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)

    def look(self, now_s: float) -> None:
        """Note what it holds now; a process that has ended is left as it was."""
        try:
            held = self.process.memory_full_info().uss / MIB
        except psutil.Error:
            return
        self.at_s.append(now_s)
        self.held.append(held)

    def held_at(self, second: float) -> float | None:
        """What it held at its first look from this second on; None where there was none."""
        return next((held for at_s, held in zip(self.at_s, self.held, strict=True) if at_s >= second), None)

    def growth(self, settled_s: float, until_s: float) -> float | None:
        """MiB a minute between these seconds, by least squares; None where there are too few looks for a line."""
        looks = zip(self.at_s, self.held, strict=True)
        points = [(at_s, held) for at_s, held in looks if settled_s <= at_s <= until_s]
        if len(points) < 3:
            return None
        slope, _ = np.polyfit(*zip(*points, strict=True), 1)
        return float(slope) * 60.0


def main() -> None:
    """Soak for as long as is asked and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=20.0)
    asked.add_argument("--rate", type=float, default=40.0, help="people a second")
    asked.add_argument("--policy", default="tri-state-push")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "soak"
        started_s = time.monotonic()
        with subprocess.Popen(command(folder, options)) as run:
            watched = watch(run, folder, started_s)
        exit_code = run.returncode
    print_table(watched, options.minutes * 60.0)
    if exit_code not in {0, 1, 3}:
        sys.exit(f"the run under the soak ended with exit code {exit_code}")


def command(folder: Path, options: argparse.Namespace) -> list[str]:
    """The run: a bureau that is dark for 20 s in every two minutes, so that people wait and are notified."""
    seconds = options.minutes * 60.0
    faults = [
        {"kind": "blackhole", "name": f"bureau-{n}", "target": "bureau", "at": f"{at:g}s", "for": "20s"}
        for n, at in enumerate(np.arange(30.0, seconds - 30.0, 120.0))
    ]
    changes = {
        "load.arrivals": [{"for": f"{seconds:g}s", "rate": f"{options.rate:g}/s"}],
        "population.applicants": PEOPLE,
        "faults": faults,
        "thresholds": {},
    }
    words = [word for key, value in changes.items() for word in ("--set", f"{key}={json.dumps(value)}")]
    run = [sys.executable, "-m", "creditstorm", "run", "calm", "--policy", options.policy, "--quiet"]
    return [*run, "--out", str(folder), *words]


def watch(run: subprocess.Popen[bytes], folder: Path, started_s: float) -> Mapping[str, Watched]:
    """Look at every process of the run until it ends."""
    watched = {HARNESS: Watched(psutil.Process(run.pid))}
    while True:
        watched |= {name: Watched(process) for name, process in found(run.pid, folder) if name not in watched}
        for one in watched.values():
            one.look(time.monotonic() - started_s)
        try:
            run.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            continue
        return watched


def found(harness: int, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The processes under the names that the run's own journal has for them; the load's workers, by their files."""
    try:
        lines = (folder / "marks.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    pids = {mark["service"]: mark["pid"] for mark in map(json.loads, lines) if mark["event"] == "service_ready"}
    for ready in folder.glob("live/worker-*.ready"):
        pids[f"load {ready.stem}"] = json.loads(ready.read_text(encoding="utf-8"))["pid"]
    alive = {child.pid: child for child in psutil.Process(harness).children(recursive=True)}
    yield from ((name, alive[pid]) for name, pid in pids.items() if pid in alive)


def print_table(watched: Mapping[str, Watched], load_s: float) -> None:
    """A line a minute, a column a process, and the slope below; sealing and figures come after the load."""
    print("MiB   " + "".join(f"{name:>15}" for name in watched))
    for minute in range(1, int(load_s / 60.0) + 1):
        held = (one.held_at(minute * 60.0) for one in watched.values())
        print(f"{minute:>3} min" + "".join(f"{'–' if one is None else format(one, '.1f'):>15}" for one in held))
    settled_s = SETTLED_AFTER * load_s
    slopes = (one.growth(settled_s, load_s) for one in watched.values())
    print("MiB/min" + "".join(f"{'–' if one is None else format(one, '+.3f'):>15}" for one in slopes)[1:])
    print(f"slope by least squares from {settled_s:.0f} to {load_s:.0f} s; shared memory is not counted")
    print("toxiproxy is of Go: its heap rises until it has doubled, is then collected, and rises again")


if __name__ == "__main__":
    main()
