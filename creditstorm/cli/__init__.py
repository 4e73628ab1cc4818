"""The command line: talks to people, and turns errors and verdicts into exit codes."""

import gc
import os
import sys

from creditstorm.cli.ending import end_at_once, exit_code_of_error, left_by_signals
from creditstorm.cli.streams import lasting_streams
from creditstorm.cli.surroundings import put_right
from creditstorm.exit_code import ExitCode


def main() -> None:
    """The command `creditstorm`."""
    with lasting_streams() as out, left_by_signals():
        exit_code = _exit_code()
        out.flush()
        if out.missed is not None:
            print(f"standard output: {out.missed}: what was to be printed there is lost", file=sys.stderr)  # noqa: T201
            exit_code = ExitCode.HARNESS
        end_at_once(exit_code)
    sys.exit(exit_code)


def _exit_code() -> int | str | None:
    try:
        put_right(os.environ)
        # Here, because the scenario language takes in what other packages bring, and one of them may be broken.
        from creditstorm.cli.app import app

        app()
    except SystemExit as left:
        return left.code
    except BaseException as error:  # noqa: BLE001 - the last hand: no error of any kind is told as a verdict
        return exit_code_of_error(error)
    finally:
        # The interpreter's last collections would walk for half a second through libraries that end with the process.
        gc.freeze()
    return ExitCode.PASS
