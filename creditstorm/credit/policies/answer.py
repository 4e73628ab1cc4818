"""The answer axis: the words that the app has for a decision."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWords:
    """The person is told approved or no credit, nothing between."""

    kind: str = "two_words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Honest:
    """The person may be told undetermined, with the cause, the next step and when to look again."""

    kind: str = "honest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Honest words, and an undetermined answer is decided again when what it lacked is back; the person is notified.

    At most `share` of the measured capacity goes into it, for at most `within_s` a person; at most `most` people wait.
    """

    kind: str = "push"
    share: float = 0.2
    within_s: float = 600.0
    most: int = 10_000


Vocabulary = TwoWords | Honest | Push
