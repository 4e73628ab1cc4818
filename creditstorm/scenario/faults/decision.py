"""Faults of the decision service: other rules, and a store of last known values that is emptied or wrong."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator
from creditstorm.credit import PDO, Strategy, StrategyChange
from creditstorm.language.problems import Problem, as_validation_error
from creditstorm.language.quantities import Id, Number
from creditstorm.scenario.faults.base import DECISION, DecisionTarget, InsideFault, SomeShare

_IN_FORCE: Final = Strategy()
"""The strategy before any change."""


class DecisionFault(InsideFault):
    """Something that the decision service does; no probe can meet it."""

    target: DecisionTarget = DECISION

    @property
    def met_by(self) -> str:
        """Whoever asks for credit, and nobody is asked to do that for a probe; or the store, and no request."""
        return "nobody"


class StrategyChangeFault(DecisionFault):
    """`version` decides for a share of people: its cut-off is `cut_shift` points higher and it counts in `pdo`.

    By mistake, unless it is `legitimate`. With `mixed` nodes the version is drawn a request, not a person.
    """

    in_words: ClassVar[str] = "ran another strategy"
    kind: Literal["strategy_change"] = "strategy_change"
    version: Id = "v2"
    cut_shift: Annotated[Number, Field(ge=-1000.0, le=1000.0)] = 0.0
    pdo: Annotated[Number, Field(ge=1.0, le=1000.0)] = PDO
    share: SomeShare = 1.0
    mixed: Annotated[bool, Field(strict=True)] = False
    legitimate: Annotated[bool, Field(strict=True)] = False

    @property
    def cut_off(self) -> float:
        """The cut-off of the new version, in points."""
        return _IN_FORCE.cut_off + self.cut_shift

    def parameters(self) -> dict[str, object]:
        """The new strategy; whether the lender wants it is nothing that its service knows."""
        rules = {"version": self.version, "cut_off": self.cut_off, "pdo": self.pdo}
        return {"kind": self.kind, **rules, "share": self.share, "mixed": self.mixed}

    def change(self) -> StrategyChange:
        """Another strategy for the planned time."""
        return StrategyChange(
            name=self.name,
            from_s=self.at_s,
            until_s=self.end_s,
            strategy=Strategy(version=self.version, cut_off=self.cut_off, pdo=self.pdo),
            legitimate=self.legitimate,
            share=self.share,
            mixed=self.mixed,
        )

    @model_validator(mode="after")
    def _is_a_change(self) -> Self:
        problems = []
        if self.version == _IN_FORCE.version:
            what = f'"{self.version}" is the version in force before the change'
            problems.append(Problem(what=what, path=("version",), remedy="give the new one another name, such as v2"))
        if self.cut_shift == 0.0 and self.pdo == _IN_FORCE.pdo:
            remedy = "give cut_shift: 20 (points), pdo: 50, or both"
            problems.append(Problem(what="a change of strategy that changes nothing", remedy=remedy))
        if self.mixed and self.share == 1.0:
            what = "nodes cannot disagree while all of them have the new version"
            problems.append(Problem(what=what, path=("mixed",), remedy="give a share below 1, such as share: 50%"))
        if problems:
            raise as_validation_error(problems)
        return self


class Flush(DecisionFault):
    """Everything remembered is forgotten when it begins."""

    in_words: ClassVar[str] = "had an empty store"
    needs_store: ClassVar[bool] = True
    kind: Literal["flush"] = "flush"


class Poison(DecisionFault):
    """A share of what is remembered meanwhile is wrong."""

    in_words: ClassVar[str] = "had a poisoned store"
    needs_store: ClassVar[bool] = True
    kind: Literal["poison"] = "poison"
    share: SomeShare = 1.0
