"""How every figure looks: one palette, one set of sizes, one list of matplotlib settings; places for labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

INK: Final = "#1f2328"
MUTED: Final = "#59636e"
GRID: Final = "#d1d9e0"
PAPER: Final = "#ffffff"
WINDOW: Final = "#6e40c9"
"""The colour of fault windows, in no other role."""

THEMED: Final = {INK: "--ink", MUTED: "--muted", GRID: "--line", PAPER: "--page", WINDOW: "--window"}
"""The colours that the page replaces by its own, so that a figure is right in light and dark."""

SETTINGS: Final[dict[str, object]] = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.edgecolor": PAPER,
    "figure.facecolor": PAPER,
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "legend.borderaxespad": 0.0,
    "legend.fontsize": 9.0,
    "legend.frameon": False,
    "legend.handlelength": 1.5,
    "legend.labelcolor": INK,
    "path.simplify": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "creditstorm",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9.0,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9.0,
}
"""Laid over matplotlib's own defaults, never over a person's matplotlibrc: same input, same bytes."""


@dataclass(frozen=True, slots=True)
class Fill:
    """The look of one band: the hatch tells it apart where the colour (Okabe–Ito) cannot."""

    label: str
    colour: str
    hatch: str


OUTCOMES: Final[dict[str, Fill]] = {
    "wrongful_no_credit": Fill("wrongful no credit", "#D55E00", "////"),
    "wrongful_approval": Fill("wrongful approval", "#CC79A7", "++++"),
    "unavailable": Fill("unavailable", "#7a7a7a", "xxxx"),
    "deferred": Fill("deferred", "#56B4E9", "----"),
    "limit_cut": Fill("limit cut", "#E69F00", "\\\\\\\\"),
    "limit_inflated": Fill("limit inflated", "#0072B2", "||||"),
    "wrong_reason": Fill("wrong reason", "#F0E442", "//"),
    "correct": Fill("correct", "#009E73", ""),
}
"""Outcomes in the order of every stack, the harm on the straight baseline."""

STATUSES: Final[dict[str, Fill]] = {
    "late": Fill("late", "#D55E00", "////"),
    "error": Fill("error", "#CC79A7", "++++"),
    "malformed": Fill("malformed", "#0072B2", "||||"),
    "refused": Fill("refused", "#7a7a7a", "xxxx"),
    "skipped": Fill("skipped", "#F0E442", "//"),
    "stale": Fill("stale", "#E69F00", "\\\\\\\\"),
    "empty": Fill("empty (no record)", "#56B4E9", "----"),
    "ok": Fill("ok", "#009E73", ""),
}
"""Evidence statuses in the order of every stack, trouble on the straight baseline."""

QUANTILES: Final[dict[str, str]] = {"p50": "#0072B2", "p90": "#CC79A7", "p95": "#E69F00", "p99": "#D55E00"}
"""The colour of each latency quantile that is drawn; the others are in the tables."""


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
