"""Work that goes on beside the requests for as long as somebody needs it."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

BROKE: Final = "work beside the requests broke"
"""The message under which the event loop is told at once; a service ends then. Who leaves the block hears it too."""


class Background(ABC):
    """``async with`` it to have `run` go on meanwhile; where that broke, leaving raises what broke it."""

    @abstractmethod
    async def run(self) -> None:
        """Work until cancelled."""

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self.run())
        self._running.add_done_callback(_tell)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": BROKE, "exception": error, "task": task})
