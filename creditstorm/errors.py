"""The errors of creditstorm, each with the exit code that the command line gives for it.

CreditstormError
├── UsageError         2   bad input: scenario, option, run folder; nothing was started
│   └── ScenarioError  2   with file, line and key path
└── HarnessError       4   the environment or the harness failed; what was measured is kept
"""

from creditstorm.exit_code import ExitCode


class CreditstormError(Exception):
    """Something a person has to know; its text is the whole message, remedy included."""

    exit_code = ExitCode.HARNESS

    def __str__(self) -> str:
        """The message; what a terminal would obey, such as the escapes in somebody's file name, is spelt out."""
        return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in super().__str__())


class UsageError(CreditstormError):
    """The input cannot be used; nothing was started."""

    exit_code = ExitCode.USAGE


class ScenarioError(UsageError):
    """A scenario cannot be used; the text names file, line, key path, what is allowed and a remedy."""


class HarnessError(CreditstormError):
    """The machine, a child process or the harness itself failed."""

    exit_code = ExitCode.HARNESS
