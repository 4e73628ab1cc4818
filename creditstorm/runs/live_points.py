"""Points of a job that are carried out live, one after another: a run folder each beside the journal."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from creditstorm.analysis.run_data import RunData
from creditstorm.engine.events import Event
from creditstorm.errors import HarnessError
from creditstorm.record.files import PRIVATE_FOLDER
from creditstorm.record.job_folder import Result
from creditstorm.runs.conclude import read_run
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.points import Point, Points
from creditstorm.runs.warm_up import WarmUp

_TIMES: Final = 3
"""How often a run is carried out at most that speaks of this machine: something else ran beside it, or always does."""


class OfThisMachineError(HarnessError):
    """A run speaks of the machine that carried it out, and not of the lender."""


def live_results(points: Points, wanted: Sequence[Point], of: Callable[[RunData], Result]) -> dict[str, Result]:
    """What `of` says of the record of each point, by name; a run that is known is not carried out again.

    One of which `of` raises OfThisMachineError is made again, twice at most. KeyboardInterrupt where a person stops
    one, HarnessError where one failed; those before it are kept.
    """
    found: dict[str, Result] = {}
    points.begin(wanted)
    with WarmUp() as warm_up:
        for point in wanted:
            known = points.known(point)
            if known is None:
                known = _sound(points, point, of, warm_up)
                points.keep(point, known)
            found[point.name] = known
    return found


def _sound(points: Points, point: Point, of: Callable[[RunData], Result], warm_up: WarmUp) -> Result:
    for _ in range(_TIMES - 1):
        with suppress(OfThisMachineError):
            return of(_carried_out(points, point, warm_up))
    return of(_carried_out(points, point, warm_up))


def _carried_out(points: Points, point: Point, warm_up: WarmUp) -> RunData:
    folder = points.folder.run(point.name)
    shutil.rmtree(folder.root, ignore_errors=True)  # what an earlier start of it left unfinished
    folder.root.mkdir(mode=PRIVATE_FOLDER)
    result = execute(RunRequest(point.scenario, folder, pages=False), _nobody, warm_up)
    if result.exit_code == 130:
        raise KeyboardInterrupt
    if result.summary is None or result.exit_code == HarnessError.exit_code:
        raise HarnessError(result.in_words(folder))
    return read_run(folder)


def _nobody(_event: Event) -> None:
    """Listens to nothing."""
