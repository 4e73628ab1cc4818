"""Workers are finite, the queue is bounded and first come, first served."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from mock_services.workers.capacity import Capacity, QueueFullError
from tests.mock_services.workers.crowd import Crowd, settle


def test_no_more_calls_than_workers_are_in_flight() -> None:
    """The third call of two workers waits until one is free."""

    async def story() -> None:
        crowd = Crowd(Capacity(workers=2, queue=5))
        await crowd.arrive(1, 2, 3)
        assert crowd.counts() == (2, 1, 0, 0)
        await crowd.finish(1)
        assert crowd.counts() == (2, 0, 1, 0)
        await crowd.finish(2, 3)
        assert crowd.counts() == (0, 0, 3, 0)

    asyncio.run(story())


def test_the_queue_is_first_come_first_served() -> None:
    """Calls get workers in the order in which they arrived."""

    async def story() -> list[int]:
        crowd = Crowd(Capacity(workers=1, queue=5))
        await crowd.arrive(4, 2, 3, 1)
        for number in (4, 2, 3, 1):
            await crowd.finish(number)
        return crowd.began

    assert asyncio.run(story()) == [4, 2, 3, 1]


def test_a_full_queue_sheds() -> None:
    """A call that finds all workers busy and the queue full is shed at once and counted."""

    async def story() -> None:
        crowd = Crowd(Capacity(workers=1, queue=1))
        await crowd.arrive(1, 2, 3)
        assert crowd.counts() == (1, 1, 0, 1)
        with pytest.raises(QueueFullError):
            await crowd.tasks[3]
        await crowd.finish(1, 2)
        assert crowd.counts() == (0, 0, 2, 1)

    asyncio.run(story())


def test_a_queue_of_length_zero_still_works() -> None:
    """Without a queue a free worker is used and nothing waits."""

    async def story() -> None:
        crowd = Crowd(Capacity(workers=1, queue=0))
        await crowd.arrive(1, 2)
        assert crowd.counts() == (1, 0, 0, 1)
        with pytest.raises(QueueFullError):
            await crowd.tasks[2]
        await crowd.finish(1)

    asyncio.run(story())


def test_a_cancelled_waiter_leaves_the_queue() -> None:
    """A call that is cancelled while it waits gives its place to the next."""

    async def story() -> list[int]:
        crowd = Crowd(Capacity(workers=1, queue=2))
        await crowd.arrive(1, 2, 3)
        crowd.tasks[2].cancel()
        await settle()
        assert crowd.counts() == (1, 1, 0, 0)
        await crowd.finish(1)
        await crowd.finish(3)
        return crowd.began

    assert asyncio.run(story()) == [1, 3]


@pytest.mark.parametrize("turns", range(6))
def test_a_worker_given_to_who_hangs_up_goes_to_the_next(turns: int) -> None:
    """Whether the first in the queue hangs up before, while or after it gets the worker, the next one has it then."""

    async def story() -> None:
        crowd = Crowd(Capacity(workers=1, queue=2))
        await crowd.arrive(1, 2, 3)
        crowd.done[1].set()
        await settle(turns)
        crowd.tasks[2].cancel()
        await settle()
        assert (crowd.began[-1], crowd.capacity.in_flight, crowd.capacity.queue) == (3, 1, 0)
        await crowd.finish(3)
        assert crowd.capacity.in_flight == 0

    asyncio.run(story())


def test_the_time_for_which_workers_are_held_is_that_of_their_callers() -> None:
    """Not of who waits, is shed or hangs up while waiting; of who hangs up later until then; also while it goes on."""
    loop = VirtualLoop(100.0)  # type: ignore[abstract]
    capacity = Capacity(workers=2, queue=2)
    seen: list[float] = []

    async def hold(for_s: float) -> None:
        with contextlib.suppress(QueueFullError):
            async with capacity:
                await asyncio.sleep(for_s)

    async def story() -> None:
        callers = [asyncio.create_task(hold(for_s)) for for_s in (2.0, 5.0, 3.0, 1.0, 9.0)]
        await asyncio.sleep(1.0)
        seen.append(capacity.held_s)  # 1 + 1
        callers[3].cancel()
        callers[1].cancel()
        await asyncio.sleep(1.5)
        seen.append(capacity.held_s)  # 2 + 1 + 1.5
        await asyncio.wait(callers)
        seen.append(capacity.held_s)  # 2 + 1 + 3

    loop.create_task(story())
    loop.run_until(200.0)
    assert seen == pytest.approx([2.0, 4.5, 6.0])


def test_fewer_workers_from_now_on() -> None:
    """Who holds a worker keeps it; nobody is let in until there are few enough."""

    async def story() -> None:
        crowd = Crowd(Capacity(workers=4, queue=5))
        await crowd.arrive(1, 2, 3, 4)
        crowd.capacity.scale("half", 0.5)
        await crowd.arrive(5, 6)
        assert crowd.counts() == (4, 2, 0, 0)
        await crowd.finish(1, 2)
        assert crowd.began == [1, 2, 3, 4]
        await crowd.finish(3)
        assert (crowd.began, crowd.capacity.in_flight) == ([1, 2, 3, 4, 5], 2)
        await crowd.finish(4, 5, 6)

    asyncio.run(story())


def test_workers_that_come_back_let_waiters_in() -> None:
    """As many as there is room for, in the order in which they came."""

    async def story() -> None:
        crowd = Crowd(Capacity(workers=3, queue=5))
        crowd.capacity.scale("most", 0.1)
        await crowd.arrive(4, 2, 3, 1)
        assert crowd.began == [4]
        crowd.capacity.unscale("most")
        await settle()
        assert (crowd.began, crowd.counts()) == ([4, 2, 3], (3, 1, 0, 0))
        await crowd.finish(4, 2, 3, 1)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("factors", "workers"), [((0.5,), 10), ((0.5, 0.5), 5), ((0.01,), 1), ((0.01, 0.01), 1), ((0.29,), 6), ((1.0,), 20)]
)
def test_parts_multiply_and_one_worker_is_left(factors: tuple[float, ...], workers: int) -> None:
    """Overlapping parts multiply, to the nearest whole number and at least one; without them all are back."""
    capacity = Capacity(workers=20, queue=0)
    for name, factor in enumerate(factors):
        capacity.scale(str(name), factor)
    assert capacity.workers == workers
    for name in range(len(factors)):
        capacity.unscale(str(name))
    assert capacity.workers == 20


def test_who_finds_no_worker_is_counted() -> None:
    """Those who wait and those who are shed met the lack of workers; those who walk in did not."""

    async def story() -> None:
        crowd = Crowd(Capacity(workers=1, queue=1))
        await crowd.arrive(1, 2, 3)
        assert crowd.capacity.met_none_free == 2
        with pytest.raises(QueueFullError):
            await crowd.tasks[3]
        await crowd.finish(1, 2)

    asyncio.run(story())


steps = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(1, 5)),
        st.tuples(st.just("finish"), st.integers(0, 40)),
        st.tuples(st.just("cancel"), st.integers(0, 40)),
        st.tuples(st.just("finish and cancel"), st.integers(0, 40)),
        st.tuples(st.just("scale"), st.sampled_from((0.1, 0.3, 0.5, 1.0))),
        st.just(("unscale", 0)),
    ),
    min_size=10,
    max_size=40,
)


class Storm(Crowd):
    """Anything that can happen to a queue, and what has to be true of it all the time."""

    def __init__(self, capacity: Capacity) -> None:
        super().__init__(capacity)
        self.most = capacity.workers

    async def step(self, what: str, which: float) -> None:
        running = [n for n in self.began if not self.tasks[n].done()]
        waiting = [n for n, task in self.tasks.items() if n not in self.began and not task.done()]
        if what == "arrive":
            await self.arrive(*range(len(self.tasks), len(self.tasks) + int(which)))
        elif what == "scale":
            self.capacity.scale("part", which)
        elif what == "unscale":
            self.capacity.unscale("part")
        if "finish" in what and running:
            self.done[running[int(which) % len(running)]].set()
        if what == "cancel" and waiting:
            self.tasks[waiting[int(which) % len(waiting)]].cancel()
        if what == "finish and cancel" and waiting:
            await settle(int(which) % 4)  # somewhere about the instant in which the first in the queue gets a worker
            self.tasks[waiting[0]].cancel()
        await settle()
        self.check()

    def check(self) -> None:
        running = [n for n in self.began if not self.tasks[n].done()]
        waiting = [n for n, task in self.tasks.items() if n not in self.began and not task.done()]
        assert (self.capacity.in_flight, self.capacity.queue) == (len(running), len(waiting))
        assert not waiting or len(running) >= self.capacity.workers, "somebody waits while a worker is free"
        assert self.began == sorted(self.began), "somebody was overtaken"
        assert len(running) <= self.most
        assert self.capacity.served == len(self.began) - len(running)


@given(workers=st.integers(1, 6), queue=st.integers(0, 8), happens=steps)
def test_whatever_happens_nobody_is_lost_or_overtaken(
    workers: int, queue: int, happens: list[tuple[str, float]]
) -> None:
    """Under any mix of arrivals, ends, hang-ups and changes of the workers the queue is fair and all is counted."""

    async def story() -> None:
        crowd = Storm(Capacity(workers, queue))
        for what, which in happens:
            await crowd.step(what, which)
        crowd.capacity.unscale("part")
        for done in crowd.done.values():
            done.set()
        await asyncio.gather(*crowd.tasks.values(), return_exceptions=True)
        assert (crowd.capacity.in_flight, crowd.capacity.queue) == (0, 0)

    asyncio.run(story())


def test_a_request_that_is_thrown_away_gives_its_worker_back() -> None:
    """Also when no loop runs any more, as at the end of a simulated run."""
    capacity = Capacity(1, 0)

    async def held() -> None:
        async with capacity:
            await asyncio.Event().wait()

    async def begun() -> Coroutine[object, object, None]:
        request = held()
        request.send(None)
        return request

    request = asyncio.run(begun())
    assert capacity.in_flight == 1
    request.close()
    assert (capacity.in_flight, capacity.served) == (0, 1)
