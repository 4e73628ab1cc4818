"""The load: Locust as a child process, spoken to through small files in the run folder."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from creditstorm import messages
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.processes.child import Child, last_lines, last_words, spawn_python
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.adapters.processes.vitals import OpenFilesPart
from creditstorm.adapters.watchdog import BeatingPart, DiskPart, DuePart, ProcessPart, RunPart, Watchdog
from creditstorm.demand.load_plan import PLAN_VARIABLE, parse_plan
from creditstorm.engine.events import ChildDied, Event, LoadFinished, PartFailed, Progress
from creditstorm.errors import HarnessError
from creditstorm.interrupts import how_it_ended
from creditstorm.record.files import read_json_object, replace_bytes, replace_json
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import GENERATOR

READY_WITHIN_S: Final = 40.0
LATE_S: Final = 15.0
"""How much later than its last answer may come the load may be over: writing the last rows takes a moment."""
STOP_WITHIN_S: Final = 0.75
"""Who still waits then waits for nobody who would answer; what came in is written twice a second."""
POLL_S: Final = 0.1
MODULE: Final = "creditstorm.generator"
"""Named, not imported: locust patches the process that imports it."""
JOURNEY: Final = "credit_check"
NOBODY: Final = "http://127.0.0.1:0"
"""Locust wants a host when it starts; the true one is known, and named, when time begins."""
LEAD_S: Final = 0.15
"""Instant 0 lies this far ahead, so that every worker has read it before the first arrival is due."""


@dataclass
class LocustLoad:
    """One Locust process, or a master with `processes` workers."""

    url: Callable[[], str]
    orders: Mapping[str, object]
    folder: RunFolder
    processes: int
    clock: RunClock
    sampler: Sampler
    post: Callable[[Event], None]
    watchdog: Watchdog
    other_parts: Callable[[], Sequence[RunPart]] = list
    _child: Child | None = None
    _draining: bool = False
    _stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def _files(self) -> LiveFolder:
        # Absolute, because Locust does not stand where we do.
        return LiveFolder(self.folder.live.absolute())

    @property
    def dead_workers(self) -> tuple[int, ...]:
        """Workers that never said they were done."""
        return tuple(i for i in range(self.processes) if not self._files.done(i).exists())

    def launch(self) -> None:
        """Start Locust; it is told whom to ask only when time begins."""
        files = self._files
        files.make()
        plan = parse_plan(json.dumps(self.orders), origin="the orders of the load")
        plan = replace(plan, live_dir=files.root, start_file=files.start)
        replace_bytes(files.load, f"{plan.as_json()}\n".encode())
        # Locust reads ~/.locust.conf as well; at this home there is none.
        env = {PLAN_VARIABLE: str(files.load), "HOME": str(files.root)}
        self._child = spawn_python(GENERATOR, MODULE, *self._words(), log=self.folder.log(GENERATOR), env=env)
        self.sampler.watch(GENERATOR, self._child.process.pid, workers=self.processes)

    def prepare(self) -> int:
        """The planned first attempts, once every worker is ready to send."""
        ready = [self._await_worker(index) for index in range(self.processes)]
        return sum(worker.planned for worker in ready)

    def release(self) -> None:
        """Set instant 0 a moment ahead and watch the load from now on."""
        zero = time.monotonic() + LEAD_S
        self.clock.start(zero)
        replace_json(self._files.start, messages.LoadStart(zero, self.url()).as_json())
        threading.Thread(target=self._watch, name="load", daemon=True).start()
        self.watchdog.start([DiskPart(self._files.root), *self.parts(), *self.other_parts()])

    def drain(self) -> None:
        """Intend nothing more; Locust keeps what comes back within its drain time."""
        self._draining = True
        if self._child is not None:
            self._child.process.terminate()

    def stop(self) -> None:
        """End Locust and its workers."""
        self.watchdog.stop()
        self._stopping.set()
        if self._child is not None:
            self._child.stop(patience_s=STOP_WITHIN_S)

    def parts(self) -> list[RunPart]:
        """What has to go on until every row is kept: Locust, each of its workers, the signs that they give."""
        child = self._child
        assert child is not None  # noqa: S101 - launch() comes first
        words = partial(last_lines, self.folder.log(GENERATOR))
        over_by_s = self._over_by_s()
        found: list[RunPart] = [
            ProcessPart(GENERATOR, lambda: None if self._all_done() else child.process.pid, words),
            DuePart(GENERATOR, lambda: self._overdue(over_by_s), words),
        ]
        for index in range(self.processes):
            name = GENERATOR if self.processes == 1 else f"{GENERATOR} worker {index}"
            at_work = partial(self._at_work, index)
            found += [ProcessPart(name, at_work, words), OpenFilesPart(name, at_work)]
            found.append(BeatingPart(name, partial(self._sign, index), words))
        return found

    def _over_by_s(self) -> float:
        plan = parse_plan(json.dumps(self.orders), origin="the orders of the load")
        return plan.duration_s + plan.drain_s + LATE_S

    def _overdue(self, over_by_s: float) -> str | None:
        if self.clock.now_s() < over_by_s or self._all_done():
            return None
        return f"goes on at {over_by_s:g} s, when everybody had been asked and all answers were due long ago"

    def _all_done(self) -> bool:
        return not self.dead_workers

    def _at_work(self, index: int) -> int | None:
        ready = read_json_object(self._files.ready(index))
        if ready is None or self._files.done(index).exists():
            return None
        return messages.WorkerReady.parse(ready).pid

    def _sign(self, index: int) -> object | None:
        """When this worker last said how far it is."""
        if self._files.done(index).exists():
            return None
        try:
            return self._files.progress(index).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _words(self) -> list[str]:
        users = str(self.processes)
        words = [JOURNEY, "--headless", "-H", NOBODY, "-u", users, "-r", users, "--skip-log-setup", "--only-summary"]
        return words if self.processes == 1 else [*words, "--processes", users]

    def _await_worker(self, index: int) -> messages.WorkerReady:
        deadline = time.monotonic() + READY_WITHIN_S
        while (ready := read_json_object(self._files.ready(index))) is None:
            if self._child is None or self._child.process.poll() is not None or time.monotonic() > deadline:
                words = last_words(last_lines(self.folder.log(GENERATOR)))
                raise HarnessError(f"the load generator {self._how_it_failed()}{words}")
            time.sleep(0.02)
        return messages.WorkerReady.parse(ready)

    def _how_it_failed(self) -> str:
        exit_code = self._child.process.poll() if self._child else None
        if exit_code is None:
            return f"did not get ready within {READY_WITHIN_S:g} s"
        return f"ended while starting ({how_it_ended(exit_code)})"

    def _watch(self) -> None:
        assert self._child is not None  # noqa: S101 - launch() comes first
        while (exit_code := self._child.process.poll()) is None and not self._all_rows_kept():
            self._stopping.wait(POLL_S)
            self._report_progress()
        if self._stopping.is_set():
            return
        self._report_progress()
        if exit_code:
            lines = last_lines(self.folder.log(GENERATOR))
            self.post(ChildDied(t_s=self.clock.now_s(), child=GENERATOR, exit_code=exit_code, last_lines=lines))
            return
        # Whoever failed in the last moment spoilt what people were told then.
        if (failed := self._cut_short() or self.watchdog.last_look()) is not None:
            self.post(failed)
        self.post(LoadFinished(t_s=self.clock.now_s()))

    def _all_rows_kept(self) -> bool:
        """Whether every worker has said that it is done and nothing broke: nobody waits for Locust's own goodbye."""
        return all(done is not None and done.failure is None for done in self._done())

    def _done(self) -> list[messages.WorkerDone | None]:
        """What each worker said last; None while it is at work."""
        said = [read_json_object(self._files.done(index)) for index in range(self.processes)]
        return [None if content is None else messages.WorkerDone.parse(content) for content in said]

    def _cut_short(self) -> PartFailed | None:
        """Whether Locust ended the load before its time though nobody of ours had asked it to."""
        if self._draining or not any(done is not None and done.stopped for done in self._done()):
            return None
        lines = last_lines(self.folder.log(GENERATOR))
        state = "ended the load before its time"
        return PartFailed(t_s=self.clock.now_s(), part=GENERATOR, state=state, last_lines=lines)

    def _report_progress(self) -> None:
        files = [read_json_object(self._files.progress(index)) for index in range(self.processes)]
        parts = [messages.WorkerProgress.parse(content) for content in files if content is not None]
        if parts:
            self.post(
                Progress(
                    t_s=self.clock.now_s(),
                    intended=sum(part.intended for part in parts),
                    answered=sum(part.answered for part in parts),
                    wrongful=sum(part.wrongful for part in parts),
                    in_flight=sum(part.in_flight for part in parts),
                    kept_s=min(part.kept_s for part in parts) if len(parts) == self.processes else 0.0,
                )
            )
