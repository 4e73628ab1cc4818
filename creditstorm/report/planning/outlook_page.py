"""Every derived file of a forecast: pictures, JSON, and the page."""

from pathlib import Path
from typing import Final

from markupsafe import Markup
from creditstorm.analysis.planning.outlook import Basis, Forecast
from creditstorm.record.files import own_folder, replace_bytes
from creditstorm.record.job_folder import PointsFolder
from creditstorm.report import canvas
from creditstorm.report.planning import crowd, gaps, outlook_text
from creditstorm.report.render import InlineFigure, environment

TEMPLATE: Final = "forecast.html.j2"


def render_forecast(folder: PointsFolder, found: Forecast) -> tuple[Path, ...]:
    """Write pictures, page and JSON, each in one step; a refused policy has no picture."""
    own_folder(folder.plots)
    with canvas.house_style():
        drawn = [
            canvas.finished(draw(found, one))
            for one in found.outlooks
            if not one.refused
            for draw in (crowd.draw, gaps.draw)
        ]
    written = {folder.plots / f"{each.name}.svg": each.svg for each in drawn}
    written |= {folder.plots / f"{each.name}.png": each.png for each in drawn}
    figures = {each.name: InlineFigure(each.title, Markup(each.element)) for each in drawn}  # noqa: S704
    written[folder.page] = page(found, figures).encode()
    written[folder.table] = outlook_text.as_json_text(found).encode()
    for path, content in written.items():
        replace_bytes(path, content)
    return tuple(written)


def page(found: Forecast, figures: dict[str, InlineFigure]) -> str:
    """The page as text; everything that is not our own markup is escaped."""
    house = environment()
    filters = (outlook_text.per_ten_thousand, outlook_text.span, outlook_text.people, outlook_text.rounded)
    house.filters |= {each.__name__: each for each in filters}
    return house.get_template(TEMPLATE).render(
        it=found,
        figures=figures,
        told=outlook_text.TOLD,
        shown=outlook_text.shown,
        check=outlook_text.CHECK,
        basis=Basis,
    )
