"""Which policies nobody beats on both counts at once."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float | None, float | None]


def front(points: Sequence[Point]) -> tuple[bool, ...]:
    """For each point (less is better on both axes) whether no other is as good on both and better on one.

    A point without a figure is on no front and beats nobody.
    """
    return tuple(None not in point and not any(_beats(other, point) for other in points) for point in points)


def _beats(one: Point, other: Point) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return len(pairs) == 2 and all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)
