"""An agreement in words: rows of a table, and what a person has to know of what does not agree."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console
from creditstorm.analysis.agreement.margins import Alike, FigureDifference, UnitOfFigure
from creditstorm.analysis.agreement.seeds import Agreement, Compared
from creditstorm.record.matrix import MatrixFolder
from creditstorm.report import numbers
from creditstorm.report.agreement import dots
from creditstorm.report.as_json import document
from creditstorm.report.console import WIDTH
from creditstorm.report.render import InlineFigure, environment, write_derived

HEADS: Final = ("scenario", "policy", "seeds", "wrongful people", "deferred", "unavailable", "latency p99", "figures")
_SHOWN: Final = (
    ("wrongful_no_credit_rate", "people"),
    ("deferral_rate", "people"),
    ("unavailability_rate", "people"),
    ("latency_p99", ""),
)


def rows(agreement: Agreement) -> list[tuple[str, ...]]:
    """One row a scenario and policy: simulated minus live, and how many of its figures agree."""
    return [_row(one) for one in agreement.compared]


def _row(one: Compared) -> tuple[str, ...]:
    shown = [find(one, figure, of) for figure, of in _SHOWN]
    seeds = f"{len(one.seeds)}" + (f" ({len(one.doubted)} in doubt)" if one.doubted else "")
    return (one.scenario, one.policy, seeds, *(apart(figure) for figure in shown), counted(one.figures))


def find(one: Compared, figure: str, of: str, where: str = "run") -> FigureDifference | None:
    """One figure of a comparison, None where it has none of that name."""
    return next((d for d in one.figures if (d.figure, d.of, d.where) == (figure, of, where)), None)


def counted(figures: Sequence[FigureDifference]) -> str:
    """How many figures agree, and how many do not: ``28 agree, 1 open``."""
    times = Counter(figure.alike for figure in figures)
    words = {
        Alike.AGREES: "agree",
        Alike.DIFFERS: "differ",
        Alike.CANNOT_TELL: "open",
        Alike.IN_NEITHER: "in neither run",
        Alike.TOO_FEW: "too few",
    }
    return ", ".join(f"{times[alike]} {word}" for alike, word in words.items() if times[alike]) or numbers.NONE


def apart(figure: FigureDifference | None) -> str:
    """A difference in its unit, with its sign: +0.4 pp, −22 ms."""
    return numbers.NONE if figure is None or figure.value is None else in_unit(figure.value, figure.unit)


def in_unit(value: float, unit: UnitOfFigure) -> str:
    """A difference with its sign: percentage points, milliseconds or seconds, or a number a person."""
    sign, size = ("−" if value < 0 else "+", abs(value))
    match unit:
        case UnitOfFigure.SHARE:
            text = f"{100.0 * size:.1f} pp"
        case UnitOfFigure.SECONDS:
            text = f"{1000.0 * size:.0f} ms" if size < 1.0 else f"{size:.1f} s"
        case _:
            text = f"{size:.3f}"
    return text if text.lstrip("0.").startswith((" ", "ms")) or not size else f"{sign}{text}"


def level(value: float | None, unit: UnitOfFigure) -> str:
    """A figure itself."""
    if value is None:
        return numbers.NONE
    if unit is UnitOfFigure.SHARE:
        return numbers.percent(value)
    return numbers.seconds(value) if unit is UnitOfFigure.SECONDS else f"{value:.3f}"


def interval(figure: FigureDifference) -> str:
    """The interval of a difference in its unit, empty where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    return f"[{in_unit(figure.low, figure.unit)} to {in_unit(figure.high, figure.unit)}]"


def margin(figure: FigureDifference) -> str:
    """How much may be between the two."""
    return numbers.NONE if figure.margin is None else f"±{in_unit(figure.margin, figure.unit).lstrip('+')}"


def not_agreeing(agreement: Agreement) -> Iterator[str]:
    """A line for each figure that differs, cannot be told, or is of too few; a doubt is said once a pair."""
    for alike in (Alike.DIFFERS, Alike.CANNOT_TELL, Alike.TOO_FEW):
        for one in agreement.compared:
            if len(one.doubted) == len(one.seeds):
                continue
            for figure in one.figures:
                if figure.alike is alike:
                    yield f"{one.scenario} · {one.policy}: {_line(figure)}"


def doubts(agreement: Agreement) -> Iterator[str]:
    """Every doubt about a live run, with its name."""
    for one in agreement.compared:
        yield from (f"{one.scenario} · {one.policy}: inconclusive: {doubt}" for doubt in one.doubts)


def _line(figure: FigureDifference) -> str:
    if figure.value is None:
        return f"{figure.name} {figure.alike}: {figure.note}"
    levels = f"live {level(figure.live, figure.unit)}, simulated {level(figure.simulated, figure.unit)}"
    why = f": {figure.note}" if figure.note else ""
    told = " ".join(filter(None, (apart(figure), interval(figure))))
    return f"{figure.name} {figure.alike}{why} ({levels}; {told}, margin {margin(figure)})"


def headline(agreement: Agreement) -> str:
    """How many pairs were compared and how many of their figures agree."""
    if not agreement.compared:
        return f"No pair of {agreement.wanted} was measured"
    each = [figure.alike for one in agreement.compared for figure in one.figures]
    compared = sum(one not in (Alike.IN_NEITHER, Alike.TOO_FEW) for one in each)
    few = f", {each.count(Alike.TOO_FEW)} of too few people" if Alike.TOO_FEW in each else ""
    whole = f"{agreement.measured} of {agreement.wanted} pairs measured"
    return f"{each.count(Alike.AGREES)} of {compared} figures agree within their margins{few}; {whole}"


def dots_title(agreement: Agreement) -> str:
    """How many figures there are of each kind of dot."""
    each = [figure.alike for one in agreement.compared for figure in one.figures]
    words = {Alike.AGREES: "agree", Alike.CANNOT_TELL: "cannot be told", Alike.DIFFERS: "differ"}
    told = ", ".join(f"{each.count(alike)} {word}" for alike, word in words.items())
    return f"Within the band simulated and live figures are the same: {told}"


MOST_LINES: Final = 20


def print_agreement(console: Console, agreement: Agreement, *, exit_code: int, page: Path) -> None:
    """Print it; a pipe gets a hundred columns, a terminal at most what it has."""
    width = min(WIDTH, console.width) if console.is_terminal else WIDTH
    for line in glance(agreement, exit_code, page, width):
        console.print(line.rstrip(), soft_wrap=True, highlight=False, markup=False)


def glance(agreement: Agreement, exit_code: int, page: Path, width: int = WIDTH) -> Iterator[str]:
    """The lines of the screen."""
    yield from textwrap.wrap(headline(agreement), width)
    yield ""
    if agreement.compared:
        yield from _table(agreement)
        yield ""
    lines = [*doubts(agreement), *not_agreeing(agreement)]
    for line in lines[:MOST_LINES]:
        yield from textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="    ")
    if len(lines) > MOST_LINES:
        yield f"  and {len(lines) - MOST_LINES} more: see the page"
    if agreement.lacking:
        yield from textwrap.wrap(f"not measured: {', '.join(agreement.lacking)}", width, initial_indent="  ")
    yield f"exit {exit_code}  {page}"


def _table(agreement: Agreement) -> Iterator[str]:
    table = [HEADS, *rows(agreement)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADS))]
    for row in table:
        cells = (
            cell.ljust(w) if column < 2 else cell.rjust(w)
            for column, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join(cells)


TEMPLATE: Final = "agree.html.j2"
AGREE_SCHEMA: Final = 1
MARGINS: Final = "rates ± 2 pp or ± 15 % of the live figure, the larger (also re-taps, calls, and capacity in use); \
recovery ± 2 s or 20 %; latency ± (10 % + 15 ms)"


def agreement_json(agreement: Agreement) -> str:
    """The agreement as JSON text."""
    return document(AGREE_SCHEMA, {"margins": MARGINS, "level": agreement.level, **asdict(agreement)})


def render_agreement(folder: MatrixFolder, agreement: Agreement) -> None:
    """Write picture, page and JSON, each in one step."""
    title = dots_title(agreement)
    write_derived(folder, lambda: [dots.draw(agreement, title)], partial(_page, agreement), agreement_json(agreement))


def _page(agreement: Agreement, figures: Mapping[str, InlineFigure]) -> str:
    house = environment()
    more = (apart, interval, margin, level, counted)
    house.filters |= {f"{each.__name__}_of": each for each in more}
    return house.get_template(TEMPLATE).render(
        it=agreement,
        figures=figures,
        headline=headline(agreement),
        intervals=numbers.percent(agreement.level),
        margins=MARGINS,
        heads=HEADS,
        rows=rows(agreement),
        doubts=list(doubts(agreement)),
    )
