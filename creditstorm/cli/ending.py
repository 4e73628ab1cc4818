"""How the command ends where a verb did not end by itself: an error that we know, one that we do not, a signal."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from creditstorm.errors import CreditstormError
from creditstorm.exit_code import ExitCode
from creditstorm.unforeseen import unforeseen

SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


def exit_code_of_error(error: BaseException) -> int:
    """Say on standard error what a person has to know; the exit code."""
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    known = error if isinstance(error, CreditstormError) else unforeseen(error)
    print(known, file=sys.stderr)  # noqa: T201 - the one place where an error meets a person
    return known.exit_code


@contextmanager
def left_by_signals() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP leave like Ctrl-C, so that what is half written is put away; not where ignored."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    heard = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in heard:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)
