"""Which faults can be drawn for a scenario: every kind on every target where it means something, and its parameters.

What a parameter may be is found by asking the kind itself, so a kind of another package is drawn like ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Final

from pydantic import ValidationError
from creditstorm.language.quantities import FROM_TEXT
from creditstorm.scenario.faults import CELLS, PREFIX, TARGETS, FaultBase, fault_kinds
from creditstorm.scenario.model import Scenario

VALUES: Final = (
    *("10%", "30%", "60%", "100%"),
    *("100ms", "500ms", "1s", "3s", "30d"),
    *("0.2", "0.5", "2", "5", "20"),
    *("100KB/s", "5KB/s", "1KB", "100B", "5/s"),
)
"""What is tried for each parameter, the weak ones of a unit before the strong ones."""
SHARES: Final = ("share", "toxicity")
"""Parameters that are drawn though they have a default: how many are hit."""
_TRIAL: Final = {"at": "4s", "for": "4s"}
_COMMON: Final = ("kind", "name", "target", "at", "for")
_MOST_TRIALS: Final = 400
_MOST_CHOICES: Final = 5


@dataclass(frozen=True, slots=True)
class Template:
    """A kind on a target, and the texts that each of its drawn parameters may have, weak before strong."""

    kind: str
    target: str
    choices: tuple[tuple[str, tuple[str, ...]], ...]


Plain = Mapping[str, Any]
"""A scenario as YAML has it."""


def templates_of(plain: Plain, kinds: frozenset[str] = frozenset()) -> tuple[Template, ...]:
    """Every template that this scenario takes, of these kinds where any are named, in the order of the kinds."""
    found = (
        template
        for name, kind in fault_kinds().items()
        if not kinds or name in kinds
        for target in (*TARGETS, *(f"{PREFIX}{cell}" for cell in CELLS))
        if (template := _template(name, kind, target)) is not None
    )
    return tuple(template for template in found if _is_taken(plain, template))


def _template(name: str, kind: type[FaultBase], target: str) -> Template | None:
    fields = {str(field.validation_alias or key): field.is_required() for key, field in kind.model_fields.items()}
    wanted = [key for key, required in fields.items() if required and key not in _COMMON]
    shares = [key for key in SHARES if key in fields and key not in wanted]
    optional = [key for key, required in fields.items() if not required and key not in (*_COMMON, *shares)]
    plain = {"kind": name, "target": target, **_TRIAL}
    for some in (wanted, *([*wanted, key] for key in optional)):  # the defaults alone may mean nothing
        first = next(_accepted(kind, plain, some), None)
        if first is not None:
            break
    else:
        return None
    choices = tuple((key, _choices(kind, first, key)) for key in (*some, *shares))
    return Template(name, target, tuple((key, texts) for key, texts in choices if texts))


def _accepted(kind: type[FaultBase], plain: Mapping[str, str], wanted: list[str]) -> Iterator[Mapping[str, str]]:
    for texts in islice(product(VALUES, repeat=len(wanted)), _MOST_TRIALS):
        trial = {**plain, **dict(zip(wanted, texts, strict=True))}
        if _is_valid(kind, trial):
            yield trial


def _choices(kind: type[FaultBase], plain: Mapping[str, str], key: str) -> tuple[str, ...]:
    valid = [text for text in VALUES if _is_valid(kind, {**plain, key: text})]
    return tuple(valid[:_MOST_CHOICES])


def _is_valid(kind: type[FaultBase], plain: Mapping[str, Any]) -> bool:
    try:
        fault = kind.model_validate(_typed(plain), context=FROM_TEXT, by_alias=True, by_name=False)
    except ValidationError:
        return False
    return not list(fault.problems())


def _typed(plain: Mapping[str, str]) -> dict[str, object]:
    """As YAML reads it: a bare number is one."""
    return {key: _number(text) for key, text in plain.items()}


def _number(text: str) -> object:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def fault_of(template: Template, at_s: int, for_s: int, texts: Mapping[str, str]) -> dict[str, object]:
    """The fault in the words of a scenario."""
    return {"kind": template.kind, "target": template.target, "at": f"{at_s}s", "for": f"{for_s}s", **_typed(texts)}


def scenario_with(plain: Plain, faults: Sequence[Mapping[str, object]], seed: int) -> Scenario | None:
    """The scenario with these faults and this seed, None where it is none: faults may exclude each other."""
    changed = {**plain, "faults": [dict(fault) for fault in faults], "seed": seed}
    try:
        return Scenario.model_validate(changed, context=FROM_TEXT, by_alias=True, by_name=False)
    except ValidationError:
        return None


def _is_taken(plain: Plain, template: Template) -> bool:
    """Whether the scenario as a whole accepts it: it may have no store, or only one of each service."""
    fault = fault_of(template, 4, 4, {key: texts[0] for key, texts in template.choices})
    return scenario_with(plain, [fault], int(plain["seed"])) is not None
