"""The screen at the end of a run: one glance, a hundred columns, right without colours and in a pipe."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text
from creditstorm.analysis.summary import Slice, Summary, Verdict
from creditstorm.report import numbers, words

WIDTH: Final = 100
STYLE: Final = {Verdict.PASS: "bold green", Verdict.FAIL: "bold red", Verdict.INCONCLUSIVE: "bold yellow"}
HEADS: Final = ("when", "requests", "wrongful", "deferred", "unavailable", "first cause")
LABEL: Final = 14
"""Columns before what stands beside a label: thresholds, honesty, exit."""


def print_summary(console: Console, summary: Summary, *, page: str = "", checked: str = "") -> None:
    """Print the screen; a pipe gets a hundred columns, a terminal at most what it has.

    `checked` says how a simulated run was checked against live ones.
    """
    width = min(WIDTH, console.width) if console.is_terminal else WIDTH
    for line in screen(summary, page, width, checked):
        line.rstrip()
        console.print(line, soft_wrap=True, highlight=False)


def screen(summary: Summary, page: str, width: int = WIDTH, checked: str = "") -> Iterator[Text]:
    """The lines of the screen."""
    yield from _head(summary, width)
    yield from _verdict(summary, width)
    yield Text()
    if summary.slices:
        yield from _when(summary, width)
        yield Text()
    yield from _thresholds(summary, width)
    if checked:
        yield from _beside("simulated", [checked], width)
    if stable := words.against_stable(summary):
        yield from _beside("stable", [stable], width)
    if summary.complaints is not None:
        yield from _beside("complained", [words.complained(summary.complaints)], width)
    if summary.deferrals is not None:
        yield from _beside("deferred", [words.notified(summary.deferrals)], width)
    if noticed := words.noticed(summary):
        yield from _beside("noticed", noticed, width)
    if status := words.status(summary):
        yield from _beside("status", status, width)
    yield from _beside(
        "honesty", [_honesty(summary), *(f"doubt: {doubt.text}" for doubt in summary.honesty.doubts)], width
    )
    yield from _beside(f"exit {summary.exit_code}", [page], 10**6)


def _head(summary: Summary, width: int) -> Iterator[Text]:
    left = " · ".join((summary.scenario_id, summary.policy, f"seed {summary.seed}", *words.how_made(summary)))
    right = f"{numbers.seconds(summary.duration_s)}, {numbers.count(summary.answers)} answers"
    if len(left) + 2 + len(right) > width:
        yield from (Text(line) for line in (*textwrap.wrap(left, width), right))
    else:
        yield Text(left + right.rjust(width - len(left)))


def _verdict(summary: Summary, width: int) -> Iterator[Text]:
    word = badge(summary)
    lines = _folded([summary.headline, summary.verdict_note], width - len(word) - 2)
    yield Text.assemble((word, STYLE[summary.verdict]), "  ", (lines[0], "bold"))
    yield from (Text(" " * (len(word) + 2) + line) for line in lines[1:])


def badge(summary: Summary) -> str:
    """The verdict as it heads the screen: a fail beside doubts says so."""
    doubted = summary.verdict is Verdict.FAIL and summary.honesty.doubts
    return f"{summary.verdict.upper()}{' · in doubt' if doubted else ''}"


def _when(summary: Summary, width: int) -> Iterator[Text]:
    parts = [part for part in words.when(summary) if part.name != "warm_up"]
    cells = [HEADS[:-1], *(_cells(part) for part in parts)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(HEADS) - 1)]
    aside = [(HEADS[-1], ""), *((_cause(part), _note(part, summary)) for part in parts)]
    gap = max(len(why) for why, _ in aside)
    for row, (figures, (why, note)) in enumerate(zip(cells, aside, strict=True)):
        right = (cell.rjust(w) for cell, w in zip(figures[1:], widths[1:], strict=True))
        line = "  ".join([f"  {figures[0].ljust(widths[0])}", *right])
        aligned, tight = (f"{line}   {text}".rstrip() for text in (f"{why:<{gap}}   {note}", f"{why}  {note}"))
        lines = [line, *(f"    {text}" for text in _folded([f"{why}  {note}"], width - 4))]
        fitting = next(([text] for text in (aligned, tight) if len(text) <= width), lines)
        yield from (Text(text, "dim" if row == 0 else "") for text in fitting)


def _cells(part: Slice) -> tuple[str, ...]:
    rates = part.rates
    shown = (rates.wrongful_no_credit_rate, rates.deferral_rate, rates.unavailability_rate)
    return (words.name(part.name), numbers.count(part.asked), *(numbers.percent(rate.value) for rate in shown))


def _cause(part: Slice) -> str:
    floor = " (calm floor)" if part.name == "calm" and part.first_cause else ""
    return numbers.cause(part.first_cause) + floor


def _note(part: Slice, summary: Summary) -> str:
    if part.name == "recovery" and summary.recovery:
        return words.back(summary.recovery[-1])
    is_window = part.kind == "window" and part.start_s is not None and part.end_s is not None
    return numbers.between(part.start_s or 0.0, part.end_s or 0.0) if is_window else ""


def _thresholds(summary: Summary, width: int) -> Iterator[Text]:
    rules = [f"{result.metric} {result.rule}" for result in summary.thresholds]
    figures = [numbers.measured(result, with_n=False) for result in summary.thresholds]
    widest = (max(map(len, texts), default=0) for texts in (rules, figures, [r.verdict for r in summary.thresholds]))
    rule_width, figure_width, verdict_width = widest
    roomy = LABEL + rule_width + 2 + figure_width + 2 + verdict_width <= width
    for row, (result, rule, figure) in enumerate(zip(summary.thresholds, rules, figures, strict=True)):
        label = ("  thresholds" if row == 0 else "").ljust(LABEL)
        verdict = (result.verdict.value, STYLE[result.verdict])
        if roomy:
            yield Text.assemble(f"{label}{rule:<{rule_width}}  {figure:<{figure_width}}  ", verdict)
        else:
            yield Text(label + rule)
            yield Text.assemble(" " * LABEL, f"{figure.strip()}  ", verdict)
        if result.note:
            yield from (Text(" " * (LABEL + 2) + line) for line in _folded([result.note], width - LABEL - 2))
    if said := numbers.said_of_intervals(summary.thresholds):
        yield from _beside("", [said], width)


def _beside(label: str, texts: Sequence[str], width: int) -> Iterator[Text]:
    for row, line in enumerate(_folded(texts, width - LABEL)):
        yield Text((f"  {label}" if row == 0 else "").ljust(LABEL) + line)


def _folded(texts: Sequence[str], width: int) -> list[str]:
    lines = [
        line for text in texts for line in textwrap.wrap(numbers.tied(text), max(width, 20), break_on_hyphens=False)
    ]
    return [line.replace(numbers.NO_BREAK, " ") for line in lines] or [""]


def _honesty(summary: Summary) -> str:
    honesty = summary.honesty
    cpu = numbers.NONE if honesty.cpu_share is None else f"{honesty.cpu_share:.0%}".replace("%", " %")
    lag, achieved = numbers.seconds(honesty.generator_lag_p99_s), numbers.plain(honesty.achieved_over_intended)
    lag = f"{lag}{numbers.worst_lag(honesty)}"
    return (
        f"generator lag p99 {lag} · unsent {numbers.count(honesty.unsent)} · CPU {cpu} · achieved/intended {achieved}"
    )
