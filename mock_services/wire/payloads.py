"""What goes over the wire between the services, as typed values: parsed once, at the edge."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from creditstorm.credit import SCALES, Evidence, EvidenceStatus, File, Segment

_Id = Annotated[int, Field(ge=0, lt=2**63)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class _CallKey(BaseModel):
    model_config = ConfigDict(frozen=True)

    applicant: _Id
    session: _Id
    attempt: _Id


class EvidenceRequest(_CallKey):
    """A source is asked about one applicant; `try` tells a retry or a hedge from the first call."""

    nth_try: _Id = Field(default=0, alias="try")


class EvidenceReply(BaseModel):
    """A source's answer: `record` null is a true "no record", `as_of` (unix seconds) when the record was true.

    A field that is null is none of this; it parses, as it does in most clients, and the policy says what it means.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    service: str
    version: str
    as_of: _Number
    record: dict[str, bool | _Number | None] | None


class ScoreRequest(_CallKey):
    """Scoring is asked with the values there are: absent was not retrieved, null is a true "no record"."""

    nth_try: _Id = Field(default=0, alias="try")
    file: File
    values: dict[str, _Number | None]


class ScoreReply(BaseModel):
    """Scoring's answer in points: `sd` is 0 when nothing that counts was missing."""

    model_config = ConfigDict(frozen=True, strict=True)

    mean: _Number
    sd: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
    version: str
    as_of: _Number


class CreditCheck(_CallKey):
    """A person taps "show my limit"."""

    segment: Segment
    file: File


class ComplainedTap(_CallKey):
    """A person complains of the answer to this tap."""


FIELDS: Final = {"identity": "verified"} | {source: scale.field for source, scale in SCALES.items()}
"""The one field of each source's record."""

_OK: Final = 200
_FORBIDDEN: Final = 403
_GATEWAY_TIMEOUT: Final = 504


@dataclass(frozen=True, slots=True)
class Arrived:
    """One HTTP reply: `at` is the unix instant at which its last byte came, `latency_s` after the call began."""

    http_status: int
    body: bytes
    at: float
    latency_s: float


def read(service: str, arrived: Arrived) -> Evidence:
    """The evidence in a reply.

    Anything that is not as agreed is `malformed`, except a null field: it is read as 0, as a struct or a data frame
    would, and the evidence remembers it for a quality gate to see. 504 means that the service dropped the call because
    its deadline had passed, 403 from a source that the person does not let the lender ask it.
    """
    if arrived.http_status != _OK:
        return Evidence(_failure(service, arrived.http_status), latency_s=arrived.latency_s)
    try:
        return _score(arrived) if service == "scoring" else _record(service, arrived)
    except (ValidationError, KeyError):
        return Evidence(EvidenceStatus.MALFORMED, latency_s=arrived.latency_s)


def _failure(service: str, http_status: int) -> EvidenceStatus:
    if http_status == _GATEWAY_TIMEOUT:
        return EvidenceStatus.LATE
    forbidden = http_status == _FORBIDDEN and service != "scoring"
    return EvidenceStatus.REFUSED if forbidden else EvidenceStatus.ERROR


def _record(service: str, arrived: Arrived) -> Evidence:
    reply = EvidenceReply.model_validate_json(arrived.body)
    if reply.service != service:
        return Evidence(EvidenceStatus.MALFORMED, latency_s=arrived.latency_s)
    age_s = max(0.0, arrived.at - reply.as_of)
    if reply.record is None:
        return Evidence(EvidenceStatus.EMPTY, None, age_s, arrived.latency_s, reply.version)
    field = reply.record[FIELDS[service]]
    value = 0.0 if field is None else float(field)
    return Evidence(EvidenceStatus.OK, value, age_s, arrived.latency_s, reply.version, null_field=field is None)


def _score(arrived: Arrived) -> Evidence:
    reply = ScoreReply.model_validate_json(arrived.body)
    age_s = max(0.0, arrived.at - reply.as_of)
    return Evidence(EvidenceStatus.OK, reply.mean, age_s, arrived.latency_s, reply.version, reply.sd)
