"""Keyed draws depend on their key alone and are distributed as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.keyed import Keyed, draw, draw_many, normal_quantile, normal_quantile_many

probabilities = st.floats(min_value=2.0**-53, max_value=1.0 - 2.0**-53)
words = st.integers(min_value=0, max_value=2**64 - 1)


@pytest.mark.parametrize(
    ("p", "quantile"),
    [(0.5, 0.0), (0.975, 1.959963984540054), (0.1, -1.2815515655446004), (2.0**-53, -8.209536151601387)],
)
def test_the_quantile_is_that_of_the_tables(p: float, quantile: float) -> None:
    """The centre, both tails and the farthest draw there is."""
    assert normal_quantile(p) == pytest.approx(quantile, rel=1e-14, abs=1e-15)


@given(st.lists(probabilities, min_size=1, max_size=60))
def test_quantiles_of_arrays_have_the_same_bits(ps: list[float]) -> None:
    """The vectorised quantile equals the scalar one to the bit, in the centre and in both tails."""
    assert normal_quantile_many(np.array(ps)).tolist() == [normal_quantile(p) for p in ps]


@given(st.integers(0, 2**63), st.lists(words, min_size=1, max_size=30), st.integers(0, 60))
def test_streams_of_arrays_have_the_same_bits(seed: int, ids: list[int], index: int) -> None:
    """Bits and draws for an array equal those for each id."""
    stream = Keyed(seed, "test")
    many = stream.bits_many(np.array(ids, dtype=np.uint64))
    assert many.tolist() == [stream.bits(i) for i in ids]
    assert stream.uniform_many(np.array(ids, dtype=np.uint64)).tolist() == [stream.uniform(i) for i in ids]
    assert draw_many(many, index).tolist() == [draw(stream.bits(i), index) for i in ids]


@given(words, words)
def test_a_draw_lies_strictly_between_0_and_1(a: int, b: int) -> None:
    """No key gives 0 or 1, so a quantile is always finite."""
    assert 0.0 < Keyed(1, "x").uniform(a, b) < 1.0


def test_purposes_and_ids_give_different_luck() -> None:
    """Changing seed, purpose, id or their order changes the draw."""
    draws = {
        Keyed(1, "a").uniform(1, 2),
        Keyed(1, "a").uniform(2, 1),
        Keyed(1, "b").uniform(1, 2),
        Keyed(2, "a").uniform(1, 2),
        Keyed(1, "a").uniform(1, 2, 0),
    }
    assert len(draws) == 5


def test_draws_are_uniform_and_uncorrelated() -> None:
    """A million keyed draws: mean, variance and neighbour correlation are those of independent uniforms (5 SE)."""
    bits = Keyed(42, "people").bits_many(np.arange(1_000_000, dtype=np.uint64))
    u, v = draw_many(bits, 0), draw_many(bits, 1)
    assert abs(u.mean() - 0.5) < 5 * 0.289 / 1000
    assert abs(u.var() - 1 / 12) < 5 * 0.0745 / 1000
    assert abs(np.corrcoef(u, v)[0, 1]) < 0.005
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 0.005
