"""The grammar of the thresholds: from the mapping in a scenario to `Threshold` values, and back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import core_schema
from creditstorm import units
from creditstorm.language.problems import Path, Problem, as_validation_error, not_among
from creditstorm.language.quantities import AS_TEXT
from creditstorm.scenario import threshold as words
from creditstorm.scenario.threshold import METRICS, Metric, Scope, Threshold

_KEY: Final = re.compile(r"\s*([\w-]+)(?:\.([\w-]+))?\s*(?:\{\s*([\w-]+)\s*:\s*([\w-]+)\s*\})?\s*")
_RULE: Final = re.compile(r"(?:([a-z]\w*(?:\([^()]*\))?)\s*)?([<>=!]+)\s*(\S.*)")
_LONGEST_KEY: Final = 200
_KEY_FORM: Final = "metric, metric.variant, metric{scope: name} or metric.variant{scope: name}"
_RULE_KEYS: Final = ("threshold", "min_samples", "on_no_data")


class _Wrong(Exception):  # noqa: N818
    """Carries one problem from deep in the grammar to `_read`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def read(plain: object) -> tuple[Threshold, ...]:
    """The thresholds of the mapping under `thresholds:`; a pydantic error with the path of every problem."""
    if isinstance(plain, tuple) and all(isinstance(part, Threshold) for part in plain):
        return plain
    if not isinstance(plain, dict):
        remedy = 'write for example wrongful_no_credit_rate.people: ["< 0.5%"]'
        raise as_validation_error([Problem(what=f"expected a mapping, got {units.quoted(plain)}", remedy=remedy)])
    thresholds: list[Threshold] = []
    problems: list[Problem] = []
    for key, rules in plain.items():
        for path, rule in _rules(key, rules):
            try:
                thresholds.append(_threshold(path, key, rule))
            except _Wrong as wrong:
                problems.append(wrong.problem)
    if problems:
        # A wrong key is wrong once, however many rules stand under it.
        raise as_validation_error(dict.fromkeys(problems))
    return tuple(thresholds)


def write(thresholds: Iterable[Threshold]) -> dict[str, list[object]]:
    """The mapping that `read` reads as the same thresholds."""
    plain: dict[str, list[object]] = {}
    for threshold in thresholds:
        rule: dict[str, object] = {"threshold": threshold.text, "on_no_data": threshold.on_no_data.value}
        if threshold.min_samples is not None:
            rule["min_samples"] = threshold.min_samples
        plain.setdefault(threshold.key, []).append(rule)
    return plain


def rule_paths(plain: object) -> Iterator[Path]:
    """The path of every rule in the mapping under `thresholds:`, in the order in which `read` gives them."""
    for key, rules in plain.items() if isinstance(plain, dict) else ():
        yield from (path for path, _ in _rules(key, rules))


def _rules(key: str, rules: object) -> Iterator[tuple[Path, object]]:
    if isinstance(rules, list):
        yield from (((key, index), rule) for index, rule in enumerate(rules))
        if not rules:
            yield (key,), None
    else:
        yield (key,), rules


def _threshold(path: Path, key: str, rule: object) -> Threshold:
    name, variant, scope = _metric(key)
    metric = METRICS[name]
    options = _options(path, rule)
    text = options["threshold"]
    aggregation, op, bound = _bound(path, metric, text)
    return Threshold(
        metric=name,
        variant=metric.variant if variant in (None, words.STABLE) else words.Variant(variant),
        stable=variant == words.STABLE,
        scope=scope,
        aggregation=aggregation,
        op=op,
        bound=bound,
        unit=metric.unit,
        text=text,
        key=key,
        min_samples=options.get("min_samples"),
        on_no_data=words.OnNoData(options.get("on_no_data", words.OnNoData.INCONCLUSIVE)),
    )


def _metric(key: str) -> tuple[str, str | None, Scope | None]:
    match = _KEY.fullmatch(key) if len(key) <= _LONGEST_KEY else None
    if match is None:
        raise _Wrong(Problem(what="cannot be read as a metric", path=(key,), allowed=(_KEY_FORM,)))
    name, variant, scope, scoped_to = match.groups()
    if name not in METRICS:
        raise _Wrong(not_among("a metric", name, METRICS, path=(key,)))
    metric = METRICS[name]
    if variant is not None and metric.variant is None:
        raise _Wrong(Problem(what=f"{name} has no variants", path=(key,), remedy=f"write {name}"))
    if variant is not None and variant not in words.VARIANTS:
        raise _Wrong(not_among(f"a variant of {name}", variant, words.VARIANTS, path=(key,)))
    if scope is not None and not metric.scopes:
        raise _Wrong(Problem(what=f"{name} is of the whole run, it has no scope", path=(key,), remedy=f"write {name}"))
    if scope is None and metric.scoped:
        remedy = f"write for example {name}{{monitor: decline_rate}}"
        raise _Wrong(Problem(what=f"{name} is of one {metric.scopes[0].value}", path=(key,), remedy=remedy))
    if scope is not None and scope not in metric.scopes:
        raise _Wrong(not_among(f"a scope of {name}", scope, metric.scopes, path=(key,)))
    return name, variant, None if scope is None else Scope(words.ScopeKind(scope), scoped_to)


def _options(path: Path, rule: object) -> dict[str, Any]:
    options = {"threshold": rule} if isinstance(rule, str) else rule
    if not isinstance(options, dict) or not isinstance(options.get("threshold"), str):
        remedy = 'write for example ["< 0.5%"] or [{threshold: "< 0.5%", min_samples: 100, on_no_data: fail}]'
        raise _Wrong(Problem(what=f"{units.quoted(rule)} is not a rule", path=path, remedy=remedy))
    for word, value in options.items():
        if word not in _RULE_KEYS:
            raise _Wrong(not_among("a key of a rule", word, _RULE_KEYS, path=(*path, word)))
        if word == "on_no_data" and value not in words.ON_NO_DATA:
            raise _Wrong(not_among("something to do", value, words.ON_NO_DATA, path=(*path, word)))
        if word == "min_samples" and (type(value) is not int or not 1 <= value <= 10**12):
            raise _Wrong(Problem(what=f"{units.quoted(value)} is not a whole number from 1", path=(*path, word)))
    return options


def _bound(path: Path, metric: Metric, text: str) -> tuple[words.Aggregation | None, words.Operator, float]:
    match = _RULE.fullmatch(text.strip())
    if match is None:
        example = "p(99) < 2500ms" if metric.aggregated else "< 20s" if metric.unit is words.Unit.SECONDS else "< 0.5%"
        remedy = f'write for example "{example}"'
        raise _Wrong(Problem(what=f"{units.quoted(text)} is not a rule", path=path, remedy=remedy))
    aggregation, op, bound = match.groups()
    if op not in words.OPERATORS:
        raise _Wrong(not_among("an operator", op, words.OPERATORS, path=path))
    found = _aggregation(path, metric, aggregation)
    try:
        operator, quantity = words.Operator(op), _quantity(metric.unit, bound)
    except ValueError as error:
        raise _Wrong(Problem(what=str(error), path=path)) from error
    if metric.unit is words.Unit.SHARE and "%" not in bound:
        raise _Wrong(_bare_share(path, operator, bound, quantity))
    if (always := metric.settled(operator, quantity)) is not None:
        what = f"{units.quoted(text)} {'holds' if always else 'fails'} whatever is measured"
        raise _Wrong(Problem(what=what, path=path, remedy=f"the metric goes from {metric.range_in_words}"))
    return found, operator, quantity


def _bare_share(path: Path, operator: words.Operator, bound: str, quantity: float) -> Problem:
    """``< 1`` may mean 1 % or everything, and as everything it is a gate that cannot fail."""
    meant = dict.fromkeys(f'"{operator} {float(percent):g}%"' for percent in (bound, 100 * quantity))
    return Problem(what=f"{units.quoted(bound)}: a share needs its %", path=path, remedy=f"write {' or '.join(meant)}")


def _aggregation(path: Path, metric: Metric, aggregation: str | None) -> words.Aggregation | None:
    if aggregation is None and metric.aggregated:
        what = "a latency needs an aggregation"
        raise _Wrong(
            Problem(what=what, path=path, allowed=words.AGGREGATIONS, remedy='write for example "p(99) < 2500ms"')
        )
    if aggregation is not None and not metric.aggregated:
        what = f"{units.quoted(aggregation)}: this metric is one figure, it takes no aggregation"
        raise _Wrong(Problem(what=what, path=path))
    if aggregation is None:
        return None
    if aggregation in list(words.Whole):
        return words.Whole(aggregation)
    percent = re.fullmatch(r"p\(([0-9]{1,3}(?:\.[0-9]{1,6})?)\)", aggregation)
    if percent is None or not 0 < float(percent[1]) < 100:
        allowed = ("p(N) with N more than 0 and less than 100", "avg", "max")
        bare = re.fullmatch(r"p_?([0-9]{1,2})", aggregation)
        what, remedy = f"{units.quoted(aggregation)} is not an aggregation", f"write p({bare[1]})" if bare else ""
        raise _Wrong(Problem(what=what, path=path, allowed=allowed, remedy=remedy))
    return words.Quantile(float(percent[1]) / 100.0)


def _quantity(unit: words.Unit, text: str) -> float:
    if unit is words.Unit.SHARE:
        return units.share(text)
    return units.duration_s(text) if unit is words.Unit.SECONDS else units.number(text)


def contradictions(thresholds: Sequence[Threshold]) -> Iterator[Problem]:
    """Rules on one measure that no figure can satisfy together: the run could only fail or stay open."""
    for place, later in enumerate(thresholds):
        for earlier in thresholds[:place]:
            if _subject(later) == _subject(earlier) and (_exclude(later, earlier) or _exclude(earlier, later)):
                what = f'"{later.text}" and "{earlier.text}" exclude each other: no figure satisfies both'
                yield Problem(what=what, path=("thresholds", later.key), remedy="keep the one that is meant")


def _subject(rule: Threshold) -> tuple[object, ...]:
    return rule.metric, rule.variant, rule.stable, rule.scope


def _exclude(above: Threshold, below: Threshold) -> bool:
    """Whether what the first rule wants above its bound is never more than what the second wants below its own."""
    upward, downward = (words.Operator.MORE, words.Operator.AT_LEAST), (words.Operator.LESS, words.Operator.AT_MOST)
    if above.op not in upward or below.op not in downward or not _never_more(above.aggregation, below.aggregation):
        return False
    both_meet = above.op is words.Operator.AT_LEAST and below.op is words.Operator.AT_MOST
    return above.bound > below.bound or (above.bound == below.bound and not both_meet)


def _never_more(one: words.Aggregation | None, other: words.Aggregation | None) -> bool:
    """Whether one figure of some values is at most the other, whatever the values are."""
    if one == other or other is words.Whole.MAX:
        return True
    return isinstance(one, words.Quantile) and isinstance(other, words.Quantile) and one.q <= other.q


def _write(thresholds: tuple[Threshold, ...], info: core_schema.SerializationInfo) -> object:
    return write(thresholds) if info.context == AS_TEXT else thresholds


_RULE_SCHEMA: Final = {
    "anyOf": [
        {"type": "string", "examples": ["< 0.5%", "p(99) < 2500ms"]},
        {
            "type": "object",
            "properties": {
                "threshold": {"type": "string"},
                "min_samples": {"type": "integer", "minimum": 1},
                "on_no_data": {"enum": list(words.ON_NO_DATA)},
            },
            "required": ["threshold"],
            "additionalProperties": False,
        },
    ]
}
SCHEMA: Final = {
    "type": "object",
    "description": f"{_KEY_FORM}: [rule, …]",
    "patternProperties": {
        rf"^\s*({'|'.join(METRICS)})(\.({'|'.join(words.VARIANTS)}))?\s*(\{{.*\}})?\s*$": {
            "anyOf": [_RULE_SCHEMA, {"type": "array", "items": _RULE_SCHEMA, "minItems": 1}]
        }
    },
    "additionalProperties": False,
}
"""JSON Schema of the mapping under `thresholds:`."""


def _core(_source: object, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    written = core_schema.plain_serializer_function_ser_schema(_write, info_arg=True)
    return core_schema.no_info_plain_validator_function(read, serialization=written)


Thresholds = Annotated[tuple[Threshold, ...], GetPydanticSchema(_core, lambda _core, _handler: SCHEMA)]
"""A field that reads the mapping and holds the thresholds in the order they were written."""
