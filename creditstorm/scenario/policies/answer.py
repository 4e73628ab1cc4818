"""The words that a scenario may give the app."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Count, PositiveDuration, Share, Spec, key


class TwoWordsAsked(Spec):
    """Approved or no credit."""

    kind: Literal["two_words"]


class HonestAsked(Spec):
    """Undetermined is an answer."""

    kind: Literal["honest"]


class PushAsked(Spec):
    """Undetermined is an answer, and the person is notified of the decision that follows."""

    kind: Literal["push"]
    share: Annotated[Share, Field(gt=0.0)] = 0.2
    within_s: Annotated[PositiveDuration, key("within")] = 600.0
    most: Annotated[Count, Field(ge=1, le=100_000)] = 10_000


AnswerAsked = Annotated[TwoWordsAsked | HonestAsked | PushAsked, Field(discriminator="kind")]
"""Any vocabulary."""
