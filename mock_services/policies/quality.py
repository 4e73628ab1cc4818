"""Whether the lender doubts what arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from creditstorm.credit import SCALES, Evidence, EvidenceStatus, File
from creditstorm.credit.case import CreditRequest


class TrustingQuality:
    """Doubts nothing: null counts as 0, an empty record as "no record", an old value as today's."""

    def check(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
        """The evidence as it arrived."""
        return evidence

    def plausible(self, request: CreditRequest, service: str, remembered: Evidence) -> bool:  # noqa: ARG002 - everything is
        """Whatever was remembered is a fact, too."""
        return True


SPREADS: Final = 5.0
LEAST_PART: Final = 0.05
RANGES: Final = {
    source: (
        max(LEAST_PART * scale.centre, scale.centre - SPREADS * scale.spread),
        scale.centre + SPREADS * scale.spread,
    )
    for source, scale in SCALES.items()
}
"""What a scored source may say: within five spreads of the centre, and at least a twentieth of what is usual.

So neither 0, which is what a null turns into, nor thousands of yuan in place of yuan pass. In calm this doubts about
2.2 people in 1,000 wrongly: those with nearly no income (1.13 ‰) or spending (1.07 ‰). The other ends are passed by
.0015 ‰ of people."""

NO_RECORD_IS_A_FACT: Final = (("bureau", File.THIN),)
"""Where there may be "no record": the lender knows whose file is thin, everybody else has a record everywhere."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Rejects what breaks the schema or the range (`malformed`), what is too old (`stale`) and an unlikely `empty`.

    Rejected evidence has no value any more and is missing like any other, so the missing-data rule takes over. It does
    not see a wrong value that looks right, such as one a few points off.
    """

    max_age_s: Mapping[str, float]

    def check(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:
        """The evidence, rejected if it cannot be true."""
        if not evidence.usable:
            return evidence
        doubt = self._doubt(request, service, evidence)
        return evidence if doubt is None else replace(evidence, status=doubt, value=None, sd=None, rejected=True)

    def plausible(self, request: CreditRequest, service: str, remembered: Evidence) -> bool:
        """Whether the value of an earlier day looks like one; how old it may be is the store's own rule."""
        return _looks_wrong(request, service, remembered) is None

    def _doubt(self, request: CreditRequest, service: str, evidence: Evidence) -> EvidenceStatus | None:
        oldest_s = self.max_age_s.get(service)
        too_old = oldest_s is not None and (evidence.age_s or 0.0) > oldest_s
        return _looks_wrong(request, service, evidence) or (EvidenceStatus.STALE if too_old else None)


def _looks_wrong(request: CreditRequest, service: str, evidence: Evidence) -> EvidenceStatus | None:
    if evidence.value is None:
        return None if (service, request.file) in NO_RECORD_IS_A_FACT else EvidenceStatus.EMPTY
    fine = not evidence.null_field and _in_range(service, evidence.value)
    return None if fine else EvidenceStatus.MALFORMED


def _in_range(service: str, value: float) -> bool:
    bounds = RANGES.get(service)
    return bounds is None or bounds[0] <= value <= bounds[1]
