"""What is varied, as a person writes it."""

from __future__ import annotations

import pytest
from creditstorm.errors import UsageError
from creditstorm.runs.sweeping.vary import read_axis


@pytest.mark.parametrize(
    ("text", "values", "numbers"),
    [
        ("a=0ms..3s/4", ("0s", "1s", "2s", "3s"), (0.0, 1.0, 2.0, 3.0)),
        ("a=10ms..1s/3 log", ("10ms", "100ms", "1s"), (0.01, 0.1, 1.0)),
        ("a=1..4", ("1", "2", "3", "4"), (1.0, 2.0, 3.0, 4.0)),
        ("a=0%..10%/3", ("0%", "5%", "10%"), (0.0, 0.05, 0.1)),
        ("a=60/min..3/s/3", ("1/s", "2/s", "3/s"), (1.0, 2.0, 3.0)),
        ("a=1,2,4", ("1", "2", "4"), (1.0, 2.0, 4.0)),
        ("a.b[0]=fail-closed,tri-state", ("fail-closed", "tri-state"), None),
        ("a=1s,250ms", ("1s", "250ms"), (1.0, 0.25)),
    ],
)
def test_ranges_and_lists(text: str, values: tuple[str, ...], numbers: tuple[float, ...] | None) -> None:
    """Equal steps, equal ratios, whole numbers, units of one kind, words."""
    axis = read_axis(text)
    assert (axis.values, axis.numbers) == (values, numbers)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "expected key.path=values"),
        ("=1..3", "expected key.path=values"),
        ("a=3s..1s/4", r"runs backwards\n  write for example a=1s\.\.3s/4"),
        ("a=1s..1000ms/4", "both ends are the same"),
        ("a=0..3s/4", '"0" and "3s" have units that do not fit'),
        ("a=1s..2/s/3", "units that do not fit"),
        ("a=1mss..2mss/3", r'"mss" is not a unit\n  allowed: .*\n  did you mean "ms"'),
        ("a=1s..2s", "how many values"),
        ("a=1..2/1", "1 value is no range"),
        ("a=1..2/100000", "100,000 values"),
        ("a=0s..2s/3 log", "cannot begin at 0"),
        ("a=x..2s/3", '"x" is not a quantity'),
        ("a=1s", "one value is no range"),
        ("a=1s,,2s", "a value is empty"),
        ("a=1s,1s", "stands there twice"),
        ("a=1s,1000ms", "twice, in another unit"),
    ],
)
def test_bad_ranges_are_said(text: str, said: str) -> None:
    """With the option, what is wrong, and what to write."""
    with pytest.raises(UsageError, match=r"^--vary '") as error:
        read_axis(text)
    assert error.match(said)
