"""A person who asks, what is known of them, and a snapshot that knows everybody by one value."""

from __future__ import annotations

from dataclasses import dataclass

from creditstorm.credit.case import CreditRequest
from mock_services.cache.layers import Remembered
from tests.mock_services.policies.cases import PEOPLE, asked_by

ASKED = asked_by(PEOPLE.applicant(7))
OLD = Remembered(612.0, 100.0, "snapshot")
LEARNT = Remembered(640.0, 200.0, "1")


@dataclass
class Album:
    """Knows everybody by one value."""

    known: Remembered | None = OLD

    def recall(self, _asked: CreditRequest, _service: str) -> Remembered | None:
        """The one value."""
        return self.known
