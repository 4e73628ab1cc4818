"""Keyed randomness: a draw belongs to its key, not to the order of calls, so any process can repeat it.

Integers are mixed with the finaliser of SplitMix64 (Steele, Lea, Flood 2014). Normals come from algorithm AS 241
(Wichura 1988), whose central region is plain arithmetic; tails go through one scalar function in both paths, so the
vectorised path gives the same bits as the scalar one.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Number = TypeVar("_Number", float, "NDArray[np.float64]")

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15
_M1 = 0xBF58476D1CE4E5B9
_M2 = 0x94D049BB133111EB
_STEP = 2.0**-52
_HALF_STEP = 2.0**-53


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * _M1) & _MASK
    value = ((value ^ (value >> 27)) * _M2) & _MASK
    return value ^ (value >> 31)


def _mix_many(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_M1)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_M2)
    return values ^ (values >> np.uint64(31))


class Keyed:
    """Draws by (seed, purpose, ids…) alone: ``Keyed(7, "latency", "bureau").uniform(applicant, attempt)``."""

    __slots__ = ("_prefix",)

    def __init__(self, seed: int, *purpose: str) -> None:
        text = "\x1f".join((str(seed), *purpose)).encode()
        self._prefix = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")

    def bits(self, *ids: int) -> int:
        """64 mixed bits for these ids (each an integer of 0 or more)."""
        state = self._prefix
        for part in ids:
            state = _mix((state ^ (part & _MASK)) + _GOLDEN & _MASK)
        return state

    def bits_many(self, ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """The same as `bits` with one id, for an array of ids."""
        return _mix_many((ids ^ np.uint64(self._prefix)) + np.uint64(_GOLDEN))

    def uniform(self, *ids: int) -> float:
        """A uniform number in the open interval (0, 1)."""
        return (self.bits(*ids) >> 12) * _STEP + _HALF_STEP

    def uniform_many(self, ids: NDArray[np.uint64]) -> NDArray[np.float64]:
        """The same as `uniform` with one id, for an array of ids."""
        return (self.bits_many(ids) >> np.uint64(12)).astype(np.float64) * _STEP + _HALF_STEP

    def normal(self, *ids: int) -> float:
        """A standard normal number."""
        return normal_quantile(self.uniform(*ids))


def draw(bits: int, index: int) -> float:
    """The uniform number number `index` of the stream that starts at `bits`."""
    return (_mix((bits + index * _GOLDEN) & _MASK) >> 12) * _STEP + _HALF_STEP


def draw_many(bits: NDArray[np.uint64], index: int) -> NDArray[np.float64]:
    """The same as `draw`, for an array of streams."""
    mixed = _mix_many(bits + np.uint64(index * _GOLDEN & _MASK))
    return (mixed >> np.uint64(12)).astype(np.float64) * _STEP + _HALF_STEP


# Coefficients of AS 241, highest power first.
_CENTRE_NUM: Final = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_CENTRE_DEN: Final = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_TAIL_NUM: Final = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_TAIL_DEN: Final = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
_FAR_NUM: Final = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580e0,
    5.46378491116411436990e0,
    6.65790464350110377720e0,
)
_FAR_DEN: Final = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)


def _horner(coefficients: tuple[float, ...], x: _Number) -> _Number:
    value = coefficients[0] * x + coefficients[1]
    for coefficient in coefficients[2:]:
        value = value * x + coefficient
    return value


def _central(q: _Number) -> _Number:
    r = 0.180625 - q * q
    return _horner(_CENTRE_NUM, r) * q / _horner(_CENTRE_DEN, r)


def _tail(q: float, p: float) -> float:
    r = math.sqrt(-math.log(p if q <= 0.0 else 1.0 - p))
    if r <= 5.0:
        value = _horner(_TAIL_NUM, r - 1.6) / _horner(_TAIL_DEN, r - 1.6)
    else:
        value = _horner(_FAR_NUM, r - 5.0) / _horner(_FAR_DEN, r - 5.0)
    return math.copysign(value, q)


def normal_quantile(p: float) -> float:
    """The standard normal quantile of p in (0, 1), to about 1e-16 (AS 241, PPND16)."""
    q = p - 0.5
    return _central(q) if abs(q) <= 0.425 else _tail(q, p)


def normal_quantile_many(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same bits as `normal_quantile`, for an array."""
    q = p - 0.5
    out = _central(q)
    tails = np.flatnonzero(np.abs(q) > 0.425)
    out[tails] = [_tail(a, b) for a, b in zip(q[tails].tolist(), p[tails].tolist(), strict=True)]
    return out
