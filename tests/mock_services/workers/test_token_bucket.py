"""Tokens come with time and by what happens, and run over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mock_services.workers.token_bucket import TokenBucket


def test_tokens_come_with_time_and_run_over() -> None:
    """Two a second, at most three; a clock that is set back takes none away."""
    bucket = TokenBucket(hz=2.0, most=3.0, filled_at=0.0, tokens=0.0)
    found = []
    for now in (1.0, 0.5, 1.0, 60.0):
        bucket.fill(now)
        found.append(bucket.tokens)
    assert found == [2.0, 2.0, 3.0, 3.0]


def test_what_happens_brings_tokens() -> None:
    """Ten tenths are one, although their sum as floats is a hair less."""
    bucket = TokenBucket(hz=0.0, most=5.0, filled_at=0.0, tokens=0.0)
    for _ in range(9):
        bucket.fill(0.0, 0.1)
    assert not bucket.take()
    bucket.fill(0.0, 0.1)
    assert [bucket.ready, bucket.take(), bucket.ready, bucket.take()] == [True, True, False, False]


@given(st.floats(0.0, 50.0), st.floats(1.0, 20.0), st.lists(st.floats(0.0, 2.0), max_size=60))
def test_no_more_than_the_rate_and_the_burst(hz: float, most: float, waits_s: list[float]) -> None:
    """Over any time of t seconds at most most + hz · t tokens are taken, however greedily."""
    bucket = TokenBucket(hz, most, filled_at=0.0, tokens=most)
    now, taken = 0.0, 0
    for wait_s in waits_s:
        now += wait_s
        bucket.fill(now)
        while bucket.take():
            taken += 1
    assert taken <= most + hz * now + 1e-3
