"""What was published of the incident that a scenario replays, and how much of it a second of the storm stands for."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from creditstorm.language.problems import Problem, as_custom, as_validation_error
from creditstorm.language.quantities import Age, Share, Spec, key, one_of
from creditstorm.units import duration_text, is_visible, quoted

LONGEST_TEXT: Final = 2_000
"""Letters of a text that heads a report."""


def shown_text(expected: str, remedy: str) -> tuple[BeforeValidator, WithJsonSchema]:
    """A text that can be seen and fits into a report; `remedy` is told where it is not."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not is_visible(value):
            raise as_custom(Problem(what=f"expected {expected}, got {quoted(value)}", remedy=remedy))
        if len(value) > LONGEST_TEXT:
            what = f"is {len(value):,} letters long; at most {LONGEST_TEXT:,} fit into a report"
            raise as_custom(Problem(what=what, remedy=remedy))
        return value

    return BeforeValidator(read), WithJsonSchema({"type": "string", "minLength": 1})


HITS: Final = {
    "refused": "creditworthy people's requests that were told “no credit”",
    "undecided": "requests that brought no decision: an error, a time-out, or “not yet”",
    "slow": "requests answered later than 99 of 100 were before, or never",
    "score_off": "scored requests whose score is not the right one",
}
"""What a share that was published can be a share of, and how it is counted in a storm's answers."""
SAID: Final = ("share", "lasted", "detected", "resolved")
"""The keys that hold a figure."""

_By = Annotated[str, *shown_text("whoever noticed first", "name them as the source does, such as by: a customer")]
_Scale = Annotated[str, *shown_text("a sentence", "say what a second and a person of the storm stand for")]
_Inputs = Annotated[
    str, *shown_text("a sentence", "say which values of the storm are the source's and which are assumed")
]
_Differs = Annotated[str, *shown_text("a sentence", "say why the storm does not bring what was published")]


class Published(Spec):
    """Figures of an incident, in its own time, as its sources have them: what they do not say is left out.

    `share` of what `hit` names was hit; `lasted_s` is from the first harm to the last; `detected_s` from the first harm
    until somebody (`by`) noticed, `resolved_s` from then on. `second_s` of the incident are one second of the storm,
    which `scale` says in words, with the load; `inputs` says which settings are the source's and which are assumed.
    `differs` is why the storm does not come within a fifth of a figure. None of it changes the run.
    """

    share: Annotated[Share, Field(gt=0.0)] | None = None
    hit: Annotated[str, *one_of("what a share can be of", tuple(HITS))] | None = None
    lasted_s: Annotated[Annotated[Age, Field(gt=0.0)] | None, key("lasted")] = None
    detected_s: Annotated[Age | None, key("detected")] = None
    by: _By | None = None
    resolved_s: Annotated[Age | None, key("resolved")] = None
    second_s: Annotated[Annotated[Age, Field(gt=0.0)], key("second")]
    scale: _Scale
    inputs: _Inputs
    differs: _Differs | None = None

    @property
    def scaled_s(self) -> float | None:
        """How long it lasted in seconds of the storm, None where that was not published."""
        return None if self.lasted_s is None else self.lasted_s / self.second_s

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        problems = []
        if all(value is None for value in (self.share, self.lasted_s, self.detected_s, self.resolved_s)):
            remedy = "give at least one of share, lasted, detected and resolved, or leave published out"
            problems.append(Problem(what="no figure is in it", allowed=SAID, remedy=remedy))
        if (self.share is None) != (self.hit is None):
            had, lacks = ("hit", "share") if self.share is None else ("share", "hit")
            remedy = "give both, such as share: 85% and hit: slow, or neither"
            problems.append(Problem(what=f"{had} means nothing without {lacks}", path=(had,), remedy=remedy))
        if problems:
            raise as_validation_error(problems)
        return self


def published_problems(published: Published, sources: Sequence[str], load_s: float) -> Iterator[Problem]:
    """Figures that nobody vouches for, and an incident that the storm is too short for."""
    if not sources:
        what = "figures without a source are a claim of this file"
        remedy = "name under sources: where they were published, such as a post-mortem and its address"
        yield Problem(what=what, path=("published",), remedy=remedy)
    if published.scaled_s is not None and published.scaled_s > load_s:
        lasted = f"{published.scaled_s:.3g} s of the storm, which lasts {duration_text(load_s)}"
        remedy = "let a second stand for more, or lengthen the load"
        yield Problem(what=f"at this scale the incident takes {lasted}", path=("published", "second"), remedy=remedy)
