"""The command as a person runs it: a real process, its screen, its exit code, its run folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import psutil
import pyarrow as pa
import pytest
import yaml
from creditstorm.analysis.trust import DoubtKind
from creditstorm.analysis.validity.doubts import OF_THE_MACHINE
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Mode
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.seal import load_answers

COMMAND = (sys.executable, "-m", "creditstorm")
RUN = (*COMMAND, "run")
PLAIN_RUN = (*RUN, "--no-report")
"""Saves the CPU of figures, a half of the harness's own, for who does not look at them."""
MEASURE = """
import os
import sys
import time
from pathlib import Path

from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Mode
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario.text.loader import load

with WarmUp() as warm_up:
    for line in sys.stdin:
        scenario, out, mode, place, runs = line.rstrip().split(",")
        folder, meeting = RunFolder(Path(out)), Path(place)
        folder.root.mkdir()
        meeting.mkdir(exist_ok=True)

        def meets(event):
            if event.name == "service_ready" and event.service == "decision":
                deadline = time.monotonic() + 20
                (meeting / str(os.getpid())).touch()
                while len(list(meeting.iterdir())) < int(runs) and time.monotonic() < deadline:
                    time.sleep(0.02)

        asked = {"pages": False, "mode": Mode(mode), "warnings": ()}  # nobody reads them, and they take a second
        result = execute(RunRequest(load(Path(scenario)), folder, **asked), meets, warm_up)
        print(int(result.exit_code), " ".join(result.message.split()), flush=True)
"""
"""Runs from Python that draw nothing, one `order_of` a line: for who reads records and verdicts."""
ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0
TRIES: Final = 3


@dataclass(frozen=True)
class Done:
    """A run that is over, the last of so many `tries`."""

    exit_code: int
    out: str
    err: str
    folder: RunFolder
    tries: int = 1

    @property
    def summary(self) -> dict[str, Any]:
        """summary.json."""
        return json.loads(self.folder.summary.read_text())

    @property
    def answers(self) -> pa.Table:
        """The answers."""
        return load_answers(self.folder)

    @property
    def machine_doubts(self) -> list[str]:
        """What the run says against the machine that it ran on."""
        found = self.summary["honesty"]["doubts"] if self.folder.summary.exists() else ()
        return [doubt["text"] for doubt in found if doubt["kind"] in OF_THE_MACHINE]

    def rates(self, kind: str, name: str) -> dict[str, Any]:
        """The four rates of one slice."""
        return next(part for part in self.summary["slices"] if (part["kind"], part["name"]) == (kind, name))["rates"]

    def first_attempts(self) -> list[tuple[float, int, int]]:
        """(intended, session, applicant) of every first attempt, in order."""
        rows = self.answers.select(["intended_s", "session", "applicant", "attempt"]).to_pylist()
        return sorted((r["intended_s"], r["session"], r["applicant"]) for r in rows if r["attempt"] == 1)


def scenario(folder: Path, name: str = "short", **changes: object) -> Path:
    """A scenario file of a few seconds: 30 people a second, a bureau blackout where `faults` is not given."""
    content: dict[str, object] = {
        "schema": 1,
        "id": name,
        "why": "A short storm for a test.",
        "seed": 11,
        "population": {"applicants": 100_000},
        "load": {"arrivals": [{"for": "4s", "rate": "30/s"}, {"for": "8s", "rate": "30/s"}], "warm_up": "1s"},
        "system": {"kind": "reference", "policy": "fail-closed"},
        "faults": [{"kind": "blackhole", "target": "bureau", "at": "4s", "for": "5s"}],
        "thresholds": {"wrongful_no_credit_rate.people": ["< 0.5%"]},
        **changes,
    }
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def run(*words: str, out: Path, pages: bool = False) -> Done:
    """`creditstorm run … --out` to its end; again, twice at most, while the run doubts the machine that it ran on."""
    return while_in_doubt(lambda: run_once(*words, out=out, pages=pages), out)


def simulated(path: Path, *, out: Path, env: dict[str, str] | None = None) -> Done:
    """The run of a scenario file in virtual time, without page and figures."""
    return _measure_once(path, out, Meeting.beside(out), Mode.SIMULATED, env)


@dataclass(frozen=True)
class Meeting:
    """Where so many runs wait for each other before their load: nobody's start takes the cores of another's load."""

    place: Path
    runs: int

    @classmethod
    def beside(cls, out: Path, runs: int = 1) -> Self:
        """Of so many runs, of which one is made in this folder."""
        return cls(out.with_name(f"{out.name}-meeting-of-{runs}"), runs)


@dataclass(frozen=True)
class Order:
    """How a run is carried out once, and the folder that it is made in; who goes by command meets nobody."""

    once: Callable[[Meeting], Done]
    out: Path
    meets: bool = False

    @classmethod
    def run(cls, *words: str, out: Path, pages: bool = False) -> Self:
        """Of `creditstorm run … --out`, which draws its report where `pages` are asked for."""
        return cls(lambda _: run_once(*words, out=out, pages=pages), out)

    @classmethod
    def measure(cls, path: Path, *, out: Path, env: dict[str, str] | None = None) -> Self:
        """Of a scenario file without page and figures."""
        return cls(partial(_measure_once, path, out, env=env), out, meets=True)


def together(*orders: Order) -> list[Done]:
    """Small runs side by side; whichever doubts the machine that it had a part of goes again by itself."""
    meeting = Meeting.beside(orders[0].out, sum(order.meets for order in orders))
    with ThreadPoolExecutor(len(orders)) as everybody:
        done = list(everybody.map(lambda order: order.once(meeting), orders))
    return [_trusted(order, once) for order, once in zip(orders, done, strict=True)]


def _trusted(order: Order, done: Done) -> Done:
    if not done.machine_doubts:
        return done
    shutil.rmtree(order.out, ignore_errors=True)
    return while_in_doubt(lambda: order.once(Meeting.beside(order.out)), order.out)


def order_of(path: Path, out: Path, meeting: Meeting, mode: Mode = Mode.LIVE) -> str:
    """What `MEASURE` is told of a scenario file and the folder to run it in."""
    return f"{path},{out},{mode},{meeting.place},{meeting.runs}\n"


def _measure_once(
    path: Path, out: Path, meeting: Meeting, mode: Mode = Mode.LIVE, env: dict[str, str] | None = None
) -> Done:
    done = _done([sys.executable, "-c", MEASURE], out, env, order_of(path, out, meeting, mode))
    assert done.exit_code == 0, done.err
    return measured(done.out, out)


def measured(line: str, out: Path) -> Done:
    """The run that `MEASURE` said this of."""
    code, _, message = line.strip().partition(" ")
    assert code, f"no word of the run in {out}"
    return Done(int(code), "", message, RunFolder(out))


def run_once(*words: str, out: Path, pages: bool = False) -> Done:
    """`creditstorm run … --out` to its end, whatever it says of the machine; its report only with `pages`."""
    return _done([*RUN, *words, "--out", str(out), *(() if pages else ("--no-report",))], out)


def while_in_doubt(once: Callable[[], Done], out: Path) -> Done:
    """A run into the folder `out`; again, twice at most, while it doubts the machine that it ran on."""
    for tries in range(1, TRIES):
        done = once()
        if not done.machine_doubts:
            return replace(done, tries=tries)
        shutil.rmtree(out, ignore_errors=True)
    return replace(once(), tries=TRIES)


def _done(command: list[str], out: Path, env: dict[str, str] | None = None, said: str = "") -> Done:
    done = subprocess.run(
        command,
        input=said,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
    )
    return Done(done.returncode, done.stdout, done.stderr, RunFolder(out))


def sound(*runs: Done, tries: int | None = None) -> None:
    """Skip the test, with the doubt as its reason, where a starved machine and not the code may speak in a run.

    How often it was tried, the runs know, or whoever tried all of them together.
    """
    for done in runs:
        if done.machine_doubts:
            made = tries or done.tries
            often = "one run" if made == 1 else f"{made} runs"
            pytest.skip(f"{often} on a busy machine ({done.folder.root.name}): {done.machine_doubts[0]}")


class Running:
    """A run while it goes on, in a session of its own; `tree` are all processes that it had."""

    def __init__(self, *words: str, out: Path, command: Sequence[str] = PLAIN_RUN) -> None:
        self.folder = RunFolder(out)
        self.process = subprocess.Popen(
            [*command, *words, "--out", str(out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        self.tree: list[psutil.Process] = []

    def await_mark(self, event: str) -> None:
        """Wait until the journal has this event; note the process tree then."""
        until(lambda: any(mark["event"] == event for mark in self._marks()), f"{event} in {self.folder.marks}")
        self.tree = psutil.Process(self.process.pid).children(recursive=True)

    def await_answers(self, least: int = 1) -> None:
        """Wait until the load has written this many answers."""
        until(
            lambda: any(self.folder.live.glob("answers-*.arrows")) and self._answered() >= least,
            f"{least} answers",
        )

    def child(self, word: str) -> psutil.Process:
        """The process of the run whose log the journal calls `word`."""
        ready = next(mark for mark in self._marks() if mark["event"] == "service_ready" and mark["service"] == word)
        return psutil.Process(ready["pid"])  # type: ignore[arg-type]

    def ports(self) -> list[int]:
        """Every port on which a process of the run listens now."""
        found = []
        for process in self.tree:
            found += [c.laddr.port for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
        return found

    def finish(self) -> Done:
        """Wait for the end."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Done(self.process.returncode, out, err, self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def _marks(self) -> Sequence[dict[str, object]]:
        return [mark.as_json() for mark in read_marks(self.folder)]

    def _answered(self) -> int:
        progress = self.folder.live / "worker-0.progress"
        return int(json.loads(progress.read_text())["answered"]) if progress.exists() else 0


def doubts(done: Done, kind: DoubtKind) -> list[str]:
    """The sentences of its doubts of this kind."""
    return [doubt["text"] for doubt in done.summary["honesty"]["doubts"] if doubt["kind"] == kind]


def stopped(process: psutil.Process, for_s: float) -> None:
    """SIGSTOP, and SIGCONT after so long."""
    process.send_signal(signal.SIGSTOP)
    time.sleep(for_s)
    process.send_signal(signal.SIGCONT)


def until(true: Callable[[], bool], what: str, patience_s: float = 60.0) -> None:
    """Poll until it is true; AssertionError says what never came."""
    deadline = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < deadline, f"waited {patience_s:g} s in vain for {what}"
        time.sleep(0.05)


def gone(processes: Sequence[psutil.Process]) -> bool:
    """Whether none of these runs any more."""
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def listening(ports: Sequence[int]) -> list[int]:
    """Which of these loopback ports somebody listens on who does not run for a test beside this one."""
    beside = {process.pid for process in psutil.Process(os.getppid()).children()} - {os.getpid()}
    found = [c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.laddr.port in ports]
    return sorted({c.laddr.port for c in found if beside.isdisjoint(_family(c.pid))})


def _family(pid: int | None) -> set[int]:
    """A process and its ancestors; empty where it is gone."""
    try:
        return set() if pid is None else {pid, *(parent.pid for parent in psutil.Process(pid).parents())}
    except psutil.NoSuchProcess:
        return set()
