"""One worker's share of a load: intends taps on time, lets sessions live, drains, and keeps every row."""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import gevent
from gevent.event import Event
from gevent.pool import Group

from creditstorm.credit.decision import Answer
from creditstorm.demand.plan import LoadPlan
from creditstorm.demand.sessions import Exchange, Impatience, ParsedReply, Tap, live_session
from creditstorm.demand.taps import ClosedTaps, OpenTaps, Share
from creditstorm.generator.notices import Instants, Notices
from creditstorm.generator.recorder import Recorder
from creditstorm.generator.replies import Reply, timed_out
from creditstorm.record.files import read_json_object, replace_json
from creditstorm.record.folder import LiveFolder
from creditstorm.record.schema import ANSWERS, NOTICES
from creditstorm.record.stream import LiveWriter

LOG = logging.getLogger("creditstorm")

FLUSH_S = 0.5
"""Twice a second: a kill loses less than a second of rows even where one flush is late."""
POLL_S = 0.02
NAP_S = 0.25
"""The longest sleep between two looks at whether to stop."""
GRACE_S = 0.5


@dataclass(slots=True)
class OpenTap:
    """A tap that was intended and has no row yet."""

    tap: Tap
    sent_s: float | None = None


class LoadWorker:
    """Runs a share of a plan. `send` puts one tap on the wire and blocks only its own greenlet.

    `fetch` reads the notifications behind a cursor, where the plan says that there are any.
    """

    def __init__(
        self,
        plan: LoadPlan,
        share: Share,
        send: Callable[[Tap], ParsedReply],
        fetch: Callable[[int], Reply] | None = None,
    ) -> None:
        self.plan = plan
        self.share = share
        self.failure: str | None = None
        self.peak_in_flight = 0
        self.over = Event()
        self._send = send
        self._live = LiveFolder(plan.live_dir) if plan.live_dir else None
        self._impatience = Impatience(plan)
        self._taps = OpenTaps(plan, share) if plan.users is None else ClosedTaps(plan, share)
        self._zero = 0.0
        self._last_call_s = plan.last_call_s
        self.host: str | None = None
        self._ends_s = plan.duration_s + plan.drain_s + GRACE_S
        self.stopped = False
        self._thinking = 0
        self._open: dict[int, OpenTap] = {}
        self._sessions = Group()
        self.recorder = Recorder(share.worker, plan.client.paints_failure_as, self._writer())
        self.notices = self._notices(fetch) if plan.notices and fetch else None

    @property
    def planned(self) -> int:
        """The first attempts this share is going to intend; 0 in the closed model, where nobody knows."""
        return len(self._taps) if isinstance(self._taps, OpenTaps) else 0

    def run(self) -> None:
        """Wait for the start, live through the whole load, leave every row in the stream."""
        keeper = reader = None
        try:
            self._await_start()
            keeper = gevent.spawn(self._keep_rows)
            keeper.link_exception(self._broke)
            reader = self._read_notices()
            self._intend()
            self._drain()
        finally:
            if keeper is not None:
                keeper.kill()
            if reader is not None:
                reader.kill()
            self._close()

    def stop(self) -> None:
        """Intend nothing from now on; what is in flight still gets its answer or its time-out."""
        if not self.stopped:
            self.stopped = True
            self._last_call_s = min(self._last_call_s, self._now_s())
            self._ends_s = min(self._ends_s, self._now_s() + self.plan.client.timeout_s + GRACE_S)

    def ask(self, tap: Tap) -> Exchange:
        """Send a tap now; its row is kept when the answer, or no answer, is there."""
        opened = self._open[tap.session] = OpenTap(tap, sent_s := self._now_s())
        self.peak_in_flight = max(self.peak_in_flight, len(self._open))
        reading = self._send(tap)
        done_s = self._now_s()
        if self._open.get(tap.session) is opened:
            del self._open[tap.session]
        if self.plan.users is not None:
            tap = tap._replace(intended_s=sent_s)
        sent = reading.answer is not Answer.UNSENT
        exchange = Exchange(tap, sent_s if sent else None, done_s if sent else None, reading)
        self.recorder.record(exchange)
        if self.notices is not None:
            self.notices.answered(exchange)
        return exchange

    def until(self, t_s: float) -> bool:
        """Sleep until `t_s`; False where no tap is intended any more by then."""
        if t_s > self._last_call_s:
            return False
        self._thinking += 1
        gevent.sleep(max(0.0, t_s - self._now_s()))
        self._thinking -= 1
        return t_s <= self._last_call_s

    def _now_s(self) -> float:
        return time.monotonic() - self._zero

    def _at_s(self, unix_s: float) -> float:
        return self._now_s() + unix_s - time.time()

    def _notices(self, fetch: Callable[[int], Reply]) -> Notices:
        oracle = self.plan.oracle if self.plan.changes else None
        return Notices(self.share.worker, fetch, Instants(self._now_s, self._at_s), oracle)

    def _writer(self) -> LiveWriter | None:
        if self._live is None:
            return None
        self._live.root.mkdir(parents=True, exist_ok=True)
        labels = {"planned": str(self.planned), "worker": str(self.share.worker)}
        return LiveWriter(self._live.answers(self.share.worker), ANSWERS, labels)

    def _await_start(self) -> None:
        # What there is until now stays: looking through it again and again would hold up taps by 50 ms and more.
        gc.collect()
        gc.freeze()
        if self._live is not None:
            replace_json(self._live.ready(self.share.worker), {"planned": self.planned, "pid": os.getpid()})
        self._zero = time.monotonic()
        while self.plan.start_file is not None and not self.stopped:
            start = read_json_object(self.plan.start_file)
            if start is not None and isinstance(zero := start.get("t0_monotonic"), (int, float)):
                self._zero = zero
                self.host = str(start["host"]) if "host" in start else None
                return
            gevent.sleep(POLL_S)

    def _intend(self) -> None:
        if isinstance(self._taps, ClosedTaps):
            for user in self._taps.users:
                self._begin(self._use, self._taps, user)
            self._nap_until(self.plan.duration_s)
            return
        for tap in self._taps:
            if not self._nap_until(tap.intended_s):
                return
            if self._now_s() > self._ends_s:
                self.recorder.record(Exchange(tap, None, None, ParsedReply(Answer.UNSENT)))
                continue
            self._open[tap.session] = OpenTap(tap)
            self._begin(self._live_session, tap)

    def _begin(self, what: Callable[..., None], *arguments: object) -> None:
        self._sessions.spawn(what, *arguments).link_exception(self._broke)

    def _live_session(self, tap: Tap) -> None:
        notified = self.notices.notified if self.notices is not None else ()
        live_session(tap, app=self, impatience=self._impatience, waiting=self, notified=notified)

    def _use(self, taps: ClosedTaps, user: int) -> None:
        due_s = taps.first_s(user)
        for iteration in count():
            if due_s > self.plan.duration_s or not self.until(due_s):
                return
            self._live_session(taps.tap(user, iteration, self._now_s()))
            due_s = self._now_s() + taps.pause_s(user, iteration)

    def _nap_until(self, t_s: float) -> bool:
        """Sleep until `t_s`, which is still intended; False as soon as it is not."""
        while t_s <= self._last_call_s:
            wait_s = t_s - self._now_s()
            if wait_s <= 0:
                return True
            gevent.sleep(min(wait_s, NAP_S))
        return False

    def _drain(self) -> None:
        while self._now_s() < self._ends_s and (self._open or (self._thinking and not self.stopped)):
            gevent.sleep(POLL_S)

    def _read_notices(self) -> gevent.Greenlet | None:
        if self.notices is None:
            return None
        if self._live is not None:
            self.notices.writer = LiveWriter(self._live.notices(self.share.worker), NOTICES)
        reader = gevent.spawn(self.notices.read)
        reader.link_exception(self._broke)
        return reader

    def _keep_rows(self) -> None:
        while True:
            gevent.sleep(FLUSH_S)
            self.recorder.flush(lambda: gevent.sleep(0))
            self._say(done=False)

    def _close(self) -> None:
        self._sessions.kill(block=False)
        for opened in self._open.values():
            lost = timed_out("cut off") if opened.sent_s is not None else ParsedReply(Answer.UNSENT)
            done_s = self._now_s() if opened.sent_s is not None else None
            self.recorder.record(Exchange(opened.tap, opened.sent_s, done_s, lost))
        self._open.clear()
        self.recorder.close()
        if self.notices is not None:
            self.notices.close()
        self._say(done=True)

    def _say(self, *, done: bool) -> None:
        if self._live is None:
            return
        rows, worker = self.recorder, self.share.worker
        so_far = {"intended": rows.recorded + len(self._open), "answered": rows.answered, "wrongful": rows.wrongful}
        progress = {"t_s": self._now_s(), **so_far, "in_flight": len(self._open)}
        replace_json(self._live.progress(worker), progress)
        if done:
            words = {"recorded": rows.recorded, "peak_in_flight": self.peak_in_flight, "failure": self.failure}
            replace_json(self._live.done(worker), words)

    def _broke(self, greenlet: gevent.Greenlet) -> None:
        if self.failure is None:
            self.failure = f"{greenlet.exc_info[0].__name__}: {greenlet.exception}"
            LOG.error("the locustfile itself broke", exc_info=greenlet.exc_info)
