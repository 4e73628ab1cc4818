"""What a planner asks on the command line: a rule in one word group, and a range of rates."""

import json
import re
from collections.abc import Sequence
from typing import Final

from creditstorm.errors import UsageError
from creditstorm.scenario.text.overrides import Given
from creditstorm.units import quoted, rate_hz

_RULE: Final = re.compile(r"\s*([\w.-]+(?:\s*\{[^{}]*\})?)\s*((?:[a-z]\w*(?:\([^()]*\))?\s*)?[<>=!].*)")
_EXAMPLE: Final = "'wrongful_no_credit_rate.people < 0.5%'"


def thresholds_of(rules: Sequence[str], *, option: str) -> Given:
    """The thresholds that these rules are, as an override; UsageError where one cannot be read."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        match = _RULE.fullmatch(rule)
        if match is None:
            remedy = f"Write a metric, an operator and a bound, such as {option} {_EXAMPLE}."
            raise UsageError(f"{option} {quoted(rule)}: cannot be read as a rule\n  {remedy}")
        found.setdefault(match[1], []).append(match[2].strip())
    return Given(f"thresholds={json.dumps(found)}", option)


def rates_of(text: str, *, option: str) -> tuple[float, float]:
    """The two rates of ``20/s..5000/s``; UsageError where it is no range, or goes down."""
    low, dots, high = text.partition("..")
    remedy = f"Write for example {option} 20/s..5000/s."
    try:
        ends = (rate_hz(low.strip()), rate_hz(high.strip())) if dots else (0.0, 0.0)
    except ValueError as problem:
        raise UsageError(f"{option} {quoted(text)}: {problem}\n  {remedy}") from None
    if not 0.0 < ends[0] < ends[1]:
        what = "a range begins above 0 and goes up" if dots else "expected two rates with .. between them"
        raise UsageError(f"{option} {quoted(text)}: {what}\n  {remedy}")
    return ends
