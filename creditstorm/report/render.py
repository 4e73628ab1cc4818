"""The page of a run and every other derived file of its folder; the same raw bytes give the same derived bytes."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Summary
from creditstorm.record.files import own_folder, replace_bytes
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.report import numbers, style, words
from creditstorm.report.checked import sentence
from creditstorm.report.drawing import Drawing
from creditstorm.report.figure_worker import FigureWorker, FigureWorkerError
from creditstorm.report.texts import texts_of
from creditstorm.scenario.model import Scenario

if TYPE_CHECKING:  # loads matplotlib, which whoever has a figure worker does without
    from creditstorm.report.canvas import Picture

TEMPLATE = "report.html.j2"


@dataclass(frozen=True, slots=True)
class InlineFigure:
    """A figure for the page: the sentence above it and its own SVG element."""

    title: str
    svg: Markup


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows."""

    summary: Summary
    figures: Mapping[str, InlineFigure]
    scenario: str
    manifest: Manifest
    checked: str = ""
    """How a simulated run was checked against live ones."""


class Derived(Protocol):
    """A folder of which figures, a page and a table can be made anew."""

    @property
    def plots(self) -> Path:
        """The figures, SVG and PNG."""

    @property
    def page(self) -> Path:
        """The page."""

    @property
    def table(self) -> Path:
        """The JSON."""


def write_derived(
    folder: Derived,
    draw: "Callable[[], Iterable[Picture]]",
    page: Callable[[Mapping[str, InlineFigure]], str],
    table: str,
) -> tuple[Path, ...]:
    """Write the figures, the page that holds them, and the table, each in one step; returns what was written."""
    from creditstorm.report.canvas import finished, house_style  # noqa: PLC0415 - loads matplotlib

    own_folder(folder.plots)
    with house_style():
        drawn = [finished(picture) for picture in draw()]
    written = {folder.plots / f"{each.name}.svg": each.svg for each in drawn}
    written |= {folder.plots / f"{each.name}.png": each.png for each in drawn}
    figures = {each.name: InlineFigure(each.title, Markup(each.element)) for each in drawn}  # noqa: S704
    written[folder.page] = page(figures).encode()
    written[folder.table] = table.encode()
    for path, content in written.items():
        replace_bytes(path, content)
    return tuple(written)


def html(page: Page) -> str:
    """The page as text; everything that is not our own markup is escaped."""
    return environment().get_template(TEMPLATE).render(
        summary=page.summary,
        figures=page.figures,
        scenario=page.scenario,
        manifest=page.manifest,
        checked=page.checked,
        when=words.when(page.summary),
        who=words.who(page.summary),
        how_made=words.how_made(page.summary),
        stable=words.against_stable(page.summary),
        noticed=words.noticed(page.summary),
        figure_names=words.FIGURES,
        more_people=words.more_people,
        options=words.options,
        glossary=words.GLOSSARY,
        wronged_total=sum(page.summary.causes.values()),
    )  # fmt: skip


def environment() -> Environment:
    """Where every page is made: escaping, filters, and the colours of the figures."""
    environment = Environment(
        loader=PackageLoader("creditstorm.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (numbers.count, numbers.percent, numbers.interval, numbers.seconds, numbers.between, numbers.money)
    more = (
        numbers.plain,
        numbers.in_unit,
        numbers.interval_in,
        numbers.said_of_intervals,
        numbers.cause,
        numbers.tied,
        words.name,
        words.complained,
        words.notified,
        words.three_figures,
        words.back,
        words.bad,
    )
    environment.filters |= {each.__name__: each for each in (*filters, *more)}
    environment.globals["light"] = {variable: colour for colour, variable in style.THEMED.items()}
    return environment


def render(  # noqa: PLR0913 - all that a report shows, and who helps to draw it
    folder: RunFolder,
    summary: Summary,
    timeline: Timeline,
    scenario: Scenario,
    manifest: Manifest,
    *,
    figure_worker: FigureWorker | None = None,
) -> tuple[Path, ...]:
    """Write plots, page, Markdown and JSON, each in one step; returns what was written.

    A `figure_worker` is a second process that draws the figures; what is written is the same without it.
    """
    own_folder(folder.plots)
    begun = _begun(figure_worker, summary, timeline)
    texts = texts_of(folder, summary, manifest)
    drawn = begun()
    written: dict[Path, bytes] = {}
    for each in drawn:
        written[folder.plots / f"{each.name}.svg"] = each.svg
        written[folder.plots / f"{each.name}.png"] = each.png
    figures = {each.name: InlineFigure(each.title, Markup(each.element)) for each in drawn}  # noqa: S704
    page = Page(summary, figures, _asked(folder, scenario), manifest, sentence(summary, scenario))
    written[folder.report] = html(page).encode()
    written |= texts
    for path, content in written.items():
        replace_bytes(path, content)
    return tuple(written)


def _begun(worker: FigureWorker | None, summary: Summary, timeline: Timeline) -> Callable[[], list[Drawing]]:
    """Have the worker begin; what is returned waits for the figures, and draws them where there is none or it broke."""
    if worker is not None:
        with suppress(FigureWorkerError):
            worker.begin(summary, timeline)
            return partial(_fetched, worker, summary, timeline)
    return partial(drawn_here, summary, timeline)


def _fetched(worker: FigureWorker, summary: Summary, timeline: Timeline) -> list[Drawing]:
    with suppress(FigureWorkerError):
        return worker.finished()
    return drawn_here(summary, timeline)


def drawn_here(summary: Summary, timeline: Timeline) -> list[Drawing]:
    """Every figure, drawn in this process."""
    from creditstorm.report.figures import FIGURES, drawings  # noqa: PLC0415 - loads matplotlib

    return drawings(range(len(FIGURES)), summary, timeline)


def _asked(folder: RunFolder, scenario: Scenario) -> str:
    if folder.scenario.is_file():
        return folder.scenario.read_text(encoding="utf-8", errors="replace")
    return scenario.model_dump_json(by_alias=True, indent=2)
