"""The services of the lender in this process: the very code that answers over HTTP, given a clock that jumps."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from creditstorm.adapters.simulated.paths import CutOffReplyError, Path
from creditstorm.adapters.simulated.servers import HttpAnswer, Sleep
from creditstorm.adapters.simulated.store import StoreOfRun
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.credit.applicants import Applicant
from creditstorm.generator.notices import PAGE_SIZE
from mock_services.deciding.upstreams import CutOffError, RemoteUpstreams, UpstreamCall
from mock_services.decision import DecisionService
from mock_services.faults.active import ActiveFaults
from mock_services.scoring import Scoring
from mock_services.settings import Settings
from mock_services.source import Source
from mock_services.wire import handling, payloads

NOTICES: Final = b"GET "
"""What a request for notifications begins with; a number, the cursor, follows. Everything else is JSON."""
COMPLAINT: Final = b"COMPLAIN "
"""What a complaint begins with; its JSON follows."""


@lru_cache(4096)
def _read(request: bytes) -> payloads.EvidenceRequest:
    """What is asked: all sources the same of one person, so it is parsed once for the six."""
    return payloads.EvidenceRequest.model_validate_json(request)


class SourceService:
    """A source."""

    def __init__(
        self, settings: Settings, now: Callable[[], float], sleep: Sleep, *, applicant: Callable[[int], Applicant]
    ) -> None:
        self._source = Source(settings, now=now, sleep=sleep, applicant=applicant)
        self.faults: ActiveFaults[Any] = self._source.work.faults
        self.counts: handling.Counts = self._source.work.capacity

    async def answer(self, request: bytes, deadline: float) -> HttpAnswer:
        """What is on file."""
        return await self._source.evidence(_read(request), deadline)

    def start(self) -> None:
        """Nothing goes on beside the requests."""

    def stop(self) -> None:
        """Nothing to end."""


class ScoringService:
    """Scoring."""

    def __init__(self, settings: Settings, now: Callable[[], float], sleep: Sleep) -> None:
        self._scoring = Scoring(settings, now=now, sleep=sleep)
        self.faults: ActiveFaults[Any] = self._scoring.work.faults
        self.counts: handling.Counts = self._scoring.work.capacity
        self._read = payloads.ScoreRequest.__pydantic_validator__.validate_json

    async def answer(self, request: bytes, deadline: float) -> HttpAnswer:
        """Mean and standard deviation."""
        return await self._scoring.score(self._read(request), deadline)

    def start(self) -> None:
        """Nothing goes on beside the requests."""

    def stop(self) -> None:
        """Nothing to end."""


class LenderService:
    """The decision service, whose upstreams are paths."""

    def __init__(self, settings: Settings, paths: Mapping[str, Sequence[Path]], store: StoreOfRun) -> None:
        self._loop: VirtualLoop = store.loop
        self._lender = DecisionService(
            settings, PathUpstreams(paths, self._loop.time), now=self._loop.time, store_client=store.client
        )
        self.faults: ActiveFaults[Any] = self._lender.faults
        self.counts: handling.Counts = self._lender.decider
        self._read = payloads.CreditCheck.__pydantic_validator__.validate_json
        self._beside: asyncio.Task[None] | None = None

    async def answer(self, request: bytes, deadline: float) -> HttpAnswer:
        """The decision, a page of notifications, or what is said of a complaint."""
        if request.startswith(NOTICES):
            return self._notifications(int(request.removeprefix(NOTICES)))
        if request.startswith(COMPLAINT):
            return self._lender.complaint(payloads.ComplainedTap.model_validate_json(request.removeprefix(COMPLAINT)))
        return await self._lender.credit_check(self._read(request), deadline)

    def start(self) -> None:
        """Begin to write the store and to decide again."""
        self._beside = self._loop.create_task(self._run_beside())

    def stop(self) -> None:
        """End that."""
        if self._beside is not None:
            self._beside.cancel()

    async def _run_beside(self) -> None:
        async with self._lender.running():
            await self._loop.create_future()

    def _notifications(self, after: int) -> HttpAnswer:
        if self._lender.redecisions is None:
            return handling.refusal(404, "Not Found")
        return handling.json_response(self._lender.redecisions.page(after, PAGE_SIZE))


class PathUpstreams(RemoteUpstreams[Path]):
    """The services behind simulated paths."""

    async def _in_time(self, place: Path, call: UpstreamCall, started: float) -> tuple[int, bytes]:  # noqa: ARG002 - the path has the clock
        try:
            reply = await place.exchange(call.body, call.until, call.until)
        except CutOffReplyError as error:
            raise CutOffError from error
        return reply.status, reply.body
