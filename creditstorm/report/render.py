"""Writes every derived file of a run folder; the same raw bytes give the same derived bytes."""

from __future__ import annotations

import os
from pathlib import Path

from markupsafe import Markup

from creditstorm.analysis.summary import Summary, Timeline
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.report import canvas
from creditstorm.report.figures import FIGURES
from creditstorm.report.html import InlineFigure, Page, html
from creditstorm.report.inline import inline
from creditstorm.report.json_out import summary_json
from creditstorm.report.markdown import markdown
from creditstorm.scenario.model import Scenario


def render(
    folder: RunFolder, summary: Summary, timeline: Timeline, scenario: Scenario, manifest: Manifest
) -> tuple[Path, ...]:
    """Write plots, page, Markdown and JSON, each in one step; returns what was written."""
    folder.plots.mkdir(parents=True, exist_ok=True)
    written: dict[Path, bytes] = {}
    figures = {}
    with canvas.house_style():
        for draw in FIGURES:
            picture = draw(summary, timeline)
            text = canvas.svg(picture)
            figures[picture.name] = InlineFigure(picture.title, Markup(inline(picture, text)))  # noqa: S704
            written[folder.plots / f"{picture.name}.svg"] = text.encode()
            written[folder.plots / f"{picture.name}.png"] = canvas.png(picture)
    page = Page(summary, figures, _asked(folder, scenario), manifest)
    written[folder.report] = html(page).encode()
    written[folder.summary_text] = markdown(summary).encode()
    written[folder.summary] = summary_json(summary).encode()
    for path, content in written.items():
        _replace(path, content)
    return tuple(written)


def _asked(folder: RunFolder, scenario: Scenario) -> str:
    if folder.scenario.is_file():
        return folder.scenario.read_text(encoding="utf-8", errors="replace")
    return scenario.model_dump_json(by_alias=True, indent=2)


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fresh.write_bytes(content)
    fresh.replace(path)
