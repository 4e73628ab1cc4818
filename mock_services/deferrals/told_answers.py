"""Who was told what, so that only an answer of this service can be complained of, and only so often."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol, TypeVar

from creditstorm.credit import Answer
from mock_services.deferrals.queue import Deferred
from mock_services.policies.axes import Feedback

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class ComplaintBounds(Protocol):
    """Of how old an answer a complaint is taken, how many answers are remembered, how often `each` may complain."""

    within_s: float
    most: int
    each: int


class ToldAnswers:
    """The newest answers that may be complained of, and how often each person has complained."""

    def __init__(self, feedback: Feedback, bounds: ComplaintBounds, now: Callable[[], float]) -> None:
        self._feedback = feedback
        self._bounds = bounds
        self._now = now
        self._told: OrderedDict[tuple[int, int], Deferred] = OrderedDict()
        self._complaints: OrderedDict[int, int] = OrderedDict()
        self.refused = 0
        """How many complaints were not taken."""

    def note(self, one: Deferred, answer: Answer) -> bool:
        """Remember the answer of a session in place of its last; whether it may be complained of at all."""
        self._told.pop(one.key, None)
        if not self._feedback.takes(answer):
            return False
        _keep(self._told, one.key, one, self._bounds.most)
        return True

    def claim(self, applicant: int, session: int, attempt: int) -> Deferred | None:
        """Who complains of this answer, once; None, and counted, where the complaint is not taken."""
        told, before = self._told.get((applicant, session)), self._complaints.get(applicant, 0)
        taken = told is not None and told.request.attempt == attempt and before < self._bounds.each
        if told is None or not taken or self._now() - told.deferred_at > self._bounds.within_s:
            self.refused += 1
            return None
        del self._told[told.key]
        _keep(self._complaints, applicant, before + 1, self._bounds.most)
        return told


def _keep(table: OrderedDict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    """The newest `most` are kept."""
    table[key] = value
    table.move_to_end(key)
    while len(table) > most:
        table.popitem(last=False)
