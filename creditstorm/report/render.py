"""Writes every derived file of a run folder; the same raw bytes give the same derived bytes."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from markupsafe import Markup

from creditstorm.analysis.matrix.comparison import Comparison
from creditstorm.analysis.summary import Summary, Timeline
from creditstorm.record.files import replace_bytes
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.report.canvas import Drawing
from creditstorm.report.figure_worker import FigureWorker, FigureWorkerError
from creditstorm.report.figures import FIGURES, drawings
from creditstorm.report.html import InlineFigure, Page, html
from creditstorm.report.markdown import markdown
from creditstorm.scenario.model import Scenario

EVERY: Final = range(len(FIGURES))


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

    A `figure_worker` is a second process that draws some of the figures; what is written is the same without it.
    """
    folder.plots.mkdir(parents=True, exist_ok=True)
    drawn = (
        drawings(EVERY, summary, timeline) if figure_worker is None else _drawn_by_two(figure_worker, summary, timeline)
    )
    written: dict[Path, bytes] = {}
    for each in drawn:
        written[folder.plots / f"{each.name}.svg"] = each.svg
        written[folder.plots / f"{each.name}.png"] = each.png
    figures = {each.name: InlineFigure(each.title, Markup(each.element)) for each in drawn}  # noqa: S704
    page = Page(summary, figures, _asked(folder, scenario), manifest)
    written[folder.report] = html(page).encode()
    written[folder.summary_text] = markdown(summary).encode()
    written[folder.summary] = summary_json(summary).encode()
    for path, content in written.items():
        replace_bytes(path, content)
    return tuple(written)


def _drawn_by_two(worker: FigureWorker, summary: Summary, timeline: Timeline) -> list[Drawing]:
    """The later figures are drawn by the worker, the others here; where the worker breaks, all of them here."""
    ours, theirs = EVERY[: len(EVERY) // 2 + 1], EVERY[len(EVERY) // 2 + 1 :]
    try:
        worker.begin(theirs, summary, timeline)
        return drawings(ours, summary, timeline) + worker.finished()
    except FigureWorkerError:
        return drawings(EVERY, summary, timeline)


def _asked(folder: RunFolder, scenario: Scenario) -> str:
    if folder.scenario.is_file():
        return folder.scenario.read_text(encoding="utf-8", errors="replace")
    return scenario.model_dump_json(by_alias=True, indent=2)


SCHEMA: Final = 1
_SIGNIFICANT: Final = 9


def summary_json(summary: Summary) -> str:
    """The summary as JSON text; a number that is not finite is null, never NaN."""
    return _json(asdict(summary))


def comparison_json(comparison: Comparison) -> str:
    """The comparison of a matrix as JSON text."""
    return _json(asdict(comparison))


def _json(fields: Mapping[str, object]) -> str:
    content = {"schema": SCHEMA, **{key: _plain(value) for key, value in fields.items()}}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.{_SIGNIFICANT}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
