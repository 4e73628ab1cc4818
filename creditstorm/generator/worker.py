"""One worker's share of a load: intends taps on time, lets sessions live, drains, and keeps every row."""

import gc
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

import gevent
from gevent.event import Event
from gevent.pool import Group
from creditstorm import strain
from creditstorm.credit.decision import Answer
from creditstorm.demand.complaining import Complaint, complaining_of
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.demand.retap import Impatience, live_session
from creditstorm.demand.sessions import Exchange, ParsedReply, Tap
from creditstorm.demand.taps import ClosedTaps, OpenTaps, Share
from creditstorm.generator.complaint_rows import ComplaintRows
from creditstorm.generator.load_clock import LoadClock
from creditstorm.generator.notice_reader import NoticeReader
from creditstorm.generator.recorder import ALL_KEPT_S, Recorder, WorkerFiles, read_start
from creditstorm.generator.replies import Reply, timed_out
from creditstorm.messages import WorkerDone, WorkerProgress
from creditstorm.strain import LagLog

LOG = logging.getLogger("creditstorm")

FLUSH_S = 0.5
"""Twice a second: a kill loses less than a second of rows even where one flush is late."""
POLL_S = 0.02
LAG_TICK_S = 0.05


@dataclass(slots=True)
class OpenTap:
    """A tap that was intended and has no row yet."""

    tap: Tap
    sent_s: float | None = None


class LoadWorker:
    """Runs a share of a plan. `send` puts one tap on the wire and blocks only its own greenlet.

    `fetch` reads the notifications behind a cursor, where the plan says that there are any; `complain` tells the
    lender of a complaint, where the plan says that it hears them.
    """

    def __init__(
        self,
        plan: LoadPlan,
        share: Share,
        send: Callable[[Tap], ParsedReply],
        fetch: Callable[[int], Reply] | None = None,
        complain: Callable[[Complaint], Reply | None] | None = None,
    ) -> None:
        self.plan = plan
        self.share = share
        self.over = Event()
        self.host: str | None = None
        self.failure: str | None = None
        self._send = send
        self._say = complain
        self._clock = LoadClock(plan)
        self._taps = OpenTaps(plan, share) if plan.users is None else ClosedTaps(plan, share)
        self._impatience = Impatience(plan)
        self._sessions = Group()
        self._open: dict[int, OpenTap] = {}
        self._peak_in_flight = 0
        self._files = WorkerFiles(plan.live_dir, share.worker)
        self._lag: LagLog | None = None
        self._recorder = Recorder(share.worker, plan.client.paints_failure_as, self._files.answers(self.planned))
        self._complaining = complaining_of(plan)
        self._complaints = ComplaintRows(share.worker)
        self._notices = self._notices_from(fetch) if plan.notices and fetch else None

    @property
    def planned(self) -> int:
        """The first attempts this share is going to intend; 0 in the closed model, where nobody knows."""
        return len(self._taps) if isinstance(self._taps, OpenTaps) else 0

    @property
    def stopped(self) -> bool:
        """Whether it was told to end before its time."""
        return self._clock.stopped

    def run(self) -> None:
        """Wait for the start, live through the whole load, leave every row in the stream."""
        beside: list[gevent.Greenlet] = []
        try:
            self._say_ready()
            # From now on, or what it waits for the start would be taken for how late it comes round.
            beside.append(self._watched(gevent.spawn(self._note_lag)))
            self._await_start()
            self._complaints.writer = self._files.complaints() if self._complaining is not None else None
            beside.append(self._watched(gevent.spawn(self._keep_rows)))
            if self._notices is not None:
                self._notices.writer = self._files.notices()
                beside.append(self._watched(gevent.spawn(self._notices.read)))
            self._intend()
            self._drain()
        finally:
            gevent.killall(beside)
            self._close()

    def stop(self) -> None:
        """Intend nothing from now on; what is in flight still gets its answer or its time-out."""
        self._clock.stop()

    def ask(self, tap: Tap) -> Exchange:
        """Send a tap now; its row is kept when the answer, or no answer, is there."""
        opened = self._open[tap.session] = OpenTap(tap, sent_s := self._clock.now_s())
        self._peak_in_flight = max(self._peak_in_flight, len(self._open))
        reply = self._send(tap)
        done_s = self._clock.now_s()
        if self._open.get(tap.session) is opened:
            del self._open[tap.session]
        if self.plan.users is not None:
            tap = tap._replace(intended_s=sent_s)
        sent = reply.answer is not Answer.UNSENT
        began_s = self._clock.between(sent_s, reply.began_at)
        exchange = Exchange(tap, sent_s if sent else None, done_s if sent else None, reply, began_s)
        self._recorder.record(exchange)
        if self._notices is not None:
            self._notices.answered(exchange)
        return exchange

    def _say_ready(self) -> None:
        # What there is until now stays: looking through it again and again would hold up taps by 50 ms and more.
        gc.collect()
        gc.freeze()
        self._files.say_ready(self.planned)
        self._clock.start(time.monotonic())
        self._lag = self._files.lag(LAG_TICK_S)

    def _await_start(self) -> None:
        while self.plan.start_file is not None and not self.stopped:
            if (start := read_start(self.plan.start_file)) is not None:
                self._clock.start(start.t0_monotonic)
                self.host = start.host
                return
            gevent.sleep(POLL_S)

    def _intend(self) -> None:
        if isinstance(self._taps, OpenTaps):
            self._intend_open(self._taps)
        else:
            for user in self._taps.users:
                self._begin(self._use, self._taps, user)
            self._clock.nap_until(self.plan.duration_s)

    def _intend_open(self, taps: OpenTaps) -> None:
        for tap in taps:
            if not self._clock.nap_until(tap.intended_s):
                return
            if self._clock.now_s() > self._clock.ends_s:
                self._recorder.record(Exchange(tap, None, None, ParsedReply(Answer.UNSENT)))
            else:
                self._open[tap.session] = OpenTap(tap)
                self._begin(self._live_session, tap)

    def _use(self, taps: ClosedTaps, user: int) -> None:
        due_s = taps.first_s(user)
        for iteration in count():
            if due_s > self.plan.duration_s or not self._clock.until(due_s):
                return
            self._live_session(taps.tap(user, iteration, self._clock.now_s()))
            due_s = self._clock.now_s() + taps.pause_s(user, iteration)

    def _live_session(self, tap: Tap) -> None:
        notified = self._notices.notified if self._notices is not None else ()
        last = live_session(tap, app=self, impatience=self._impatience, waiting=self._clock, notified=notified)
        if self._complaining is not None and (complaint := self._complaining.of(last)) is not None:
            self._begin(self._complain, complaint, last)

    def _complain(self, complaint: Complaint, last: Exchange) -> None:
        """Who has heard of a decision meanwhile, or would complain after the last call, does not."""
        notices = self._notices
        if not self._clock.nap_until(complaint.t_s) or (notices and complaint.session in notices.notified):
            return
        self._complaints.add(complaint)
        if notices is not None and self.plan.feedback and self._say is not None:
            notices.complained(last)
            notices.heard(last, self._say(complaint))

    def _drain(self) -> None:
        clock = self._clock
        while clock.now_s() < clock.ends_s and (self._open or (clock.thinking and not clock.stopped)):
            gevent.sleep(POLL_S)

    def _keep_rows(self) -> None:
        while True:
            gevent.sleep(FLUSH_S)
            kept_s = self._clock.now_s()
            self._recorder.flush(lambda: gevent.sleep(0))
            self._complaints.flush()
            self._put_away(partial(self._say_progress, kept_s))

    def _note_lag(self) -> None:
        while self._lag is not None:
            gevent.sleep(LAG_TICK_S)
            self._lag.tick()

    def _close(self) -> None:
        self._sessions.kill(block=False)
        for opened in self._open.values():
            lost = timed_out("cut off") if opened.sent_s is not None else ParsedReply(Answer.UNSENT)
            done_s = self._clock.now_s() if opened.sent_s is not None else None
            self._recorder.record(Exchange(opened.tap, opened.sent_s, done_s, lost))
        self._open.clear()
        streams = [self._recorder, self._complaints, *([self._notices] if self._notices is not None else ())]
        kept = [self._put_away(stream.close) for stream in streams]
        if self._lag is not None:
            self._put_away(self._lag.close)
        if all(kept):
            self._put_away(partial(self._say_progress, ALL_KEPT_S))
            self._put_away(self._say_done)

    def _put_away(self, write: Callable[[], None]) -> bool:
        """Whether this could be written; where the record takes no more, that is why this worker failed."""
        try:
            write()
        except OSError as problem:
            strain.tell(problem)
            self._fail(problem)
            return False
        return True

    def _fail(self, problem: BaseException) -> None:
        if self.failure is None:
            self.failure = f"{type(problem).__name__}: {problem}"
            LOG.error("the locustfile itself broke", exc_info=problem)

    def _say_done(self) -> None:
        done = WorkerDone(self._recorder.recorded, self._peak_in_flight, self.failure, self.stopped)
        self._files.say_done(done)

    def _say_progress(self, kept_s: float) -> None:
        rows, in_flight = self._recorder, len(self._open)
        counts = (rows.recorded + in_flight, rows.answered, rows.wrongful, in_flight)
        self._files.say_progress(WorkerProgress(self._clock.now_s(), *counts, kept_s))

    def _notices_from(self, fetch: Callable[[int], Reply]) -> NoticeReader:
        oracle = self.plan.oracle if self.plan.changes else None
        return NoticeReader(self.share.worker, fetch, self._clock, oracle)

    def _begin(self, what: Callable[..., None], *arguments: object) -> None:
        self._watched(self._sessions.spawn(what, *arguments))

    def _watched(self, greenlet: gevent.Greenlet) -> gevent.Greenlet:
        greenlet.link_exception(self._broke)
        return greenlet

    def _broke(self, greenlet: gevent.Greenlet) -> None:
        self._fail(greenlet.exception)
