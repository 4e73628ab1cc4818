"""From what came back over the wire to an answer: parsed and checked once, here."""

import errno
from http import HTTPStatus
from typing import Annotated, Final, Literal, NamedTuple, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict
from creditstorm.credit import SERVICES, Answer, EvidenceStatus, Reason
from creditstorm.demand.sessions import NO_CALLS, NO_EVIDENCE, NOTHING, ParsedReply, RecordedValue

_Word = Annotated[str, Field(max_length=80)]
"""Words become a dictionary in the record, so nobody may write a novel into them."""


class Reply(NamedTuple):
    """An HTTP response: its status, whether it said Retry-After, its body."""

    status: int
    retry_after: bool
    body: bytes


_Instant = Annotated[float, Field(allow_inf_nan=False)]


class _Evidence(TypedDict, total=False):
    began_s: _Instant | None
    ended_s: _Instant | None
    status: EvidenceStatus
    age_s: float | None
    latency_s: float | None
    rejected: bool | None
    null_field: bool | None


class _Decision(TypedDict):
    answer: Literal[Answer.APPROVED, Answer.NO_CREDIT, Answer.UNDETERMINED, Answer.ACTION_NEEDED]
    limit_cny: NotRequired[Annotated[int, Field(ge=0, lt=2**31)] | None]
    reason: NotRequired[Reason | None]
    cause: NotRequired[_Word | None]
    strategy_version: NotRequired[_Word | None]
    began_at: NotRequired[_Instant | None]
    evidence: NotRequired[dict[str, _Evidence] | None]


_DECISION: Final = TypeAdapter(_Decision)


def parse_reply(reply: Reply) -> ParsedReply:
    """What a response says: 200 with a decision is that answer, 429 or 503 with Retry-After is shed, else error."""
    status = reply.status
    if status == HTTPStatus.OK:
        return _decision(reply.body)
    shed = reply.retry_after and status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return ParsedReply(Answer.SHED if shed else Answer.ERROR, http_status=status, error=f"http {status}")


def timed_out(why: str = "no answer in time") -> ParsedReply:
    """The app gave up waiting."""
    return ParsedReply(Answer.TIMEOUT, error=why)


def failed(problem: Exception) -> ParsedReply:
    """No response: the connection was refused, reset, closed or spoke something else than HTTP.

    Where this machine ran out of files or ports the tap counts as unsent: that is no failure of the lender.
    """
    code = getattr(problem, "errno", None)
    word = errno.errorcode.get(code) if isinstance(code, int) else None
    return ParsedReply(Answer.UNSENT if code in _OURS else Answer.ERROR, error=word or type(problem).__name__)


_OURS: Final = (errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM)


def _decision(body: bytes) -> ParsedReply:
    try:
        decision = _DECISION.validate_json(body)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][:3])
        return ParsedReply(Answer.ERROR, http_status=200, error=f"malformed {where} {first['type']}".replace("  ", " "))
    evidence = decision.get("evidence")
    return ParsedReply(
        decision["answer"],
        decision.get("limit_cny"),
        decision.get("reason"),
        decision.get("cause"),
        decision.get("strategy_version"),
        _cells(evidence) if evidence else NO_EVIDENCE,
        200,
        None,
        _calls(evidence) if evidence else NO_CALLS,
        decision.get("began_at"),
    )


def _cells(evidence: dict[str, _Evidence]) -> tuple[RecordedValue, ...]:
    cells: list[RecordedValue] = []
    for service in SERVICES:
        part = evidence.get(service)
        cells += NOTHING if part is None else _part(part)
    return tuple(cells)


def _part(part: _Evidence) -> tuple[RecordedValue, ...]:
    """A lender that says nothing of doubt had none."""
    doubt = (part.get("rejected") or False, part.get("null_field") or False)
    return (part.get("status"), part.get("age_s"), part.get("latency_s"), *doubt)


def _calls(evidence: dict[str, _Evidence]) -> tuple[float | None, ...]:
    calls: list[float | None] = []
    for service in SERVICES:
        part = evidence.get(service, {})
        calls += (part.get("began_s"), part.get("ended_s"))
    return tuple(calls)
