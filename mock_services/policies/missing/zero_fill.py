"""A missing number becomes 0: the default of a data frame, a feature store or a struct, taken for a fact."""

from __future__ import annotations

from dataclasses import dataclass, replace

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.sources import SCALES
from mock_services.policies.case import Asked, Case
from mock_services.policies.missing.filling import decide_on_filled


@dataclass(frozen=True, slots=True)
class ZeroFillRule:
    """Puts 0 in place of each missing number of the score, and logs the result as a decision by the score.

    A scorecard has bins: it reads 0 as its lowest one, here `clip_sd` standard deviations below the mean (1 by
    default, the reading in DOMAIN section 5), or as the number 0 itself where that is higher. A large `clip_sd`
    gives a card without bins, to which a bureau score of 0 is 8.3 standard deviations below the mean.
    """

    clip_sd: float

    def fill(self, asked: Asked, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
        """The evidence, with the number that the scorecard reads where none arrived."""
        if evidence.usable or service not in SCALES:
            return evidence
        scale = SCALES[service]
        return replace(evidence, value=max(0.0, scale.centre - self.clip_sd * scale.spread))

    def decide(self, case: Case) -> Decision:
        """The decision by the score."""
        return decide_on_filled(case)
