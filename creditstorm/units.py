"""Quantities with units, read from text and written as text: durations, rates, shares, sizes.

What is written reads back as the same float, to the bit.
"""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Final

DURATION_UNITS: Final = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "min": Fraction(60),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86_400),
}
RATE_UNITS: Final = {"/s": Fraction(1), "/min": Fraction(1, 60), "/h": Fraction(1, 3600)}
SIZE_UNITS: Final = {
    "B": Fraction(1),
    "KB": Fraction(1000),
    "MB": Fraction(1_000_000),
    "KiB": Fraction(1024),
    "MiB": Fraction(1_048_576),
}
SPEED_UNITS: Final = {"KB/s": Fraction(1), "MB/s": Fraction(1000)}
MANY: Final = {
    "": Fraction(1),
    "k": Fraction(10**3),
    "K": Fraction(10**3),
    "万": Fraction(10**4),
    "M": Fraction(10**6),
    "亿": Fraction(10**8),
}
"""What a large number may end with."""
_LARGE_RATES: Final = {f"{many}{rate}": MANY[many] * RATE_UNITS[rate] for many in MANY for rate in RATE_UNITS}

_LONGEST: Final = 500
# Bounded on both sides of the point: text from outside must not become an astronomically large integer.
_QUANTITY: Final = re.compile(r"\s*(-?[0-9]{1,40}(?:\.[0-9]{1,400})?)\s*([a-zA-Z%/万亿]*)\s*")


def duration_s(text: object) -> float:
    """Seconds from text such as ``15s``, ``250ms``, ``1.5min``, ``2h``; ValueError says what is allowed."""
    return _quantity(text, DURATION_UNITS, "a duration such as 15s, 250ms, 2min or 1h")


def rate_hz(text: object) -> float:
    """Events a second from text such as ``80/s`` or ``600/min``; ValueError says what is allowed."""
    return _quantity(text, RATE_UNITS, "a rate such as 80/s or 600/min")


def many(text: object) -> int:
    """A whole number from text such as ``100M``, ``500k``, ``1亿`` or ``5000万``; ValueError says what is allowed."""
    return _whole(text, MANY, "a whole number such as 100M, 500k, 1亿, 5000万 or 100000000")


def large_rate_hz(text: object) -> float:
    """Events a second from text such as ``16.7k/s`` or ``1.67万/s``; ValueError says what is allowed."""
    return _quantity(text, _LARGE_RATES, "a rate such as 16.7k/s, 1.67万/s or 1M/min")


def size_bytes(text: object) -> int:
    """Whole bytes from text such as ``64B``, ``1.5KB`` (1,500) or ``1KiB`` (1,024); ValueError says what is allowed."""
    return _whole(text, SIZE_UNITS, "a size in whole bytes such as 64B, 10KB or 1MiB")


def speed_kb_s(text: object) -> int:
    """Whole kilobytes (1,000 bytes) a second from text such as ``10KB/s``; ValueError says what is allowed."""
    return _whole(text, SPEED_UNITS, "a transfer rate in whole kilobytes such as 10KB/s or 1MB/s")


def share(text: object) -> float:
    """A share in [0, 1] from ``0.2`` or ``20%``; ValueError says what is allowed."""
    wanted = "a share from 0 to 1, such as 0.2 or 20%"
    if isinstance(text, bool):
        raise ValueError(f"expected {wanted}, got {quoted(text)}")
    if isinstance(text, (int, float)):
        value = float(text) if 0 <= text <= 1 else -1.0
    else:
        value = _quantity(text, {"%": Fraction(1, 100), "": Fraction(1)}, wanted)
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"expected {wanted}, got {quoted(text)}")
    return value


def duration_text(seconds: float) -> str:
    """Text that `duration_s` reads as exactly these seconds, in ms where that is the plainer form."""
    in_ms = f"{round(seconds * 1000)}ms"
    return in_ms if 0 < seconds < 1 and duration_s(in_ms) == seconds else f"{_plain(seconds)}s"


def rate_text(hz: float) -> str:
    """Text that `rate_hz` reads as exactly this rate."""
    return f"{_plain(hz)}/s"


def size_text(size: int) -> str:
    """Text that `size_bytes` reads as exactly this size."""
    return f"{size // 1000}KB" if size and size % 1000 == 0 else f"{size}B"


def speed_text(kb_s: int) -> str:
    """Text that `speed_kb_s` reads as exactly this transfer rate."""
    return f"{kb_s}KB/s"


def percent_text(share: float) -> str:
    """A share as per cent with one decimal, such as ``12.5 %``; what is not quite 0 or 1 is never rounded to it."""
    if share in {0.0, 1.0}:
        return f"{share * 100:.0f} %"
    hundred = 100.0 * share
    if hundred < 0.05:
        return "<0.1 %"
    return ">99.9 %" if 99.95 <= hundred < 100.0 else f"{hundred:.1f} %"


_WITH_LOGIN: Final = re.compile(r"(\w://|[:=](?!.*://))[^\n]*@")


def without_logins(text: str) -> str:
    """The text with three stars for what may be user and password: all between ``://``, ``:`` or ``=`` and an ``@``."""
    return _WITH_LOGIN.sub(r"\1***@", text)


def printable(text: str, longest: int = 200) -> str:
    """Text from outside as it may stand in a message: cut at `longest`, control characters and the like escaped.

    It may be wrong in any way and a password be in it all the same, so what looks like a login is not shown.
    """
    text = without_logins(text)
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:longest])
    return f"{shown}…" if len(text) > longest else shown


_BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters by their kind that show nothing."""


def is_visible(text: str) -> bool:
    """Whether anything of a text can be seen: not blanks, marks on nothing, or letters without a shape alone."""
    shown = (c for c in text if c.isprintable() and not c.isspace() and c not in _BLANK_LETTERS)
    return any(unicodedata.category(c)[0] != "M" for c in shown)


def quoted(value: object) -> str:
    """A value from outside as it may stand in a message: text in quotes, at most 60 characters of it."""
    if isinstance(value, str):
        return f'"{printable(value, 60)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return "a number of more than 18 digits" if 1e18 <= abs(value) < float("inf") else str(value)
    names = {dict: "a mapping", list: "a list", tuple: "a list", type(None): "nothing"}
    return names.get(type(value), f"a {type(value).__name__}")


def _plain(number: float) -> str:
    shown = format(Decimal(repr(float(number))), "f")
    return shown.removesuffix(".0")


def _quantity(text: object, units: dict[str, Fraction], wanted: str) -> float:
    match = _QUANTITY.fullmatch(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    if match is None or match[2] not in units:
        raise ValueError(f"expected {wanted}, got {quoted(text)}")
    if match[1].startswith("-"):
        raise ValueError(f"{quoted(text)} is negative; expected {wanted}")
    return float(Fraction(match[1]) * units[match[2]])


def _whole(text: object, units: dict[str, Fraction], wanted: str) -> int:
    value = _quantity(text, units, wanted)
    if not value.is_integer():
        raise ValueError(f"expected {wanted}, got {quoted(text)}")
    return int(value)


def number(text: object) -> float:
    """A plain number such as ``1.5``; ValueError says what is allowed."""
    return _quantity(text, {"": Fraction(1)}, "a number such as 1.5")
