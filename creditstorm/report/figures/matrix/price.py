"""What an episode costs under each policy, over the price of one wrongful "no credit"."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter
from creditstorm.analysis.matrix.comparison import Comparison, PolicyFigures
from creditstorm.analysis.measures.money import PRICES_CNY
from creditstorm.report import canvas, style
from creditstorm.report.matrix.phrases import cheapest_in_words, tick

WIDTH_IN: Final = 6.4
LEFT_IN: Final = 0.85
LABELS_IN: Final = 1.6
PLOT_IN: Final = 2.9
LABEL_IN: Final = 0.19


def draw(comparison: Comparison) -> canvas.Picture:
    """One line a policy, the cheapest underlined at every price."""
    known = [f for f in comparison.policies if f.episode_cost.expected_loss_cny is not None and max(_costs(f)) > 0]
    height = max(PLOT_IN, LABEL_IN * len(known) + 0.2)
    paper = canvas.sheet(title(comparison), width_in=WIDTH_IN, height_in=height + 0.7)
    axes = paper.place(LEFT_IN, 0.1, WIDTH_IN - LEFT_IN - LABELS_IN, height)
    axes.set_xscale("log")
    axes.set_yscale("log")
    if known:
        _underline(axes, known)
    for figures in known:
        shape = style.look(comparison.policies.index(figures))
        costs = [cost if cost > 0 else np.nan for cost in _costs(figures)]
        axes.plot(PRICES_CNY, costs, color=shape.colour, ls=shape.dash, lw=1.5)
    _words(axes)
    _labels(axes, known, comparison, LABEL_IN / height)
    alt = "Cost per 1,000 people over the price of a wrongful answer, one line a policy, both axes logarithmic."
    return paper.finish("matrix_price", alt)


def title(comparison: Comparison) -> str:
    """Who is cheapest where."""
    text = cheapest_in_words(comparison)
    return text[:1].upper() + text[1:]


def _costs(figures: PolicyFigures) -> list[float]:
    return [figures.episode_cost.cost_cny(price) or 0.0 for price in PRICES_CNY]


def _underline(axes: Axes, known: list[PolicyFigures]) -> None:
    fine = np.geomspace(PRICES_CNY[0], PRICES_CNY[-1], 200)
    lowest = np.array([min(f.episode_cost.cost_cny(float(price)) or 0.0 for f in known) for price in fine])
    axes.plot(fine, np.where(lowest > 0, lowest, np.nan), color=style.GRID, lw=7, solid_capstyle="butt", zorder=1)


def _words(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda cny, _: tick(cny)))
        axis.set_minor_formatter(NullFormatter())
    axes.set_xlim(PRICES_CNY[0], PRICES_CNY[-1])
    axes.set_xlabel("price of one wrongful “no credit” (synthetic yuan)")
    axes.set_ylabel("cost per 1,000 people")


def _labels(axes: Axes, known: list[PolicyFigures], comparison: Comparison, gap: float) -> None:
    bottom, top = (np.log(limit) for limit in axes.get_ylim())
    ends = [(np.log(_costs(figures)[-1]) - bottom) / (top - bottom) for figures in known]
    for figures, end, place in zip(
        known, ends, style.spread([float(end) for end in ends], gap, 0.02, 0.98), strict=True
    ):
        colour = style.look(comparison.policies.index(figures)).colour
        axes.plot([1.0, 1.04], [end, place], color=colour, lw=0.8, transform=axes.transAxes, clip_on=False)
        axes.text(1.055, place, figures.policy, transform=axes.transAxes, va="center", size=8.5)
