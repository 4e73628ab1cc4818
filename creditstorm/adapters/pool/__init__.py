"""Many processes for pure functions: every core of this machine, or the workers of a Dask scheduler.

Both are executors of `concurrent.futures`, so whoever hands out work does not know which it is.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from creditstorm.adapters.pool.dask import DaskPool
from creditstorm.adapters.pool.local import LocalPool

A = TypeVar("A")
R = TypeVar("R")


class Errand(Protocol):
    """What long work carries along, on whatever machine: until when, whether still, and to whom it tells its news."""

    def ends_at(self) -> float:
        """When it has to be over, by `time.monotonic` of the process that asks."""

    def wanted(self) -> bool:
        """Whether anybody still waits for it."""

    def tell(self, name: str, news: Mapping[str, object]) -> None:
        """What is known so far, plain JSON; it is there whatever becomes of this process. The last of a name counts."""


class Pool(Protocol):
    """Where work is handed out."""

    @property
    def count(self) -> int:
        """How much is computed side by side."""

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        """What a future raises whose work was not done because of those who do it."""

    def submit(self, work: Callable[[A], R], argument: A) -> "Future[R]":
        """Have it computed; `work` is a function of a module, and both arguments and result can be pickled."""

    def renew(self) -> None:
        """New workers in place of those that broke; HarnessError where there are none to be had."""

    def close(self) -> None:
        """Let go of whoever computes, at once; a second time it does nothing."""

    def errand(self, lasts_s: float, place: Path) -> Errand:
        """For work of so many seconds from now on; its news are files ``NAME.json`` of that folder of this machine."""


@contextmanager
def pool_on(address: str | None) -> Iterator[Pool]:
    """A pool on every core of this machine, or on the Dask scheduler at `address`; left at once at the end.

    Raises UsageError where nobody answers at the address, or those who do run other code than this process.
    """
    pool = LocalPool() if address is None else DaskPool(address)
    try:
        yield pool
    finally:
        pool.close()
