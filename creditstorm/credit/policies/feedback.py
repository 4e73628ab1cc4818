"""The feedback axis: what becomes of a complaint about an answer."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import ValidationError
from creditstorm.language.problems import Problem, as_validation_error
from creditstorm.language.quantities import Count, Duration, PositiveDuration, Share, Spec, key


class NoFeedback(Spec):
    """Nobody at the lender reads it."""

    kind: Literal["none"] = "none"


class Redecide(Spec):
    """Who complains is decided about again, on fresh evidence alone, and notified of what came out.

    At most `share` of the measured capacity goes into it, for at most `within_s` a complaint; at most `most` people
    wait, and of one person `each` complaints are taken at most.
    """

    kind: Literal["redecide"] = "redecide"
    share: Annotated[Share, Field(gt=0.0)] = 0.2
    within_s: Annotated[PositiveDuration, key("within")] = 600.0
    most: Annotated[Count, Field(ge=1, le=100_000)] = 10_000
    each: Annotated[Count, Field(ge=1, le=100)] = 2


class Review(Spec):
    """Who complains is referred to a desk of people, who decide on complete evidence, and notified of what came out.

    Each of the `reviewers` has one case at a time, for `handling_s`; cases are taken as they come. A complaint is taken
    of an answer that is at most `within_s` old, while fewer than `most` wait, and `each` of one person at most.
    """

    kind: Literal["review"] = "review"
    reviewers: Annotated[Count, Field(ge=0, le=10_000)] = 4
    handling_s: Annotated[Duration, key("handling_time")] = 30.0
    within_s: Annotated[PositiveDuration, key("within")] = 600.0
    most: Annotated[Count, Field(ge=1, le=100_000)] = 10_000
    each: Annotated[Count, Field(ge=1, le=100)] = 2

    @model_validator(mode="after")
    def _has_capacity(self) -> Self:
        if not self.reviewers:
            raise _no_capacity("reviewers", "a review without reviewers")
        if not self.handling_s:
            raise _no_capacity("handling_time", "a review that takes no time")
        return self


def _no_capacity(word: str, what: str) -> ValidationError:
    remedy = "say how many work there and how long one case takes, such as {reviewers: 4, handling_time: 30s}"
    return as_validation_error([Problem(what=f"{what} has no capacity", path=(word,), remedy=remedy)])


Feedback = Annotated[NoFeedback | Redecide | Review, Field(discriminator="kind")]
