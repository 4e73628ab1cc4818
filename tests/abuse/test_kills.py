"""SIGKILL at seeded instants of a run in virtual time, from its manifest to its figures: nothing is left or lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_answers
from creditstorm.runs.conclude import conclude
from tests.abuse.attempts import Attempts
from tests.abuse.live import Reached, Storm, kill, written

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]
SEED: Final = 20261126
AT_ONCE: Final = 4
SIMULATED: Final = ("--simulate",)
FINISHED: Final = (0, 1, 3)


@dataclass(frozen=True)
class Kill:
    """When it is killed; `within_s` is the longest seeded delay after the instant, `codes` what the run may exit with.

    `began` says that people were asked by then, so that there is a record to report on, `drawn` that its report is to
    have its figures, too, `words` how else it is run.
    """

    instant: str
    reached: Reached
    codes: tuple[int, ...] = (-9, *FINISHED)
    within_s: float = 0.2
    began: bool = True
    drawn: bool = False
    words: tuple[str, ...] = ()


KILLS: Final = (
    Kill("manifest", written("manifest.json"), words=SIMULATED, began=False, within_s=0.0),
    Kill("rows", written("live/answers-*"), words=SIMULATED, within_s=0.5),
    Kill("sealed", written("answers.parquet"), words=SIMULATED, within_s=0.3),
    Kill("figures", written("plots/*"), words=SIMULATED, within_s=0.1, drawn=True),
)
"""A run that is over before its instant comes is as good as killed after it."""


@dataclass(frozen=True)
class Killed:
    """What is left of a run: what is wrong already, and how many answers its report must know at least."""

    folder: RunFolder
    kept: int
    wrong: str


def killed(one: Kill, place: Path, delay_s: float) -> Killed:
    """The run, once this was killed then."""
    with Storm(place, place / f"run-{place.name}", *one.words) as storm:
        if storm.reach(one.reached):
            time.sleep(delay_s)
        ports, kept = storm.ports(), storm.rows_to_keep()
        met = kill(storm.process.pid)
        code = storm.end()
        left = storm.left(ports)
    said = storm.err.read_text()
    allowed = one.codes if met else FINISHED
    wrong = "" if code in allowed else f"exit {code}, not one of {allowed}: {said[-300:]}; "
    wrong += left
    return Killed(storm.folder, kept, wrong + ("a traceback on the screen" if "Traceback" in said else ""))


def wrong_with_report(left: Killed, one: Kill) -> str:
    """What does not hold of a report on it; call it in one thread, because it takes the screen."""
    folder = left.folder
    try:
        conclude(folder, pages=one.drawn)
    except UsageError as refused:
        return f"no report: {refused}" if one.began else ""
    if half := sorted(folder.root.rglob(".*.tmp")):
        return f"left half written: {half}"
    if one.drawn and not folder.report.is_file():
        return "no page"
    rows = load_answers(folder).num_rows
    return "" if rows >= left.kept else f"{rows} answers are left of {left.kept} that it had counted a second before"


def test_nothing_is_left_and_nothing_lost(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """Exit code as documented, no process or port after 3 s; `report` finishes what was recorded."""
    draw = random.Random(SEED)
    delays = [draw.uniform(0.0, one.within_s) for one in KILLS]
    with ThreadPoolExecutor(AT_ONCE) as side_by_side, attempts("kills") as counted:
        waiting = {
            " ".join([*one.words, f"harness at {one.instant} + {delay_s:.2f} s"]): side_by_side.submit(
                killed, one, tmp_path / str(number), delay_s
            )
            for number, (one, delay_s) in enumerate(zip(KILLS, delays, strict=True))
        }
        for (name, run), one in zip(waiting.items(), KILLS, strict=True):
            left = run.result()
            counted.made(name, left.wrong or wrong_with_report(left, one))
