"""What pydantic found wrong, in the words of the scenario language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from creditstorm.language.problems import PROBLEM, Path, Problem, not_among
from creditstorm.scenario.text.json_schema import names_at
from creditstorm.scenario.text.tree import child_of
from creditstorm.units import quoted

_WANTED: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "bool_type": "true or false",
}
_BOUNDS: Final = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_SCHEMA: Final = "`creditstorm schema` prints what belongs here"
_MISSING: Final = "is missing"
_NO_KEY: Final = "a key here"
_QUOTED: Final = re.compile(r"'([^']*)'")


def problems_of(error: ValidationError, plain: object) -> list[Problem]:
    """The problems in the order of the scenario's fields, each once; `plain` is what was validated."""
    every = (details for details in error.errors(include_url=False) if not _is_of_what_is_in_it(details))
    found = dict.fromkeys(_problem(details, plain) for details in every)
    # A key with a slip in it is not missing as well: one mistake, one message.
    meant = {(*one.path[:-1], close) for one in found if (close := one.closest) and one.what.endswith(_NO_KEY)}
    return [one for one in found if one.what != _MISSING or one.path not in meant]


def _is_of_what_is_in_it(details: ErrorDetails) -> bool:
    """Whether a list is too short only because what stands in it is wrong, which is said already."""
    given = details["input"]
    return details["type"] == "too_short" and isinstance(given, list) and len(given) >= details["ctx"]["min_length"]


def _problem(details: ErrorDetails, plain: object) -> Problem:
    loc, context, given = details["loc"], details.get("ctx", {}), details["input"]
    path = tuple(_cleaned(loc, plain))
    kind = details["type"]
    if kind == PROBLEM:
        problem: Problem = context["problem"]
        return replace(problem, path=path)
    if kind == "missing":
        return Problem(what=_MISSING, path=path, remedy=_SCHEMA)
    if kind == "extra_forbidden":
        return not_among(_NO_KEY, path[-1], names_at(loc[:-1]), path=path)
    if kind in {"union_tag_invalid", "union_tag_not_found", "literal_error"}:
        return _wrong_word(details, path)
    return Problem(what=_said(kind, context, given) or details["msg"], path=path)


def _said(kind: str, context: Mapping[str, Any], given: object) -> str | None:
    if kind in _WANTED:
        return f"expected {_WANTED[kind]}, got {quoted(given)}"
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"expected {words} {_plain(context[bound])}, got {quoted(given)}"
    if kind == "too_short":
        return "the list is empty"
    if kind == "too_long":
        return f"the list has more than {context['max_length']} items"
    return str(context["error"]) if kind == "value_error" else None


def _wrong_word(details: ErrorDetails, path: Path) -> Problem:
    context = details.get("ctx", {})
    if details["type"] == "union_tag_not_found":
        return Problem(what="is missing", path=(*path, "kind"), allowed=names_at(details["loc"]))
    if details["type"] == "union_tag_invalid":
        allowed = tuple(sorted(_QUOTED.findall(context["expected_tags"])))
        given = details["input"].get("kind") if isinstance(details["input"], dict) else context["tag"]
        return not_among("a kind", given, allowed, path=(*path, "kind"))
    return not_among("allowed", details["input"], _QUOTED.findall(context["expected"]), path=path)


def _cleaned(loc: Path, plain: object) -> Iterator[str | int]:
    """The path in the scenario: without pydantic's names of kinds, and not into a value that is only text."""
    node, entered = plain, False
    for step in loc:
        names_the_kind = entered and isinstance(node, dict) and node.get("kind") == step
        entered = False
        if step == "[key]" or names_the_kind:
            continue
        if node is not None and not isinstance(node, dict | list):
            return
        yield step
        node, entered = child_of(node, step), True


def _plain(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"
