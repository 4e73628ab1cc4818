"""Every derived file of a folder of pairs: picture, JSON and page."""

from dataclasses import asdict
from typing import Final

from markupsafe import Markup
from creditstorm.analysis.agreement.seeds import Agreement
from creditstorm.record.files import own_folder, replace_bytes
from creditstorm.record.matrix import MatrixFolder
from creditstorm.report import canvas
from creditstorm.report.agreement import dots, told
from creditstorm.report.as_json import document
from creditstorm.report.render import InlineFigure, environment

TEMPLATE: Final = "agree.html.j2"
AGREE_SCHEMA: Final = 1
MARGINS: Final = "rates ± 2 pp or ± 15 % of the live figure, the larger (also re-taps, calls, and capacity in use); \
recovery ± 2 s or 20 %; latency ± (10 % + 15 ms)"


def agreement_json(agreement: Agreement) -> str:
    """The agreement as JSON text."""
    return document(AGREE_SCHEMA, {"margins": MARGINS, **asdict(agreement)})


def render_agreement(folder: MatrixFolder, agreement: Agreement) -> None:
    """Write picture, page and JSON, each in one step."""
    own_folder(folder.plots)
    with canvas.house_style():
        drawing = canvas.finished(dots.draw(agreement))
    figure = InlineFigure(drawing.title, Markup(drawing.element))  # noqa: S704
    written = {
        folder.plots / f"{drawing.name}.svg": drawing.svg,
        folder.plots / f"{drawing.name}.png": drawing.png,
        folder.page: _page(agreement, figure).encode(),
        folder.table: agreement_json(agreement).encode(),
    }
    for path, content in written.items():
        replace_bytes(path, content)


def _page(agreement: Agreement, figure: InlineFigure) -> str:
    house = environment()
    more = (told.apart, told.interval, told.margin, told.level, told.counted)
    house.filters |= {f"{each.__name__}_of": each for each in more}
    return house.get_template(TEMPLATE).render(
        it=agreement,
        figures={"agreement": figure},
        headline=told.headline(agreement),
        margins=MARGINS,
        heads=told.HEADS,
        rows=told.rows(agreement),
        doubts=list(told.doubts(agreement)),
    )
