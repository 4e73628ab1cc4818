"""Both sides of a policy at once: people wronged, and money granted beyond what was right."""

from typing import Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter
from creditstorm.analysis.matrix.comparison import Comparison, PolicyFigures
from creditstorm.report import canvas, style
from creditstorm.report.matrix.phrases import deferred, front_in_words, tick

WIDTH_IN: Final = 6.4
LEFT_IN: Final = 0.85
LABELS_IN: Final = 2.45
PLOT_IN: Final = 3.0
LEGEND_IN: Final = 0.3
LABEL_IN: Final = 0.19
HEADROOM: Final = 1.12


def draw(comparison: Comparison) -> canvas.Picture:
    """One point a policy; those that nobody beats on both counts are joined."""
    known = [f for f in comparison.policies if f.wrongful_people.value is not None]
    height = max(PLOT_IN, LABEL_IN * len(known) + 0.3)
    paper = canvas.sheet(front_in_words(comparison), width_in=WIDTH_IN, height_in=height + LEGEND_IN + 0.6)
    axes = paper.place(LEFT_IN, LEGEND_IN, WIDTH_IN - LEFT_IN - LABELS_IN, height)
    _prepare(axes, known)
    for figures in known:
        _point(axes, figures, comparison)
    _join(axes, known)
    _labels(axes, known, comparison, LABEL_IN / height)
    axes.legend(handles=_key(), loc="lower left", bbox_to_anchor=(0.0, 1.02), ncols=2, columnspacing=1.2)
    alt = "One point a policy: wrongful people against money granted beyond what was right; less is better on both."
    return paper.finish("matrix_pareto", alt)


def _key() -> list[Line2D]:
    unbeaten = Line2D([], [], marker="o", ls="--", lw=1, color=style.MUTED, mfc=style.MUTED, label="beaten by nobody")
    return [unbeaten, Line2D([], [], marker="o", ls="", color=style.MUTED, mfc=style.PAPER, label="beaten")]


def _prepare(axes: Axes, known: list[PolicyFigures]) -> None:
    right = max([_high(f) for f in known], default=0.0) * HEADROOM or 0.01
    top = max([f.exposure_cny for f in known], default=0.0) * HEADROOM or 1.0
    axes.set_xlim(-0.03 * right, min(right, 1.03))
    axes.set_ylim(-0.03 * top, top)
    axes.grid(visible=True, axis="both")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda cny, _: tick(cny)))
    axes.set_xlabel("eligible people told “no credit” (95 % interval)")
    axes.set_ylabel("granted too much per 1,000 people")


def _high(figures: PolicyFigures) -> float:
    return figures.wrongful_people.high or figures.wrongful_people.value or 0.0


def _point(axes: Axes, figures: PolicyFigures, comparison: Comparison) -> None:
    rate, shape = figures.wrongful_people, style.look(comparison.policies.index(figures))
    x = rate.value or 0.0
    ends = [[max(0.0, x - (x if rate.low is None else rate.low))], [max(0.0, (rate.high or x) - x)]]
    axes.errorbar([x], [figures.exposure_cny], xerr=ends, color=shape.colour, lw=1, zorder=2, clip_on=False)
    filled = shape.colour if figures.on_front else style.PAPER
    axes.plot(
        [x], [figures.exposure_cny], shape.marker, ms=7, mfc=filled, mec=shape.colour, mew=1.4, zorder=3, clip_on=False
    )


def _join(axes: Axes, known: list[PolicyFigures]) -> None:
    front = sorted((f.wrongful_people.value or 0.0, f.exposure_cny) for f in known if f.on_front)
    if len(front) > 1:
        axes.step(*zip(*front, strict=True), where="post", color=style.MUTED, lw=1, ls="--", zorder=1)


def _labels(axes: Axes, known: list[PolicyFigures], comparison: Comparison, gap: float) -> None:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    heights = [(f.exposure_cny - bottom) / (top - bottom) for f in known]
    # Of points at one height, the one further right is nearer to the labels: it gets the lower place.
    across = [((f.wrongful_people.value or 0.0) - left) / (right - left) for f in known]
    nudged = [height - 1e-6 * x for height, x in zip(heights, across, strict=True)]
    places = style.spread(nudged, gap, 0.02, 0.98)
    for figures, x, height, place in zip(known, across, heights, places, strict=True):
        colour = style.look(comparison.policies.index(figures)).colour
        axes.plot(
            [x, 1.01, 1.05], [height, place, place], color=colour, lw=0.6, alpha=0.6, transform=axes.transAxes,
            clip_on=False, zorder=1,
        )  # fmt: skip
        note = deferred(figures.deferral.value)
        text = f"{figures.policy} ({note})" if note else figures.policy
        axes.text(1.065, place, text, transform=axes.transAxes, va="center", size=8.5)
