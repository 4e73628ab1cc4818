"""Every reply becomes evidence with the right status; whatever is not as agreed is malformed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.wire.payloads import Arrived, read

GOOD = {"service": "bureau", "version": "1", "as_of": 900.0, "record": {"bureau_score": 612}}


def arrived(body: object, status: int = 200) -> Arrived:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Arrived(status, raw, at=1000.0, latency_s=0.2)


def test_a_good_record() -> None:
    """Value, age, latency and version are kept."""
    assert read("bureau", arrived(GOOD)) == Evidence(EvidenceStatus.OK, 612.0, 100.0, 0.2, "1")


@pytest.mark.parametrize(("service", "field"), [("bureau", "bureau_score"), ("identity", "verified")])
def test_a_null_field_reads_as_0(service: str, field: str) -> None:
    """As most clients read it; the evidence remembers that it was null."""
    evidence = read(service, arrived(GOOD | {"service": service, "record": {field: None}}))
    assert evidence == Evidence(EvidenceStatus.OK, 0.0, 100.0, 0.2, "1", null_field=True)


def test_scoring_has_no_consent_to_ask_for() -> None:
    """A 403 from scoring is an error."""
    assert read("scoring", arrived({}, 403)).status is EvidenceStatus.ERROR


def test_no_record_is_empty() -> None:
    """A null record is usable evidence without a value."""
    evidence = read("bureau", arrived(GOOD | {"record": None}))
    assert (evidence.status, evidence.value, evidence.usable) == (EvidenceStatus.EMPTY, None, True)


@pytest.mark.parametrize(("verified", "value"), [(True, 1.0), (False, 0.0)])
def test_identity(verified: bool, value: float) -> None:
    """Verified is 1 and not verified is 0."""
    reply = GOOD | {"service": "identity", "record": {"verified": verified}}
    assert read("identity", arrived(reply)).value == value


@pytest.mark.parametrize(
    ("status", "expected"),
    [(403, "refused"), (503, "error"), (500, "error"), (429, "error"), (422, "error"), (204, "error"), (504, "late")],
)
def test_statuses(status: int, expected: str) -> None:
    """Any failure is an error, except that 504 means too late and 403 that the person forbids it."""
    assert read("bureau", arrived({}, status)) == Evidence(EvidenceStatus(expected), latency_s=0.2)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"service":"bureau"',
        b"\xff\xfe",
        [],
        {},
        GOOD | {"service": "income"},
        GOOD | {"record": {}},
        GOOD | {"record": {"bureau_score": "612"}},
        GOOD | {"record": {"score": 612}},
        GOOD | {"record": 612},
        GOOD | {"as_of": "yesterday"},
        {key: value for key, value in GOOD.items() if key != "record"},
        b'{"service":"bureau","version":"1","as_of":900.0,"record":{"bureau_score":NaN}}',
        b'{"service":"bureau","version":"1","as_of":900.0,"record":{"bureau_score":1e999}}',
    ],
)
def test_malformed(body: object) -> None:
    """A missing record, a textual number, another service's reply or no JSON at all is malformed."""
    assert read("bureau", arrived(body)) == Evidence(EvidenceStatus.MALFORMED, latency_s=0.2)


@pytest.mark.parametrize("body", [{"mean": 600.0}, {"mean": None, "sd": 0.0, "version": "1", "as_of": 1.0}, b"oops"])
def test_malformed_score(body: object) -> None:
    """A score without mean or sd is malformed."""
    assert read("scoring", arrived(body)).status is EvidenceStatus.MALFORMED


@given(mean=st.floats(allow_nan=False, allow_infinity=False), sd=st.floats(0.0, 1e9))
def test_a_score_survives_the_wire_to_the_bit(mean: float, sd: float) -> None:
    """What scoring writes is what the decision reads, so the wire cannot move a score across the cut-off."""
    wire = to_json({"mean": mean, "sd": sd, "version": "1", "as_of": 900.0})
    evidence = read("scoring", arrived(wire))
    assert (evidence.value, evidence.sd, evidence.age_s) == (mean, sd, 100.0)


@given(st.binary())
def test_garbage_never_raises(body: bytes) -> None:
    """Whatever comes with a 200, reading it gives evidence."""
    assert read("bureau", arrived(body)).status is EvidenceStatus.MALFORMED
