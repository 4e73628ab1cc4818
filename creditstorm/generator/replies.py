"""From what came back over the wire to an answer: parsed and checked once, here."""

import errno
from http import HTTPStatus
from typing import Annotated, Final, Literal, NamedTuple, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict
from creditstorm.credit import SERVICES, Answer, EvidenceStatus, Reason
from creditstorm.demand.sessions import NO_BASIS, NO_CALLS, NO_EVIDENCE, NOTHING, ParsedReply, RecordedValue

_Word = Annotated[str, Field(max_length=80)]
"""Words become a dictionary in the record, so nobody may write a novel into them."""


class Reply(NamedTuple):
    """An HTTP response: its status, whether it said Retry-After, its body."""

    status: int
    retry_after: bool
    body: bytes


_Number = Annotated[float, Field(allow_inf_nan=False)]
_Instant = Annotated[float, Field(ge=-86_400.0, le=86_400.0)]
"""Seconds since the lender took the tap up: nobody waits for a day."""


class _Evidence(TypedDict, total=False):
    began_s: _Instant | None
    ended_s: _Instant | None
    arrived: EvidenceStatus | None
    value: _Number | None
    sd: _Number | None
    version: _Word | None
    filled_by: _Word | None
    filled_value: _Number | None
    status: EvidenceStatus
    age_s: _Number | None
    latency_s: _Instant | None
    rejected: bool | None
    null_field: bool | None


class _Strategy(TypedDict, total=False):
    cut_off: _Number | None
    pdo: _Number | None


class _Decision(TypedDict):
    answer: Literal[Answer.APPROVED, Answer.NO_CREDIT, Answer.UNDETERMINED, Answer.REFERRED, Answer.ACTION_NEEDED]
    limit_cny: NotRequired[Annotated[int, Field(ge=0, lt=2**31)] | None]
    reason: NotRequired[Reason | None]
    cause: NotRequired[_Word | None]
    strategy_version: NotRequired[_Word | None]
    strategy: NotRequired[_Strategy | None]
    grace: NotRequired[_Number | None]
    began_at: NotRequired[_Number | None]
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
    evidence, calls, basis = _told(decision)
    return ParsedReply(
        decision["answer"],
        decision.get("limit_cny"),
        decision.get("reason"),
        decision.get("cause"),
        decision.get("strategy_version"),
        evidence,
        200,
        None,
        calls,
        decision.get("began_at"),
        basis,
    )


class _Told(NamedTuple):
    """What a decision says of its evidence, in the order of the columns."""

    evidence: tuple[RecordedValue, ...] = NO_EVIDENCE
    calls: tuple[float | None, ...] = NO_CALLS
    basis: tuple[RecordedValue, ...] = NO_BASIS


def _told(decision: _Decision) -> _Told:
    parts = decision.get("evidence")
    if not parts:
        return _Told()
    evidence: list[RecordedValue] = []
    calls: list[float | None] = []
    basis: list[RecordedValue] = []
    for service in SERVICES:
        part = parts.get(service)
        if part is None:
            evidence += NOTHING
            calls += _NO_CALL
            basis += NOTHING
            continue
        # A lender that says nothing of doubt had none.
        doubt = (part.get("rejected") or False, part.get("null_field") or False)
        filled = (part.get("filled_by"), part.get("filled_value"))
        status = part.get("status")
        evidence += (status, part.get("age_s"), part.get("latency_s"), *doubt)
        calls += (part.get("began_s"), part.get("ended_s"))
        basis += (part.get("arrived") or status, part.get("value"), part.get("version"), *filled)
    return _Told(tuple(evidence), tuple(calls), (*basis, *_ruled(decision, parts)))


def _ruled(decision: _Decision, parts: dict[str, _Evidence]) -> tuple[RecordedValue, ...]:
    strategy = decision.get("strategy") or {}
    sd = parts["scoring"].get("sd") if "scoring" in parts else None
    return sd, strategy.get("cut_off"), strategy.get("pdo"), decision.get("grace")


_NO_CALL: Final = (None, None)
