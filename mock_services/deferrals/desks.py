"""What the decision service asks of whoever lets people wait for an answer, whichever of them a policy has."""

from types import TracebackType
from typing import Protocol, Self

from creditstorm.credit.case import CreditRequest
from mock_services.deciding.decide import Checked
from mock_services.policies.complaints import Heard


class WaitingRoom(Protocol):
    """Learns what everybody was told, and notifies those who wait; ``async with`` it to have that happen by itself."""

    async def __aenter__(self) -> Self:
        """Decide from now on."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Decide no more."""

    def observe(self, request: CreditRequest, checked: Checked) -> None:
        """An ordinary request was answered."""

    def page(self, after: int, limit: int) -> dict[str, object]:
        """The notices behind a cursor, and how many wait."""


class ComplaintDesk(WaitingRoom, Protocol):
    """A waiting room for those who complain."""

    def complain(self, applicant: int, session: int, attempt: int) -> Heard:
        """What becomes of the complaint about this answer."""
