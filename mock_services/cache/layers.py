"""The last known good values: this run's own memory over the snapshot of last night, and what can befall them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from lru import LRU
from creditstorm.credit import SCALES, SERVICES, Keyed
from creditstorm.credit.case import CreditRequest

DEFAULT_PEOPLE: Final = 50_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """One good value: None is a true "no record"; `as_of` in unix seconds."""

    value: float | None
    as_of: float
    version: str | None = None
    sd: float | None = None


class Memory:
    """Good values per person and service, of at most `people` people; the one not met for longest is forgotten."""

    def __init__(self, people: int = DEFAULT_PEOPLE) -> None:
        self._known: LRU[int, dict[str, Remembered]] = LRU(people)

    def __len__(self) -> int:
        return len(self._known)

    def forget(self) -> None:
        """Nothing is known any more."""
        self._known.clear()

    def recall(self, applicant: int, service: str) -> Remembered | None:
        """The last good value, None when there is none."""
        known = self._known.get(applicant)
        return None if known is None else known.get(service)

    def learn(self, applicant: int, service: str, good: Remembered) -> None:
        """Remember a good value; a "no record" never replaces a value, it may come from a source in trouble."""
        known = self._known.get(applicant)
        if known is None:
            known = self._known[applicant] = {}
        before = known.get(service)
        if good.value is not None or before is None or before.value is None:
            known[service] = good


Met = Callable[[], object]
"""Called for every value that a fault of the store took or changed."""


class Snapshot(Protocol):
    """Values of the past that were stored for everybody, such as those of last night."""

    def recall(self, request: CreditRequest, service: str) -> Remembered | None:
        """The stored value, None when the person is not covered."""


class Store(Protocol):
    """Last known good values of people."""

    def recall(self, request: CreditRequest, service: str) -> Remembered | None:
        """The last good value, None when there is none."""

    def learn(self, request: CreditRequest, service: str, good: Remembered) -> None:
        """Remember a good value."""


@dataclass(frozen=True, slots=True)
class PoisonedValues:
    """What a source in trouble left behind: of a `share` of the values, by person and service, "no record" or 0."""

    seed: int
    name: str
    share: float
    met: Met

    def spoil(self, request: CreditRequest, service: str, known: Remembered) -> Remembered:
        """The value as it is recalled."""
        key = (request.applicant, SERVICES.index(service))
        if Keyed(self.seed, "poison", self.name).uniform(*key) >= self.share:
            return known
        self.met()
        return replace(known, value=None if service in SCALES else 0.0)


class Layers:
    """What was learnt over the snapshot, as the faults of the cache leave both; where it is learnt, a store says."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._flushes: dict[str, Met] = {}
        self._poisons: dict[str, PoisonedValues] = {}

    def known(self, request: CreditRequest, service: str, learnt: Remembered | None) -> Remembered | None:
        """The newest good value: `learnt`, else that of the snapshot."""
        known = learnt or self._from_snapshot(request, service)
        if known is None:
            return None
        for poison in self._poisons.values():
            known = poison.spoil(request, service, known)
        return known

    def flush(self, name: str, met: Met) -> None:
        """The cache is cold: all that was learnt is forgotten, and there is no snapshot until `warm`.

        It fills again from live answers at once.
        """
        self.forget()
        self._flushes[name] = met

    def forget(self) -> None:
        """Nothing of what was learnt is known any more."""
        raise NotImplementedError

    def warm(self, name: str) -> None:
        """The snapshot is loaded again."""
        self._flushes.pop(name, None)

    def poison(self, poison: PoisonedValues) -> None:
        """From now on values are recalled as this leaves them."""
        self._poisons[poison.name] = poison

    def cure(self, name: str) -> None:
        """The values are what they were."""
        self._poisons.pop(name, None)

    def _from_snapshot(self, request: CreditRequest, service: str) -> Remembered | None:
        known = self._snapshot.recall(request, service)
        if known is None or not self._flushes:
            return known
        for met in self._flushes.values():
            met()
        return None


class LayeredStore(Layers):
    """Values that were learnt in this run, else those of the snapshot, all in this process."""

    def __init__(self, memory: Memory, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self._memory = memory

    def recall(self, request: CreditRequest, service: str) -> Remembered | None:
        """The newest good value, as the faults leave it."""
        return self.known(request, service, self._memory.recall(request.applicant, service))

    def learn(self, request: CreditRequest, service: str, good: Remembered) -> None:
        """Into the memory; a snapshot does not change."""
        self._memory.learn(request.applicant, service, good)

    def forget(self) -> None:
        """The memory is empty."""
        self._memory.forget()
