"""Child processes that log to a file, ignore the terminal's Ctrl-C and die with the harness."""

import contextlib
import os
import re
import signal
import site
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Final

import creditstorm
from creditstorm.language.store_url import without_password
from creditstorm.lifeline import die_with_parent
from creditstorm.record.files import PRIVATE_FOLDER, open_private

HOME: Final = Path(creditstorm.__file__).parents[1]
"""The folder that our packages are imported from."""
FOREIGN: Final = re.compile(r"(LOCUST_|MPL|GEVENT_|PYTHON(?!HOME$)).*|SSLKEYLOGFILE|.*_proxy", re.IGNORECASE)
"""Variables that would change what is measured. PYTHONHOME is what this very interpreter lives by."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running child in a process group of its own, and where it logs."""

    name: str
    process: subprocess.Popen[str]
    log: Path

    @property
    def stdin(self) -> IO[str]:
        """The pipe to the child's standard input (only if it was asked for)."""
        if self.process.stdin is None:
            raise ValueError(f"{self.name} was started without a pipe")
        return self.process.stdin

    @property
    def stdout(self) -> IO[str]:
        """The pipe from the child's standard output (only if it was asked for)."""
        if self.process.stdout is None:
            raise ValueError(f"{self.name} was started without a pipe")
        return self.process.stdout

    def stop(self, *, patience_s: float = 3.0, first: signal.Signals = signal.SIGTERM) -> None:
        """Ask the whole group to end, and kill what is left after `patience_s`; nothing happens if it is gone."""
        self._signal(first)
        self._signal(signal.SIGCONT)  # one that stands still hears nothing before it goes on
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._signal(signal.SIGKILL)
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def kill(self) -> None:
        """End the whole group at once: for children that have nothing to put away."""
        self.stop(first=signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def spawn(
    name: str, command: Sequence[str], *, log: Path, env: dict[str, str] | None = None, piped: bool = False
) -> Child:
    """Start a child; call it in the main thread, because its life is tied to the thread that starts it.

    It has our environment without what would change what is measured: settings of Locust, gevent, matplotlib and
    Python, and proxies; and without passwords.
    """
    log.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with open_private(log) as sink:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            list(command),
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else sink,
            stderr=sink,
            env={**inherited_environment(), **(env or {})},
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - prctl only, before the child has threads
            text=True,
        )
    return Child(name, process, log)


def spawn_python(
    name: str, module: str, *words: str, log: Path, env: dict[str, str] | None = None, piped: bool = False
) -> Child:
    """Start a module of ours; in it, and in what it starts, nothing of the working directory can be imported."""
    safe = {"PYTHONSAFEPATH": "1", "PYTHONPATH": _python_path(os.environ.get("PYTHONPATH", ""))}
    # What is installed for the user only is found, or not, as it was by us, whatever home the child is given.
    safe |= {"PYTHONUSERBASE": site.getuserbase()} if site.ENABLE_USER_SITE else {"PYTHONNOUSERSITE": "1"}
    return spawn(name, [sys.executable, "-P", "-m", module, *words], log=log, env={**safe, **(env or {})}, piped=piped)


def inherited_environment() -> dict[str, str]:
    """What a child of ours has of our environment; the one that needs the password is told it through its pipe."""
    return {name: value for name, value in without_password(os.environ).items() if not FOREIGN.fullmatch(name)}


def _python_path(inherited: str) -> str:
    """The parent's; a child of a checkout, which may be installed nowhere, finds the very same packages there."""
    installed = HOME.name in ("site-packages", "dist-packages")
    if installed or str(HOME) in inherited.split(os.pathsep):
        return inherited
    return f"{HOME}{os.pathsep}{inherited}" if inherited else str(HOME)


def last_words(lines: Sequence[str]) -> str:
    """The end of a sentence about a child that failed: the last lines it logged, or that there are none."""
    return "; its last words:\n  " + "\n  ".join(lines) if lines else "; it logged nothing"


def last_lines(log: Path, count: int = 12) -> tuple[str, ...]:
    """The last lines a child logged, none if it logged nothing; of a traceback only what it says at its end."""
    if not log.exists():
        return ()
    with log.open("rb") as source:
        source.seek(max(0, log.stat().st_size - 8192))
        lines = source.read().decode(errors="replace").splitlines()
    return tuple(_without_frames(lines))[-count:]


def _without_frames(lines: Sequence[str]) -> Iterator[str]:
    """What is left of a log without the frames of its tracebacks; it may begin in the middle of one."""
    within = False
    for line in lines:
        within = line.startswith(("Traceback (", '  File "')) or (within and line.startswith(" "))
        if line.strip() and not within:
            yield line
