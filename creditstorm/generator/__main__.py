"""Locust with a shipped journey: `python -P -m creditstorm.generator credit_check …`, the rest are Locust's options.

What Locust alone would do depends on where a person stands: it splits the path of its file at commas, puts the working
directory and that of the file first on `sys.path`, and reads a `locust.conf` or `pyproject.toml` that lies about. So
this stands in the folder of the shipped journeys, names the file without a path, and clears the path afterwards.
"""

import os
import sys
from importlib.util import find_spec

from locust import events
from locust.main import main as run_locust


def start(journey: str, *options: str) -> None:
    """Run Locust until it ends the process."""
    before = list(sys.path)

    def clear_path(**_: object) -> None:
        sys.path[:] = before

    os.chdir(_folder_of_journeys())
    # The first event after Locust has loaded the journey; workers are forked later.
    events.init_command_line_parser.add_listener(clear_path)
    sys.argv[1:] = ["-f", f"{journey}.py", *options]
    run_locust()


def _folder_of_journeys() -> str:
    spec = find_spec("locustfiles")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("the package locustfiles is not installed; install creditstorm again")
    return spec.submodule_search_locations[0]


if __name__ == "__main__":
    start(*sys.argv[1:])
