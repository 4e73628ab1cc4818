"""Costs that were measured on some machine, as a small JSON file that a simulated run is given by name."""

from dataclasses import asdict, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from creditstorm.adapters.simulated.costs import Costs
from creditstorm.errors import UsageError
from creditstorm.record.files import read_raw, replace_json
from creditstorm.record.plain_json import parse_object
from creditstorm.units import quoted

SCHEMA: Final = 1
MOST_S: Final = 60.0
_REMEDY: Final = "`creditstorm calibrate --out FILE` writes one"
_NAMES: Final = tuple(field.name for field in fields(Costs))


def write_costs(path: Path, costs: Costs, measured: dict[str, object]) -> None:
    """Put the costs at `path`, with what was measured of them; OSError where it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_json(path, {"schema": SCHEMA, "costs_s": asdict(costs), "measured": measured}, indent=1)


def read_costs(path: Path) -> Costs:
    """The costs of a file; those that it does not name are as they always are. UsageError says what is wrong."""
    if path.exists() and not path.is_file():
        raise _wrong(path, "is no regular file")
    try:
        content = parse_object(read_raw(path, most=100_000))
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else problem
        raise UsageError(f"--costs {path}: cannot be read ({why})\n  {_REMEDY}.") from problem
    if content.get("schema") != SCHEMA:
        raise _wrong(path, f"schema: expected {SCHEMA}, got {quoted(content.get('schema'))}")
    named = content.get("costs_s")
    if not isinstance(named, dict):
        raise _wrong(path, "costs_s: expected seconds by name")
    return Costs(**{name: _seconds(path, str(name), value) for name, value in named.items()})


def _seconds(path: Path, name: str, value: object) -> float:
    if name not in _NAMES:
        close = get_close_matches(name, _NAMES, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        raise _wrong(path, f"costs_s.{name}: not a cost (allowed: {', '.join(_NAMES)}){meant}")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value <= MOST_S:
        raise _wrong(path, f"costs_s.{name}: expected seconds from 0 to {MOST_S:g}, got {quoted(value)}")
    return float(value)


def _wrong(path: Path, what: str) -> UsageError:
    return UsageError(f"--costs {path}: {what}\n  {_REMEDY}.")
