"""Outcome by phase: of every hundred eligible requests, how many were told what."""

from typing import Final

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Slice, Summary
from creditstorm.report import canvas, numbers, style, words
from creditstorm.report.figures import time_axis
from creditstorm.report.style import Fill

WIDTH_IN: Final = 6.4
LEFT_IN: Final = 1.55
RIGHT_IN: Final = 0.8
ROW_IN: Final = 0.42
PARTS: Final = {
    "wrongful_no_credit": style.OUTCOMES["wrongful_no_credit"],
    "unavailable": style.OUTCOMES["unavailable"],
    "deferred": style.OUTCOMES["deferred"],
    "approved": Fill("approved", style.OUTCOMES["correct"].colour, ""),
}
_ROOM_FOR_LABEL: Final = 0.13


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:  # noqa: ARG001 - every figure has this signature
    """One bar a phase or window, split by what eligible people were told."""
    parts = [part for part in words.when(summary) if part.rates.wrongful_no_credit_rate.n]
    paper = canvas.sheet(title(summary), width_in=WIDTH_IN, height_in=ROW_IN * max(len(parts), 1) + 0.95)
    axes = paper.place(LEFT_IN, 0.3, WIDTH_IN - LEFT_IN - RIGHT_IN, ROW_IN * max(len(parts), 1))
    axes.set_xlim(0, 1)
    axes.set_ylim(max(len(parts), 1), 0)
    axes.grid(visible=False)
    for row, part in enumerate(parts):
        _bar(axes, row, shares(part))
        told = f"{numbers.percent(words.wrongful(part))}\nwrongful"
        axes.text(1.02, row + 0.5, told, ha="left", va="center", size=8.5, linespacing=1.1)
    axes.set_yticks([row + 0.5 for row in range(len(parts))], [_label(part) for part in parts])
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel("share of requests from eligible people")
    handles = [
        Patch(facecolor=f.colour, edgecolor=style.PAPER, hatch=f.hatch, lw=0.3, label=f.label) for f in PARTS.values()
    ]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.25, 1.02), ncols=4, columnspacing=1.0)
    return paper.finish("outcome_by_phase", "One horizontal bar a phase, split by what eligible people were told.")


def title(summary: Summary) -> str:
    """The wrongful rate of calm, of the worst window and of recovery."""
    named = {"in calm": summary.slice("phase", "calm"), "in recovery": summary.slice("phase", "recovery")}
    worst = words.worst_window(summary)
    told = [f"{numbers.percent(words.wrongful(worst))} in the window {time_axis.short(worst.name)}"] if worst else []
    told += [
        f"{numbers.percent(words.wrongful(part))} {where}"
        for where, part in named.items()
        if words.wrongful(part) is not None
    ]
    return f"Eligible requests told “no credit”: {', '.join(told)}" if told else "Nobody eligible asked in any phase"


def shares(part: Slice) -> dict[str, float]:
    """How the eligible requests of one slice split; the rest was approved."""
    rates = part.rates
    split = {
        "wrongful_no_credit": rates.wrongful_no_credit_rate.value or 0.0,
        "unavailable": rates.unavailability_rate.value or 0.0,
        "deferred": rates.deferral_rate.value or 0.0,
    }
    return {**split, "approved": max(0.0, 1.0 - sum(split.values()))}


def _label(part: Slice) -> str:
    return f"{time_axis.short(words.name(part.name), 18)}\nn = {numbers.count(part.rates.wrongful_no_credit_rate.n)}"


def _bar(axes: Axes, row: int, split: dict[str, float]) -> None:
    left = 0.0
    for key, share in split.items():
        fill = PARTS[key]
        if share <= 0:
            continue
        axes.barh(
            row + 0.5,
            share,
            left=left,
            height=0.74,
            facecolor=fill.colour,
            edgecolor=style.PAPER,
            hatch=fill.hatch,
            lw=0.3,
        )
        if share >= _ROOM_FOR_LABEL:
            box = {"facecolor": style.PAPER, "edgecolor": "none", "boxstyle": "round,pad=0.25"}
            axes.text(left + share / 2, row + 0.5, numbers.percent(share), ha="center", va="center", size=9, bbox=box)
        left += share
