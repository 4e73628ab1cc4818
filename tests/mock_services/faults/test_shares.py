"""Shares are exact in expectation, repeatable, and counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from mock_services.faults.hooks import Call
from tests.mock_services.faults.bench import Bench, call, likely

N = 4_000
FEW = 500
"""Where a single call tells."""
SHARE = 0.3

Struck = Callable[[Bench, Call], bool]


def changed(bench: Bench, asked: Call) -> bool:
    """Whether what the source says is not what it would have said."""
    return bench.said(asked) != bench.truly(asked.applicant)


STRUCK: dict[str, tuple[dict[str, object], Struck]] = {
    "errors": ({}, lambda bench, asked: bench.faults.failed(asked) is not None),
    "slow": ({"add_s": 1.0}, lambda bench, asked: bench.faults.stretched(asked, 0.1) != 0.1),
    "empty": ({}, changed),
    "null_fields": ({}, changed),
    "stale": ({"age_s": 86_400.0}, changed),
    "unit_change": ({"factor": 100.0}, changed),
    "malformed": ({}, lambda bench, asked: bench.faults.spoiled(asked, b'{"a":1}') != b'{"a":1}'),
}
"""By kind: parameters, and how to see that a call was struck; asked of repayment, where nobody has a 0."""


def struck(
    kind: str, name: str = "trouble", seed: int = 7, share: float = SHARE, calls: int = FEW
) -> tuple[list[bool], object]:
    params, is_struck = STRUCK[kind]
    bench = Bench("repayment", seed).put(name, kind, share=share, **params)
    return [is_struck(bench, call(applicant)) for applicant in range(calls)], bench.met(name)


@pytest.mark.parametrize("kind", STRUCK)
def test_a_share_of_calls_is_struck_and_counted(kind: str) -> None:
    """Of 4,000 calls 30 % are struck, within the exact interval that holds 99.9 %, and the receipt says how many."""
    hits, met = struck(kind, calls=N)
    assert likely(sum(hits), N, SHARE)
    assert met == sum(hits)


@pytest.mark.parametrize("kind", STRUCK)
def test_the_same_calls_are_struck_again(kind: str) -> None:
    """A second run of the same seed strikes the same calls; another seed or name strikes others."""
    hits, _ = struck(kind)
    assert struck(kind)[0] == hits
    assert struck(kind, seed=8)[0] != hits
    assert struck(kind, name="other")[0] != hits


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, FEW)])
@pytest.mark.parametrize("kind", STRUCK)
def test_none_and_all(kind: str, share: float, expected: int) -> None:
    """A share of 0 strikes nobody and a share of 1 everybody."""
    hits, met = struck(kind, share=share)
    assert (sum(hits), met) == (expected, expected)


@pytest.mark.parametrize("kind", STRUCK)
def test_a_larger_share_strikes_the_same_and_more(kind: str) -> None:
    """Raising the share adds calls and spares none."""
    few, more = struck(kind)[0], struck(kind, share=0.6)[0]
    assert all(later for earlier, later in zip(few, more, strict=True) if earlier)


@pytest.mark.parametrize("part", ["session", "attempt", "nth_try"])
def test_every_part_of_the_key_counts(part: str) -> None:
    """Another session, attempt or try of the same people is struck by a draw of its own."""
    bench = Bench("repayment").put("trouble", "errors", share=0.5)
    first = [bench.faults.failed(call(a)) is None for a in range(200)]
    other = [bench.faults.failed(call(a, **{part: 3})) is None for a in range(200)]
    assert first != other


def test_two_faults_strike_independently() -> None:
    """The calls that two shares of 50 % both strike are a quarter."""
    first, second = (struck("empty", name, share=0.5, calls=N)[0] for name in ("one", "two"))
    assert likely(sum(a and b for a, b in zip(first, second, strict=True)), N, 0.25)
