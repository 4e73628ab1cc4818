"""Every derived file of a sweep: plots, JSON, and `sweep.html`, in the look of a run's report."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

from creditstorm.analysis.planning.swept import Sweep
from creditstorm.record.job_folder import PointsFolder
from creditstorm.report import canvas
from creditstorm.report.as_json import document
from creditstorm.report.planning import curves, maps, sweep_words
from creditstorm.report.render import InlineFigure, environment, write_derived


def sweep_json(sweep: Sweep) -> str:
    """The sweep as JSON text; `kept` says of each point whether its whole interval keeps the rule."""
    kept = [sweep.keeps(point) if sweep.rule else None for point in sweep.points]
    return document(1, {**asdict(sweep), "headline": sweep_words.headline(sweep), "kept": kept})


def pictures(sweep: Sweep) -> list[canvas.Picture]:
    """The curve of one varied value; of two a map a policy, and its regions where faults could be come back from."""
    if len(sweep.axes) == 1:
        return [curves.draw(sweep)]
    drawn = [maps.draw_map(sweep, policy) for policy in sweep.policies]
    back = [policy for policy in sweep.policies if any(point.region for point in sweep.of(policy))]
    return [*drawn, *(maps.draw_regions(sweep, policy) for policy in back)]


def render_sweep(folder: PointsFolder, sweep: Sweep) -> tuple[Path, ...]:
    """Write plots, page and JSON, each in one step; returns what was written."""
    return write_derived(folder, partial(pictures, sweep), partial(page, sweep), sweep_json(sweep))


def page(sweep: Sweep, figures: Mapping[str, InlineFigure]) -> str:
    """The page as text."""
    return environment().get_template("sweep.html.j2").render(
        it=sweep, figures=figures, headline=sweep_words.in_short(sweep), words=sweep_words
    )  # fmt: skip
