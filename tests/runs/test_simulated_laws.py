"""The laws of the house in virtual time: every policy they speak of, over thirty seeds.

The storms are a quarter as large as the live ones (a spike half), so a seed alone is noisy: a ratio is asked of all
seeds together, and of every single one that it points the same way, or in law 3 of 28 in 30, as a spike may be small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from creditstorm.record.marks import Mark
from creditstorm.runs.simulate import simulate
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load
from tests.laws import figures
from tests.laws.runs import DARK_S, DRAINED_S, Storms, storms
from tests.storm.harness import scenario

SEEDS = tuple(range(11, 41))
SIMULATED = storms(Storms(size=0.25)) | {
    name: storm for name, storm in storms(Storms(size=0.5)).items() if name.startswith("overload/")
}


@dataclass(frozen=True)
class Told:
    """What of a run the laws read."""

    answers: pa.Table
    marks: Sequence[Mark]

    def in_window(self) -> figures.Share:
        """Who of the eligible was wronged in the dark."""
        return figures.wronged_in_window(self.answers, self.marks)


@cache
def storm(name: str) -> Scenario:
    """The storm of this name, read once for all seeds."""
    with TemporaryDirectory() as place:
        return load(scenario(Path(place), name.replace("/", "-"), **SIMULATED[name]))


@cache
def run(name: str, seed: int) -> Told:
    """The run of this name with the luck of this seed."""
    data = simulate(storm(name).model_copy(update={"seed": seed}), columns=figures.COLUMNS)
    return Told(data.answers.select(figures.COLUMNS), data.marks)


def in_window(name: str) -> list[figures.Share]:
    """Who of the eligible was wronged in the dark, by seed."""
    return [run(name, seed).in_window() for seed in SEEDS]


def told(name: str, outcome: str, *, eligible: bool = True, window: bool = True) -> list[figures.Share]:
    """How many were told this, in the window of the only fault or over the run, by seed."""
    runs = (run(name, seed) for seed in SEEDS)
    return [figures.told(one.answers, one.marks if window else (), outcome, eligible=eligible) for one in runs]


@pytest.mark.parametrize("policy", ["retry", "retry-budget", "hedge", "breaker"])
def test_transport_alone_changes_nothing_inside_the_window(policy: str) -> None:
    """Law 1: within 5 points of fail-closed, whatever is tried again, hedged or spared."""
    closed, other = in_window("blackout/fail-closed"), in_window(f"blackout/{policy}")
    assert min(one.value for one in closed) >= 0.95
    assert max(abs(one.value - two.value) for one, two in zip(closed, other, strict=True)) <= 0.05


@pytest.mark.parametrize(("policy", "times"), [("last-known-good", 3.0), ("partial-score", 5.0), ("tri-state", 5.0)])
def test_what_is_said_about_missing_data_decides(policy: str, times: float) -> None:
    """Law 1: last-known-good cuts the wrongful rate in the window by 3 at least, partial score and tri-state by 5."""
    closed, other = in_window("blackout/fail-closed"), in_window(f"blackout/{policy}")
    assert sum(other, figures.NOBODY).value * times <= sum(closed, figures.NOBODY).value
    assert max(two.value / one.value for one, two in zip(closed, other, strict=True)) < 0.7


def test_partial_score_pays_with_wrongful_approvals() -> None:
    """Law 2: the expected score approves people whom tri-state leaves undetermined."""
    partial, tri = (
        told(f"blackout/{policy}", "wrongful_approval", eligible=False) for policy in ("partial-score", "tri-state")
    )
    assert sum(partial, figures.NOBODY).value > sum(tri, figures.NOBODY).value + 0.02
    assert all(one.value >= two.value for one, two in zip(partial, tri, strict=True))


def test_the_wrong_answer_feeds_the_overload() -> None:
    """Law 3: fail-closed recovers later when the refused tap again, or never; a cap with honest answers at once."""
    back = {
        name: [figures.recovered_s(run(f"overload/{name}", seed).answers) for seed in SEEDS]
        for name in ("retaps", "no-retaps", "shed")
    }
    assert sum(again > once for again, once in zip(back["retaps"], back["no-retaps"], strict=True)) >= 28
    assert all(again >= once for again, once in zip(back["retaps"], back["no-retaps"], strict=True))
    assert all(again > shed for again, shed in zip(back["retaps"], back["shed"], strict=True))
    assert max(back["shed"]) < 3.0


def test_hasty_retries_collapse_without_any_fault() -> None:
    """Law 4: a time-out a try below the source's p99, and three tries, take down what one try would not."""
    hasty, one_try = (told(f"hurried/{name}", "wrongful_no_credit", window=False) for name in ("hasty", "one-try"))
    assert sum(hasty, figures.NOBODY).value > 0.5
    assert max(one.value for one in one_try) < 0.25
    assert all(one.value > 2 * two.value for one, two in zip(hasty, one_try, strict=True))


def test_hysteresis_keeps_credit_through_a_mistake() -> None:
    """Law 5: fewer of those it had approved are refused where approval is sticky."""
    direct, sticky = (told(f"mis-set/{name}", "wrongful_no_credit") for name in ("direct", "hysteresis"))
    assert sum(sticky, figures.NOBODY).value < sum(direct, figures.NOBODY).value - 0.03
    assert all(two.value <= one.value for one, two in zip(direct, sticky, strict=True))


def test_empty_answers_wrong_people_on_time_and_the_gate_defers_them() -> None:
    """Law 6: "no record" about people who have one refuses them on time; the gate turns it into "not yet"."""
    assert min(one.value for one in told("empty/fail-closed", "wrongful_no_credit")) > 0.2
    assert sum(told("empty/gate", "wrongful_no_credit"), figures.NOBODY).value < 0.03
    assert sum(told("empty/gate", "deferred"), figures.NOBODY).value > 0.15


def test_approving_everybody_does_not_win() -> None:
    """Law 7: zeroes taken for means wrong few people, and approve more wrongly than any rule on it would let pass."""
    generous, closed = in_window("blackout/generous"), in_window("blackout/fail-closed")
    assert all(one.value < two.value for one, two in zip(generous, closed, strict=True))
    generous, tri = (
        told(f"blackout/{policy}", "wrongful_approval", eligible=False) for policy in ("generous", "tri-state")
    )
    assert sum(generous, figures.NOBODY).value > 0.05 > sum(tri, figures.NOBODY).value


def test_deciding_again_as_fast_as_one_can_brings_the_source_down_again() -> None:
    """Law 8: those who wait, decided again at all that was ever decided a second, take the place of those who ask.

    At a fifth of it they do not.
    """
    after = (DARK_S[1] + 2.0, float(DRAINED_S))
    undecided = {
        name: [figures.undecided(run(f"drain/{name}", seed).answers, *after) for seed in SEEDS]
        for name in ("all", "fifth")
    }
    assert sum(undecided["all"], figures.NOBODY).value > 0.4
    assert sum(undecided["fifth"], figures.NOBODY).value < 0.2
    assert all(most.value >= fifth.value for most, fifth in zip(undecided["all"], undecided["fifth"], strict=True))
