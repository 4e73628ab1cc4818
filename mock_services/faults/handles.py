"""What a service has that a fault may take hold of: of a source or scoring, and of the decision service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from creditstorm.credit.applicants import Applicant
from creditstorm.credit.changes import befalls, updated
from mock_services.cache.layers import Layers
from mock_services.faults.active import BadFaultError
from mock_services.policies.axes import Policy, Rollout
from mock_services.policies.missing.last_known_good import store_of
from mock_services.workers.capacity import Capacity


@dataclass(frozen=True, slots=True)
class Update:
    """What the source has heard: the lives of a share of people have changed, by a factor in what it measures."""

    share: float
    factor: float


@dataclass(frozen=True, slots=True)
class ServiceHandle:
    """One service; `updates` are the profile updates that it has heard of, by name."""

    seed: int
    service: str
    capacity: Capacity
    now: Callable[[], float]
    updates: dict[str, Update] = field(default_factory=dict)

    def up_to_date(self, person: Applicant) -> Applicant:
        """The person as this source knows them after every update."""
        value = person.values[self.service]
        for name, update in self.updates.items():
            if befalls(self.seed, name, person.id, update.share):
                value = updated(value, update.factor)
        return replace(person, values=person.values | {self.service: value})


@dataclass(frozen=True, slots=True)
class LenderHandle:
    """The handle of the decision's faults."""

    seed: int
    rollout: Rollout
    store: Layers | None

    @classmethod
    def of(cls, policy: Policy, seed: int) -> LenderHandle:
        """The lender under this policy."""
        store = store_of(policy)
        return cls(seed, policy.rollout, store if isinstance(store, Layers) else None)

    def cache(self) -> Layers:
        """The store; BadFaultError where there is none."""
        if self.store is None:
            raise BadFaultError("the policy keeps no last known good values, so its cache cannot fail")
        return self.store
