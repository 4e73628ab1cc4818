"""What a series remembers of itself, and how much more its sum varies for it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.statistics.memory import (
    alike_s,
    block_length_s,
    kept_share,
    remembers,
    variance_of_sum,
    weights,
)


def test_chance_alone_seems_to_remember_once_in_twenty() -> None:
    """Of 4,000 series without memory 5 % are taken to have one, within three standard errors and what T = 200 adds."""
    rng = np.random.default_rng(11)
    seen = sum(remembers(rng.normal(size=200)) for _ in range(4000)) / 4000
    assert seen == pytest.approx(0.05, abs=0.015)


def test_only_what_is_alike_remembers() -> None:
    """Neighbours that are opposites do not, nor does what never changes; where it lies, in which unit, is no matter."""
    slow = np.sin(np.arange(60) / 10.0)
    assert remembers(slow)
    assert remembers(slow + 100.0)
    assert remembers(slow * 1e-3)
    assert not remembers(np.tile([1.0, -1.0], 30))
    assert not remembers(np.full(60, 3.0))


def test_a_handful_of_entries_shows_no_memory() -> None:
    """Seven are too few to ask, eight are not; a change that is only dust is none."""
    assert block_length_s(np.arange(7.0)) == 1.0
    assert block_length_s(np.arange(8.0)) > 1.0
    assert block_length_s(1e-12 * np.arange(60)) == 1.0


@given(
    st.integers(8, 400),
    st.sampled_from(["white", "drifts", "smooth", "bursts", "turns"]),
    st.integers(0, 2**32 - 1),
)
def test_the_block_is_the_one_of_arch(length: int, kind: str, seed: int) -> None:
    """To the last bit, whatever the series remembers."""
    from arch.bootstrap import optimal_block_length  # noqa: PLC0415 - heavy, and every process collects every test

    rng = np.random.default_rng(seed)
    white = rng.normal(size=length)
    series = {
        "white": white,
        "drifts": np.cumsum(white),
        "smooth": np.convolve(white, np.ones(9), "same"),
        "bursts": 5.0 * (rng.random(length) < 0.1) + 1e-3 * white,
        "turns": white + np.tile([3.0, -3.0], length)[:length],
    }[kind][:length]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = float(optimal_block_length(series)["stationary"].iloc[0])
    assert block_length_s(series) == (max(1.0, found) if math.isfinite(found) else 1.0)


def test_only_the_first_lags_that_are_alike_are_a_gain() -> None:
    """Opposites gain nothing, however long their block is; what drifts gains about as long as its block."""
    opposites = np.tile([1.0, -1.0, -1.0, 1.0], 15) + 1e-3 * np.arange(60)
    assert alike_s(np.tile([1.0, -1.0], 30)) == 1.0
    assert alike_s(opposites) < 2.0
    assert block_length_s(opposites) > 10.0
    drift = np.sin(np.arange(60) / 5.0)
    assert alike_s(drift) > 6.0
    assert [alike_s(np.arange(7.0)), alike_s(np.full(60, 3.0))] == [1.0, 1.0]


def test_the_gain_of_a_known_series_is_the_one_by_hand() -> None:
    """(2 γ₁ / (γ₀ + 2 γ₁))²ᐟ³ · T¹ᐟ³ where only neighbours are alike."""
    pairs = np.repeat(np.array([1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0] * 8), 2)
    apart = pairs - pairs.mean()
    gammas = [float(apart[lag:] @ apart[: len(apart) - lag]) for lag in range(3)]
    assert gammas[1] > 0.0 > gammas[2]
    wanted = (2 * gammas[1] / (gammas[0] + 2 * gammas[1])) ** (2 / 3) * 128 ** (1 / 3)
    assert alike_s(pairs) == pytest.approx(wanted)


def test_a_block_may_be_a_single_entry() -> None:
    """Of twenty series without memory some are seen to have none at all, and none is seen to have much."""
    rng = np.random.default_rng(12)
    blocks = [block_length_s(rng.normal(size=600)) for _ in range(20)]
    assert 1.0 <= min(blocks) < 1.5
    assert np.median(blocks) < 4.0


def test_a_single_burst_has_a_block() -> None:
    """Also where every lag but one shows no variation: a number, at least 1, and no warning."""
    burst = np.zeros(60)
    burst[30] = 5.0
    assert 1.0 <= block_length_s(burst) < 60.0


@pytest.mark.parametrize("block", [1.0, 3.0, 20.0])
def test_the_weight_of_a_lag_is_how_often_it_lies_in_one_block(block: float) -> None:
    """Of blocks of geometric length that are drawn around the circle: a lag and the rest of the circle weigh alike."""
    weight = weights(30, block)
    assert weight[0] == 1.0
    assert weight[1:] == pytest.approx(weight[:0:-1])
    assert weights(100_000, block)[:5] == pytest.approx((1.0 - 1.0 / block) ** np.arange(5), abs=1e-3)


def test_in_blocks_of_one_entry_nothing_is_remembered() -> None:
    """The variance of the sum is the sum of the squares, whatever the neighbours are."""
    series = np.array([3.0, 1.0, -1.0, -3.0, 2.0, -2.0])
    assert variance_of_sum(series, 1.0) == pytest.approx(float(series @ series))


def test_likeness_adds_and_opposites_cancel() -> None:
    """With blocks of ten the sum of a slow series varies more than of independent entries, of a quick one less."""
    slow, quick = np.repeat([1.0, -1.0, 1.0, -1.0], 10), np.tile([1.0, -1.0], 20)
    assert variance_of_sum(slow, 10.0) > 1.5 * 40.0
    assert 0.0 <= variance_of_sum(quick, 10.0) < 0.2 * 40.0


@pytest.mark.parametrize("lengths", [[30], [10, 20], [1, 4, 25]])
@pytest.mark.parametrize("block", [1.0, 4.0])
def test_what_is_kept_is_what_is_left_of_chance(lengths: list[int], block: float) -> None:
    """The mean over 6,000 series of independent entries whose strata have lost their means, to 3 %."""
    rng = np.random.default_rng(3)
    home = np.repeat(np.arange(len(lengths)), lengths)
    left = []
    for series in rng.normal(size=(6000, 30)):
        means = np.bincount(home, series) / lengths
        left.append(variance_of_sum(series - means[home], block) / 30)
    assert kept_share(np.array(lengths), 30, block) == pytest.approx(np.mean(left), rel=0.03)
