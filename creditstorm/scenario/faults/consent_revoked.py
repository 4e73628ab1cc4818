"""`consent_revoked`: people who no longer let the lender ask a source."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.people import PeopleFault


class ConsentWithdrawn(PeopleFault):
    """A share of people is refused to the lender by the source, legitimately."""

    kind: Literal["consent_revoked"] = "consent_revoked"
