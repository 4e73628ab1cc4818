"""A sweep as a person reads it: values, figures, the sentence above it, and the table of the screen."""

from collections.abc import Iterator, Sequence
from typing import Final

from creditstorm.analysis.planning.run_figures import BACK, DEFERRED, HARM, SLOW, USUAL, known_figures
from creditstorm.analysis.planning.swept import Axis, Sweep, SweptPoint
from creditstorm.analysis.summary import Estimate
from creditstorm.record.manifest import Mode
from creditstorm.report import numbers
from creditstorm.scenario.threshold import Unit

BESIDE: Final = {HARM: "wrongful", DEFERRED: "deferred", SLOW: "p99", BACK: "back at calm"}
"""Figures that stand beside the swept one, each under its head."""


def value_text(axis: Axis, index: int) -> str:
    """A value of the axis: 250 ms, 5.0 %, 80/s, 3."""
    return axis.values[index] if axis.numbers is None else number_text(axis, axis.numbers[index])


def number_text(axis: Axis, number: float) -> str:
    """A number on the axis in its unit."""
    match axis.unit:
        case "s":
            return numbers.seconds(number)
        case "%":
            return numbers.percent(number)
        case "":
            return f"{number:.4g}"
    return f"{number:.4g}{axis.unit if axis.unit.startswith('/') else f' {axis.unit}'}"


def place_text(sweep: Sweep, point: SweptPoint) -> str:
    """Where a point lies: 250 ms × 5 s."""
    return " × ".join(value_text(axis, index) for axis, index in zip(sweep.axes, point.place, strict=True))


def figure_text(sweep: Sweep, point: SweptPoint) -> str:
    """The swept figure."""
    return numbers.in_unit(sweep.figure(point), sweep.unit)


def interval_text(sweep: Sweep, point: SweptPoint) -> str:
    """Its interval over runs."""
    return numbers.interval_in(sweep.figure(point), sweep.unit)


def region_text(point: SweptPoint) -> str:
    """How its runs came back: "metastable 4/5"."""
    if point.region is None:
        return ""
    return f"{point.region.value} {point.regions[point.region]}/{point.runs}"


def rule_text(sweep: Sweep, point: SweptPoint) -> str:
    """Whether the point keeps the scenario's rule."""
    if sweep.figure(point).value is None:
        return numbers.NONE
    if sweep.keeps(point):
        return "kept"
    return "open" if sweep.is_open(point) else "broken"


def headline(sweep: Sweep) -> str:
    """What the sweep found, as one sentence: the range a policy, and where the rule is kept."""
    kept = [(policy, kept_text(sweep, policy)) for policy in sweep.policies]
    if len(sweep.policies) == 1 or not all(words for _, words in kept):
        told = "".join(f"; {sweep.rule.text} is kept {words}" for _, words in kept if words and sweep.rule)
    else:
        rule = sweep.rule.text if sweep.rule else ""
        told = f"; {rule} is kept {', '.join(f'{words} under {policy}' for policy, words in kept)}"
    who = "simulated" if sweep.mode is Mode.SIMULATED else "live"
    return f"{ranges(sweep)}{told} ({who}{', one run a point' if sweep.seeds == 1 else ''})"


def ranges(sweep: Sweep) -> str:
    """From where to where the figure goes, a policy after the other."""
    told = (_told(sweep, policy) for policy in sweep.policies)
    if len(sweep.policies) == 1:
        return f"{sweep.metric}: {next(told)}"
    return f"{sweep.metric}: {'; '.join(f'{policy} {said}' for policy, said in zip(sweep.policies, told, strict=True))}"


def in_short(sweep: Sweep) -> str:
    """The sentence over a page: of several policies only where each keeps the rule, as the picture has the rest."""
    whole = headline(sweep)
    return whole if len(sweep.policies) == 1 else whole.removeprefix(f"{ranges(sweep)}; ")


def _told(sweep: Sweep, policy: str) -> str:
    points = [point for point in sweep.of(policy) if sweep.figure(point).value is not None]
    if not points:
        return "no figure anywhere"
    least, most = (pick(points, key=lambda point: sweep.figure(point).value or 0.0) for pick in (min, max))
    if figure_text(sweep, least) == figure_text(sweep, most):
        return f"{figure_text(sweep, least)} everywhere"
    text = f"from {figure_text(sweep, least)} at {place_text(sweep, least)} to {figure_text(sweep, most)}"
    return f"{text} at {place_text(sweep, most)}{knee_text(sweep, policy)}"


def knee_text(sweep: Sweep, policy: str) -> str:
    """Where the curve turns steep, to follow the sentence; empty where it has no knee."""
    knee = sweep.knees.get(policy)
    if knee is None:
        return ""
    axis = sweep.axes[0]
    within = "" if knee.low is None or knee.high is None else (
        f" [{number_text(axis, knee.low)} to {number_text(axis, knee.high)}]"
    )  # fmt: skip
    return f", turning steep at {number_text(axis, knee.at)}{within}"


def kept_text(sweep: Sweep, policy: str) -> str:
    """Which values of the one axis keep the scenario's rule: "from 3 on"; empty where there is no rule, or a map."""
    if sweep.rule is None or len(sweep.axes) != 1:
        return ""
    points = sweep.of(policy)
    unsure = sum(map(sweep.is_open, points))
    return f"{_kept(sweep, policy)}{f' (open at {unsure} of {len(points)} values)' if unsure else ''}"


def _kept(sweep: Sweep, policy: str) -> str:
    kept = [sweep.keeps(point) for point in sweep.of(policy)]
    if not any(kept) or all(kept):
        return "everywhere" if any(kept) else "nowhere"
    axis = sweep.axes[0]
    first, last = kept.index(True), len(kept) - 1 - kept[::-1].index(True)
    if all(kept[first:]):
        return f"from {value_text(axis, first)} on"
    return f"up to {value_text(axis, last)}" if all(kept[: last + 1]) else f"at {sum(kept)} of {len(kept)} values"


def seeds_text(sweep: Sweep) -> str:
    """The seeds of every point: "seeds 7 to 9", or "seed 7"."""
    return f"seeds {sweep.seed} to {sweep.seed + sweep.seeds - 1}" if sweep.seeds > 1 else f"seed {sweep.seed}"


def table(sweep: Sweep) -> Iterator[str]:
    """The lines of the screen: a row a point."""
    yield f"{sweep.scenario_id} · sweep · {sweep.mode.value} · {seeds_text(sweep)}"
    yield headline(sweep)
    yield ""
    yield from (f"  {line}" for line in columns([_heads(sweep), *(_row(sweep, point) for point in sweep.points)]))
    yield ""
    yield f"  in brackets: t 95 % over {sweep.seeds} runs" if sweep.seeds > 1 else "  one run a point: no interval"
    if sweep.repeated:
        yield from ("", f"  {repeated_text(sweep)}:")
        yield from (f"  {line}" for line in columns([REPEATED_HEADS, *repeated_rows(sweep)]))
    yield from (f"  note: {note}" for note in sweep.notes)
    yield from (f"  doubt: {doubt}" for doubt in sweep.doubts)


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines, with each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


REPEATED_HEADS: Final = ("at", "policy", "seed", "figure", "simulated", "live", "error")


def repeated_text(sweep: Sweep) -> str:
    """What was carried out live beside the simulation."""
    runs = "1 run" if len(sweep.repeated) == 1 else f"{len(sweep.repeated)} runs"
    return f"{runs} of {len(sweep.points) * sweep.seeds} repeated live with the same seed; one run of each says no more"


def repeated_rows(sweep: Sweep) -> Iterator[tuple[str, ...]]:
    """A row for each main figure of each run that was repeated live; `sweep.json` has every figure."""
    shown = dict.fromkeys((sweep.metric, HARM, DEFERRED, "unavailability_rate.people", USUAL, SLOW, BACK))
    units = known_figures(())
    for run in sweep.repeated:
        at = " × ".join(value_text(axis, index) for axis, index in zip(sweep.axes, run.place, strict=True))
        for name in shown:
            unit = sweep.unit if name == sweep.metric else units[name]
            simulated, live, error = (side.get(name) for side in (run.simulated, run.live, run.errors))
            if simulated is not None or live is not None:
                both = (_number_in(value, unit) for value in (simulated, live))
                yield at, run.policy, str(run.seed), name, *both, error_text(error, unit)


def error_text(error: float | None, unit: Unit) -> str:
    """Simulated minus live: +0.3 pp, -12 ms."""
    if error is None:
        return numbers.NONE
    size = f"{100 * abs(error):.1f} pp" if unit is Unit.SHARE else _number_in(abs(error), unit)
    return f"{'-' if error < 0 else '+'}{size}"


def _number_in(value: float | None, unit: Unit) -> str:
    return numbers.in_unit(Estimate(value, None, None, 1, ""), unit)


def _heads(sweep: Sweep) -> tuple[str, ...]:
    beside = (head for name, head in BESIDE.items() if name != sweep.metric)
    return (*(axis.path for axis in sweep.axes), "policy", sweep.metric, "", *beside, "comes back")


def _row(sweep: Sweep, point: SweptPoint) -> tuple[str, ...]:
    places = (value_text(axis, index) for axis, index in zip(sweep.axes, point.place, strict=True))
    beside = (
        numbers.seconds(point.figures[name].value)
        if name in (SLOW, BACK)
        else numbers.percent(point.figures[name].value)
        for name in BESIDE
        if name != sweep.metric
    )
    return (*places, point.policy, figure_text(sweep, point), interval_text(sweep, point), *beside, region_text(point))
