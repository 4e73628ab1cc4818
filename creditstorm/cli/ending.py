"""How the command ends where a verb did not end by itself: an error that we know, one that we do not, a signal."""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from creditstorm.errors import CreditstormError
from creditstorm.exit_code import ExitCode
from creditstorm.interrupts import ASKED, INTERRUPTING, WHY, interrupt, is_ours
from creditstorm.unforeseen import unforeseen

NO_MEMORY: Final = "creditstorm itself failed: no memory is left, not even to say where; free some, or ask for less"


def exit_code_of_error(error: BaseException) -> int:
    """Say on standard error what a person has to know; the exit code."""
    if isinstance(error, KeyboardInterrupt):
        _say_by_what(error)
        return ExitCode.INTERRUPTED
    try:
        known = error if isinstance(error, CreditstormError) else unforeseen(error)
        print(known, file=sys.stderr)  # noqa: T201 - the one place where an error meets a person
    except MemoryError:
        os.write(2, f"{NO_MEMORY}\n".encode())
        return ExitCode.HARNESS
    return known.exit_code


def _say_by_what(error: KeyboardInterrupt) -> None:
    """Nobody has to be told that they pressed Ctrl-C; a signal that few know of is named."""
    name = str(error)
    if name and name not in {number.name for number in ASKED}:
        print(f"interrupted by {name}" + (f": {WHY[name]}" if name in WHY else ""), file=sys.stderr)  # noqa: T201


@contextmanager
def left_by_signals() -> Iterator[None]:
    """Inside, whatever signal would end the process leaves like Ctrl-C, so that what is half written is put away.

    Not one that is ignored; but one that was blocked.
    """
    atexit.register(_deaf)  # what is registered first comes last
    heard = [number for number in INTERRUPTING if signal.getsignal(number) is signal.SIG_DFL]
    for number in heard:
        signal.signal(number, interrupt)
    # Whoever started us may have held them back for itself; we and our children would never hear of them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTING)
    try:
        yield
    finally:
        for number in heard:
            if is_ours(number):
                signal.signal(number, signal.SIG_DFL)


def _deaf() -> None:
    """Python itself puts every handler back while it ends, and a signal then would have an exit code of its own."""
    for number in INTERRUPTING:
        if signal.getsignal(number) is not None:
            signal.signal(number, signal.SIG_IGN)


def end_at_once(exit_code: int | str | None) -> None:
    """From now on a signal ends the process with this exit code: all is said, only the interpreter has work left."""
    code = exit_code if isinstance(exit_code, int) else int(exit_code is not None)

    def end(_number: int, _frame: FrameType | None) -> None:
        os._exit(code)

    for number in INTERRUPTING:
        if is_ours(number) or signal.getsignal(number) is signal.default_int_handler:
            signal.signal(number, end)
