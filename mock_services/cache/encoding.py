"""Good values as bytes, one field a value in the hash of a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from mock_services.cache.memory import Remembered

Fields = Mapping[bytes, bytes]
"""The hash of one person."""

_NONE: Final = ":none"


def field_of(service: str, good: Remembered) -> bytes:
    """Where a value is written: a "no record" beside the value that it must not replace."""
    return (service if good.value is not None else service + _NONE).encode()


def written(good: Remembered) -> bytes:
    """The value as it is kept; floats come back to the bit."""
    return json.dumps([good.value, good.as_of, good.version, good.sd]).encode()


def read(fields: Fields, service: str) -> Remembered | None:
    """The value of this service, else its "no record"; None where there is neither, or nothing that we wrote."""
    raw = fields.get(service.encode()) or fields.get((service + _NONE).encode())
    return None if raw is None else _parsed(raw)


def _parsed(raw: bytes) -> Remembered | None:
    try:
        value, as_of, version, sd = json.loads(raw)
    except (ValueError, TypeError):
        return None
    numbers = _is_number(as_of) and all(one is None or _is_number(one) for one in (value, sd))
    words = version is None or isinstance(version, str)
    return Remembered(value, as_of, version, sd) if numbers and words else None


def _is_number(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool)
