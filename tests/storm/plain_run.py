"""A live run from Python that draws nothing, for who watches how it ends: says and exits as `creditstorm run` does."""

from __future__ import annotations

import sys
from pathlib import Path

from creditstorm.record.folder import RunFolder
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.scenario.text.loader import load


def main(scenario: str, *more: str) -> int:
    """`SCENARIO [--processes N] --out FOLDER`."""
    folder = RunFolder(Path(more[-1]))
    folder.root.mkdir()
    processes = int(more[1]) if more[0] == "--processes" else 1
    result = execute(RunRequest(load(Path(scenario)), folder, processes=processes, pages=False), lambda _event: None)
    print(result.in_words(folder), file=sys.stderr)  # noqa: T201 - the screen
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
