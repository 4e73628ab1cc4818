"""The screen of a matrix: a hundred columns, right without colours and in a pipe."""

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text
from creditstorm.analysis.matrix.comparison import Comparison, PolicyFigures
from creditstorm.analysis.measures.money import USUAL_CNY
from creditstorm.analysis.summary import Estimate
from creditstorm.record.manifest import Mode
from creditstorm.report import numbers
from creditstorm.report.console import STYLE, WIDTH
from creditstorm.report.matrix import phrases

HEADS: Final = (
    ("policy", "of people"),
    ("wrong-", "ful"),
    ("in fault", "windows"),
    ("wrongly", "approved"),
    ("de-", "ferred"),
    ("unavail-", "able"),
    ("back at", "calm"),
    ("calls", "each"),
    ("re-taps", "each"),
    ("gate", ""),
)
MONEY_HEADS: Final = (
    ("", "per 1,000 people"),
    ("granted", "too much"),
    ("granted", "too little"),
    ("expected", "loss"),
    ("cost at", f"¥{USUAL_CNY:.0f}"),
    ("wrongful people against the first", "policy, in percentage points"),
)
LABEL: Final = 14


def print_comparison(console: Console, comparison: Comparison, *, exit_code: int, page: Path) -> None:
    """Print the screen; a pipe gets a hundred columns, a terminal at most what it has."""
    width = min(WIDTH, console.width) if console.is_terminal else WIDTH
    for line in screen(comparison, exit_code, page, width):
        line.rstrip()
        console.print(line, soft_wrap=True, highlight=False)


def screen(comparison: Comparison, exit_code: int, page: Path, width: int = WIDTH) -> Iterator[Text]:
    """The lines of the screen."""
    yield from _head(comparison, width)
    if comparison.policies:
        yield Text()
        yield from _rates(comparison.policies)
        yield Text()
        yield from _money(comparison)
        yield Text()
        for figures in comparison.policies:
            yield from _beside(figures.policy, [figures.sentence], width, LABEL + 3)
        if any(figures.noticed is not None for figures in comparison.policies):
            told = " · ".join(
                f"{figures.policy}: {phrases.noticed(figures.noticed)}" for figures in comparison.policies
            )
            yield from _beside("noticed by", [told], width, LABEL + 3)
        yield from _beside(
            "at what price",
            [f"{phrases.cheapest_in_words(comparison)}.", f"{phrases.front_in_words(comparison)}."],
            width,
            LABEL + 3,
        )
        yield Text()
    said = [*comparison.notes, *(f"doubt: {doubt}" for doubt in comparison.doubts)]
    yield from _beside("honesty", said, width, LABEL)
    yield from _beside(f"exit {exit_code}", [str(page)], 10**6, LABEL)


def _head(comparison: Comparison, width: int) -> Iterator[Text]:
    measured = sum(1 for state in comparison.cells if state.measured)
    left = f"{comparison.scenario_id} · {phrases.policies(comparison)} · seed {comparison.seed}"
    left += "" if comparison.mode is Mode.LIVE else f" · {comparison.mode.value}"
    right = f"{measured} of {len(comparison.cells)} runs measured, {numbers.seconds(comparison.duration_s)} each"
    if len(left) + 2 + len(right) > width:
        yield from (Text(left, "bold"), Text(right))
    else:
        yield Text.assemble((left, "bold"), right.rjust(width - len(left)))


def _rates(policies: Sequence[PolicyFigures]) -> Iterator[Text]:
    rows = [_row(figures) for figures in policies]
    below = [_intervals(figures) for figures in policies]
    heads = [tuple(head[line] for head in HEADS) for line in (0, 1)]
    widths = _widths([*heads, *rows, *below])
    for head in heads:
        yield Text(_line(head, widths, gap=" "), "dim")
    for row, under, figures in zip(rows, below, policies, strict=True):
        verdict = (figures.verdict.value, STYLE[figures.verdict])
        yield Text.assemble(_line(row, widths, gap=" ").rstrip().removesuffix(figures.verdict.value), verdict)
        yield Text(_line(under, widths, gap=" "), "dim")


def _row(figures: PolicyFigures) -> tuple[str, ...]:
    rates = (figures.wrongful_people, figures.wrongful_in_windows, figures.wrongful_approval)
    more = (figures.deferral, figures.unavailability)
    return (
        figures.policy,
        *(numbers.percent(rate.value) for rate in (*rates, *more)),
        phrases.way_back(figures.recovery),
        phrases.per_person(figures.calls_per_person),
        phrases.per_person(figures.retaps_per_person),
        figures.verdict.value,
    )


def _intervals(figures: PolicyFigures) -> tuple[str, ...]:
    rates = (figures.wrongful_people, figures.wrongful_in_windows, figures.wrongful_approval)
    runs = f"mean of {figures.runs} runs" if figures.runs > 1 else ""
    return (runs, *(_interval(rate) for rate in rates), *("",) * 6)


def _interval(rate: Estimate) -> str:
    if rate.low is None or rate.high is None:
        return ""
    return f"[{_short(rate.low, math.floor)}–{_short(rate.high, math.ceil)}]"


def _short(share: float, outward: Callable[[float], int]) -> str:
    hundred = round(100.0 * share, 6)
    return "0" if hundred == 0 else f"{hundred:.1f}" if hundred < 9.95 else f"{outward(hundred)}"


def _money(comparison: Comparison) -> Iterator[Text]:
    heads = [tuple(head[line] for head in MONEY_HEADS) for line in (0, 1)]
    rows = [
        (
            figures.policy,
            phrases.short_money(figures.exposure_cny),
            phrases.short_money(figures.shortfall_cny),
            phrases.short_money(figures.episode_cost.expected_loss_cny),
            phrases.usual_cost(figures.episode_cost),
            phrases.against(figures.against_first),
        )
        for figures in comparison.policies
    ]
    widths = _widths([*heads, *rows])
    for head in heads:
        yield Text(_line(head, widths), "dim")
    for row in rows:
        yield Text(_line(row, widths))


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]


def _line(cells: Sequence[str], widths: Sequence[int], *, gap: str = "  ") -> str:
    """First and last column to the left, figures to the right."""
    last = len(cells) - 1
    first, *middle = (
        c.ljust(w) if i in (0, last) else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))
    )
    return f"  {first}{gap}{gap.join(middle[:-1])}  {middle[-1]}"


def _beside(label: str, texts: Sequence[str], width: int, room: int) -> Iterator[Text]:
    wrapped = [
        line for text in texts for line in textwrap.wrap(numbers.tied(text), width - room - 2, break_on_hyphens=False)
    ]
    lines = [line.replace(numbers.NO_BREAK, " ") for line in wrapped] or [""]
    first = f"  {label}"
    if len(first) >= room + 1:
        yield Text(first)
        first = ""
    for row, line in enumerate(lines):
        yield Text((first if row == 0 else "").ljust(room + 2) + line)
