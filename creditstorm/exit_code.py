"""The exit codes of the command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command says to whoever called it."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INCONCLUSIVE = 3
    HARNESS = 4
    STOPPED = 5
    INTERRUPTED = 130
