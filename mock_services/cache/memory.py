"""The last good values of people: bounded, the person not met for longest is forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

DEFAULT_PEOPLE: Final = 50_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """One good value: None is a true "no record"; `as_of` in unix seconds."""

    value: float | None
    as_of: float
    version: str | None = None
    sd: float | None = None


class Memory:
    """Good values per person and service, of at most `people` people."""

    def __init__(self, people: int = DEFAULT_PEOPLE) -> None:
        self._people = people
        self._known: OrderedDict[int, dict[str, Remembered]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def forget(self) -> None:
        """Nothing is known any more."""
        self._known.clear()

    def recall(self, applicant: int, service: str) -> Remembered | None:
        """The last good value, None when there is none."""
        return self._known.get(applicant, {}).get(service)

    def learn(self, applicant: int, service: str, good: Remembered) -> None:
        """Remember a good value; a "no record" never replaces a value, it may come from a source in trouble."""
        known = self._known.setdefault(applicant, {})
        self._known.move_to_end(applicant)
        before = known.get(service)
        if good.value is not None or before is None or before.value is None:
            known[service] = good
        if len(self._known) > self._people:
            self._known.popitem(last=False)
