"""Work beside the requests begins, ends and breaks with whoever needs it."""

from __future__ import annotations

import asyncio

import pytest
from mock_services.workers.background import BROKE, Background


class Counting(Background):
    """Counts until it is cancelled, or breaks at a number."""

    def __init__(self, breaks_at: int | None = None) -> None:
        self.count = 0
        self.breaks_at = breaks_at

    async def run(self) -> None:
        """Count."""
        while self.count != self.breaks_at:
            self.count += 1
            await asyncio.sleep(0)
        raise ValueError("broken")


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_it_goes_on_meanwhile_and_ends_with_the_block() -> None:
    """Not after it."""

    async def story() -> None:
        counting = Counting()
        async with counting:
            await _settled()
            assert counting.count > 0
        ended = counting.count
        await _settled()
        assert counting.count == ended

    asyncio.run(story())


def test_what_broke_it_is_raised_in_the_end() -> None:
    """Nobody goes home believing that the work was done."""

    async def story() -> None:
        async with Counting(breaks_at=1):
            await _settled()

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(story())


def test_what_broke_it_is_told_at_once() -> None:
    """To the loop, while the block still goes on; an end that was wanted is not told."""

    async def story() -> None:
        told: list[dict[str, object]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        async with Counting():
            await _settled()
        await _settled()
        assert told == []
        async with Counting(breaks_at=1):
            await _settled()
            assert [(each["message"], str(each["exception"])) for each in told] == [(BROKE, "broken")]

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(story())


def test_an_error_of_the_block_ends_it_too() -> None:
    """It is the block's own error that is raised."""

    async def story() -> None:
        async with counting:
            await _settled()
            raise KeyError

    counting = Counting()
    with pytest.raises(KeyError):
        asyncio.run(story())
    assert counting.count > 0
