"""Workers are finite, the queue is bounded and first come, first served."""

from __future__ import annotations

import asyncio

import pytest

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
