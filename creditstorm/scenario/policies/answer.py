"""The words that a scenario may give the app."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Spec


class TwoWordsAsked(Spec):
    """Approved or no credit."""

    kind: Literal["two_words"]


class HonestAsked(Spec):
    """Undetermined is an answer."""

    kind: Literal["honest"]


AnswerAsked = Annotated[TwoWordsAsked | HonestAsked, Field(discriminator="kind")]
"""Any vocabulary."""
