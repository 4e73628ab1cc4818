"""The truth about people at an instant, while people and rules change: two oracles, asked together.

`in_force` is the version that should apply to this person now: a strategy change that the lender wants, for everybody
it is rolled out to; one set by mistake, or mixed over nodes, never. `stable` is the strategy before any change. People
themselves change for both: a profile update is true from its own instant on, whatever a source still says, and a
source whose consent was withdrawn is legitimately missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit import changes as changing
from creditstorm.credit.applicants import Applicant, Population
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import Truth, Truths, ruled, scored, truth_of, truths_of

_Said = TypeVar("_Said")


class Pair(NamedTuple, Generic[_Said]):
    """What the two oracles say."""

    in_force: _Said
    stable: _Said


@dataclass(frozen=True)
class Oracle:
    """Knows the right answer for every person at every instant of a run; without changes it is `credit.truth`."""

    population: Population
    base: Strategy = field(default_factory=Strategy)
    changes: tuple[changing.Change, ...] = ()

    def truth_at(self, applicant_id: int, t_s: float) -> Pair[Truth]:
        """The right answers for one person at one instant."""
        applicant = self._as_of(self.population.applicant(applicant_id), t_s)
        withheld = frozenset(
            c.source for c in self._withdrawals if c.from_s <= t_s < c.until_s and self._meets(c, applicant_id)
        )
        stable = truth_of(applicant, self.base, withheld)
        strategy = self.strategy_at(applicant_id, t_s)
        return Pair(stable if strategy == self.base else truth_of(applicant, strategy, withheld), stable)

    def truths_at(self, ids: NDArray[np.uint64], t_s: NDArray[np.float64]) -> Pair[Truths]:
        """The same numbers for many people, each at an instant of their own, to the bit."""
        if not self.changes:
            truths = truths_of(self.population, ids, self.base)
            return Pair(truths, truths)

        def revise(source: str, reported: NDArray[np.float64]) -> NDArray[np.float64]:
            for change in (c for c in self._updates if c.source == source):
                met = (t_s >= change.from_s) & self._meet(change, ids)
                reported = np.where(met, changing.updated_many(reported, change.factor), reported)
            return reported

        known = scored(self.population, ids, revise=revise, withheld=self._withheld(ids, t_s))
        in_force = stable = ruled(known, self.base)
        for change in self._versions:
            met = (t_s >= change.from_s) & (t_s < change.until_s) & self._meet(change, ids)
            in_force = _where(met, ruled(known, change.strategy), in_force)
        return Pair(in_force, stable)

    def strategy_at(self, applicant_id: int, t_s: float) -> Strategy:
        """The strategy in force for one person; of several the one that came last."""
        newest = (c for c in reversed(self._versions) if c.from_s <= t_s < c.until_s and self._meets(c, applicant_id))
        return next((change.strategy for change in newest), self.base)

    def _as_of(self, applicant: Applicant, t_s: float) -> Applicant:
        values = dict(applicant.values)
        for change in self._updates:
            if t_s >= change.from_s and self._meets(change, applicant.id):
                values[change.source] = changing.updated(values[change.source], change.factor)
        return replace(applicant, values=values)

    def _withheld(self, ids: NDArray[np.uint64], t_s: NDArray[np.float64]) -> Mapping[str, NDArray[np.bool_]]:
        withheld: dict[str, NDArray[np.bool_]] = {}
        for change in self._withdrawals:
            met = (t_s >= change.from_s) & (t_s < change.until_s) & self._meet(change, ids)
            withheld[change.source] = met | withheld.get(change.source, False)
        return withheld

    def _meets(self, change: changing.Change, applicant_id: int) -> bool:
        return changing.befalls(self.population.seed, change.name, applicant_id, change.share)

    def _meet(self, change: changing.Change, ids: NDArray[np.uint64]) -> NDArray[np.bool_]:
        return changing.befalls_many(self.population.seed, change.name, ids, change.share)

    @cached_property
    def _versions(self) -> tuple[changing.StrategyChange, ...]:
        return _in_time(tuple(c for c in self.changes if isinstance(c, changing.StrategyChange) and c.rules))

    @cached_property
    def _updates(self) -> tuple[changing.ProfileUpdate, ...]:
        return _in_time(tuple(c for c in self.changes if isinstance(c, changing.ProfileUpdate)))

    @cached_property
    def _withdrawals(self) -> tuple[changing.ConsentRevoked, ...]:
        return tuple(c for c in self.changes if isinstance(c, changing.ConsentRevoked))


_Kind = TypeVar("_Kind", changing.StrategyChange, changing.ProfileUpdate)


def _in_time(changes: tuple[_Kind, ...]) -> tuple[_Kind, ...]:
    return tuple(sorted(changes, key=lambda change: change.from_s))


def _where(met: NDArray[np.bool_], new: Truths, old: Truths) -> Truths:
    return Truths(np.where(met, new.eligible, old.eligible), np.where(met, new.limit_cny, old.limit_cny), old.score)
