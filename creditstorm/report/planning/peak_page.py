"""`capacity` in words, as JSON, as a figure and as a page."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from creditstorm.analysis.planning.held import Held
from creditstorm.record.job_folder import PointsFolder
from creditstorm.report import canvas, style
from creditstorm.report.as_json import document
from creditstorm.report.render import InlineFigure, environment, write_derived
from creditstorm.scenario.model import Scenario

TEMPLATE: Final = "capacity.html.j2"
SCHEMA: Final = 1
WIDTH_IN: Final = 6.4
LEFT_IN: Final = 0.85
RIGHT_IN: Final = 1.35
TOP_IN: Final = 2.1
USE_IN: Final = 1.9


def rate(hz: float) -> str:
    """A rate as a person says it, three figures: 1,240/s."""
    rounded = float(f"{hz:.3g}")
    return f"{rounded:,.0f}/s" if rounded >= 100 else f"{rounded:g}/s"


def share(value: float) -> str:
    """In whole per cent."""
    return f"{100 * value:.0f} %"


def headline(found: Held) -> str:
    """``held 1,240/s [1,180–1,290]; broke: income queue full``."""
    low, high = rate(found.low_hz).removesuffix("/s"), rate(found.high_hz).removesuffix("/s")
    why = found.gave_way or found.broke
    short = found.shortened
    of = f" in a storm {short.times:.2g} × shorter" if short is not None and not short.holds else ""
    return f"held {rate(found.held_hz)} [{low}–{high}]{of}{f'; broke: {why}' if why else ''}"


def beside(found: Held) -> Iterator[str]:
    """What has to be known beside the rate, so that it is not taken for more."""
    if found.borne:
        yield f"in runs that pass, too: {', '.join(found.borne)}"
    short = found.shortened
    if short is None:
        return
    yield (
        f"above {rate(short.from_hz)} the storm is made shorter, its parts keep their shares: at {rate(found.held_hz)} "
        f"{short.whole_s / short.times:.3g} s of {short.whole_s:.3g} s"
    )
    if not short.whole_runs:
        yield "too many would ask in the whole storm to run it; what builds up over time may break it at a lower rate"
    elif short.holds:
        yield f"the whole storm passes there as well ({short.whole_passed} of {short.whole_runs} runs)"
    else:
        failed = short.whole_runs - short.whole_passed
        yield f"the whole storm fails there in {failed} of {short.whole_runs} runs: over its whole length less is held"


def how(live: bool) -> str:  # noqa: FBT001 - one word of the two
    """The word that stands at the top."""
    return "live" if live else "simulated"


def capacity_text(found: Held, scenario: Scenario, *, live: bool, brief: bool) -> Iterator[str]:
    """The lines of the screen."""
    yield headline(found)
    if brief:
        return
    rules = " and ".join(f"{rule.metric} {rule.rule}" for rule in found.rules)
    yield f"  {scenario.id} · {scenario.system.policy.name} · {how(live)} · the largest peak with {rules}"
    passed = sum(1 for run in found.runs if run.passed)
    sure = f"passes with {share(found.level)} confidence ({passed} of {len(found.runs)} runs at all rates passed)"
    yield f"  another run at {rate(found.held_hz)} {sure}"
    if found.broke:
        yield f"  above it: {found.broke}"
    used = [f"{name} {share(use.in_use)}" for name, use in found.used.items() if use.in_use is not None]
    if used:
        yield f"  workers in use at {rate(found.used_at_hz)}: {' · '.join(used)}"
    yield from (f"  {line}" for line in beside(found))


def capacity_json(found: Held, scenario: Scenario, *, live: bool) -> str:
    """The whole of it as JSON text."""
    about = {"scenario_id": scenario.id, "policy": scenario.system.policy.name, "mode": how(live)}
    return document(SCHEMA, {**about, **asdict(found)})


def write_capacity(folder: PointsFolder, found: Held, scenario: Scenario, *, live: bool) -> None:
    """Write figure, page and JSON."""

    def page(figures: Mapping[str, InlineFigure]) -> str:
        about = {
            "it": found,
            "scenario": scenario,
            "mode": how(live),
            "headline": headline(found),
            "rate": rate,
            "share": share,
        }
        about |= {"beside": list(beside(found))}
        return environment().get_template(TEMPLATE).render(figures=figures, **about)

    write_derived(folder, lambda: [draw(found)], page, capacity_json(found, scenario, live=live))


def draw(found: Held) -> canvas.Picture:
    """Above, each run as passed or failed and the chance to pass; below, the workers in use at the held rate."""
    used = {name: use.in_use for name, use in found.used.items() if use.in_use is not None}
    rows_in = max(USE_IN, 0.24 * len(used)) if used else 0.0
    passed = sum(1 for run in found.runs if run.passed)
    surely = f"A run at {rate(found.held_hz)} passes with {share(found.level)} confidence"
    title = f"{surely}; {passed} of {len(found.runs)} at all rates did"
    paper = canvas.sheet(title, width_in=WIDTH_IN, height_in=TOP_IN + rows_in + 1.5)
    axes = paper.place(LEFT_IN, 0.15, WIDTH_IN - LEFT_IN - RIGHT_IN, TOP_IN)
    _chances(axes, found)
    if used:
        below = paper.place(LEFT_IN + 0.25, TOP_IN + 0.95, WIDTH_IN - LEFT_IN - RIGHT_IN - 0.25, rows_in)
        _uses(below, used, found)
    return paper.finish("capacity", "Each run by its peak rate, passed or failed; below, workers in use a service.")


def _chances(axes: Axes, found: Held) -> None:
    axes.set_xscale("log")
    axes.axvspan(found.low_hz, found.high_hz, color=style.WINDOW, alpha=0.15, lw=0)
    axes.axvline(found.held_hz, color=style.WINDOW, lw=1.4)
    axes.plot(found.rates_hz, found.chances, color=style.INK, lw=1.4)
    for passed, level, marker in ((True, 1.06, "o"), (False, -0.06, "X")):
        rates = [run.rate_hz for run in found.runs if run.passed is passed]
        inside = style.PAPER if passed else style.MUTED
        axes.plot(rates, np.full(len(rates), level), marker, ms=5, mec=style.MUTED, mfc=inside, mew=1.1, ls="")
    axes.set_ylim(-0.14, 1.14)
    axes.set_yticks([0.0, 0.5, found.level, 1.0], ["0 %", "50 %", share(found.level), ""])
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda hz, _: rate(hz)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("peak rate of first taps")
    axes.set_ylabel("chance to pass")
    beside = axes.get_yaxis_transform()
    axes.text(1.02, 1.06, "runs that passed", transform=beside, va="center", color=style.MUTED)
    axes.text(1.02, -0.06, "runs that failed", transform=beside, va="center", color=style.MUTED)


def _uses(axes: Axes, used: dict[str, float], found: Held) -> None:
    names = list(used)[::-1]
    shares = [used[name] for name in names]
    axes.barh(names, shares, color=style.MUTED, height=0.62)
    for place, part in enumerate(shares):
        axes.text(part + 0.015, place, share(part), va="center", color=style.INK)
    axes.set_xlim(0.0, 1.0)
    axes.grid(visible=False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda part, _: share(part)))
    axes.set_xlabel(f"workers in use at a peak of {rate(found.used_at_hz)}")
