"""One short storm that something happens to, watched from outside: what it had recorded, what it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import psutil
from creditstorm.record.folder import LiveFolder, RunFolder
from tests.storm.harness import COMMAND, ROOT, listening, scenario

LOAD_S: Final = 3.0
PATIENCE_S: Final = 90.0
LOOK_EVERY_S: Final = 0.03
GONE_EVERY_S: Final = 0.1
"""To look for what is left takes 50 ms of CPU: every process, every connection of the machine."""
KEPT_AFTER_S: Final = 1.0
"""Rows that are older than this outlive whatever happens."""
GONE_WITHIN_S: Final = 3.0
TOKEN: Final = "CREDITSTORM_ABUSE"  # noqa: S105 - the name of a variable that all processes of one storm have
SHORT: Final[dict[str, object]] = {
    "load": {"arrivals": [{"for": f"{LOAD_S:g}s", "rate": "15/s"}], "warm_up": "500ms"},
    "faults": [{"kind": "latency", "target": "bureau", "at": "1s", "for": "1s", "latency": "300ms"}],
    "thresholds": {},
}
Reached = Callable[["Storm"], bool]


class Storm:
    """`creditstorm run` of the short scenario into `out`, with these `words` more; `reach` looks as often as it can."""

    def __init__(self, place: Path, out: Path, *words: str, **environ: str) -> None:
        self.folder = RunFolder(out)
        self._token = f"{os.getpid()}-{out}"
        self._answered: list[tuple[float, int]] = []
        place.mkdir(exist_ok=True)
        self.err = place / "err"
        with self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [*COMMAND, "run", str(scenario(place, **SHORT)), "--out", str(out), "--quiet", *words],
                stdout=subprocess.DEVNULL,
                stderr=err,
                cwd=ROOT,
                env={**os.environ, **environ, TOKEN: self._token},
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()
        self.process.kill()
        self.process.wait()

    def reach(self, there: Reached) -> bool:
        """Wait for it; False where the run was over, or never got there."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            self._note()
            if there(self):
                return True
            time.sleep(LOOK_EVERY_S)
        return False

    def end(self) -> int:
        """The exit code, once it is over."""
        self.reach(lambda _: False)
        return self.process.wait(PATIENCE_S)

    def rows_to_keep(self) -> int:
        """The answers that it itself had counted a second ago."""
        now_s = time.monotonic()
        return max((rows for at_s, rows in self._answered if at_s <= now_s - KEPT_AFTER_S), default=0)

    def answered(self) -> int:
        """The answers that it has counted until now."""
        return self._answered[-1][1] if self._answered else 0

    def marks(self) -> list[dict[str, Any]]:
        """The events in its journal; its last line may be half written."""
        with suppress(OSError):
            lines = self.folder.marks.read_text(encoding="utf-8").splitlines()
            return [json.loads(line) for line in lines if line.endswith("}")]
        return []

    def processes(self) -> list[psutil.Process]:
        """Every process of it that runs, whoever its parent is by now."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get(TOKEN) == self._token and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def find(self, words: str) -> int | None:
        """The pid of its first process, by age, whose command line has these words."""
        with suppress(psutil.Error):
            children = psutil.Process(self.process.pid).children(recursive=True)
            known = sorted(children, key=lambda child: child.create_time())
            return next((child.pid for child in known if words in " ".join(child.cmdline())), None)
        return None

    def ports(self) -> list[int]:
        """Every port that one of its processes listens on now."""
        found = []
        for process in self.processes():
            with suppress(psutil.Error):
                listens = (c for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN)
                found += [c.laddr.port for c in listens]
        return found

    def left(self, ports: list[int]) -> str:
        """What is still there of it after three seconds, empty where nothing is."""
        deadline = time.monotonic() + GONE_WITHIN_S
        while (still := self._still(ports)) and time.monotonic() < deadline:
            time.sleep(GONE_EVERY_S)
        return still

    def _still(self, ports: list[int]) -> str:
        alive = [process for process in self.processes() if process.pid != self.process.pid]
        with suppress(psutil.Error):
            if not alive:
                return f"left listening: {open_ports}" if (open_ports := listening(ports)) else ""
            return "".join(f"left running: {' '.join(process.cmdline())[:80]}; " for process in alive)
        return "left running for a moment"

    def _note(self) -> None:
        with suppress(OSError, ValueError):
            progress = LiveFolder(self.folder.live).progress(0)
            self._answered.append((time.monotonic(), int(json.loads(progress.read_text())["answered"])))


def marked(event: str) -> Reached:
    """Until the journal has this event."""
    return lambda storm: any(mark["event"] == event for mark in storm.marks())


def written(pattern: str) -> Reached:
    """Until there is such a file in the run folder."""
    return lambda storm: any(storm.folder.root.glob(pattern))


def asked_all(storm: Storm) -> bool:
    """Until nobody asks any more, and who has asked still waits."""
    with suppress(OSError, ValueError, KeyError):
        progress = json.loads(LiveFolder(storm.folder.live).progress(0).read_text())
        return float(progress["t_s"]) >= LOAD_S - KEPT_AFTER_S
    return False


def kill(pid: int | None) -> bool:
    """SIGKILL; whether there was somebody to kill."""
    with suppress(ProcessLookupError):
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            return True
    return False
