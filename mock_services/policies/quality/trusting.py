"""Whatever can be parsed is a fact."""

from __future__ import annotations

from creditstorm.credit.evidence import Evidence
from mock_services.policies.case import Asked


class TrustingQuality:
    """Doubts nothing: null counts as 0, an empty record as "no record", an old value as today's."""

    def check(self, asked: Asked, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
        """The evidence as it arrived."""
        return evidence

    def plausible(self, asked: Asked, service: str, remembered: Evidence) -> bool:  # noqa: ARG002 - everything is
        """Whatever was remembered is a fact, too."""
        return True
