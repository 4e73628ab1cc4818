"""Signals that would end a process and are no crash of it: they interrupt it in order instead, with exit code 130."""

import signal
from types import FrameType
from typing import Final

ASKED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""How a person, a shell or a supervisor asks for an end."""
_OTHERS: Final = ("QUIT", "USR1", "USR2", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT", "XCPU")
_REAL_TIME: Final = range(getattr(signal, "SIGRTMIN", 1), getattr(signal, "SIGRTMAX", 0) + 1)
INTERRUPTING: Final = (
    *ASKED,
    *(number for name in _OTHERS if (number := getattr(signal, f"SIG{name}", None)) is not None),
    *_REAL_TIME,
)
"""All of them that this system has. The rest is a crash, is not told to a process, or ends none."""
WHY: Final = {
    "SIGXCPU": "the CPU time that is allowed here is used up; ulimit -t unlimited, in the shell that starts creditstorm"
}
"""What a person has to know of a signal that a limit sent."""
_WHY_A_CHILD: Final = {**WHY, "SIGKILL": "by hand, or because memory ran out (`dmesg` says so)"}


def name_of(number: int) -> str:
    """``SIGUSR1``; of a real-time signal ``SIGRTMIN+3``."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN+{number - _REAL_TIME.start}"


def how_it_ended(exit_code: int | None) -> str:
    """How a child ended, for a person: with its exit code, or by which signal and why that one comes."""
    if exit_code is None or exit_code >= 0:
        return f"exit code {exit_code}"
    name = name_of(-exit_code)
    return f"killed by {name}: {_WHY_A_CHILD[name]}" if name in _WHY_A_CHILD else f"killed by {name}"


def interrupt(number: int, _frame: FrameType | None) -> None:
    """A handler that raises KeyboardInterrupt with the name of the signal."""
    raise KeyboardInterrupt(name_of(number))


def is_ours(number: int) -> bool:
    """Whether nobody but us has anything to do with this signal: it would end the process, or interrupts it."""
    return signal.getsignal(number) in (signal.SIG_DFL, interrupt)
