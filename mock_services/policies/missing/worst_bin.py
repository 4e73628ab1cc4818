"""Missing is read as "no record": the cautious default of a scorecard that has no bin for "not retrieved"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.scorecard import NO_RECORD
from creditstorm.credit.sources import SCALES
from mock_services.policies.case import Asked, Case
from mock_services.policies.missing.filling import decide_on_filled


@dataclass(frozen=True, slots=True)
class WorstBinRule:
    """Gives each missing number the points of the "no record" bin, and logs the result as a decision by the score."""

    def fill(self, asked: Asked, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
        """The evidence, with the number that is worth as many points as "no record" where none arrived."""
        if evidence.usable or service not in SCALES:
            return evidence
        scale = SCALES[service]
        return replace(evidence, value=scale.centre + NO_RECORD * scale.spread)

    def decide(self, case: Case) -> Decision:
        """The decision by the score."""
        return decide_on_filled(case)
