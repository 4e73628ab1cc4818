"""The newest strategy decides for everybody at once."""

from __future__ import annotations

from creditstorm.credit.decision import Decision
from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Asked


class DirectRollout:
    """One strategy for all."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy

    def strategy_for(self, asked: Asked) -> Strategy:  # noqa: ARG002 - everybody alike
        """The strategy in force."""
        return self._strategy

    def remember(self, asked: Asked, decision: Decision) -> None:
        """Nothing depends on earlier decisions."""
