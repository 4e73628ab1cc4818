"""What is seen of a process from outside and read in what it leaves: waiting, open files, lateness, what ran out."""

import contextlib
import os
import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import psutil
from creditstorm.adapters.watchdog import Trouble
from creditstorm.strain import what_ran_out

ALL_OPEN_FOR_S: Final = 1.0
"""A storm may bring a process there for a moment, which is a doubt; for longer, nothing is answered any more."""
MORE_FILES: Final = "ulimit -n 1024 or more, in the shell that starts creditstorm"


class Strain(NamedTuple):
    """How a process fared since the last look, in the order of the columns; None is what nobody can know here."""

    lag_s: float | None = None
    waited_s: float | None = None
    files: int | None = None
    ran_out: str | None = None
    ran_out_times: int | None = None


@dataclass
class Tail:
    """The whole lines that were added to a file since the last look; a file that is not there yet has none."""

    path: Path
    _read: int = 0

    def lines(self) -> str:
        """What is new; OSError where it cannot be read."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
        except FileNotFoundError:
            return ""
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole.decode(errors="replace")


@dataclass
class Vitals:
    """One process: its /proc, its log, and the files that say how late its loops came round; `probe` stands for one."""

    pid: int | None
    log: Tail | None = None
    lags: tuple[Tail, ...] = ()
    probe: Callable[[], float] | None = None
    _waited_s: float | None = field(default=None)

    def look(self) -> Strain:
        """How it fared since the last look; OSError where we ran out of something ourselves."""
        ran_out = what_ran_out(self.log.lines()) if self.log else Counter[str]()
        name = max(ran_out, key=ran_out.__getitem__, default=None)
        return Strain(self._lag_s(), self._waited(), self._files(), name, ran_out.total() or None)

    def _lag_s(self) -> float | None:
        if self.probe is not None:
            return self.probe()
        said = [float(line) for tail in self.lags for line in tail.lines().splitlines()]
        return max(said, default=None)

    def _waited(self) -> float | None:
        waited_s = None if self.pid is None else waited_so_far_s(self.pid)
        before_s, self._waited_s = self._waited_s, waited_s
        # A thread that ended takes its waiting with it.
        return None if waited_s is None or before_s is None else max(0.0, waited_s - before_s)

    def _files(self) -> int | None:
        return None if self.pid is None else open_files(self.pid)


def open_files(pid: int) -> int | None:
    """How many files, pipes and sockets a process has open; None where it is gone or somebody else's."""
    folder = f"/proc/{pid}/fd"
    try:
        # From Linux 6.2 on the size of the folder is their number; before, it is 0, and they are counted.
        return os.stat(folder).st_size or len(os.listdir(folder))  # noqa: PTH116, PTH208 - once a second a process
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        with contextlib.suppress(psutil.Error):
            return int(psutil.Process(pid).num_fds())
        return None


def all_files_open(pid: int) -> bool:
    """Whether a process has as many files open as it may; False where nobody can know."""
    if not hasattr(resource, "prlimit"):
        return False  # only Linux tells of another process
    try:
        most, _ = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    except (ProcessLookupError, PermissionError):
        return False
    files = open_files(pid)
    return most != resource.RLIM_INFINITY and files is not None and files >= most


@dataclass(frozen=True, slots=True)
class OpenFilesPart:
    """A process that needs a file for whatever it does next; its pid is None while nobody expects it to run."""

    name: str
    pid: Callable[[], int | None]

    def look(self) -> Trouble | None:
        """Whether it has as many open as it may: it is alive then, and does nothing that anybody waits for."""
        pid = self.pid()
        if pid is None or not all_files_open(pid):
            return None
        return Trouble(f"has all files open that it may (EMFILE); {MORE_FILES}", ALL_OPEN_FOR_S)

    def last_lines(self) -> tuple[str, ...]:
        """It would say the same, again and again."""
        return ()


def waited_so_far_s(pid: int) -> float | None:
    """How long all threads of a process were ready to run and had no core; None where the kernel does not say."""
    folder = f"/proc/{pid}/task"
    try:
        threads = os.listdir(folder)  # noqa: PTH208 - once a second a process: a third of the time that paths take
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    waited_ns = [_waited_ns(f"{folder}/{thread}/schedstat") for thread in threads]
    known = [ns for ns in waited_ns if ns is not None]
    return sum(known) / 1e9 if known else None


def _waited_ns(path: str) -> int | None:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return None
    try:
        return int(os.read(file, 128).split()[1])
    except (ProcessLookupError, PermissionError, IndexError):
        return None
    finally:
        os.close(file)
