"""`--vary key.path=a..b/n`: which value of a scenario is varied, and over what.

``a..b/n`` are n values from a to b in equal steps; ``a..b/n log`` in equal ratios, as NumPy's linspace and geomspace;
``1..6`` all whole numbers between; ``1,2,4`` a list, of words too. Both ends have units, as in a scenario.
"""

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np
from creditstorm import units
from creditstorm.analysis.planning.swept import Axis
from creditstorm.errors import UsageError
from creditstorm.language.problems import Problem

FORMS: Final = ("0ms..3s/13", "1ms..3s/13 log", "1..6", "0%,5%,10%")
MOST_VALUES: Final = 1_000
_RANGE: Final = re.compile(r"(.*?)\.\.(.*?)(?:/([0-9]{1,9}))?(?:\s+(log))?")
_ENDS: Final = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?\s*([a-zA-Z%/]*)")
_FAMILIES: Final = (
    ("s", units.DURATION_UNITS),
    ("/s", units.RATE_UNITS),
    ("%", {"%": Fraction(1, 100)}),
    ("KB/s", units.SPEED_UNITS),
    ("B", units.SIZE_UNITS),
    ("", {"": Fraction(1)}),
)


def read_axis(text: str) -> Axis:
    """The axis; UsageError says what is wrong with it, and nothing of whether the scenario has such a value."""
    path, equals, asked = text.partition("=")
    if not equals or not path.strip() or not asked.strip():
        raise wrong(text, Problem(what="expected key.path=values", allowed=FORMS))
    given = _RANGE.fullmatch(asked.strip())
    if given is None:
        return _listed(text, path.strip(), asked)
    first, last, count, log = given.groups()
    unit, ends = _quantities(text, (first.strip(), last.strip()))
    if ends[0] >= ends[1]:
        what = "both ends are the same" if ends[0] == ends[1] else "the range runs backwards"
        raise wrong(text, Problem(what=what, remedy=f"write for example {path.strip()}={last}..{first}/{count or 13}"))
    numbers = _between(text, ends, _count(text, count, unit, ends), log=log is not None)
    return Axis(path.strip(), tuple(_written(number, unit) for number in numbers), numbers, unit, log is not None)


def wrong(text: str, problem: Problem) -> UsageError:
    """The error that names the option."""
    return UsageError("\n".join(problem.lines(f"--vary '{units.printable(text)}'")))


def _quantities(text: str, parts: Sequence[str]) -> tuple[str, tuple[float, ...]]:
    """The unit of the family that all parts are of, and the parts as numbers in it."""
    found = [_ENDS.fullmatch(part) for part in parts]
    for part, match in zip(parts, found, strict=True):
        if match is None:
            raise wrong(text, Problem(what=f"{units.quoted(part)} is not a quantity", allowed=FORMS))
    words = [match[1] for match in found if match]
    for unit, family in _FAMILIES:
        if all(word in family for word in words):
            return unit, tuple(_number(part, family[word], word) for part, word in zip(parts, words, strict=True))
    known = {word for _, family in _FAMILIES for word in family}
    odd = next((word for word in words if word not in known), None)
    if odd is not None:
        allowed = tuple(sorted(word for word in known if word))
        raise wrong(text, Problem(what=f"{units.quoted(odd)} is not a unit", allowed=allowed, meant=odd))
    shown = " and ".join(units.quoted(part) for part in parts[:2])
    raise wrong(text, Problem(what=f"{shown} have units that do not fit", remedy="give every value the same kind"))


def _number(part: str, factor: Fraction, word: str) -> float:
    return float(Fraction(part.removesuffix(word).strip()) * factor)


def _count(text: str, count: str | None, unit: str, ends: Sequence[float]) -> int:
    if count is None:
        if unit or not all(end.is_integer() for end in ends):
            what, remedy = "how many values between is not said", "write it behind the range, such as 0ms..3s/13"
            raise wrong(text, Problem(what=what, remedy=remedy))
        count = str(int(ends[1] - ends[0]) + 1)
    if int(count) < 2:
        remedy = "ask for at least two, or give one value with --set"
        raise wrong(text, Problem(what=f"{count} value is no range", remedy=remedy))
    if int(count) > MOST_VALUES:
        raise wrong(text, Problem(what=f"{int(count):,} values", remedy=f"at most {MOST_VALUES:,} on an axis"))
    return int(count)


def _between(text: str, ends: Sequence[float], count: int, *, log: bool) -> tuple[float, ...]:
    if log and ends[0] <= 0:
        raise wrong(text, Problem(what="equal ratios cannot begin at 0", remedy="begin above 0, or leave log out"))
    first, last = ends
    values = np.geomspace(first, last, count) if log else np.linspace(first, last, count)
    inner = [_rounded(float(value)) for value in values[1:-1]]
    return (ends[0], *inner, ends[1])


def _rounded(value: float) -> float:
    """Six digits: nobody reads more, and what is written reads back as it was."""
    return float(f"{value:.6g}")


def _written(number: float, unit: str) -> str:
    match unit:
        case "s":
            return units.duration_text(number)
        case "/s":
            return units.rate_text(number)
        case "%":
            return f"{_rounded(100 * number):.10g}%"
        case "B":
            return units.size_text(math.floor(number + 0.5))
        case "KB/s":
            return units.speed_text(math.floor(number + 0.5))
    return f"{number:.10g}"


def _listed(text: str, path: str, asked: str) -> Axis:
    values = tuple(part.strip() for part in asked.split(","))
    if "" in values:
        raise wrong(text, Problem(what="a value is empty", allowed=FORMS))
    if len(values) < 2:
        remedy = f"ask for at least two, such as {FORMS[0]}, or give one value with --set"
        raise wrong(text, Problem(what="one value is no range", remedy=remedy))
    if len(values) > MOST_VALUES:
        raise wrong(text, Problem(what=f"{len(values):,} values", remedy=f"at most {MOST_VALUES:,} on an axis"))
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise wrong(text, Problem(what=f"{units.quoted(twice)} stands there twice"))
    if not any(_ENDS.fullmatch(value) for value in values):
        return Axis(path, values, None, "", log=False)
    unit, numbers = _quantities(text, values)
    again = next((value for value, number in zip(values, numbers, strict=True) if numbers.count(number) > 1), None)
    if again is not None:
        raise wrong(text, Problem(what=f"{units.quoted(again)} stands there twice, in another unit"))
    return Axis(path, values, numbers, unit, log=False)
