"""What the decision service has that a fault may take hold of: its roll-out, and its store if the policy keeps one."""

from __future__ import annotations

from dataclasses import dataclass

from mock_services.faults.switchboard import BadFaultError
from mock_services.policies.axes import Policy, Rollout
from mock_services.policies.missing.last_known_good import store_of
from mock_services.store import Layers


@dataclass(frozen=True, slots=True)
class Lender:
    """The site of the decision's faults."""

    seed: int
    rollout: Rollout
    store: Layers | None

    @classmethod
    def of(cls, policy: Policy, seed: int) -> Lender:
        """The lender under this policy."""
        store = store_of(policy)
        return cls(seed, policy.rollout, store if isinstance(store, Layers) else None)

    def cache(self) -> Layers:
        """The store; BadFaultError where there is none."""
        if self.store is None:
            raise BadFaultError("the policy keeps no last known good values, so its cache cannot fail")
        return self.store
