"""What goes over the wire between the services, as typed values: parsed once, at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from creditstorm.credit.applicants import File, Segment

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


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """Who asks, and the how-manieth tap of which session it is."""

    applicant: int
    session: int
    attempt: int
    segment: Segment
    file: File
