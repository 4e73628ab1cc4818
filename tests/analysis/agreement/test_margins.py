"""When two figures are the same within a margin, and when nothing can be said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditstorm.analysis.agreement.margins import (
    ALPHA,
    LATENCY,
    RATE,
    RECOVERY,
    AgreedFigure,
    Alike,
    Between,
    ComparedPair,
    FigureDifference,
    Margin,
    UnitOfFigure,
    difference,
    in_neither,
    unknown,
    verdict,
)
from creditstorm.analysis.agreement.seeds import Compared, agreement_of, over_seeds, together
from creditstorm.exit_code import ExitCode

WRONGFUL = AgreedFigure("wrongful_no_credit_rate", "run", "people", UnitOfFigure.SHARE, RATE)


def told(value: float, half: float, *, live: float = 0.1) -> FigureDifference:
    """A difference of a rate with a symmetric interval."""
    return difference(WRONGFUL, Between(live, live + value, value - half, value + half), 1000)


def pair(*figures: FigureDifference, seed: int = 1, doubts: tuple[str, ...] = ()) -> ComparedPair:
    """A pair of one scenario and policy."""
    return ComparedPair("calm", "tri-state", seed, "digest", figures, doubts)


@pytest.mark.parametrize(
    ("margin", "live", "most"),
    [(RATE, 0.05, 0.02), (RATE, 0.4, 0.06), (RECOVERY, 4.0, 2.0), (RECOVERY, 20.0, 4.0), (LATENCY, 0.5, 0.065)],
)
def test_the_margin_is_the_stated_one(margin: Margin, live: float, most: float) -> None:
    """Rates 2 pp or 15 %, recovery 2 s or 20 %, whichever is larger; latency 10 % and 15 ms."""
    assert margin.of(live) == pytest.approx(most)


@pytest.mark.parametrize(
    ("low", "high", "alike"),
    [
        (-0.01, 0.02, Alike.AGREES),
        (-0.01, 0.021, Alike.CANNOT_TELL),
        (-0.5, 0.5, Alike.CANNOT_TELL),
        (0.019, 0.5, Alike.CANNOT_TELL),
        (0.021, 0.5, Alike.DIFFERS),
        (-0.5, -0.021, Alike.DIFFERS),
        (float("nan"), 0.01, Alike.CANNOT_TELL),
    ],
)
def test_the_whole_interval_decides(low: float, high: float, alike: Alike) -> None:
    """Within the margin it agrees, outside it differs, across an end nobody can tell."""
    assert verdict(low, high, 0.02) is alike


def test_a_difference_of_nothing_that_is_unsure_does_not_agree() -> None:
    """The same figure twice is no proof where little was asked."""
    assert told(0.0, 0.05).alike is Alike.CANNOT_TELL


def test_seeds_tell_together_what_one_cannot() -> None:
    """Four seeds that do not differ much halve the interval."""
    one = told(0.0, 0.03)
    assert one.alike is Alike.CANNOT_TELL
    four = over_seeds([told(value, 0.03) for value in (0.001, -0.001, 0.001, -0.001)])
    assert four.high == pytest.approx(0.015, abs=1e-6)
    assert four.alike is Alike.AGREES


def test_seeds_that_differ_from_each_other_widen_the_interval() -> None:
    """What each run is sure of says nothing of another seed."""
    spread = over_seeds([told(value, 0.001) for value in (-0.05, 0.0, 0.05)])
    assert spread.value == pytest.approx(0.0)
    assert spread.alike is Alike.CANNOT_TELL


def test_what_one_seed_cannot_tell_no_mean_can() -> None:
    """Nothing is made of a figure that is missing in one of the runs."""
    missing = unknown(WRONGFUL, "nobody eligible asked")
    mean = over_seeds([told(0.0, 0.001), missing])
    assert mean.alike is Alike.CANNOT_TELL
    assert mean.note == "nobody eligible asked"
    open_above = replace(told(0.0, 0.001), high=None, alike=Alike.CANNOT_TELL)
    assert over_seeds([told(0.0, 0.001), open_above]).alike is Alike.CANNOT_TELL


def test_nothing_at_all_is_a_figure() -> None:
    """Where neither run has anybody wronged, both means are 0."""
    none = over_seeds([told(0.0, 0.001, live=0.0), told(0.0, 0.001, live=0.0)])
    assert (none.live, none.simulated, none.value, none.alike) == (0.0, 0.0, 0.0, Alike.AGREES)


def test_what_is_in_neither_run_decides_nothing() -> None:
    """Beside what agrees it is nothing, by itself nobody can tell; of seeds those speak that have it."""
    nothing = replace(in_neither(WRONGFUL, "too short"), of="requests")
    assert agreement_of([pair(told(0.0, 0.001), nothing)], (), {}, failed=False).exit_code is ExitCode.PASS
    assert agreement_of([pair(nothing)], (), {}, failed=False).exit_code is ExitCode.INCONCLUSIVE
    assert over_seeds([nothing, nothing]).alike is Alike.IN_NEITHER
    some = over_seeds([told(0.0, 0.001), nothing, told(0.0, 0.03)])
    assert (some.alike, some.note) == (Alike.AGREES, "in neither run under 1 of 3 seeds")
    assert over_seeds([told(0.5, 0.001), nothing]).alike is Alike.DIFFERS


def few(value: float, half: float) -> FigureDifference:
    """A difference of a rate of 30 people, who leave 7 points open though none of them fared differently."""
    unseen = 1.645 * 2**0.5 / 32
    return difference(WRONGFUL, Between(0.1, 0.1 + value, value - half, value + half, unseen), 30)


def test_too_few_are_told_with_how_many_it_would_take() -> None:
    """Not where what was seen is beyond the margin; beside what agrees they are nothing."""
    assert few(0.0, 0.08).alike is Alike.TOO_FEW
    assert few(0.0, 0.08).note == "30 people, of whom 115 are needed to show anything"
    assert few(0.03, 0.08).alike is Alike.CANNOT_TELL
    assert few(0.2, 0.08).alike is Alike.DIFFERS
    both = pair(told(0.0, 0.001), replace(few(0.0, 0.08), of="requests"))
    assert agreement_of([both], (), {}, failed=False).exit_code is ExitCode.PASS
    assert agreement_of([pair(few(0.0, 0.08))], (), {}, failed=False).exit_code is ExitCode.INCONCLUSIVE


def test_few_people_of_many_seeds_are_enough() -> None:
    """What they leave unseen goes with their number, so that four times thirty can show what 115 can."""
    alone = few(0.0, 0.0728)
    assert over_seeds([alone] * 3).alike is Alike.TOO_FEW
    assert over_seeds([alone] * 4).alike is Alike.AGREES


def test_every_look_has_its_share_of_the_error() -> None:
    """A spread over seeds that would do for one look does not for three."""
    seeds = [told(value, 0.001) for value in (-0.01, 0.0, 0.01, 0.0)]
    assert over_seeds(seeds).alike is Alike.AGREES
    assert over_seeds(seeds, ALPHA / 3).high > over_seeds(seeds).high
    assert agreement_of([pair(*seeds[:1])], (), {}, failed=False, looks=3).level == pytest.approx(0.9667, abs=1e-4)


def test_a_doubt_about_the_live_run_leaves_every_figure_open_by_name() -> None:
    """Whether it would agree or differ."""
    doubted = pair(told(0.0, 0.001), told(0.9, 0.001), doubts=("a process came late",))
    [one] = together([doubted])
    assert [figure.alike for figure in one.figures] == [Alike.CANNOT_TELL]
    assert "a process came late" in one.figures[0].note
    assert one.doubts == ("seed 1: a process came late",)


def test_a_sound_seed_speaks_where_another_is_in_doubt() -> None:
    """And it is said which one was left out."""
    [one] = together([pair(told(0.9, 0.001), doubts=("late",)), pair(told(0.0, 0.001), seed=2)])
    assert one.alike is Alike.AGREES
    assert (one.seeds, one.doubted) == ((1, 2), (1,))


@pytest.mark.parametrize(
    ("figures", "lacking", "failed", "code"),
    [
        ((told(0.0, 0.001),), (), False, ExitCode.PASS),
        ((told(0.0, 0.001), replace(told(0.5, 0.001), of="requests")), (), False, ExitCode.FAIL),
        ((told(0.0, 0.001), replace(told(0.0, 0.5), of="requests")), (), False, ExitCode.INCONCLUSIVE),
        ((told(0.0, 0.001),), ("flash-sale",), False, ExitCode.INTERRUPTED),
        ((told(0.0, 0.001),), ("flash-sale",), True, ExitCode.HARNESS),
        ((told(0.5, 0.001),), ("flash-sale",), False, ExitCode.FAIL),
        ((), (), False, ExitCode.INCONCLUSIVE),
    ],
)
def test_the_exit_code_is_that_of_the_worst(
    figures: tuple[FigureDifference, ...], lacking: tuple[str, ...], failed: bool, code: ExitCode
) -> None:
    """0 only where every figure of every pair agrees."""
    assert agreement_of([pair(*figures)], lacking, {}, failed=failed).exit_code is code


def test_a_comparison_is_as_good_as_its_worst_figure() -> None:
    """Without any it says nothing."""
    assert Compared("calm", "tri-state", "", (1,), (), ()).alike is Alike.CANNOT_TELL
