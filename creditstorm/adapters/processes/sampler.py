"""Looks at every process, and at the whole machine, once a second: in flight, queue, served, shed, CPU, and strain."""

import contextlib
import math
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import psutil
import requests
from prometheus_client.parser import text_string_to_metric_families
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.cores import usable_cores
from creditstorm.adapters.probing.loopback import LOOPBACK, web_session
from creditstorm.adapters.processes.lately import Lately
from creditstorm.adapters.processes.vitals import Strain, Tail, Vitals, all_files_open
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import HARNESS, MACHINE, SERVICES_SCHEMA
from creditstorm.record.stream import LiveWriter
from creditstorm.strain import RAN_OUT

EVERY_S: Final = 1.0
PAGE_WITHIN_S: Final = 0.5
PROBE_WITHIN_S: Final = 1.0
PROMPT_S: Final = 0.05
ASKED_YET_S: Final = 0.3
"""For how long somebody is still asked once the end has come: who has no file left to answer with holds up nobody."""
_COUNTERS: Final = {
    "creditstorm_in_flight": "in_flight",
    "creditstorm_queue": "queue",
    "creditstorm_served_total": "served",
    "creditstorm_shed_total": "shed",
    "creditstorm_held_seconds_total": "held_s",
}
_NO_COUNTS: Final = (None, None, None, None)


@dataclass
class _Watched:
    """One process, with the children it forked where it is a `family`; somebody else's has none that we may look at."""

    name: str
    process: psutil.Process | None
    port: int | None
    vitals: Vitals
    family: bool = False
    cpu_s: float = 0.0
    seen_at: float = field(default_factory=time.monotonic)

    def cpu_cores(self) -> float | None:
        """CPU used since the last look, in cores; None where the process is gone."""
        if self.process is None:
            return None
        with contextlib.suppress(psutil.Error):
            family = [self.process, *(self.process.children(recursive=True) if self.family else ())]
            used: float = sum(times.user + times.system for p in family for times in [p.cpu_times()])
            now = time.monotonic()
            cores: float = max(0.0, used - self.cpu_s) / max(1e-3, now - self.seen_at)
            self.cpu_s, self.seen_at = used, now
            return cores
        return None


@dataclass
class Sampler:
    """Writes one row per second and process until it is stopped; services have their metrics page below `path`."""

    folder: RunFolder
    clock: RunClock
    path: str = field(default="", repr=False)
    lately: Lately = field(default_factory=Lately)
    _watched: Mapping[str, _Watched] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _web: requests.Session = field(default_factory=web_session)
    _cores: frozenset[int] = field(default_factory=usable_cores)
    _looked_s: float = field(default_factory=time.monotonic)
    _asks_until_s: float = math.inf

    def watch(self, name: str, pid: int, port: int | None = None, *, workers: int = 0) -> None:
        """Look at this process, instead of an earlier one of this name; with a port, also at its metrics page.

        It may have forked `workers`, which then count with it.
        """
        live = LiveFolder(self.folder.live)
        names = [f"{name}-{index}" for index in range(workers)] or [name]
        before = self._watched.get(name)
        # Whoever takes its place goes on in the same files.
        tails = before.vitals.lags if before else tuple(Tail(live.lag(one)) for one in names)
        log = before.vitals.log if before else Tail(self.folder.log(name))
        self._add(_Watched(name, psutil.Process(pid), port, Vitals(pid, log, tails), family=workers > 1))

    def watch_by_probe(self, name: str, url: str, pid: int | None) -> None:
        """Look at a program that is none of ours, at how long it takes to answer there; no `pid`: nobody's business."""
        process = None if pid is None else psutil.Process(pid)
        log = None if pid is None else Tail(self.folder.log(name))
        vitals = Vitals(pid, log, probe=lambda: self._answers_within_s(url))
        self._add(_Watched(name, process, None, vitals))

    def start(self) -> None:
        """Begin to look."""
        self.watch(HARNESS, os.getpid())
        self._thread = threading.Thread(target=self._look_until_stopped, name="sampler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more and close the stream."""
        self._asks_until_s = time.monotonic() + ASKED_YET_S
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._web.close()

    def likely_reason(self, silent: str) -> str:
        """Why this machine is the likely reason that the part `silent` is, as `Lately` says; asked at any moment."""
        watched = self._watched.get(silent)
        if watched is not None and watched.process is not None and all_files_open(watched.process.pid):
            self.lately.ran_out(silent, "EMFILE")
        return self.lately.likely_reason(silent)

    def _add(self, watched: _Watched) -> None:
        watched.cpu_cores()
        self._watched = {**self._watched, watched.name: watched}

    def _look_until_stopped(self) -> None:
        psutil.cpu_percent(percpu=True)  # the first call in a thread says 0 and only notes where it begins
        with LiveWriter(LiveFolder(self.folder.live).make().services, SERVICES_SCHEMA) as writer:
            self._looked_s = time.monotonic()
            while not self._stopping.wait(EVERY_S):
                writer.write(list(self._look()))
            writer.write(list(self._last_words()))

    def _look(self) -> Iterator[tuple[object, ...]]:
        busy = sum(share for core, share in enumerate(psutil.cpu_percent(percpu=True)) if core in self._cores)
        yield (self.clock.now_s(), MACHINE, *_NO_COUNTS, busy / 100.0, *Strain(), None)
        before_s, self._looked_s = self._looked_s, time.monotonic()
        over_s = self._looked_s - before_s
        self.lately.note(HARNESS, over_s - EVERY_S, None, over_s)
        for watched in self._watched.values():
            try:
                strain = watched.vitals.look()
            except OSError as error:
                own = _own(error)
                self.lately.ran_out(HARNESS, str(own.ran_out))
                yield (self.clock.now_s(), HARNESS, *_NO_COUNTS, None, *own, None)
                continue
            # That a stranger does not answer is no lateness of ours.
            late_s = None if watched.vitals.probe else strain.lag_s
            self.lately.note(watched.name, late_s, strain.waited_s, over_s)
            if strain.ran_out is not None:
                self.lately.ran_out(watched.name, strain.ran_out)
            cores = watched.cpu_cores()
            counts = self._counts(watched.port) if watched.port else {}
            row = [int(counts[name]) if name in counts else None for name in ("in_flight", "queue", "served", "shed")]
            if cores is not None or watched.process is None:
                yield (self.clock.now_s(), watched.name, *row, cores, *strain, counts.get("held_s"))

    def _last_words(self) -> Iterator[tuple[object, ...]]:
        """How late the processes came round since the last look: a starved harness may never have had one."""
        for watched in self._watched.values():
            if watched.vitals.lags:
                with contextlib.suppress(OSError):
                    strain = watched.vitals.look()
                    yield (self.clock.now_s(), watched.name, *_NO_COUNTS, None, *strain, None)

    def _answers_within_s(self, url: str) -> float:
        """How long it takes to answer; the better of two where it was slow, for a loop of ours may have been busy."""
        first_s = self._asked_s(url)
        if first_s < PROMPT_S or time.monotonic() > self._asks_until_s:
            return first_s
        return min(first_s, self._asked_s(url))

    def _asked_s(self, url: str) -> float:
        began = time.monotonic()
        with contextlib.suppress(requests.RequestException):
            self._web.get(url, timeout=PROBE_WITHIN_S)
            return time.monotonic() - began
        return PROBE_WITHIN_S

    def _counts(self, port: int) -> dict[str, float]:
        """What a service has on its metrics page; nothing where it does not answer, or need not any more."""
        if time.monotonic() > self._asks_until_s:
            return {}
        try:
            page = self._web.get(f"http://{LOOPBACK}:{port}{self.path}/metrics", timeout=PAGE_WITHIN_S)
        except requests.RequestException:
            return {}
        if not page.ok:
            return {}  # a service without memory says "Internal Server Error"
        samples = (sample for family in text_string_to_metric_families(page.text) for sample in family.samples)
        return {_COUNTERS[sample.name]: sample.value for sample in samples if sample.name in _COUNTERS}


def _own(error: OSError) -> Strain:
    return Strain(ran_out=RAN_OUT.get(error.errno or 0, "EMFILE"), ran_out_times=1)
