"""One value varied: the swept figure over it, a band over seeds, the rule and the knee."""

import math
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from creditstorm.analysis.planning.run_figures import SLOW
from creditstorm.analysis.planning.swept import Sweep
from creditstorm.report import canvas, numbers, style
from creditstorm.report.planning import sweep_words
from creditstorm.scenario.threshold import Unit

WIDTH_IN: Final = 8.0
PANEL_IN: Final = 2.8


def draw(sweep: Sweep) -> canvas.Picture:
    """The curve of each policy, and the p99 of the latency below: what helps one may cost the other."""
    both = sweep.metric != SLOW and any(point.figures[SLOW].value is not None for point in sweep.points)
    paper = canvas.sheet(sweep_words.ranges(sweep), width_in=WIDTH_IN, height_in=PANEL_IN * (1.75 if both else 1) + 1.0)
    upper = paper.place(0.9, 0.35, WIDTH_IN - 1.2, PANEL_IN)
    _curves(upper, sweep, sweep.metric, sweep.unit)
    if sweep.rule is not None:
        upper.axhline(sweep.rule.bound, color=style.INK, lw=1, ls=":", label=sweep.rule.text)
    _knees(upper, sweep)
    upper.set_xlim(*_ends(sweep))
    upper.legend(loc="lower left", bbox_to_anchor=(0.0, 1.02), ncols=4)
    upper.set_ylabel(sweep.metric.partition(" ")[0].partition(".")[0].replace("_", " "))
    lower = upper
    if both:
        upper.tick_params(axis="x", labelbottom=False)
        lower = paper.place(0.9, 0.6 + PANEL_IN, WIDTH_IN - 1.2, PANEL_IN * 0.7)
        _curves(lower, sweep, SLOW, Unit.SECONDS)
        lower.set_xlim(*_ends(sweep))  # else a gap in one panel would shift it against the other
        lower.set_ylabel("decision, p99")
    bands = "one run a point" if sweep.seeds == 1 else f"bands: t 95 % over {sweep.seeds} seeds"
    lower.set_xlabel(f"{sweep.axes[0].path}; {bands}")
    return paper.finish("sweep_curve", "One line a policy over the varied value, with a band over seeds.")


def _places(sweep: Sweep) -> list[float]:
    numbers_ = sweep.axes[0].numbers
    return list(range(len(sweep.axes[0].values))) if numbers_ is None else list(numbers_)


def _ends(sweep: Sweep) -> tuple[float, float]:
    """Both ends of the axis, with a little room."""
    low, high = min(_places(sweep)), max(_places(sweep))
    if sweep.axes[0].log:
        room = (high / low) ** 0.03
        return low / room, high * room
    return low - 0.03 * (high - low), high + 0.03 * (high - low)


def _curves(axes: Axes, sweep: Sweep, name: str, unit: Unit) -> None:
    x, axis = _places(sweep), sweep.axes[0]
    for index, policy in enumerate(sweep.policies):
        look = style.look(index)
        found = [point.figures[name] for point in sweep.of(policy)]
        values = [math.nan if one.value is None else one.value for one in found]
        low = [value if one.low is None else one.low for one, value in zip(found, values, strict=True)]
        high = [value if one.high is None else one.high for one, value in zip(found, values, strict=True)]
        axes.fill_between(x, low, high, color=look.colour, alpha=0.2, lw=0)
        axes.plot(x, values, look.dash, marker=look.marker, ms=4, color=look.colour, lw=1.4, label=policy)
    if axis.log:
        axes.set_xscale("log")
    shown = sorted(range(len(x)), key=x.__getitem__)[:: max(1, math.ceil(len(x) / 8))]
    axes.set_xticks([x[i] for i in shown], [sweep_words.value_text(axis, i) for i in shown])
    axes.set_xticks([], minor=True)
    axes.set_ylim(bottom=0)
    axes.set_ylim(top=1.06 * axes.get_ylim()[1])  # no marker lies half under the panel above
    write = {Unit.SHARE: lambda v, _: f"{100 * v:.3g} %", Unit.SECONDS: lambda v, _: numbers.seconds(v)}
    axes.yaxis.set_major_formatter(FuncFormatter(write.get(unit, lambda v, _: f"{v:.3g}")))


def _knees(axes: Axes, sweep: Sweep) -> None:
    for index, policy in enumerate(sweep.policies):
        knee = sweep.knees.get(policy)
        if knee is None:
            continue
        colour = style.look(index).colour
        axes.axvline(knee.at, color=colour, lw=0.9, ls="--")
        if knee.low is not None and knee.high is not None:
            axes.axvspan(knee.low, knee.high, color=colour, alpha=0.08, lw=0)
