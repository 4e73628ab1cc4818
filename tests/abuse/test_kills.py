"""SIGKILL at seeded instants of a run's whole life, of the harness and of its parts: nothing is left, nothing lost."""

from __future__ import annotations

import json
import random
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import pytest
from creditstorm.adapters.probing.loopback import free_ports
from creditstorm.adapters.toxiproxy.server import BIN, NAME, VARIABLE
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_answers
from creditstorm.runs.conclude import conclude
from tests.abuse.attempts import Attempts
from tests.abuse.live import GONE_WITHIN_S, Reached, Storm, asked_all, kill, marked, written
from tests.storm.harness import until

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]
SEED: Final = 20261126
AT_ONCE: Final = 4
HARNESS: Final = "harness"
TOXIPROXY: Final = "toxiproxy-server"
LOCUST: Final = "creditstorm.generator"
SERVICE: Final = "mock_services"
SIMULATED: Final = ("--simulate",)
FINISHED: Final = (0, 1, 3)


@dataclass(frozen=True)
class Kill:
    """Who is killed when; `within_s` is the longest seeded delay after the instant, `codes` what the run may exit with.

    `began` says that people were asked by then, so that there is a record to report on, `drawn` that its report is to
    have its figures, too, `words` how else it is run.
    """

    instant: str
    reached: Reached
    victim: str = HARNESS
    codes: tuple[int, ...] = (-9, *FINISHED)
    within_s: float = 0.2
    began: bool = True
    drawn: bool = False
    words: tuple[str, ...] = ()


def _children(count: int) -> Reached:
    def reached(storm: Storm) -> bool:
        with suppress(psutil.Error):
            return len(psutil.Process(storm.process.pid).children(recursive=True)) >= count
        return False

    return reached


KILLS: Final = (
    Kill("first child", _children(1), began=False),
    Kill("load started", marked("load_started"), within_s=0.1),
    Kill("calm", lambda storm: storm.answered() > 0),
    Kill("fault on", marked("fault_effective"), within_s=0.5),
    Kill("last people wait", asked_all),
    Kill("sealing", written(".*.tmp"), within_s=0.0),
    Kill("figures", written("plots/*"), within_s=0.1, drawn=True),
    Kill("load started", marked("load_started"), LOCUST, (4,)),
    Kill("calm", lambda storm: storm.answered() > 0, TOXIPROXY, (4,)),
    Kill("fault on", marked("fault_effective"), SERVICE, (4,), within_s=0.1),
    Kill("rows", written("live/answers-*"), words=SIMULATED, within_s=0.5),
    Kill("figures", written("plots/*"), words=SIMULATED, within_s=0.1, drawn=True),
)
"""A run that is over before its instant comes is as good as killed after it."""


@contextmanager
def borrowed() -> Iterator[str]:
    """Somebody else's Toxiproxy server, which outlives whoever uses it."""
    port = next(free_ports(random.Random(SEED)))
    command_line = [str(BIN / NAME), "-host", "127.0.0.1", "-port", str(port)]
    with subprocess.Popen(command_line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        until(lambda: any(c.laddr.port == port for c in psutil.Process(server.pid).net_connections("tcp")), "Toxiproxy")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def proxies_of(run: RunFolder, url: str) -> list[str]:
    """The proxies there, and with them the toxics, that are this run's."""
    with urllib.request.urlopen(f"{url}/proxies", timeout=5) as told:  # noqa: S310 - ours
        return [name for name in json.load(told) if name.startswith(f"{run.root.name}-")]


@dataclass(frozen=True)
class Killed:
    """What is left of a run: what is wrong already, and how many answers its report must know at least."""

    folder: RunFolder
    kept: int
    wrong: str


def killed(one: Kill, place: Path, delay_s: float, server: str) -> Killed:
    """The run, once this was killed then; with a server, its proxies are looked for there."""
    words = one.words if one.drawn else (*one.words, "--no-report")
    with Storm(place, place / f"run-{place.name}", *words, **({VARIABLE: server} if server else {})) as storm:
        if storm.reach(one.reached):
            time.sleep(delay_s)
        ports, kept = storm.ports(), storm.rows_to_keep()
        # Once nobody asks any more a part may go before it is missed.
        late = one.victim != HARNESS and (marked("load_finished")(storm) or asked_all(storm))
        met = kill(storm.process.pid if one.victim == HARNESS else storm.find(one.victim))
        code = storm.end()
        left = storm.left(ports)
    said = storm.err.read_text()
    allowed = (*(one.codes if met else ()), *(FINISHED if late or not met else ()))
    wrong = "" if code in allowed else f"exit {code}, not one of {allowed}: {said[-300:]}; "
    wrong += left
    if server and (proxies := _still_there(storm.folder, server)):
        wrong += f"left on the server: {proxies}; "
    return Killed(storm.folder, kept, wrong + ("a traceback on the screen" if "Traceback" in said else ""))


def _still_there(run: RunFolder, server: str) -> list[str]:
    deadline = time.monotonic() + GONE_WITHIN_S
    while (found := proxies_of(run, server)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


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
    """Exit code as documented, no process, port or toxic after 3 s; `report` finishes what was recorded."""
    draw = random.Random(SEED)
    delays = [draw.uniform(0.0, one.within_s) for one in KILLS]
    with borrowed() as server, ThreadPoolExecutor(AT_ONCE) as side_by_side, attempts("kills") as counted:
        waiting = {
            " ".join([*one.words, f"{one.victim} at {one.instant} + {delay_s:.2f} s"]): side_by_side.submit(
                killed, one, tmp_path / str(number), delay_s, server if number % 2 and one.victim != TOXIPROXY else ""
            )
            for number, (one, delay_s) in enumerate(zip(KILLS, delays, strict=True))
        }
        for (name, run), one in zip(waiting.items(), KILLS, strict=True):
            left = run.result()
            counted.made(name, left.wrong or wrong_with_report(left, one))
