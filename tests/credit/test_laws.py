"""Laws of missing evidence, on pure code: what a margin buys and what deciding by the mean alone costs."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from creditstorm.credit.applicants import Population
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.sources import SCORED
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import Eligibility, truth_of

PEOPLE = 3_000
MASKS = tuple(gone for size in range(1, len(SCORED) + 1) for gone in combinations(SCORED, size))
"""Every way to lose some of the five sources."""
Z = (0.0, 0.5, 1.0, 1.645, 2.33, 3.0)
CUT_OFF = Strategy().cut_off


class Guesses(NamedTuple):
    """What is known of people in each mask: arrays of masks × people, truth of people."""

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    eligible: NDArray[np.bool_]


@cache
def guesses() -> Guesses:
    """The estimates of 3,000 people under all 31 masks."""
    population = Population(20261111, 10**8)
    crowd = [population.applicant(7919 * number) for number in range(PEOPLE)]
    estimates = [
        [estimate_score(one.file, {s: v for s, v in one.values.items() if s not in gone}) for one in crowd]
        for gone in MASKS
    ]
    return Guesses(
        np.array([[estimate.mean for estimate in row] for row in estimates]),
        np.array([[estimate.sd for estimate in row] for row in estimates]),
        np.array([truth_of(one, Strategy()).eligibility is Eligibility.ELIGIBLE for one in crowd]),
    )


def refused(z: float) -> NDArray[np.bool_]:
    """Eligible people told "no credit": even mean + z · sd stays below the cut-off."""
    known = guesses()
    return known.eligible & (known.mean + z * known.sd < CUT_OFF)


def approved(z: float) -> NDArray[np.bool_]:
    """Ineligible people approved: even mean − z · sd reaches the cut-off."""
    known = guesses()
    return ~known.eligible & (known.mean - z * known.sd >= CUT_OFF)


def test_raising_z_never_raises_wrongful_answers() -> None:
    """For every person and every mask: who is answered wrongly at a larger z was so at a smaller one."""
    for less, more in pairwise(Z):
        assert (refused(more) <= refused(less)).all()
        assert (approved(more) <= approved(less)).all()


@pytest.mark.parametrize("gone", [("bureau",), ("repayment",), ("bureau", "income")])
def test_a_partial_score_costs_approvals_that_a_margin_does_not(gone: tuple[str, ...]) -> None:
    """Deciding by the mean approves many of the ineligible; at z = 1.645 fewer than a sixth of them are left."""
    row, ineligible = MASKS.index(gone), np.count_nonzero(~guesses().eligible)
    partial, margin = (np.count_nonzero(approved(z)[row]) / ineligible for z in (0.0, 1.645))
    assert partial > 0.1
    assert margin < partial / 6


def test_a_margin_is_paid_in_deferrals() -> None:
    """With the bureau gone a larger z leaves more people without a decision."""
    known, row = guesses(), MASKS.index(("bureau",))
    unsure = [np.count_nonzero(np.abs(known.mean[row] - CUT_OFF) <= z * known.sd[row]) for z in Z]
    assert unsure == sorted(unsure)
    assert unsure[-1] > PEOPLE / 3


@pytest.mark.parametrize("z", Z[1:5])
def test_the_errors_are_bounded_by_z(z: float) -> None:
    """Of those decided about at most 1 − Φ(z) are decided wrongly, over all masks (and half a point for the count)."""
    known = guesses()
    bound = {0.5: 0.3085, 1.0: 0.1587, 1.645: 0.05, 2.33: 0.0099}[z]
    told = np.count_nonzero(known.mean + z * known.sd < CUT_OFF)
    granted = np.count_nonzero(known.mean - z * known.sd >= CUT_OFF)
    assert np.count_nonzero(refused(z)) <= (bound + 0.005) * told
    assert np.count_nonzero(approved(z)) <= (bound + 0.005) * granted
