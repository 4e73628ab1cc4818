"""`--set key.path=value`, or an option of its own: one value of a scenario given on the command line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from creditstorm.language.problems import Path, Problem, key_path, not_among
from creditstorm.scenario.checks import with_fault_names
from creditstorm.scenario.text.tree import BrokenError, child_of, read_scalar, read_tree
from creditstorm.units import printable, quoted

_WORD: Final = re.compile(r"[\w-]+")
_INDEX: Final = re.compile(r"\[([0-9]{1,6})\]")
_EXAMPLE: Final = "--set seed=7 or --set 'load.arrivals[0].rate=40/s'"


class OverrideError(Exception):
    """The option cannot be applied; the problem's text follows the option itself."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Override:
    """A place in the scenario and the plain value to put there."""

    path: Path
    value: object


@dataclass(frozen=True, slots=True)
class Given:
    """``key.path=value``, and the option other than ``--set`` that stands for it, as messages name it."""

    text: str
    option: str


def texts(given: Sequence[str | Given]) -> tuple[str, ...]:
    """Each as ``--set`` would be told."""
    return tuple(one if isinstance(one, str) else one.text for one in given)


def apply(plain: object, text: str) -> Override:
    """Put the value of ``key.path=value`` into the plain scenario and say where it went; OverrideError otherwise."""
    name, equals, value_text = text.partition("=")
    if not equals or not name.strip():
        raise OverrideError(Problem(what="expected key=value", remedy=f"write for example {_EXAMPLE}"))
    value = _value(value_text.strip())
    path = _path(plain, name.strip())
    _put(plain, path, value)
    return Override(path, value)


def option(given: str | Given) -> str:
    """The option as a message names it."""
    return printable(given.option) if isinstance(given, Given) else f"--set {printable(given)}"


def _value(text: str) -> object:
    # A flow mapping, a list or a quoted text is YAML; anything else stands for itself, so that "> 5" needs no quotes.
    try:
        return read_tree(text).plain if text[:1] in ("{", "[", '"', "'") else read_scalar(text)
    except BrokenError as broken:
        raise OverrideError(Problem(what=f"the value is wrong: {broken.problem.what}")) from broken
    except ValueError as error:
        raise OverrideError(Problem(what=str(error))) from error


def _path(plain: object, name: str) -> Path:
    path: Path = ()
    node, rest = plain, name
    while rest:
        step, rest = _step(node, path, rest)
        step = _numbered(node, path, step)
        path = (*path, step)
        node = child_of(node, step)
        rest = rest.removeprefix(".")
    return path


def _numbered(node: object, path: Path, step: str | int) -> str | int:
    """The number of the fault that a word names, as a run would call it; any other step is itself."""
    if path != ("faults",) or not isinstance(node, list) or isinstance(step, int):
        return step
    named = with_fault_names({"faults": node})["faults"]
    names = tuple(str(fault.get("name")) if isinstance(fault, dict) else "" for fault in named)
    if step not in names:
        problem = not_among("a fault of this scenario", step, tuple(name for name in names if name))
        raise OverrideError(replace(problem, remedy="name one of them, or its place such as faults[0]"))
    return names.index(step)


def _step(node: object, path: Path, rest: str) -> tuple[str | int, str]:
    if index := _INDEX.match(rest):
        return int(index[1]), rest[index.end() :]
    # Keys such as wrongful_no_credit_rate.people{window: bureau} hold dots and braces: an existing key wins whole.
    known = sorted((key for key in node if _begins(rest, key)), key=len) if isinstance(node, dict) else []
    if known:
        return known[-1], rest[len(known[-1]) :]
    if path == ("thresholds",):
        return rest, ""
    word = _WORD.match(rest)
    after = rest[word.end() :] if word else rest
    if word is None or (after and after[0] not in ".["):
        what = f"{quoted(rest)} is not a key path"
        raise OverrideError(Problem(what=what, remedy=f"write for example {_EXAMPLE}"))
    return word[0], after


def _begins(rest: str, key: str) -> bool:
    return bool(key) and (rest == key or rest.startswith((f"{key}.", f"{key}[")))


def _put(plain: object, path: Path, value: object) -> None:
    node = plain
    for depth, step in enumerate(path):
        _check_step(node, path[:depth], step)
        if depth == len(path) - 1:
            node[step] = value  # type: ignore[index]
        elif isinstance(node, dict) and node.get(step) is None:
            node[step] = {}
        node = node[step]  # type: ignore[index]


def _check_step(node: object, before: Path, step: str | int) -> None:
    where = key_path(before) or "the scenario"
    if isinstance(node, list):
        if not isinstance(step, int):
            what = f"{where} is a list, name an item by its number"
            raise OverrideError(Problem(what=what, remedy=f"write for example {where}[0].{step}"))
        if step >= len(node):
            allowed = tuple(f"{where}[{index}]" for index in range(min(len(node), 10)))
            raise OverrideError(Problem(what=f"{where} has no item [{step}]", allowed=allowed))
    elif isinstance(node, dict):
        if isinstance(step, int):
            raise OverrideError(Problem(what=f"{where} is a mapping, it has no item [{step}]", allowed=tuple(node)))
    else:
        what = f"{where} is {quoted(node)}, there is nothing inside it to set"
        remedy = f"set the whole of it, such as --set '{where}={{{step}: …}}'"
        raise OverrideError(Problem(what=what, remedy=remedy))
