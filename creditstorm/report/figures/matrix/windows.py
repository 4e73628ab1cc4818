"""How many were wronged in the fault windows, one bar a policy, with intervals."""

from typing import Final

from creditstorm.analysis.matrix.comparison import Comparison, PolicyFigures
from creditstorm.analysis.summary import Estimate
from creditstorm.report import canvas, numbers, style
from creditstorm.report.matrix.phrases import listed

WIDTH_IN: Final = 6.4
LEFT_IN: Final = 1.5
RIGHT_IN: Final = 0.75
ROW_IN: Final = 0.34
FILL: Final = style.OUTCOMES["wrongful_no_credit"]
NEAR: Final = 0.02


def draw(comparison: Comparison) -> canvas.Picture:
    """One bar a policy, in the order they were asked for."""
    rows = [(figures.policy, shown(figures)) for figures in comparison.policies]
    paper = canvas.sheet(title(comparison), width_in=WIDTH_IN, height_in=ROW_IN * max(len(rows), 1) + 0.6)
    axes = paper.place(LEFT_IN, 0.05, WIDTH_IN - LEFT_IN - RIGHT_IN, ROW_IN * max(len(rows), 1))
    axes.set_xlim(0, 1)
    axes.set_ylim(max(len(rows), 1), 0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    for row, (_, rate) in enumerate(rows):
        if rate.value is not None:
            axes.barh(row + 0.5, rate.value, height=0.6, facecolor=FILL.colour, edgecolor=style.PAPER, hatch=FILL.hatch)
        if rate.value is not None and rate.low is not None and rate.high is not None:
            ends = [[max(0.0, rate.value - rate.low)], [max(0.0, rate.high - rate.value)]]
            axes.errorbar([rate.value], [row + 0.5], xerr=ends, color=style.INK, lw=1.2, capsize=3, clip_on=False)
        axes.text(1.03, row + 0.5, numbers.percent(rate.value), ha="left", va="center", size=9)
    axes.set_yticks([row + 0.5 for row in range(len(rows))], [policy for policy, _ in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel(_scope(comparison) + ", with 95 % interval")
    return paper.finish("matrix_windows", "One bar a policy: the share told “no credit”, with its interval.")


def title(comparison: Comparison) -> str:
    """Who told most people "no credit" and who fewest."""
    known = {f.policy: value for f in comparison.policies if (value := shown(f).value) is not None}
    if not known:
        return "Nobody eligible asked: there is no wrongful rate to compare"
    worst, best = max(known.values()), min(known.values())
    where = "while the faults were on" if _in_windows(comparison) else "over the run"
    if worst - best <= NEAR:
        return f"Every policy told {_range(list(known.values()))} of eligible people “no credit” {where}"
    told = [_of(edge, known) for edge in (worst, best)]
    return f"Wrongful “no credit” {where}: {', '.join(told)}"


def _of(edge: float, known: dict[str, float]) -> str:
    near = {name: share for name, share in known.items() if abs(share - edge) <= NEAR}
    return f"{_range(list(near.values()))} under {listed(list(near))}"


def _range(shares: list[float]) -> str:
    low, high = numbers.percent(min(shares)), numbers.percent(max(shares))
    return high if low == high else f"{low.removesuffix(' %')}–{high}"


def shown(figures: PolicyFigures) -> Estimate:
    """The rate of the bar: in the fault windows, or over the run where there is no window."""
    in_windows = figures.wrongful_in_windows
    return figures.wrongful_people if in_windows.value is None else in_windows


def _in_windows(comparison: Comparison) -> bool:
    return any(figures.wrongful_in_windows.value is not None for figures in comparison.policies)


def _scope(comparison: Comparison) -> str:
    return "eligible people who asked in a fault window" if _in_windows(comparison) else "eligible people over the run"
