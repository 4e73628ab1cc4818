"""One try a service, within the deadline."""

from __future__ import annotations

from creditstorm.credit.evidence import Evidence
from mock_services.policies.axes import Once
from mock_services.policies.case import Asked


class SingleTry:
    """Asks each service once."""

    async def ask(self, asked: Asked, service: str, once: Once, until: float) -> Evidence:  # noqa: ARG002 - all alike
        """The evidence of the only try."""
        return await once(0, until)
