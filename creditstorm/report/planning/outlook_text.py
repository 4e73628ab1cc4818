"""A forecast on the screen and as JSON: where each figure is from stands beside it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text
from creditstorm.analysis.planning.doubling import MARGIN, RATIO, SIZES, Range
from creditstorm.analysis.planning.outlook import Basis, Figure, Forecast, ForecastPart, Outlook
from creditstorm.record.job_folder import PointsFolder
from creditstorm.report import canvas
from creditstorm.report.planning import crowd, gaps
from creditstorm.report.planning.crowd import per_ten_thousand, rounded, span
from creditstorm.report.render import InlineFigure, environment, write_derived

TOLD: Final = {
    "wronged": "told “no credit” though creditworthy",
    "deferred": "told “undetermined”",
    "unavailable": "told nothing",
    "approved": "approved though not creditworthy",
}
"""Each kind of answer in words."""
_SIZES: Final = ", ".join(f"{size} ×" for size in SIZES)
CHECK: Final = f"the same shares at {_SIZES} the cell, within {100 * MARGIN:g} points or {RATIO:.0%}"


def people(count: Range) -> str:
    """A count to three figures with its interval: what is more would be made up."""
    return f"{rounded(count.value)} [{rounded(count.low)}–{rounded(count.high)}]"


def shown(outlook: Outlook) -> Iterator[tuple[ForecastPart, Figure]]:
    """The figures worth a line: of each part whatever anybody was told there, wrongful answers always."""
    for part in outlook.parts:
        for kind, figure in part.figures.items():
            if kind == "wronged" or figure.share.value > 0.0:
                yield part, figure


def print_forecast(console: Console, found: Forecast, page: Path) -> None:
    """Print the screen."""
    for line in screen(found, page):
        console.print(line, soft_wrap=True, highlight=False)


def screen(found: Forecast, page: Path) -> Iterator[Text]:
    """The lines of the screen."""
    target = found.target
    yield Text(f"{found.scenario.id} · forecast, simulated: nothing here was measured on a real system", "bold")
    yield Text(
        f"  {target.people:,} people, {target.peak_hz:,.6g}/s at the peak: {target.k:,.6g} × a cell of "
        f"{target.peak_hz / target.k:,.4g}/s · {found.seeds} seeds a size"
    )
    for one in found.outlooks:
        yield Text()
        yield from _refused(one) if one.refused else _told(one, target.k)
        for note in one.notes:
            yield Text(f"  note: {note}", "dim")
    for said in found.scaled:
        yield Text(f"  scaled: {said}", "dim")
    yield Text(f"  exit {int(found.exit_code)}  {page}")


def _told(one: Outlook, k: float) -> Iterator[Text]:
    yield Text(f"{one.policy}", "bold")
    simulated, many = f"of 10,000 · {Basis.SIMULATED}", f"people · {Basis.EXTRAPOLATED} × {k:,.6g}"
    yield Text(f"  {'who asks in':<14}{'is':<38}{simulated:>36}  {many}", "dim")
    for part, figure in shown(one):
        share = f"{per_ten_thousand(figure.share.value)} {span(figure.share)}"
        of = f"{people(figure.people)} of {rounded(figure.of)}"
        yield Text(f"  {part.name:<14}{TOLD[figure.kind]:<38}{share:>36}  {of}")
    counted = one.everybody
    yield Text(
        f"  {Basis.COUNTED}: of {counted.people:,} people {sum(counted.eligible.values()):,} are creditworthy; "
        "without …, so many of those would be wronged, deferred",
        "dim",
    )
    for row in one.masks[:5]:
        yield Text(
            f"    {', '.join(row.lost) or 'nothing missing':<34}{row.wronged:>14,} {row.deferred:>14,}"
            f"   {100 * row.share:.1f} % of first answers ({Basis.SEEN})",
            "dim",
        )
    yield Text(f"  in brackets: where 95 of 100 new runs lie. The doubling test held: {CHECK}.", "dim")


def _refused(one: Outlook) -> Iterator[Text]:
    yield Text(
        f"{one.policy}: no forecast, because shares depend on the size of the cell or are not shown not to", "bold"
    )
    for said in one.refused:
        yield Text(f"  {said}")
    yield Text(f"  asked for: {CHECK}. More seeds narrow what is not shown.")


def forecast_json(found: Forecast) -> dict[str, Any]:
    """Everything as plain JSON; of a refused policy no count of people."""
    target = found.target
    return {
        "scenario": found.scenario.id,
        "seed": found.scenario.seed,
        "mode": "simulated",
        "people": target.people,
        "peak_hz": target.peak_hz,
        "times": target.k,
        "seeds": found.seeds,
        "exit_code": int(found.exit_code),
        "scaled": list(found.scaled),
        "policies": [_policy_json(one, target.k) for one in found.outlooks],
    }


def as_json_text(found: Forecast) -> str:
    """The same as text."""
    return json.dumps(forecast_json(found), indent=2, ensure_ascii=False)


def _policy_json(one: Outlook, k: float) -> dict[str, Any]:
    figures = [
        _figure_json(part, figure, k, refused=bool(one.refused))
        for part in one.parts
        for figure in part.figures.values()
    ]
    counted = one.everybody
    return {
        "policy": one.policy,
        "refused": list(one.refused),
        "notes": list(one.notes),
        "answers": one.answers,
        "figures": figures,
        "counted": {
            "basis": Basis.COUNTED,
            "people": counted.people,
            "eligible": sum(counted.eligible.values()),
            "ties": counted.ties,
            "masks": [{**asdict(row), "share_basis": Basis.SEEN} for row in one.masks],
        },
        "p99_s": {f"{size}x": p99_s for size, p99_s in one.p99_s.items()},
        "seconds": [asdict(moment) for moment in one.moments],
    }


def _figure_json(part: ForecastPart, figure: Figure, k: float, *, refused: bool) -> dict[str, Any]:
    doublings = [{**asdict(one), "size": f"{one.size}x", "sameness": one.sameness.value} for one in figure.doublings]
    said: dict[str, Any] = {
        "part": part.name,
        "start_s": part.start_s,
        "end_s": part.end_s,
        "told": figure.kind,
        "sizes": {f"{size}x": share for size, share in figure.sizes.items()},
        "doubling": doublings,
    }
    if not refused:
        said |= {
            "share": {**asdict(figure.share), "basis": Basis.SIMULATED},
            "people": {**asdict(figure.people), "of": figure.of, "basis": f"{Basis.EXTRAPOLATED} × {k:g}"},
            "by_mask": figure.by_mask,
        }
    return said


TEMPLATE: Final = "forecast.html.j2"


def render_forecast(folder: PointsFolder, found: Forecast) -> tuple[Path, ...]:
    """Write pictures, page and JSON, each in one step; a refused policy has no picture."""
    return write_derived(folder, partial(_pictures, found), partial(page, found), as_json_text(found))


def _pictures(found: Forecast) -> Iterator[canvas.Picture]:
    for one in found.outlooks:
        if not one.refused:
            yield from (crowd.draw(found, one), gaps.draw(found, one))


def page(found: Forecast, figures: Mapping[str, InlineFigure]) -> str:
    """The page as text; everything that is not our own markup is escaped."""
    house = environment()
    filters = (per_ten_thousand, span, people, rounded)
    house.filters |= {each.__name__: each for each in filters}
    return house.get_template(TEMPLATE).render(
        it=found,
        figures=figures,
        told=TOLD,
        shown=shown,
        check=CHECK,
        basis=Basis,
    )
