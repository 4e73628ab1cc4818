"""The scenarios that come with creditstorm, and how a name or a path finds one."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import creditstorm
from creditstorm.errors import ScenarioError
from creditstorm.language.problems import Problem
from creditstorm.scenario.model import CAUSES, Scenario
from creditstorm.units import quoted

_ALL_OF_THEM: Final = "`creditstorm scenarios list` names all of them; a file has a suffix or a slash in its name"
STDIN: Final = Path("-")
"""Stands for standard input where a file is asked for."""
STDIN_NAME: Final = "<stdin>"
"""What messages call it."""


def folder() -> Path:
    """Where the shipped scenarios are: inside an installed package, or beside it in a checkout."""
    package = Path(creditstorm.__file__).parent
    installed = package / "_catalogue"
    return installed if installed.is_dir() else package.parent / "scenarios"


def paths() -> list[Path]:
    """The shipped scenario files, by name."""
    return sorted(folder().glob("*.yaml"))


def names() -> tuple[str, ...]:
    """The names of the shipped scenarios."""
    return tuple(path.stem for path in paths())


def by_cause(scenarios: Iterable[Scenario]) -> dict[str, tuple[Scenario, ...]]:
    """The scenarios of each cause that has any, in the order of the causes; those that name none come under ``""``."""
    known = tuple(scenarios)
    groups = {cause or "": tuple(s for s in known if s.cause == cause) for cause in (*CAUSES, None)}
    return {cause: group for cause, group in groups.items() if group}


def find(scenario: str) -> Path:
    """The file of a name such as ``calm`` or of a path, `STDIN` for ``-``; ScenarioError if there is none of them."""
    if scenario in names():
        return _short(folder() / f"{scenario}.yaml")
    if not scenario.strip():
        what = f"{quoted(scenario)} is not a scenario that comes with creditstorm, nor a file"
        raise ScenarioError("\n".join(Problem(what=what, remedy=_ALL_OF_THEM).lines("")))
    path = Path(scenario)
    if path == STDIN:
        # A file of that name can be said as ./- only.
        return STDIN if scenario == "-" else path.absolute()
    if path.suffix or "/" in scenario or _is_there(path):
        return path
    raise ScenarioError("\n".join(_unknown(scenario).lines("")))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # No path of any file, such as one of 5,000 letters.
        return False


def _unknown(scenario: str) -> Problem:
    """A word that is no scenario: the closest one, and where the others are listed, not all of them."""
    close = get_close_matches(scenario[:60], names(), n=1, cutoff=0.5)
    meant = f'did you mean "{close[0]}"? ' if close else ""
    what = f"{quoted(scenario)} is not a scenario that comes with creditstorm, nor a file"
    return Problem(what=what, remedy=f"{meant}{_ALL_OF_THEM}")


def _short(path: Path) -> Path:
    """The path as a person in the current directory would write it, where that is the shorter way."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
