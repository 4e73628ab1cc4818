"""What a person is told when some of the evidence is missing, for arrays of people: the lender's own rules as lines.

A *mask* is the set of services of which nothing usable was there. Given the file and the mask every kept rule is a line
over the characteristics of a person and two bounds: no credit below the one, approved from the other on, neither in
between. The tests hold this to be what `credit.rules` says, person by person.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from creditstorm.credit import (
    COMMON_LOADING,
    FACTOR,
    NO_RECORD,
    OWN_LOADING,
    SCALES,
    SCORED,
    SERVICES,
    WEIGHTS,
    Answer,
    File,
    Population,
    Strategy,
    applicants,
    draw_many,
    estimate_score,
)
from creditstorm.credit.policies.answer import Honest, Push, TwoWords
from creditstorm.credit.policies.missing import FailClosed, LastKnownGood, PartialScore, TriState, WorstBin, ZeroFill
from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.credit.scorecard import INTERCEPT, points

_CORRELATED: Final = applicants.CORRELATION / (1.0 - applicants.CORRELATION)
NEVER: Final = math.inf


def mask_of(lost: Iterable[str]) -> int:
    """The number of a mask: bit i stands for service i of SERVICES."""
    return sum(1 << SERVICES.index(service) for service in lost)


def lost_in(mask: int) -> tuple[str, ...]:
    """The services that a mask names, in the order of SERVICES."""
    return tuple(service for place, service in enumerate(SERVICES) if mask >> place & 1)


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """The score on what is there is `base` + Σ `weights` · characteristic, in points; and where it decides."""

    base: float
    weights: NDArray[np.float64]
    deny_below: float
    approve_from: float

    def score(self, characteristics: NDArray[np.float64]) -> NDArray[np.float64]:
        """The score of each person; `characteristics` has a row each of SCORED."""
        return np.asarray(self.base + np.einsum("k,k...->...", self.weights, characteristics))

    @property
    def depends(self) -> bool:
        """Whether it matters who asks."""
        return math.isfinite(self.deny_below) or math.isfinite(self.approve_from)


@dataclass(frozen=True, slots=True)
class Traits:
    """People as arrays of one length; `characteristics` has a row each of SCORED, 0 for the bureau of a thin file."""

    thin: NDArray[np.bool_]
    verified: NDArray[np.bool_]
    characteristics: NDArray[np.float64]


def traits_of(population: Population, ids: NDArray[np.uint64]) -> Traits:
    """What is on file about these people.

    The quantile is scipy's, 20 times as fast as the one of `credit.keyed`: their last bits differ, and sources report
    whole numbers, so that a person could differ where a trait lies within 1e-13 of a half.
    """
    bits = population.stream.bits_many(ids)
    thin = draw_many(bits, applicants.DRAW_FILE) < population.thin_file
    verified = draw_many(bits, applicants.DRAW_VERIFIED) >= applicants.UNVERIFIED_SHARE
    common = COMMON_LOADING * ndtri(draw_many(bits, applicants.DRAW_COMMON))
    characteristics = np.empty((len(SCORED), len(ids)))
    for place, source in enumerate(SCORED):
        scale = SCALES[source]
        own = OWN_LOADING * ndtri(draw_many(bits, applicants.DRAW_TRAIT[source]))
        reported = np.maximum(0.0, np.rint(scale.centre + scale.spread * (common + own)))
        characteristics[place] = (reported - scale.centre) / scale.spread
    characteristics[SCORED.index("bureau"), thin] = 0.0
    return Traits(thin, verified, characteristics)


class MaskRules:
    """The rule of a policy by file and mask, under the strategy before any change and without grace."""

    def __init__(self, policy: PolicySpec) -> None:
        self._missing = _deciding(policy)
        self._cut_off = Strategy().cut_off
        self.between = Answer.NO_CREDIT if isinstance(policy.answer, TwoWords) else Answer.UNDETERMINED
        """What is said of somebody about whom is decided neither way."""
        self.known = self._missing is not None and isinstance(policy.answer, TwoWords | Honest | Push)
        """Whether the rule is one of ours; what another package brings only its own code can say."""

    def line(self, file: File, mask: int) -> ScoreLine:
        """How it is decided about a verified person; who is not verified is told so wherever identity answered."""
        lost = lost_in(mask)
        base, weights, sd = _estimate(file, lost, self._filled())
        deny_below, approve_from = self._bounds(lost, sd)
        return ScoreLine(base, weights, deny_below, approve_from)

    def _filled(self) -> Mapping[str, float] | None:
        """The characteristic that stands for a missing one; None where it is integrated out."""
        if isinstance(self._missing, WorstBin):
            return dict.fromkeys(SCORED, NO_RECORD)
        if isinstance(self._missing, ZeroFill):
            clip = self._missing.clip_sd
            values = {s: max(0.0, SCALES[s].centre - clip * SCALES[s].spread) for s in SCORED}
            return {source: SCALES[source].characteristic(value) for source, value in values.items()}
        return None

    def _bounds(self, lost: tuple[str, ...], sd: float) -> tuple[float, float]:
        rule, cut = self._missing, self._cut_off
        if isinstance(rule, FailClosed):
            return (-NEVER, NEVER) if lost else (cut, cut)
        if "scoring" in lost:
            return -NEVER, NEVER
        if isinstance(rule, ZeroFill | WorstBin):
            return (-NEVER, NEVER) if "identity" in lost else (cut, cut)
        margin = rule.z * sd if isinstance(rule, TriState) else 0.0
        return cut - margin, NEVER if "identity" in lost else cut + margin


def _deciding(policy: PolicySpec) -> FailClosed | ZeroFill | WorstBin | PartialScore | TriState | None:
    """What decides where something is missing; a value that was filled in from memory is not missing."""
    missing = policy.missing
    if isinstance(missing, LastKnownGood):
        return TriState(z=missing.z) if missing.otherwise == "tri_state" else FailClosed()
    known = isinstance(missing, FailClosed | ZeroFill | WorstBin | PartialScore | TriState)
    return missing if known else None


def _estimate(
    file: File, lost: tuple[str, ...], filled: Mapping[str, float] | None
) -> tuple[float, NDArray[np.float64], float]:
    """Base and weights of the score in points, and its standard deviation: `credit.imputation` as a linear form."""
    weights = WEIGHTS[file]
    gone = [source for source in SCORED if source in lost]
    there = [source for source in SCORED if source not in lost and (source, file) != ("bureau", File.THIN)]
    log_odds, own = INTERCEPT, dict.fromkeys(SCORED, 0.0)
    own |= {source: weights[source] for source in there}
    if filled is not None:
        log_odds += sum(weights[source] * filled[source] for source in gone)
        return points(log_odds), FACTOR * np.array([own[s] for s in SCORED]), 0.0
    total = sum(weights[source] for source in gone)
    if total:
        shared = _CORRELATED * total / (1.0 + len(there) * _CORRELATED)
        own |= {source: own[source] + shared for source in there}
    # The spread does not depend on the values, so the lender's own function says it for any.
    centre = {s: None if s == "bureau" and file is File.THIN else float(SCALES[s].centre) for s in SCORED}
    sd = estimate_score(file, {source: centre[source] for source in SCORED if source not in lost}).sd
    return points(log_odds), FACTOR * np.array([own[s] for s in SCORED]), sd
