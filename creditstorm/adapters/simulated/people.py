"""The people who ask, in virtual time: the schedule, re-taps, notices and rows of the load that Locust sends."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from creditstorm.adapters.simulated.lines import ClosedError
from creditstorm.adapters.simulated.paths import NEVER, CutOffReplyError, Path
from creditstorm.adapters.simulated.services import COMPLAINT, NOTICES
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.adapters.simulated.virtual_time import VirtualClock
from creditstorm.credit.decision import Answer
from creditstorm.demand.complaining import Complaint, complaining_of
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.demand.retap import Impatience
from creditstorm.demand.sessions import Exchange, ParsedReply, Tap
from creditstorm.demand.taps import ClosedTaps, OpenTaps, Share
from creditstorm.engine.events import Event, LoadFinished, Progress
from creditstorm.generator.complaint_rows import ComplaintRows
from creditstorm.generator.notices import LOOK_S, PAGE_SIZE, NoticeRows
from creditstorm.generator.recorder import ALL_KEPT_S, Recorder, RowWriter
from creditstorm.generator.replies import Reply, failed, parse_reply, timed_out

PROGRESS_S: Final = 0.5
POLL_S: Final = 0.02
FLUSH_ROWS: Final = 2000
GRACE_S: Final = 0.5


@dataclass
class Clockwork:
    """What a load runs on."""

    loop: VirtualLoop
    clock: VirtualClock
    post: Callable[[Event], None]


@dataclass
class SimulatedLoad:
    """The engine's port to the people; `answers`, `notices` and `complaints` take their rows."""

    plan: LoadPlan
    front: Path
    works: Clockwork
    answers: RowWriter
    notices: RowWriter | None
    complaints: RowWriter | None = None
    read_along: bool = False
    """Whether somebody reads the rows while the run goes on."""
    _open: dict[int, tuple[Tap, float]] = field(default_factory=dict)
    _thinking: int = 0
    _last_call_s: float = 0.0
    _ends_s: float = 0.0
    _stopped: bool = False

    def launch(self) -> None:
        """Nothing has to be started."""

    def prepare(self) -> int:
        """The planned first attempts; 0 in the closed model, where nobody knows."""
        plan = self.plan
        self._taps = OpenTaps(plan, Share()) if plan.users is None else ClosedTaps(plan, Share())
        self._impatience = Impatience(plan)
        self._complaining = complaining_of(plan)
        self._complaints = ComplaintRows(0, self.complaints)
        self._recorder = Recorder(0, plan.client.paints_failure_as, self.answers)
        oracle = plan.oracle if plan.changes else None
        self._notices = NoticeRows(0, self._clock, oracle) if self.notices is not None else None
        if self._notices is not None:
            self._notices.writer = self.notices
        return len(self._taps) if isinstance(self._taps, OpenTaps) else 0

    @property
    def _clock(self) -> "LoadTimes":
        return LoadTimes(self.works)

    def release(self) -> None:
        """Instant 0 is now."""
        self.works.clock.start()
        self._last_call_s = self.plan.last_call_s
        self._ends_s = self.plan.duration_s + self.plan.drain_s + GRACE_S
        loop = self.works.loop
        loop.create_task(self._watch())
        if self._notices is not None:
            loop.create_task(self._read_notices(self._notices))
        if isinstance(self._taps, OpenTaps):
            self._next_arrival(iter(self._taps))
            return
        for user in self._taps.users:
            loop.create_task(self._use(self._taps, user))

    def drain(self) -> None:
        """Intend nothing more; what is in flight still gets its answer or its time-out."""
        now_s = self.works.clock.now_s()
        self._stopped = True
        self._last_call_s = min(self._last_call_s, now_s)
        self._ends_s = min(self._ends_s, now_s + self.plan.client.timeout_s + GRACE_S)

    def stop(self) -> None:
        """Keep every row."""
        if not hasattr(self, "_recorder"):
            return
        for tap, sent_s in self._open.values():
            self._recorder.record(Exchange(tap, sent_s, self.works.clock.now_s(), timed_out("cut off")))
        self._open.clear()
        self._recorder.close()
        self._complaints.close()
        if self.notices is not None:
            self.notices.close()

    def _next_arrival(self, taps: Iterator[Tap]) -> None:
        tap = next(taps, None)
        if tap is not None:
            self.works.loop.call_at(self.works.clock.loop_time(tap.intended_s), self._arrive, tap, taps)

    def _arrive(self, tap: Tap, taps: Iterator[Tap]) -> None:
        if tap.intended_s <= self._last_call_s:
            self.works.loop.create_task(self._live(tap))
            self._next_arrival(taps)

    async def _use(self, taps: ClosedTaps, user: int) -> None:
        due_s = taps.first_s(user)
        for iteration in count():
            if due_s > self.plan.duration_s or not await self._until(due_s):
                return
            await self._live(taps.tap(user, iteration, self.works.clock.now_s()))
            due_s = self.works.clock.now_s() + taps.pause_s(user, iteration)

    async def _live(self, first: Tap) -> None:
        """As `demand.retap.live_session`, which blocks."""
        last = await self._ask(first)
        while (following := self._impatience.next_tap(last)) is not None:
            if not await self._until(following.intended_s) or self._notified(first.session):
                break
            last = await self._ask(following)
        if self._complaining is not None and (complaint := self._complaining.of(last)) is not None:
            self.works.loop.create_task(self._complain(complaint, last))

    async def _complain(self, complaint: Complaint, last: Exchange) -> None:
        if complaint.t_s > self._last_call_s:
            return
        await asyncio.sleep(self.works.clock.loop_time(complaint.t_s) - self.works.loop.time())
        if complaint.t_s <= self._last_call_s and not self._notified(complaint.session):
            self._complaints.add(complaint)
            if self._notices is not None and self.plan.feedback:
                self._notices.complained(last)
                self._notices.heard(last, await self._aside(COMPLAINT + complaint.body))

    def _notified(self, session: int) -> bool:
        return self._notices is not None and session in self._notices.notified

    async def _until(self, t_s: float) -> bool:
        if t_s > self._last_call_s:
            return False
        self._thinking += 1
        await asyncio.sleep(self.works.clock.loop_time(t_s) - self.works.loop.time())
        self._thinking -= 1
        return t_s <= self._last_call_s

    async def _ask(self, tap: Tap) -> Exchange:
        sent_s = self.works.clock.now_s()
        if self.plan.users is not None:
            tap = tap._replace(intended_s=sent_s)
        self._open[tap.session] = (tap, sent_s)
        reply = await self._reply(tap)
        self._open.pop(tap.session, None)
        began_s = None if reply.began_at is None else reply.began_at - self.works.clock.zero
        exchange = Exchange(tap, sent_s, self.works.clock.now_s(), reply, began_s)
        self._recorder.record(exchange)
        if self._recorder.waiting >= FLUSH_ROWS:
            self._recorder.flush()
        if self._notices is not None:
            self._notices.answered(exchange)
        return exchange

    async def _reply(self, tap: Tap) -> ParsedReply:
        who = tap.person
        body = b'{"applicant":%d,"session":%d,"attempt":%d,"segment":"%b","file":"%b"}' % (
            *(who.applicant, tap.session, tap.attempt),
            *(who.segment.encode(), who.file.encode()),
        )
        try:
            return parse_reply(await self._exchange(body))
        except TimeoutError:
            return timed_out()
        except (ClosedError, CutOffReplyError):
            return ParsedReply(Answer.ERROR, error="HTTPConnectionClosed")
        except OSError as problem:
            return failed(problem)

    async def _exchange(self, request: bytes) -> Reply:
        return await self.front.exchange(request, NEVER, self.works.loop.time() + self.plan.client.timeout_s)

    async def _read_notices(self, notices: NoticeRows) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            while notices.take(await self._aside(NOTICES + b"%d" % notices.cursor)) == PAGE_SIZE:
                pass

    async def _aside(self, request: bytes) -> Reply | None:
        """What nobody waits for; None where it failed."""
        try:
            return await self._exchange(request)
        except (OSError, CutOffReplyError):
            return None

    async def _watch(self) -> None:
        """Say how far the load is, and when it is over."""
        clock, told_s = self.works.clock, 0.0
        while not self._over(clock.now_s()):
            await asyncio.sleep(POLL_S if clock.now_s() >= self._last_call_s else PROGRESS_S)
            if clock.now_s() >= told_s + PROGRESS_S:
                told_s = clock.now_s()
                self._say_progress(told_s)
        self._say_progress(clock.now_s(), over=True)
        self.works.post(LoadFinished(t_s=clock.now_s()))

    def _over(self, now_s: float) -> bool:
        if now_s < self._last_call_s:
            return False
        return now_s >= self._ends_s or not (self._open or (self._thinking and not self._stopped))

    def _say_progress(self, now_s: float, *, over: bool = False) -> None:
        rows, in_flight = self._recorder, len(self._open)
        if self.read_along:
            rows.flush()
            self._complaints.flush()
        self.works.post(
            Progress(
                t_s=now_s,
                intended=rows.recorded + in_flight,
                answered=rows.answered,
                wrongful=rows.wrongful,
                in_flight=in_flight,
                kept_s=(ALL_KEPT_S if over else now_s) if self.read_along else 0.0,
            )
        )


@dataclass(frozen=True, slots=True)
class LoadTimes:
    """The time of the load as notices read it."""

    works: Clockwork

    def now_s(self) -> float:
        """The present instant."""
        return self.works.clock.now_s()

    def at_s(self, unix_s: float) -> float:
        """The instant that the lender's clock, which is the loop's, names."""
        return unix_s - self.works.clock.zero
