"""Each fault of the network, at its edges and between them, as a caller behind the path meets it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from creditstorm.adapters.simulated.lines import Line
from creditstorm.adapters.simulated.paths import REPLY_HEAD, REQUEST_HEAD, Answered, CutOffReplyError, Path
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.generator.replies import Reply
from creditstorm.scenario.faults import (
    Bandwidth,
    Blackhole,
    Down,
    Latency,
    LimitData,
    NetworkFault,
    Reset,
    Slicer,
    SlowClose,
)

WORK_S = 0.5
ONE_WAY_S = 0.001
CALM_S = WORK_S + 2 * ONE_WAY_S
BODY = bytes(100)


@dataclass
class Echo:
    """Answers with 100 bytes after half a second."""

    loop: VirtualLoop
    done: int = 0
    lines: list[int] = field(default_factory=list)

    def take(self, request: bytes, deadline: float, line: Line, answered: Answered) -> None:
        self.lines.append(line.number)
        self.loop.call_later(WORK_S, self._answer, answered)

    def _answer(self, answered: Answered) -> None:
        self.done += 1
        answered(Reply(200, retry_after=False, body=BODY))


@dataclass
class Bench:
    """A path, what is behind it, and what became of calls: how each ended and after how long."""

    loop: VirtualLoop
    echo: Echo
    path: Path
    ended: list[tuple[str, float]] = field(default_factory=list)

    def call(self, at_s: float, *, give_up_s: float = 10.0, size: int = 100) -> None:
        self.loop.call_later(at_s, lambda: self.loop.create_task(self._call(give_up_s, size)))

    def on(self, fault: NetworkFault, at_s: float, until_s: float) -> None:
        self.loop.call_later(at_s, self.path.put, fault)
        self.loop.call_later(until_s, self.path.remove, fault)

    def ends(self) -> list[tuple[str, float]]:
        self.loop.run_until(self.loop.time() + 100.0)
        return self.ended

    async def _call(self, give_up_s: float, size: int) -> None:
        began = self.loop.time()
        try:
            reply = await self.path.exchange(bytes(size), began + give_up_s, began + give_up_s)
            how = str(reply.status)
        except (OSError, CutOffReplyError) as error:
            how = type(error).__name__
        self.ended.append((how, pytest.approx(self.loop.time() - began, abs=1e-6)))


@pytest.fixture
def bench() -> Bench:
    loop = VirtualLoop(1000.0)  # type: ignore[abstract]
    echo = Echo(loop)
    return Bench(loop, echo, Path("bureau", loop, echo, ONE_WAY_S, ONE_WAY_S, 7))


def fault(kind: Callable[..., NetworkFault], **what: object) -> NetworkFault:
    return kind(name="f", target="bureau", at_s=1.0, for_s=5.0, **what)


def test_in_calm_a_call_takes_its_work_and_the_way(bench: Bench) -> None:
    """And a kept connection is used again, for as long as it is kept."""
    bench.call(0.0)
    bench.call(1.0)
    bench.call(8.0)
    assert bench.ends() == [("200", CALM_S)] * 3
    assert bench.echo.lines == [1, 1, 2]


def test_a_caller_that_gives_up_hangs_up_and_the_work_goes_on(bench: Bench) -> None:
    """As a real service, which notices only when it writes the answer."""
    bench.call(0.0, give_up_s=0.2)
    bench.call(0.3)
    assert bench.ends() == [("TimeoutError", 0.2), ("200", CALM_S)]
    assert (bench.echo.done, bench.echo.lines) == (2, [1, 2])


def test_down_drops_what_is_under_way_and_refuses_what_comes(bench: Bench) -> None:
    """Both at once; afterwards all is as before."""
    bench.on(fault(Down), 1.0, 3.0)
    for at_s in (0.8, 2.0, 3.5):
        bench.call(at_s)
    assert bench.ends() == [("ClosedError", 0.2), ("ConnectionRefusedError", 0.0), ("200", CALM_S)]


def test_two_faults_that_want_it_down_both_have_to_end(bench: Bench) -> None:
    """A proxy stays down for the other one."""
    bench.on(fault(Down), 1.0, 2.0)
    bench.on(fault(Down).model_copy(update={"name": "other"}), 1.0, 4.0)
    bench.call(3.0)
    assert bench.ends() == [("ConnectionRefusedError", 0.0)]


@pytest.mark.parametrize(("direction", "done"), [("downstream", 2), ("upstream", 0)])
def test_a_blackhole_swallows_and_its_end_closes(bench: Bench, direction: str, done: int) -> None:
    """Patient callers are let go at the end; the service meets the call only if answers are swallowed."""
    bench.on(fault(Blackhole, direction=direction), 1.0, 5.0)
    bench.call(2.0)
    bench.call(2.0, give_up_s=1.0)
    assert bench.ends() == [("TimeoutError", 1.0), ("ClosedError", 3.0)]
    assert bench.echo.done == done


def test_a_blackhole_takes_the_answers_of_calls_that_came_before(bench: Bench) -> None:
    """A call under way meets it on its way back."""
    bench.on(fault(Blackhole), 1.0, 5.0)
    bench.call(0.8)
    assert bench.ends() == [("ClosedError", 4.2)]


@pytest.mark.parametrize(("direction", "let_go_s"), [("downstream", 1.0 + ONE_WAY_S), ("upstream", 1.0 + CALM_S)])
def test_latency_is_added_and_let_go_at_the_end(bench: Bench, direction: str, let_go_s: float) -> None:
    """A message that is held when the fault is taken off goes on at once."""
    bench.on(fault(Latency, latency_s=2.0, direction=direction), 1.0, 6.0)
    bench.call(2.0)
    bench.call(5.0)
    assert bench.ends() == [("200", CALM_S + 2.0), ("200", let_go_s)]


def test_jitter_is_keyed_and_within_its_bounds(bench: Bench) -> None:
    """Uniform between latency ± jitter: the mean of 400 is at the latency, within 3 standard errors."""
    bench.on(fault(Latency, latency_s=1.0, jitter_s=0.6), 0.0, 90.0)
    for number in range(400):
        bench.call(0.1 + number * 0.01)
    extra = [took.expected - CALM_S for _, took in bench.ends()]
    assert min(extra) >= 0.4 - 1e-9
    assert max(extra) <= 1.6 + 1e-9
    assert abs(sum(extra) / 400 - 1.0) < 3 * 0.6 / 3**0.5 / 20


def test_bandwidth_counts_heads_too(bench: Bench) -> None:
    """At 1 KB/s an answer of 174 bytes takes .174 s, a request of 236 bytes .236 s."""
    bench.on(fault(Bandwidth, rate_kb_s=1.0), 0.0, 20.0)
    bench.on(fault(Bandwidth, rate_kb_s=1.0, direction="upstream").model_copy(update={"name": "g"}), 0.0, 20.0)
    bench.call(1.0)
    assert bench.ends() == [("200", CALM_S + (2 * 100 + REPLY_HEAD + REQUEST_HEAD) / 1000.0)]


def test_slices_are_apart(bench: Bench) -> None:
    """174 bytes in halves until none is larger than 50 are 4 pieces, with 3 delays between them."""
    bench.on(fault(Slicer, average_size_bytes=50, delay_s=0.1), 0.0, 20.0)
    bench.call(1.0)
    assert bench.ends() == [("200", CALM_S + 0.3)]


@pytest.mark.parametrize("after_s", [0.0, 0.7])
def test_a_reset_ends_the_connection_instead_of_the_answer(bench: Bench, after_s: float) -> None:
    """So long after the answer was sent; the next call has a connection of its own."""
    bench.on(fault(Reset, after_s=after_s), 0.0, 3.0)
    bench.call(1.0)
    bench.call(4.0)
    assert bench.ends() == [("ConnectionResetError", WORK_S + ONE_WAY_S + after_s), ("200", CALM_S)]


def test_limited_data_cuts_off_the_answer_in_its_body_or_before(bench: Bench) -> None:
    """Part of a body is a broken answer, part of a head none; a connection that carried its limit is closed."""
    bench.on(fault(LimitData, bytes=REPLY_HEAD + 10), 0.0, 3.0)
    bench.call(1.0)
    assert bench.ends() == [("CutOffReplyError", CALM_S)]


def test_the_limit_is_one_of_the_connection(bench: Bench) -> None:
    """Two answers fit, of the third one only a part of its head; then a new connection has a new limit."""
    bench.on(fault(LimitData, bytes=2 * (REPLY_HEAD + 100) + 20), 0.0, 50.0)
    for at_s in (1.0, 2.0, 3.0, 4.0):
        bench.call(at_s)
    assert bench.ends() == [("200", CALM_S), ("200", CALM_S), ("ClosedError", CALM_S), ("200", CALM_S)]
    assert bench.echo.lines == [1, 1, 1, 2]


def test_limited_data_upstream_never_reaches_the_service(bench: Bench) -> None:
    """The request is cut off."""
    bench.on(fault(LimitData, bytes=50, direction="upstream"), 0.0, 3.0)
    bench.call(1.0)
    assert bench.ends() == [("ClosedError", 0.0)]
    assert bench.echo.done == 0


def test_a_slow_close_is_met_by_no_kept_connection(bench: Bench) -> None:
    """Nobody closes one after an answer."""
    bench.on(fault(SlowClose, delay_s=2.0), 0.0, 3.0)
    bench.call(1.0)
    assert bench.ends() == [("200", CALM_S)]


def test_toxicity_strikes_a_share_of_the_connections(bench: Bench) -> None:
    """Of 400 connections about 30 %."""
    bench.on(fault(Reset, toxicity=0.3), 0.0, 50.0)
    for _ in range(400):
        bench.call(1.0)
    struck = sum(how == "ConnectionResetError" for how, _ in bench.ends())
    assert 92 <= struck <= 148  # 120 ± 3 standard errors


def test_faults_after_one_another_on_a_message_add_up(bench: Bench) -> None:
    """Two delays are their sum."""
    bench.on(fault(Latency, latency_s=1.0), 0.0, 50.0)
    bench.on(fault(Slicer, average_size_bytes=50, delay_s=0.1).model_copy(update={"name": "g"}), 0.0, 50.0)
    bench.call(1.0)
    assert bench.ends() == [("200", CALM_S + 1.3)]


def test_a_call_that_is_cancelled_from_outside_closes_its_connection(bench: Bench) -> None:
    """As the loser of a hedge does."""

    async def cancelled() -> None:
        task = asyncio.create_task(bench.path.exchange(b"", 2000.0, 2000.0))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    bench.loop.run_until_complete(cancelled())
    bench.call(1.0)
    assert bench.ends() == [("200", CALM_S)]
    assert bench.echo.lines == [1, 2]


@pytest.mark.parametrize(
    ("average", "variation", "delays"), [(174, 0, 0), (100, 74, 0), (100, 73, 1), (87, 0, 1), (86, 0, 3), (1000, 0, 0)]
)
def test_what_is_no_larger_than_allowed_is_not_sliced(bench: Bench, average: int, variation: int, delays: int) -> None:
    """An answer of 174 bytes: halved only while a piece is larger than the average and its variation."""
    assert REPLY_HEAD + 100 == 174
    what = {"average_size_bytes": average, "size_variation_bytes": variation, "delay_s": 0.1}
    bench.on(fault(Slicer, **what), 0.0, 20.0)
    bench.call(1.0)
    assert bench.ends() == [("200", CALM_S + delays * 0.1)]


@pytest.mark.parametrize(("more", "lines", "second"), [(0, [1, 2], "200"), (1, [1, 1], "ClosedError")])
def test_a_limit_that_is_just_reached_closes_after_the_answer(
    bench: Bench, more: int, lines: list[int], second: str
) -> None:
    """The answer that fits exactly arrives, and its connection is done with; with a byte to spare it is kept."""
    bench.on(fault(LimitData, bytes=REPLY_HEAD + 100 + more), 0.0, 50.0)
    bench.call(1.0)
    bench.call(2.0)
    assert bench.ends() == [("200", CALM_S), (second, CALM_S)]
    assert bench.echo.lines == lines


@pytest.mark.parametrize(
    ("more", "ends"), [(0, [("ClosedError", 0.0)] * 2), (1, [("200", CALM_S), ("ClosedError", 0.0)])]
)
def test_a_request_that_reaches_the_limit_gets_no_answer(
    bench: Bench, more: int, ends: list[tuple[str, float]]
) -> None:
    """The connection to the service is closed with its last byte; with one to spare the first is answered."""
    bench.on(fault(LimitData, bytes=REQUEST_HEAD + 100 + more, direction="upstream"), 0.0, 50.0)
    bench.call(1.0)
    bench.call(2.0)
    assert bench.ends() == ends


def test_a_fault_that_is_gone_when_a_message_comes_to_it_is_not_met(bench: Bench) -> None:
    """Another one held the answer until after its end."""
    bench.on(fault(Latency, latency_s=1.0), 0.0, 50.0)
    bench.on(fault(Latency, latency_s=5.0).model_copy(update={"name": "g"}), 0.0, 2.0)
    bench.call(1.0)
    assert bench.ends() == [("200", CALM_S + 1.0)]


def test_a_connection_is_struck_or_it_is_not(bench: Bench) -> None:
    """Of 40 connections that are used three times each, about half are late each time and the others never."""
    bench.on(fault(Latency, latency_s=1.0, toxicity=0.5), 0.0, 90.0)
    for at_s in (1.0, 3.0, 5.0):
        for _ in range(40):
            bench.call(at_s)
    late = [took.expected > CALM_S + 0.5 for _, took in bench.ends()]
    assert len(set(bench.echo.lines)) == 40
    assert 3 * 10 <= sum(late) <= 3 * 30
    assert sum(late) % 3 == 0


def test_jitter_is_drawn_anew_for_each_message_of_a_connection(bench: Bench) -> None:
    """Three answers on one connection are three delays, and two faults do not share theirs."""
    bench.on(fault(Latency, latency_s=1.0, jitter_s=0.9), 0.0, 90.0)
    for at_s in (1.0, 4.0, 7.0):
        bench.call(at_s)
    took = [took.expected for _, took in bench.ends()]
    assert bench.echo.lines == [1, 1, 1]
    assert len({round(one, 6) for one in took}) == 3
