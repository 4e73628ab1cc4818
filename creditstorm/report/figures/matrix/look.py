"""How policies look in the figures of a matrix, and labels that never lie on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

COLOURS: Final = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7a7a7a")
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
DASHES: Final = ("-", "--", ":", "-.")


@dataclass(frozen=True, slots=True)
class Look:
    """The look of one policy: the marker and the dash tell it apart where the colour cannot."""

    colour: str
    marker: str
    dash: str


def look(index: int) -> Look:
    """The look of the policy number `index`."""
    step = index // len(COLOURS)
    marker = MARKERS[(index + 3 * step) % len(MARKERS)]
    return Look(COLOURS[index % len(COLOURS)], marker, DASHES[(index + 2 * step) % len(DASHES)])


def spread(places: Sequence[float], gap: float, least: float, most: float) -> list[float]:
    """Places for labels near `places`, in their order, at least `gap` apart and inside the bounds where they fit."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    put: dict[int, float] = {}
    below = least - gap
    for i in order:
        put[i] = below = max(places[i], below + gap)
    above = most + gap
    for i in reversed(order):
        put[i] = above = min(put[i], above - gap)
    return [put[i] for i in range(len(places))]
