"""The command line: talks to people, and turns errors and verdicts into exit codes."""

import gc
import sys

from creditstorm.errors import CreditstormError


def main() -> None:
    """The command `creditstorm`."""
    try:
        # Here, because the scenario language takes in what other packages bring, and one of them may be broken.
        from creditstorm.cli.app import app

        app()
    except CreditstormError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the one place where an error meets a person
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        # The interpreter's last collections would walk for half a second through libraries that end with the process.
        gc.freeze()
