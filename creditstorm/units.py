"""Quantities with units, read from text: durations, rates, shares, money."""

from __future__ import annotations

import re
from typing import Final

DURATION_UNITS: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0}
RATE_UNITS: Final = {"/s": 1.0, "/min": 1.0 / 60.0, "/h": 1.0 / 3600.0}

_QUANTITY: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z%/¥]*)\s*")


def duration_s(text: object) -> float:
    """Seconds from text such as ``15s``, ``250ms``, ``1.5min``, ``2h``; ValueError says what is allowed."""
    return _quantity(text, DURATION_UNITS, "a duration such as 15s, 250ms, 2min or 1h")


def rate_hz(text: object) -> float:
    """Events a second from text such as ``80/s`` or ``600/min``; ValueError says what is allowed."""
    return _quantity(text, RATE_UNITS, "a rate such as 80/s or 600/min")


def share(text: object) -> float:
    """A share in [0, 1] from ``0.2`` or ``20%``; ValueError says what is allowed."""
    wanted = "a share from 0 to 1, such as 0.2 or 20%"
    if isinstance(text, bool):
        raise ValueError(f"expected {wanted}, got {text}")
    value = float(text) if isinstance(text, (int, float)) else _quantity(text, {"%": 0.01, "": 1.0}, wanted)
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"expected {wanted}, got {text}")
    return value


def _quantity(text: object, units: dict[str, float], wanted: str) -> float:
    match = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if match is None or match[2] not in units:
        raise ValueError(f"expected {wanted}, got {text!r}")
    return float(match[1]) * units[match[2]]
