"""The Redis of a simulated run, in memory, a path away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from creditstorm.adapters.simulated.lines import Line
from creditstorm.adapters.simulated.paths import NEVER, Answered, CutOffReplyError, Path
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.generator.replies import Reply
from creditstorm.language.store_url import StoreUrl
from mock_services.cache.redis_client import Fields, StoreClient, StoreClientError

_DONE = Reply(200, retry_after=False, body=b"")


class _Taker:
    """Answers at once: the path is all that takes time."""

    def take(self, request: bytes, deadline: float, line: Line, answered: Answered) -> None:  # noqa: ARG002 - all alike
        """As fast as a Redis."""
        answered(_DONE)


@dataclass
class StoreOfRun:
    """What every life of the lender finds again; `path` leads to it."""

    loop: VirtualLoop
    path: Path
    known: dict[tuple[int, int], dict[bytes, bytes]] = field(default_factory=dict)

    @classmethod
    def behind(cls, loop: VirtualLoop, *, one_way_s: float, seed: int) -> "StoreOfRun":
        """An empty one, so far away."""
        return cls(loop, Path("store", loop, _Taker(), one_way_s, one_way_s, seed))

    def client(self, _url: StoreUrl, _prefix: str, _password: str | None = None) -> StoreClient:
        """A client of it."""
        return MemoryClient(self)


@dataclass(frozen=True, slots=True)
class MemoryClient:
    """One client, whose requests and answers have about the bytes that Redis would see."""

    store: StoreOfRun

    async def read(self, generation: int, applicant: int) -> Fields:
        """One round trip."""
        await self._there_and_back(48)
        return dict(self.store.known.get((generation, applicant), {}))

    async def write(self, generation: int, people: Mapping[int, Fields]) -> None:
        """One transaction; what a cut off answer was about is written all the same."""
        size = sum(len(name) + len(value) for fields in people.values() for name, value in fields.items())
        await self._there_and_back(size)
        for applicant, fields in people.items():
            self.store.known.setdefault((generation, applicant), {}).update(fields)

    async def close(self) -> None:
        """Nothing is open."""

    async def _there_and_back(self, size: int) -> None:
        try:
            await self.store.path.exchange(bytes(size), NEVER, NEVER)
        except (OSError, CutOffReplyError) as error:
            raise StoreClientError(str(error)) from error
