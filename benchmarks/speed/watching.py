"""CPU of the monitors and of the page for Prometheus while a live run goes on, as a share of what the run costs.

Each is timed inside the run itself, by the CPU of the thread that does it, with a scrape a second of the harness and of
the decision service; so there is no other run to differ from. To time each of some 300 events costs 2 ms and more by
itself; a call that does nothing is timed beside them, and what it takes is taken off.
"""

from __future__ import annotations

import random
import resource
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from creditstorm.adapters.exporting import metrics_port
from creditstorm.adapters.exporting.storm_collector import StormCollector
from creditstorm.adapters.probing.loopback import LOOPBACK, free_ports, web_session
from creditstorm.analysis.monitors.cusum import calibrated
from creditstorm.engine.events import Event, LoadFinished, LoadStarted, ServiceReady
from creditstorm.record.folder import RunFolder
from creditstorm.record.schema import HARNESS, MACHINE
from creditstorm.record.seal import load_services
from creditstorm.runs import calibrations
from creditstorm.runs.alarms import Alarms
from creditstorm.runs.calibrations import kept_heights
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import load

LOAD = (
    "load.arrivals=[{for: 30s, rate: 40/s}]",
    "faults=[{kind: blackhole, target: bureau, at: 12s, for: 8s}]",
    "thresholds={}",
)
ASKED = "the page, a scrape a second"
HEIGHTS = "heights of alarms that no run before had found"
CLOCK = "the clock"


class Watched:
    """A run: the CPU seconds of what is timed, of the harness under load, and the ports that are scraped."""

    def __init__(self, port: int) -> None:
        self.spent: Counter[str] = Counter()
        self.ports = {"harness": port}
        self.begun_s = self.ended_s = 0.0
        self.scraped: Counter[str] = Counter()
        self._nothing = self.timed(CLOCK, lambda: iter(()))
        self._over = threading.Event()
        self._scraper = threading.Thread(target=self._scrape, daemon=True)

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, with the CPU of its thread added up under this name."""

        def told(*words: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the work is
            began = time.thread_time()
            try:
                found = work(*words, **options)
                return list(found) if hasattr(found, "__next__") else found
            finally:
                self.spent[name] += time.thread_time() - began

        return told

    def hear(self, event: Event) -> None:
        """Note when the load is on, and scrape while it is."""
        self._nothing()
        if isinstance(event, ServiceReady) and event.service == "decision":
            self.ports["decision"] = event.port
        elif isinstance(event, LoadStarted):
            self.begun_s = _cpu_s()
            self._scraper.start()
        elif isinstance(event, LoadFinished):
            self.ended_s = _cpu_s() - self.spent["the client of the scrapes"]
            self._over.set()

    def _scrape(self) -> None:
        session = web_session()
        get = self.timed("the client of the scrapes", session.get)
        while not self._over.wait(1.0):
            for name, port in self.ports.items():
                began_s = time.monotonic()
                get(f"http://{LOOPBACK}:{port}/metrics", timeout=5)
                self.scraped[name] += 1
                self.spent[f"waiting for {name}"] += time.monotonic() - began_s


def main() -> None:
    """Print the share of each."""
    port = next(free_ports(random.Random()))
    watched = Watched(port)
    calibrations.kept_heights = partial(kept_heights, find=watched.timed(HEIGHTS, calibrated))
    Alarms.take = watched.timed("monitors", Alarms.take)  # type: ignore[method-assign]
    StormCollector.take = watched.timed("numbers for Prometheus", StormCollector.take)  # type: ignore[method-assign]
    metrics_port.generate_latest = watched.timed(ASKED, metrics_port.generate_latest)
    with TemporaryDirectory() as place:
        folder = RunFolder(Path(place) / "run")
        folder.root.mkdir()
        scenario = load(catalogue.find("calm"), overrides=[*LOAD])
        execute(RunRequest(scenario, folder, pages=False, metrics=port), watched.hear)
        rows = pl.DataFrame(load_services(folder)).with_columns(pl.col("service").cast(pl.String))
    ours = (pl.col("t_s") >= 0.0) & ~pl.col("service").is_in([MACHINE, HARNESS])
    others = dict(rows.filter(ours).group_by("service").agg(pl.col("cpu").sum()).iter_rows())
    harness_s = watched.ended_s - watched.begun_s
    whole_s = harness_s + sum(others.values())
    print(f"  harness {harness_s:.2f} CPU s of {whole_s:.1f} s in all; {others}")
    watched.spent["monitors"] -= watched.spent[HEIGHTS] + watched.spent[CLOCK]
    for name in ("monitors", HEIGHTS, CLOCK, "numbers for Prometheus", ASKED):
        spent_s = watched.spent[name]
        shares = f"{spent_s / harness_s:.1%} of the harness, {spent_s / others['locust']:.1%} of the generator"
        print(f"  {name}: {spent_s:.3f} CPU s, {shares}, {spent_s / whole_s:.2%} of all")
    for name, times in watched.scraped.items():
        print(f"  {name}: {times} scrapes, {1000 * watched.spent[f'waiting for {name}'] / times:.1f} ms each")


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
