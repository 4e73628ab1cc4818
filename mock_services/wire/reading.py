"""From what came over the wire to evidence: anything that is not as agreed is `malformed`, except a null field.

A null field is read as 0, as a struct or a data frame would; the evidence remembers it for a quality gate to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.sources import SCALES
from mock_services.wire.payloads import EvidenceReply, ScoreReply

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

    504 means that the service dropped the call because its deadline had passed, 403 from a source that the person does
    not let the lender ask it.
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
    told = reply.record[FIELDS[service]]
    value = 0.0 if told is None else float(told)
    return Evidence(EvidenceStatus.OK, value, age_s, arrived.latency_s, reply.version, null_field=told is None)


def _score(arrived: Arrived) -> Evidence:
    reply = ScoreReply.model_validate_json(arrived.body)
    age_s = max(0.0, arrived.at - reply.as_of)
    return Evidence(EvidenceStatus.OK, reply.mean, age_s, arrived.latency_s, reply.version, reply.sd)
