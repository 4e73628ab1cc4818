"""The pictures of two varied values: every word of them is on the paper, however few the rows."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from creditstorm.analysis.planning.regions import Region
from creditstorm.analysis.planning.run_figures import HARM
from creditstorm.analysis.planning.swept import Axis, Sweep, SweptPoint
from creditstorm.analysis.summary import Estimate
from creditstorm.record.manifest import Mode
from creditstorm.report import canvas
from creditstorm.report.planning import maps
from creditstorm.scenario.threshold import Unit


def swept(across: int, up: int, path: str) -> Sweep:
    """A sweep of so many values of a fault's length, and of so many of what `path` names."""
    axes = (
        Axis("faults[0].for", tuple(f"{i}s" for i in range(1, across + 1)), None, "", log=False),
        Axis(path, tuple(f"{i}/s" for i in range(1, up + 1)), None, "", log=False),
    )
    share = {HARM: Estimate(0.2, 0.1, 0.3, 2, "")}
    points = tuple(
        SweptPoint((x, y), "retry", 2, share, {Region.STABLE: 2}, Region.STABLE)
        for x in range(across)
        for y in range(up)
    )
    return Sweep("x", "y", 1, 2, Mode.SIMULATED, HARM, Unit.SHARE, None, axes, ("retry",), points, {})


@pytest.mark.parametrize("up", [2, 6])
@pytest.mark.parametrize("path", ["load.arrivals[0].rate", "system.policy.transport.per_try_timeout"])
def test_both_names_are_on_the_paper(up: int, path: str) -> None:
    """A long name beside two rows would be cut off at both ends; below the title no word stands on another."""
    with canvas.house_style():
        for draw in (maps.draw_map, maps.draw_regions):
            figure = draw(swept(2, up, path), "retry").figure
            FigureCanvasAgg(figure).draw()
            (axes,) = figure.axes
            named = axes.yaxis.label.get_window_extent()
            boxes = [named, *(text.get_window_extent() for text in figure.texts + axes.texts if isinstance(text, Text))]
            assert figure.bbox.x0 <= named.x0 < named.x1 <= figure.bbox.x1
            assert figure.bbox.y0 <= named.y0 < named.y1 <= figure.bbox.y1
            assert not any(named.overlaps(other) for other in boxes[1:])
