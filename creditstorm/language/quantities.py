"""What the parts of a scenario are made of: a frozen base model, and the types of its quantities."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

import pydantic
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core.core_schema import SerializationInfo, ValidationInfo
from creditstorm import units
from creditstorm.language.problems import Problem, as_custom, not_among

LONGEST_S: Final = 7 * 86_400.0
OLDEST_S: Final = 3653 * 86_400.0
FASTEST_HZ: Final = 100_000.0
AS_TEXT: Final = "text"
"""The serialisation context that writes quantities as text with units; without it a dump holds plain numbers."""
FROM_TEXT: Final = "from text"
"""The validation context of the loader: a quantity must carry its unit. Python code may give plain numbers."""


class Spec(pydantic.BaseModel):
    """A frozen part of a scenario that accepts no unknown key."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    @pydantic.model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, plain: Any) -> Any:  # noqa: ANN401
        """A known key with nothing behind it (``faults:`` with every line commented out) counts as not given."""
        if not isinstance(plain, dict):
            return plain
        known = {str(field.validation_alias or name) for name, field in cls.model_fields.items()}
        return {name: value for name, value in plain.items() if value is not None or name not in known}


def key(name: str) -> Any:  # noqa: ANN401
    """The key of a field in YAML, where it differs from the field's name."""
    return Field(validation_alias=name, serialization_alias=name)


def _read(parse: Callable[[object], float], most: float, most_text: str, *, zero: bool) -> BeforeValidator:
    def read(value: object, info: ValidationInfo) -> float:
        plain = info.context != FROM_TEXT and isinstance(value, (int, float)) and not isinstance(value, bool)
        quantity = float(value) if plain and isinstance(value, (int, float)) else parse(value)
        if not (quantity >= 0 if zero else quantity > 0):
            raise as_custom(Problem(what=f"{units.quoted(value)} is {'negative' if zero else 'not more than 0'}"))
        if quantity > most:
            raise as_custom(Problem(what=f"{units.quoted(value)} is more than {most_text}"))
        return quantity

    return BeforeValidator(read)


def _write(text: Callable[[Any], str]) -> PlainSerializer:
    def write(value: float | None, info: SerializationInfo) -> float | str | None:
        return text(value) if info.context == AS_TEXT and value is not None else value

    return PlainSerializer(write)


def _schema(unit: str, example: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*({unit})\s*$", "examples": [example]}
    )


_DURATION_SCHEMA: Final = _schema("ms|s|min|m|h|d", "15s")
_RATE_SCHEMA: Final = _schema("/s|/min|/h", "80/s")
_SIZE_SCHEMA: Final = _schema("B|KB|MB|KiB|MiB", "64B")
_SPEED_SCHEMA: Final = _schema("KB/s|MB/s", "10KB/s")
_SHARE_SCHEMA: Final = WithJsonSchema(
    {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": r"^\s*[0-9.]+\s*%?\s*$"}]}
)

Duration = Annotated[
    float, _read(units.duration_s, LONGEST_S, "7 days", zero=True), _write(units.duration_text), _DURATION_SCHEMA
]
"""Seconds, 0 or more."""
Age = Annotated[
    float, _read(units.duration_s, OLDEST_S, "10 years", zero=True), _write(units.duration_text), _DURATION_SCHEMA
]
"""Seconds that a value may be old, 0 or more."""
PositiveDuration = Annotated[
    float, _read(units.duration_s, LONGEST_S, "7 days", zero=False), _write(units.duration_text), _DURATION_SCHEMA
]
"""Seconds, more than 0."""
ToxicDuration = Annotated[
    float,
    _read(units.duration_s, LONGEST_S, "7 days", zero=False),
    Field(ge=0.001),
    _write(units.duration_text),
    _DURATION_SCHEMA,
]
"""Seconds, at least one millisecond: Toxiproxy counts whole ones."""
Rate = Annotated[float, _read(units.rate_hz, FASTEST_HZ, "100000/s", zero=True), _write(units.rate_text), _RATE_SCHEMA]
"""Events a second, 0 or more."""
Size = Annotated[int, _read(units.size_bytes, 1e12, "1 TB", zero=False), _write(units.size_text), _SIZE_SCHEMA]
"""Bytes, at least 1."""
SizeOrNone = Annotated[int, _read(units.size_bytes, 1e12, "1 TB", zero=True), _write(units.size_text), _SIZE_SCHEMA]
"""Bytes, 0 or more."""
Speed = Annotated[int, _read(units.speed_kb_s, 1e9, "1 TB/s", zero=False), _write(units.speed_text), _SPEED_SCHEMA]
"""Whole kilobytes (1,000 bytes) a second, at least 1."""
Share = Annotated[float, BeforeValidator(units.share), _SHARE_SCHEMA]
"""A share in [0, 1]."""
Number = Annotated[float, pydantic.Strict(), Field(allow_inf_nan=False)]
"""A plain number without a unit."""
Count = Annotated[int, pydantic.Strict()]
"""A whole number without a unit."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def _read_id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        allowed = ("lower-case letters, digits and hyphens, at most 64, no hyphen first",)
        raise as_custom(Problem(what=f"{units.quoted(value)} is not an id", allowed=allowed))
    return value


Id = Annotated[
    str, BeforeValidator(_read_id), WithJsonSchema({"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"})
]
"""A short name for files and columns."""


def one_of(noun: str, allowed: tuple[str, ...]) -> tuple[BeforeValidator, WithJsonSchema]:
    """A word out of a closed list; the message names the list and the closest match."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise as_custom(not_among(noun, value, allowed))
        return value

    return BeforeValidator(read), WithJsonSchema({"enum": list(allowed)})
