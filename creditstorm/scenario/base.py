"""The former place of `creditstorm.language.quantities`."""

from creditstorm.language.quantities import (
    AS_TEXT,
    FROM_TEXT,
    Age,
    Count,
    Duration,
    Id,
    Number,
    PositiveDuration,
    Rate,
    Share,
    Size,
    SizeOrNone,
    Spec,
    Speed,
    ToxicDuration,
    key,
    one_of,
)

__all__ = [
    "AS_TEXT", "FROM_TEXT", "Age", "Count", "Duration", "Id", "Number", "PositiveDuration", "Rate", "Share", "Size",
    "SizeOrNone", "Spec", "Speed", "ToxicDuration", "key", "one_of",
]  # fmt: skip
