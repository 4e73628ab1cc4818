"""What each mask would do to every one of many people, counted one by one and a block at a time."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from creditstorm.analysis.planning.masks import MaskRules, ScoreLine, traits_of
from creditstorm.credit import Answer, File, Population
from creditstorm.credit.policies.presets import PRESETS

BLOCK: Final = 1 << 16
"""People at a time: what is known of them stays in the caches."""
MOST_COUNTED: Final = 200_000_000
"""Up to so many people are counted one by one; of more, so many are: keyed draws make them a fair sample."""
TIE: Final = 1e-9
"""Points: who is nearer to the cut-off than this may be counted on its wrong side, because sums are rounded."""
_HEARS_WITHIN_S: Final = 0.2

Key = tuple[File, int]
"""A file and a mask."""


@dataclass(frozen=True, slots=True)
class Tells:
    """Of the people of one file, under one mask: how many eligible are wronged and deferred, ineligible approved."""

    wronged: int
    deferred: int
    approved: int


@dataclass(frozen=True, slots=True)
class Everybody:
    """How many people were looked at, how many of each file are eligible, and what each mask tells them.

    `ties` is how many stand within `TIE` of the cut-off: so many may be on the wrong side of it.
    """

    people: int
    eligible: Mapping[File, int]
    ineligible: Mapping[File, int]
    told: Mapping[Key, Tells]
    ties: int

    def share(self, key: Key, of: str) -> float:
        """The share that a mask wrongs or defers among the eligible of its file, approves among the ineligible."""
        people = self.ineligible[key[0]] if of == "approved" else self.eligible[key[0]]
        return getattr(self.told[key], of) / people if people else 0.0


def count_everybody(
    population: Population, rules: MaskRules, masks: Sequence[Key], *, threads: int = 2, block: int = BLOCK
) -> Everybody:
    """Every person of the population under each of the masks; of more than `MOST_COUNTED` the first so many."""
    people = min(population.size, MOST_COUNTED)
    groups = [_Group(file, rules, [mask for its, mask in masks if its is file]) for file in File]

    def counted(first: int) -> list[NDArray[np.int64]]:
        traits = traits_of(population, np.arange(first, min(first + block, people), dtype=np.uint64))
        thin = traits.thin
        return [
            group.counts(traits.verified[where], np.compress(where, traits.characteristics, axis=1))
            for group, where in zip(groups, (~thin, thin), strict=True)
        ]

    sums = _summed(counted, range(0, people, block), threads)
    told = {key: said for group, sum_ in zip(groups, sums, strict=True) for key, said in group.told(sum_).items()}
    return Everybody(
        people,
        {group.file: int(sum_[0, 0]) for group, sum_ in zip(groups, sums, strict=True)},
        {group.file: int(sum_[0, 1]) for group, sum_ in zip(groups, sums, strict=True)},
        told,
        int(sum(sum_[0, 2] for sum_ in sums)),
    )


class _Group:
    """The people of one file: row 0 counts eligible and ineligible, each further row what one mask does."""

    def __init__(self, file: File, rules: MaskRules, masks: Sequence[int]) -> None:
        self.file = file
        self._masks = masks
        self._truth = MaskRules(PRESETS["fail-closed"]).line(file, 0)
        self._lines = [rules.line(file, mask) for mask in masks]
        self._between = rules.between
        self._asks = [place for place, line in enumerate(self._lines) if line.depends]
        asked: list[ScoreLine] = [self._lines[place] for place in self._asks]
        self._weights = np.array([line.weights for line in asked]).reshape(-1, len(self._truth.weights))
        # Held against the sum of the characteristics alone, so that no base is added a person.
        self._deny = [line.deny_below - line.base for line in asked]
        self._approve = [line.approve_from - line.base for line in asked]

    def counts(self, verified: NDArray[np.bool_], characteristics: NDArray[np.float64]) -> NDArray[np.int64]:
        """Rows of (no credit, neither, wrongly approved); the first is (eligible, ineligible, ties)."""
        out = np.zeros((1 + len(self._lines), 3), dtype=np.int64)
        margin = self._truth.score(characteristics) - self._truth.approve_from
        eligible = verified & (margin >= 0)
        good, bad = int(np.count_nonzero(eligible)), verified & ~eligible
        out[0] = (good, len(verified) - good, np.count_nonzero(np.abs(margin) < TIE))
        # Not by BLAS, whose threads would wait for each other beside ours.
        sums = np.einsum("mk,kn->mn", self._weights, characteristics)
        for place, own, deny, approve in zip(self._asks, sums, self._deny, self._approve, strict=True):
            above = own >= approve
            refused = np.count_nonzero((own < deny) & eligible)
            granted = np.count_nonzero(above & eligible)
            out[1 + place] = (refused, good - refused - granted, np.count_nonzero(above & bad))
        return out

    def told(self, sums: NDArray[np.int64]) -> dict[Key, Tells]:
        """What each mask tells, of the sums of `counts`."""
        eligible = int(sums[0, 0])
        told: dict[Key, Tells] = {}
        for place, mask in enumerate(self._masks):
            denied, neither, approved = (int(number) for number in sums[1 + place])
            if place not in self._asks:
                denied, neither, approved = 0, eligible, 0
            refused = self._between is Answer.NO_CREDIT
            wronged, deferred = (denied + neither, 0) if refused else (denied, neither)
            told[self.file, mask] = Tells(wronged, deferred, approved)
        return told


def _summed(
    work: Callable[[int], list[NDArray[np.int64]]], firsts: Sequence[int], threads: int
) -> list[NDArray[np.int64]]:
    """The sums over all blocks; numpy lets go of the interpreter, so threads do. Ctrl-C is heard between blocks."""
    sums: list[NDArray[np.int64]] | None = None
    to_come = iter(firsts)
    with ThreadPoolExecutor(threads) as pool:
        pending: set[Future[list[NDArray[np.int64]]]] = {
            pool.submit(work, first) for _, first in zip(range(2 * threads), to_come, strict=False)
        }
        while pending:
            done, pending = wait(pending, timeout=_HEARS_WITHIN_S, return_when=FIRST_COMPLETED)
            for future in done:
                found = future.result()
                sums = found if sums is None else [one + more for one, more in zip(sums, found, strict=True)]
                pending |= {pool.submit(work, first) for first in [next(to_come, None)] if first is not None}
    assert sums is not None  # noqa: S101 - nobody asks about no people
    return sums
