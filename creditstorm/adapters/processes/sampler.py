"""Looks at every process, and at the whole machine, once a second: in flight, queue, served, shed, CPU."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import psutil
import requests
from prometheus_client.parser import text_string_to_metric_families
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.probing.loopback import LOOPBACK, web_session
from creditstorm.record.files import PRIVATE_FOLDER
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import MACHINE, SERVICES_SCHEMA
from creditstorm.record.stream import LiveWriter

EVERY_S: Final = 1.0
PAGE_WITHIN_S: Final = 0.5
_COUNTERS: Final = {
    "creditstorm_in_flight": "in_flight",
    "creditstorm_queue": "queue",
    "creditstorm_served_total": "served",
    "creditstorm_shed_total": "shed",
}


@dataclass
class _Watched:
    """One process, or a parent with the children it forked."""

    name: str
    process: psutil.Process
    port: int | None
    cpu_s: float = 0.0
    seen_at: float = field(default_factory=time.monotonic)

    def cpu_cores(self) -> float | None:
        """CPU used since the last look, in cores; None where the process is gone."""
        with contextlib.suppress(psutil.Error):
            family = [self.process, *self.process.children(recursive=True)]
            used = sum(times.user + times.system for p in family for times in [p.cpu_times()])
            now = time.monotonic()
            cores = max(0.0, used - self.cpu_s) / max(1e-3, now - self.seen_at)
            self.cpu_s, self.seen_at = used, now
            return cores
        return None


@dataclass
class Sampler:
    """Writes one row per second and process until it is stopped; services have their metrics page below `path`."""

    folder: RunFolder
    clock: RunClock
    path: str = field(default="", repr=False)
    _watched: Mapping[str, _Watched] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _web: requests.Session = field(default_factory=web_session)

    def watch(self, name: str, pid: int, port: int | None = None) -> None:
        """Look at this process, instead of an earlier one of this name; with a port, also at its metrics page."""
        watched = _Watched(name, psutil.Process(pid), port)
        watched.cpu_cores()
        self._watched = {**self._watched, name: watched}

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look_until_stopped, name="sampler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more and close the stream."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._web.close()

    def _look_until_stopped(self) -> None:
        self.folder.live.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        psutil.cpu_percent()  # the first call in a thread says 0 and only notes where it begins
        with LiveWriter(LiveFolder(self.folder.live).services, SERVICES_SCHEMA) as writer:
            while not self._stopping.wait(EVERY_S):
                writer.write(list(self._look()))

    def _look(self) -> Iterator[tuple[object, ...]]:
        machine = psutil.cpu_percent() / 100.0 * (psutil.cpu_count() or 1)
        yield (self.clock.now_s(), MACHINE, None, None, None, None, machine)
        for watched in self._watched.values():
            cores = watched.cpu_cores()
            counts = _counts(f"http://{LOOPBACK}:{watched.port}{self.path}/metrics", self._web) if watched.port else {}
            row = (counts.get("in_flight"), counts.get("queue"), counts.get("served"), counts.get("shed"))
            if cores is not None:
                yield (self.clock.now_s(), watched.name, *row, cores)


def _counts(url: str, web: requests.Session) -> dict[str, int]:
    try:
        page = web.get(url, timeout=PAGE_WITHIN_S).text
    except requests.RequestException:
        return {}
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {_COUNTERS[sample.name]: int(sample.value) for sample in samples if sample.name in _COUNTERS}
