"""The answer axis: the words that the app has for a decision."""

from typing import Annotated, Literal

from pydantic import Field
from creditstorm.language.quantities import Count, PositiveDuration, Share, Spec, key


class TwoWords(Spec):
    """The person is told approved or no credit, nothing between."""

    kind: Literal["two_words"] = "two_words"


class Honest(Spec):
    """The person may be told undetermined, with the cause, the next step and when to look again."""

    kind: Literal["honest"] = "honest"


class Push(Spec):
    """Honest words, and an undetermined answer is decided again when what it lacked is back; the person is notified.

    At most `share` of the measured capacity goes into it, for at most `within_s` a person; at most `most` people wait.
    """

    kind: Literal["push"] = "push"
    share: Annotated[Share, Field(gt=0.0)] = 0.2
    within_s: Annotated[PositiveDuration, key("within")] = 600.0
    most: Annotated[Count, Field(ge=1, le=100_000)] = 10_000


Vocabulary = Annotated[TwoWords | Honest | Push, Field(discriminator="kind")]
