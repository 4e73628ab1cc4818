"""Time jumps, things happen in their order, and what asyncio builds on a loop works on this one."""

import asyncio

import pytest
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop

BEGIN_S = 100.0


def new() -> VirtualLoop:
    return VirtualLoop(BEGIN_S)  # type: ignore[abstract]


def test_time_jumps_to_the_next_thing_and_stops_where_it_is_told() -> None:
    """Nothing waits: an hour passes at once; up to an instant, and no further."""
    loop, seen = new(), []
    loop.call_later(3600.0, lambda: seen.append(loop.time()))
    loop.run_until(BEGIN_S + 10.0)
    assert (seen, loop.time()) == ([], BEGIN_S + 10.0)
    loop.run_until(BEGIN_S + 4000.0)
    assert (seen, loop.time()) == ([BEGIN_S + 3600.0], BEGIN_S + 4000.0)


def test_it_stops_as_soon_as_there_is_enough() -> None:
    """The engine is told of an event at the very instant of it."""
    loop: VirtualLoop = new()
    posted: list[str] = []
    loop.call_later(1.0, posted.append, "first")
    loop.call_later(2.0, posted.append, "second")
    loop.run_until(BEGIN_S + 10.0, posted)
    assert (posted, loop.time()) == (["first"], BEGIN_S + 1.0)


def test_at_one_instant_things_happen_in_the_order_in_which_they_were_asked_for() -> None:
    """Whether as timers with handles or without, and after one that was cancelled."""
    loop, seen = new(), []
    for number in range(5):
        ask = loop.call_later if number % 2 else loop.after
        ask(1.0, seen.append, number)
    cancelled = loop.call_later(1.0, seen.append, "never")
    cancelled.cancel()
    loop.run_until(BEGIN_S + 1.0)
    assert seen == [0, 1, 2, 3, 4]
    assert cancelled.cancelled()


def test_what_asyncio_builds_on_a_loop_works() -> None:
    """Time-outs, gathering, waiting for the first, events: each ends at its virtual instant."""
    loop = new()

    async def story() -> list[float]:
        at = []
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await asyncio.sleep(9.0)
        at.append(loop.time())
        await asyncio.gather(*(asyncio.sleep(delay_s) for delay_s in (0.5, 2.0)))
        at.append(loop.time())
        done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(d)) for d in (1.0, 5.0)], timeout=3.0)
        at.append(loop.time())
        assert (len(done), len(pending)) == (1, 1)
        news = asyncio.Event()
        loop.call_later(1.0, news.set)
        await news.wait()
        return [*at, loop.time()]

    assert loop.run_until_complete(story()) == [BEGIN_S + t for t in (1.5, 3.5, 6.5, 7.5)]


def test_what_nobody_caught_is_raised_where_time_passes() -> None:
    """A mistake in a callback is not a quiet gap in the run."""
    loop = new()
    loop.call_later(1.0, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        loop.run_until(BEGIN_S + 2.0)


def test_waiting_for_what_never_comes_is_told() -> None:
    """Instead of standing still for ever."""
    loop = new()
    with pytest.raises(RuntimeError, match="nothing is due"):
        loop.run_until_complete(asyncio.wait_for(loop.create_future(), None))


def test_closing_ends_what_goes_on() -> None:
    """Tasks may tidy up."""
    loop, tidied = new(), []

    async def forever() -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            tidied.append(True)

    loop.create_task(forever())
    loop.run_until(BEGIN_S + 1.0)
    loop.close()
    assert tidied == [True]


def test_a_simulation_may_run_inside_of_another_loop() -> None:
    """As in a notebook: the loop around is the running one again afterwards."""
    inner = new()

    async def outside() -> bool:
        outer = asyncio.get_running_loop()
        inner.run_until_complete(asyncio.sleep(5.0))
        return asyncio.get_running_loop() is outer

    assert asyncio.run(outside())
    assert inner.time() == BEGIN_S + 5.0
