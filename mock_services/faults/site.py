"""What a source, or scoring, has that a fault may take hold of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from creditstorm.credit.applicants import Applicant
from creditstorm.credit.changes import befalls, updated
from mock_services.capacity import Capacity


@dataclass(frozen=True, slots=True)
class Update:
    """What the source has heard: the lives of a share of people have changed, by a factor in what it measures."""

    share: float
    factor: float


@dataclass(frozen=True, slots=True)
class Site:
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
