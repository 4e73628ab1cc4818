"""The score on whatever evidence there is: exact when all of it is there, else a mean and a standard deviation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from creditstorm.credit.applicants import CORRELATION, File
from creditstorm.credit.scorecard import FACTOR, INTERCEPT, NO_RECORD, WEIGHTS, points
from creditstorm.credit.sources import SCALES, SCORED


@dataclass(frozen=True, slots=True)
class ScoreEstimate:
    """A score in points: its mean and standard deviation given the evidence (`sd` is 0 when nothing is missing)."""

    mean: float
    sd: float


def estimate_score(file: File, values: Mapping[str, float | None]) -> ScoreEstimate:
    """The score given `values`: an absent source was not retrieved, None is a true "no record".

    Missing characteristics are integrated out under the population's one-factor model (traits correlated r in pairs):
    the common factor given k observed traits is normal with precision 1 + k·r/(1−r), so the conditional expectation
    and variance of the missing part have closed forms.
    """
    weights = WEIGHTS[file]
    log_odds = INTERCEPT
    observed: list[float] = []
    missing: list[float] = []
    for source in SCORED:
        if source not in values:
            missing.append(weights[source])
            continue
        reported = values[source]
        if reported is None:
            log_odds += weights[source] * NO_RECORD
            continue
        characteristic = SCALES[source].characteristic(reported)
        log_odds += weights[source] * characteristic
        observed.append(characteristic)
    if not any(missing):
        return ScoreEstimate(points(log_odds), 0.0)
    mean, variance = _integrate_out(missing, observed)
    return ScoreEstimate(points(log_odds + mean), FACTOR * math.sqrt(variance))


def _integrate_out(missing: list[float], observed: list[float]) -> tuple[float, float]:
    own_variance = 1.0 - CORRELATION
    precision = 1.0 + len(observed) * CORRELATION / own_variance
    common = math.sqrt(CORRELATION) / own_variance * sum(observed) / precision
    total = sum(missing)
    variance = own_variance * sum(w * w for w in missing) + CORRELATION * total * total / precision
    return math.sqrt(CORRELATION) * common * total, variance
