"""The feedback axis: what becomes of a complaint about an answer."""

from typing import Annotated, Literal

from pydantic import Field
from creditstorm.language.quantities import Count, PositiveDuration, Share, Spec, key


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


Feedback = Annotated[NoFeedback | Redecide, Field(discriminator="kind")]
