"""Which evidence was missing when, and how many were told “no credit” meanwhile: the largest cell, second by second."""

from typing import Final

from matplotlib.ticker import FuncFormatter
from creditstorm.analysis.planning.outlook import Forecast, Outlook
from creditstorm.credit import SERVICES
from creditstorm.report import canvas, style

WIDTH_IN: Final = 8.2
LEFT_IN: Final = 1.0
RIGHT_IN: Final = 1.15
PLOT_IN: Final = 1.6
SEEN: Final = 0.02
"""A service has a line where so many of the decisions of some second lacked it."""


def draw(found: Forecast, outlook: Outlook) -> canvas.Picture:
    """Two plots over one time axis; the band is from the least to the most of the seeds."""
    moments = outlook.moments
    missing = [s for s in SERVICES if max((m.lost[s] for m in moments), default=0.0) >= SEEN]
    said = f"Missing most often: {_most(outlook)}" if missing else "No evidence was missing to speak of"
    paper = canvas.sheet(said, width_in=WIDTH_IN, height_in=2 * PLOT_IN + 0.85)
    t_s = [moment.t_s + 0.5 for moment in moments]
    lost = paper.place(LEFT_IN, 0.1, WIDTH_IN - LEFT_IN - RIGHT_IN, PLOT_IN)
    ends = [100 * moments[-1].lost[s] if moments else 0.0 for s in missing]
    top = 105.0
    for index, service in enumerate(missing):
        look = style.look(index)
        values = [100 * moment.lost[service] for moment in moments]
        lost.plot(t_s, values, color=look.colour, ls=look.dash, lw=1.3)
    for index, place in enumerate(style.spread(ends, 11.0, 2.0, top)):
        lost.text(
            1.01,
            place / top,
            missing[index],
            transform=lost.transAxes,
            va="center",
            size=8.5,
            color=style.look(index).colour,
        )
    lost.set_ylim(0, top)
    lost.set_ylabel("missing, %")
    lost.tick_params(labelbottom=False)
    told = paper.place(LEFT_IN, PLOT_IN + 0.25, WIDTH_IN - LEFT_IN - RIGHT_IN, PLOT_IN)
    colour = style.OUTCOMES["wrongful_no_credit"].colour
    told.fill_between(
        t_s, [1e4 * m.low for m in moments], [1e4 * m.high for m in moments], color=colour, alpha=0.25, lw=0
    )
    told.plot(t_s, [1e4 * m.wronged for m in moments], color=colour, lw=1.3)
    told.set_ylim(bottom=0)
    told.set_ylabel("“no credit”\nof 10,000")
    told.yaxis.set_major_formatter(FuncFormatter(lambda people, _: f"{people:,.0f}"))
    told.set_xlabel("seconds since the load began")
    for axes in (lost, told):
        axes.set_xlim(0, found.scenario.load.duration_s)
        for part in outlook.parts:
            if part.start_s is not None and part.end_s is not None:
                axes.axvspan(part.start_s, part.end_s, color=style.WINDOW, alpha=0.08, lw=0)
    alt = "Share of decisions that lacked each service and of creditworthy taps told no credit; fault windows shaded."
    return paper.finish(f"forecast_{outlook.policy}_evidence", alt)


def _most(outlook: Outlook) -> str:
    row = next((row for row in outlook.masks if row.lost), None)
    return f"{', '.join(row.lost)}, alone {100 * row.share:.1f} % of first answers" if row else "nothing"
