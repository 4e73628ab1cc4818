"""What was learnt and is not written yet: bounded, one entry a person, the newest values."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from mock_services.cache.encoding import field_of
from mock_services.cache.memory import Remembered

MOST_PEOPLE: Final = 10_000

People = Mapping[int, Mapping[bytes, Remembered]]


class Pending:
    """Values of at most `most` people; those of more people are dropped and counted."""

    def __init__(self, most: int = MOST_PEOPLE) -> None:
        self._most = most
        self._people: dict[int, dict[bytes, Remembered]] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._people)

    def put(self, applicant: int, service: str, good: Remembered) -> None:
        """Let this value wait to be written."""
        known = self._room_for(applicant)
        if known is None:
            self.dropped += 1
        else:
            known[field_of(service, good)] = good

    def take(self, most: int) -> People:
        """Those who have waited longest; they do not wait any more."""
        first = list(islice(self._people, most))
        return {applicant: self._people.pop(applicant) for applicant in first}

    def put_back(self, people: People) -> None:
        """These could not be written: they wait again, under what has been learnt since."""
        for applicant, values in people.items():
            known = self._room_for(applicant)
            if known is None:
                self.dropped += len(values)
            else:
                self._people[applicant] = {**values, **known}

    def clear(self) -> None:
        """Nothing waits any more."""
        self._people.clear()

    def _room_for(self, applicant: int) -> dict[bytes, Remembered] | None:
        known = self._people.get(applicant)
        if known is None and len(self._people) < self._most:
            known = self._people[applicant] = {}
        return known
