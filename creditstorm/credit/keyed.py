"""Keyed randomness: a draw belongs to its key, not to the order of calls, so any process can repeat it.

Integers are mixed with the finaliser of SplitMix64 (Steele, Lea, Flood 2014). Normals come from the standard library's
quantile (algorithm AS 241, Wichura 1988), one number at a time in both paths: so an array gives the same bits.
"""

import hashlib
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15
_M1 = 0xBF58476D1CE4E5B9
_M2 = 0x94D049BB133111EB
_STEP = 2.0**-52
_HALF_STEP = 2.0**-53


def _mix_many(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_M1)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_M2)
    return values ^ (values >> np.uint64(31))


normal_quantile: Final = NormalDist().inv_cdf
"""The standard normal quantile of p in (0, 1).

Bound once: a `NormalDist()` a call would take 2.6 times as long. The same algorithm in Python and numpy gave the same
bits on 600,000 draws, tails included, and took 8 times as long a number, 1.2 to 1.4 times in an array; scipy's `ndtri`
is 20 times as fast in an array, but two draws of three differ from it in their last bits.
"""


class Keyed:
    """Draws by (seed, purpose, ids…) alone: ``Keyed(7, "latency", "bureau").uniform(applicant, attempt)``."""

    __slots__ = ("_prefix",)

    def __init__(self, seed: int, *purpose: str) -> None:
        text = "\x1f".join((str(seed), *purpose)).encode()
        self._prefix = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")

    def bits(self, *ids: int) -> int:
        """64 mixed bits for these ids (each an integer of 0 or more)."""
        state = self._prefix
        for part in ids:  # the finaliser is written out, here and in `draw`: a call of it costs as much as itself
            state = (state ^ (part & _MASK)) + _GOLDEN & _MASK
            state = ((state ^ (state >> 30)) * _M1) & _MASK
            state = ((state ^ (state >> 27)) * _M2) & _MASK
            state ^= state >> 31
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


def draw(bits: int, index: int) -> float:
    """The uniform number number `index` of the stream that starts at `bits`."""
    value = (bits + index * _GOLDEN) & _MASK
    value = ((value ^ (value >> 30)) * _M1) & _MASK
    value = ((value ^ (value >> 27)) * _M2) & _MASK
    return ((value ^ (value >> 31)) >> 12) * _STEP + _HALF_STEP


def draw_many(bits: NDArray[np.uint64], index: int) -> NDArray[np.float64]:
    """The same as `draw`, for an array of streams."""
    mixed = _mix_many(bits + np.uint64(index * _GOLDEN & _MASK))
    return (mixed >> np.uint64(12)).astype(np.float64) * _STEP + _HALF_STEP


def normal_quantile_many(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same bits as `normal_quantile`, for an array."""
    return np.fromiter(map(normal_quantile, p.tolist()), np.float64, len(p))
