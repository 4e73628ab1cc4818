"""Looks at every part of a run, own or borrowed, and tells of the first that fails.

It ended, it stands still, it is silent, or it is not over when it should be. How long is counted in looks and not by a
clock: a harness that was itself stopped accuses nobody.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import psutil
from creditstorm.adapters.disk import DISK, free_at, is_writable, to_seal
from creditstorm.adapters.probing.probe import Ask, probe
from creditstorm.engine.events import Event, PartFailed

LOOK_EVERY_S: Final = 0.25
STOPPED_FOR_S: Final = 2.0
"""A part that stands still for less makes the run late, and its verdict says so."""
GONE_FOR_S: Final = 0.5
"""Whoever waits for a child of ours knows its exit code, and says so sooner."""
SILENT_FOR_S: Final = 10.0
IN_SUCCESSION: Final = 2
"""One question that is not answered may be an accident."""
_STANDS_STILL: Final = frozenset({psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP})
_GONE: Final = frozenset({psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
_SAID: Final = {"refused": "takes no connections", "unfinished": "does not answer"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a part, for how long that may go on, and whether a machine that is too busy looks alike."""

    state: str
    patience_s: float = 0.0
    silent: bool = False
    ended: bool = False


class RunPart(Protocol):
    """Something that a run needs; `look` never blocks, and is None while nothing is wrong, or nothing is expected."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    def look(self) -> Trouble | None:
        """What is wrong with it now."""

    def last_lines(self) -> tuple[str, ...]:
        """What it logged last."""


@runtime_checkable
class AskedPart(RunPart, Protocol):
    """A part that has to be asked, which may take a while: in a thread of its own."""

    def ask(self) -> float:
        """Ask once; returns after how many seconds to ask again."""

    def asked_at_last(self) -> Trouble | None:
        """What is wrong with it once the load is over."""


def _no_lines() -> tuple[str, ...]:
    return ()


def _no_reason(_part: str) -> str:
    return ""


def _nobody_killed() -> str:
    return ""


def status_of(pid: int) -> str:
    """The kernel's word for what this process does; a process that is gone is `STATUS_DEAD`."""
    try:
        return str(psutil.Process(pid).status())
    except psutil.NoSuchProcess:
        return psutil.STATUS_DEAD


@dataclass(frozen=True, slots=True)
class ProcessPart:
    """A process; its pid is None while nobody expects it to run."""

    name: str
    pid: Callable[[], int | None]
    last_lines: Callable[[], tuple[str, ...]] = _no_lines
    status: Callable[[int], str] = status_of

    def look(self) -> Trouble | None:
        """Whether it ended or stands still."""
        pid = self.pid()
        if pid is None:
            return None
        status = self.status(pid)
        if status in _GONE:
            return Trouble("has ended", GONE_FOR_S, ended=True)
        return Trouble("is stopped (SIGSTOP)", STOPPED_FOR_S) if status in _STANDS_STILL else None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a part answers, what it is asked there, how often and how patiently."""

    host: str
    port: int
    ask: Ask
    every_s: float


@dataclass
class AnsweringPart:
    """A part that has to answer; `address` is None while nobody expects it to. It is asked in a thread of its own."""

    name: str
    address: Callable[[], Address | None]
    last_lines: Callable[[], tuple[str, ...]] = _no_lines
    _in_vain: int = 0
    _state: str = ""

    def look(self) -> Trouble | None:
        """Whether it was asked in vain in succession."""
        return Trouble(self._state, silent=True) if self._in_vain >= IN_SUCCESSION else None

    def ask(self) -> float:
        """Ask once; returns after how many seconds to ask again."""
        address = self.address()
        if address is None:
            self._in_vain = 0
            return LOOK_EVERY_S
        try:
            state = self._asked(address)
        except OSError:
            return address.every_s  # the trouble is ours: no descriptor, no port
        self._state = state
        self._in_vain = self._in_vain + 1 if state else 0
        return address.every_s if self._in_vain == 0 else LOOK_EVERY_S

    def asked_at_last(self) -> Trouble | None:
        """Whether it is asked in vain in succession now, whatever was known before."""
        state = ""
        for _ in range(IN_SUCCESSION):
            address = self.address()
            try:
                state = "" if address is None else self._asked(address)
            except OSError:
                return None  # the trouble is ours
            if not state:
                return None
        return Trouble(state, silent=True)

    def _asked(self, address: Address) -> str:
        """In what way it does not answer; empty where it does, or need not any more."""
        outcome = probe(address.host, address.port, address.ask).outcome
        if outcome == "answered" or self.address() is None:
            return ""
        return _SAID.get(outcome, "closes connections without an answer")


@dataclass
class BeatingPart:
    """A part that gives a sign again and again, such as the time of a file; None while no sign is expected."""

    name: str
    sign: Callable[[], object | None]
    last_lines: Callable[[], tuple[str, ...]] = _no_lines
    _before: object | None = None

    def look(self) -> Trouble | None:
        """Whether the sign is still the same."""
        before, self._before = self._before, self.sign()
        if self._before is None or self._before != before:
            return None
        return Trouble(f"has given no sign of life for {SILENT_FOR_S:g} s", SILENT_FOR_S, silent=True)


@dataclass(frozen=True, slots=True)
class DuePart:
    """A part that has to be over at some time; `overdue` is in words, None while there is time."""

    name: str
    overdue: Callable[[], str | None]
    last_lines: Callable[[], tuple[str, ...]] = _no_lines

    def look(self) -> Trouble | None:
        """Whether its time is over."""
        state = self.overdue()
        return None if state is None else Trouble(state, silent=True)


@dataclass(frozen=True, slots=True)
class DiskPart:
    """The disk that the record is on: the run ends while there is still room to seal it, and when it takes no more."""

    live: Path
    name: str = DISK
    free: Callable[[Path], int] = free_at
    writable: Callable[[Path], bool] = is_writable
    last_lines: Callable[[], tuple[str, ...]] = _no_lines

    def look(self) -> Trouble | None:
        """Whether what is recorded could hardly be sealed any more."""
        try:
            needed = to_seal(self.live)
            free = self.free(self.live)
        except OSError as problem:
            return Trouble(f"no longer holds the record: {problem.strerror}: {self.live}", GONE_FOR_S)
        if free >= needed:
            return None if self.writable(self.live) else Trouble(f"takes no record any more: {self.live} is read-only")
        return Trouble(f"has {free / 1e6:.1f} MB left, and sealing the record may take {needed / 1e6:.1f} MB")


@dataclass
class Watchdog:
    """Watches the parts from `start` to `stop`, and posts the first failure; the run is then over.

    `likely_reason` says of the name of a silent part why that is this machine's doing, `why_killed` whether it kills;
    or nothing.
    """

    now_s: Callable[[], float]
    post: Callable[[Event], None]
    likely_reason: Callable[[str], str] = _no_reason
    why_killed: Callable[[], str] = _nobody_killed
    _stopping: threading.Event = field(default_factory=threading.Event)
    _parts: tuple[RunPart, ...] = ()
    _wrong_s: dict[int, float] = field(default_factory=dict)

    def start(self, parts: Sequence[RunPart]) -> None:
        """Begin to look."""
        self._parts = tuple(parts)
        for part in parts:
            if isinstance(part, AskedPart):
                threading.Thread(target=self._ask, args=(part,), name=f"asks {part.name}", daemon=True).start()
        threading.Thread(target=self._watch, args=(tuple(parts),), name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Accuse nobody any more."""
        self._stopping.set()

    def round(self, parts: Sequence[RunPart]) -> PartFailed | None:
        """Look at each part once; the first that failed."""
        for place, part in enumerate(parts):
            trouble = part.look()
            self._wrong_s[place] = 0.0 if trouble is None else self._wrong_s.get(place, 0.0) + LOOK_EVERY_S
            if trouble is not None and self._wrong_s[place] > trouble.patience_s:
                return self._failed(part, trouble)
        return None

    def last_look(self) -> PartFailed | None:
        """The first part that did not live to this moment: once all is over nobody would miss it.

        Who has ended is given no time. Who stands still is: if it goes on, its own lateness tells of it. Who has to
        answer is asked again, because one that is somebody else's has no process that could be looked at.
        """
        for part in self._parts:
            trouble = self._at_last(part)
            if trouble is not None:
                return self._failed(part, trouble)
        return None

    def _at_last(self, part: RunPart) -> Trouble | None:
        if isinstance(part, AskedPart):
            return part.asked_at_last()
        if not isinstance(part, ProcessPart):
            return None
        for _ in range(round(STOPPED_FOR_S / LOOK_EVERY_S)):
            trouble = part.look()
            if trouble is None or trouble.patience_s < STOPPED_FOR_S:
                return trouble
            self._stopping.wait(LOOK_EVERY_S)
        return part.look()

    def _failed(self, part: RunPart, trouble: Trouble) -> PartFailed:
        why = self.likely_reason(part.name) if trouble.silent else self.why_killed() if trouble.ended else ""
        state = f"{trouble.state}; {why}" if why else trouble.state
        return PartFailed(t_s=self.now_s(), part=part.name, state=state, last_lines=part.last_lines())

    def _watch(self, parts: Sequence[RunPart]) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            failed = self.round(parts)
            if failed is not None and not self._stopping.is_set():
                self.post(failed)
                return

    def _ask(self, part: AskedPart) -> None:
        while not self._stopping.wait(part.ask()):
            pass
