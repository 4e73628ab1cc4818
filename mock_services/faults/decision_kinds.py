"""Which kinds of fault the decision service knows: one line a kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mock_services.faults.base import Fault
from mock_services.faults.flush import Flush
from mock_services.faults.lender import Lender
from mock_services.faults.poison import PoisonedCache
from mock_services.faults.strategy_change import ChangedStrategy

DECISION_KINDS: Final[Mapping[str, type[Fault[Lender]]]] = {
    "strategy_change": ChangedStrategy,
    "flush": Flush,
    "poison": PoisonedCache,
}
