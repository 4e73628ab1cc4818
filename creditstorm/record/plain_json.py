"""JSON that nobody vouches for, as plain values: neither its depth nor a number in it can hurt whoever reads it."""

import math
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import from_json
from creditstorm.units import printable, quoted


def parse_object(text: str | bytes) -> dict[str, object]:
    """The JSON object in a text, every number in it finite and of at most 64 bits; ValueError says what it is not."""
    try:
        content = from_json(text, allow_inf_nan=False)
    except ValueError as problem:
        raise ValueError(f"no JSON: {printable(str(problem), 100)}") from None
    if not isinstance(content, dict):
        raise ValueError(f"expected a JSON object, got {quoted(content)}")
    if any(_is_endless(number) for number in _numbers(content)):
        raise ValueError("it holds a number that no run can have written")
    return content


def first_problem(error: ValidationError) -> str:
    """What the first check that failed found, on one line: the key, what was expected, what is there."""
    found = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in found["loc"]) or "the whole of it"
    if found["type"] == "missing":
        return f"{printable(where)} is missing"
    return f"{printable(where)}: {printable(found['msg'])}, got {quoted(found['input'])}"


def _numbers(value: object) -> Iterator[int | float]:
    # Not deep: whoever parsed it gave up below 200 levels.
    if isinstance(value, (int, float)):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _numbers(inner)


def _is_endless(number: float) -> bool:
    return not -(2**63) <= number < 2**64 if isinstance(number, int) else not math.isfinite(number)
