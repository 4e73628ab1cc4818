from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.decision import Answer
from creditstorm.credit.sources import SERVICES
from creditstorm.demand.sessions import ParsedReply
from creditstorm.generator.replies import Reply, failed, parse_reply, timed_out

FILLED = {"arrived": "ok", "value": 512, "filled_by": "last_known_good", "filled_value": 498.0}
DECISION: dict[str, object] = {
    "answer": "approved",
    "limit_cny": 20000,
    "reason": "granted",
    "cause": "credit:score",
    "text": {"en": "Your limit is ready.", "zh": "您的额度已就绪。"},
    "strategy_version": "v1",
    "score": {"mean": 612.0, "sd": 0.0},
    "evidence": {
        "identity": {
            "status": "ok",
            "age_s": 1.5,
            "latency_s": 0.25,
            "version": "1",
            "began_s": 0.001,
            "ended_s": 0.251,
        },
        "bureau": {"status": "late", "age_s": None, "latency_s": 2.0, "version": None},
        "income": {"status": "malformed", "age_s": 3.0, "latency_s": 0.5, "rejected": True, "null_field": True},
        "social": {"status": "empty", "age_s": 3.0, "latency_s": 0.5, "rejected": True, "null_field": None, **FILLED},
    },
}


def reply(**changed: object) -> Reply:
    return Reply(200, retry_after=False, body=json.dumps({**DECISION, **changed}).encode())


def test_a_decision_is_read_whole() -> None:
    """Answer, limit, reason, cause, version and the evidence of every service, in their order."""
    said = {
        "identity": ("ok", 1.5, 0.25, False, False),
        "bureau": ("late", None, 2.0, False, False),
        "income": ("malformed", 3.0, 0.5, True, True),
        "social": ("empty", 3.0, 0.5, True, False),
    }
    evidence = tuple(cell for service in SERVICES for cell in said.get(service, (None,) * 5))
    calls = (0.001, 0.251, *(None,) * (2 * len(SERVICES) - 2))
    brought = {s: (DECISION["evidence"][s]["status"], *(None,) * 4) for s in DECISION["evidence"]}
    brought |= {"identity": ("ok", None, "1", None, None), "social": ("ok", 512.0, None, "last_known_good", 498.0)}
    basis = tuple(cell for service in SERVICES for cell in brought.get(service, (None,) * 5))
    rules = {"began_at": 1790000000.25, "strategy": {"cut_off": 559.3, "pdo": 20}, "grace": 9}
    assert parse_reply(reply(**rules)) == ParsedReply(
        Answer.APPROVED,
        20000,
        "granted",
        "credit:score",
        "v1",
        evidence,
        200,
        None,
        calls,
        1790000000.25,
        (*basis, None, 559.3, 20.0, 9.0),
    )


def test_an_answer_alone_is_enough() -> None:
    """A lender that logs no evidence and gives no reason is still understood."""
    assert parse_reply(Reply(200, retry_after=False, body=b'{"answer": "no_credit"}')) == ParsedReply(
        Answer.NO_CREDIT, http_status=200
    )


@pytest.mark.parametrize(
    ("status", "retry_after", "answer"),
    [
        (429, True, Answer.SHED),
        (503, True, Answer.SHED),
        (503, False, Answer.ERROR),
        (429, False, Answer.ERROR),
        (500, True, Answer.ERROR),
        (404, False, Answer.ERROR),
        (201, False, Answer.ERROR),
    ],
)
def test_other_statuses(status: int, retry_after: bool, answer: Answer) -> None:
    """Turned away with a time to come back is shed; everything else without a decision is an error."""
    said = parse_reply(Reply(status, retry_after=retry_after, body=b"{}"))
    assert said == ParsedReply(answer, http_status=status, error=f"http {status}")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "malformed json_invalid"),
        (b'{"answer": "approved", "limit', "malformed json_invalid"),
        (b"[]", "malformed dict_type"),
        (b"{}", "malformed answer missing"),
        (b'{"answer": "maybe"}', "malformed answer literal_error"),
        (b'{"answer": "timeout"}', "malformed answer literal_error"),
        (b'{"answer": "approved", "limit_cny": -1}', "malformed limit_cny greater_than_equal"),
        (b'{"answer": "approved", "limit_cny": 1e12}', "malformed limit_cny less_than"),
        (b'{"answer": "approved", "reason": "because"}', "malformed reason enum"),
        (b'{"answer": "approved", "evidence": {"bureau": 1}}', "malformed evidence.bureau dict_type"),
    ],
)
def test_a_malformed_decision_is_an_error(body: bytes, error: str) -> None:
    """The error says what is wrong in words few enough to count."""
    said = parse_reply(Reply(200, retry_after=False, body=body))
    assert said == ParsedReply(Answer.ERROR, http_status=200, error=error)


@given(
    body=st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_no_body_breaks_the_load(body: bytes) -> None:
    """Whatever comes back, there is a reading."""
    assert parse_reply(Reply(200, retry_after=False, body=body)).answer in set(Answer)


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (ConnectionRefusedError(111, "refused"), "ECONNREFUSED"),
        (ConnectionResetError(104, "x"), "ECONNRESET"),
        (ValueError("odd"), "ValueError"),
    ],
)
def test_a_connection_that_failed_is_an_error(problem: Exception, error: str) -> None:
    """The error is the system's own name for it."""
    assert failed(problem) == ParsedReply(Answer.ERROR, error=error)


def test_a_generator_out_of_sockets_did_not_send() -> None:
    """Too many open files here says nothing about the lender."""
    assert failed(OSError(24, "too many open files")) == ParsedReply(Answer.UNSENT, error="EMFILE")


def test_silence_is_a_time_out() -> None:
    """The app gave up waiting."""
    assert timed_out() == ParsedReply(Answer.TIMEOUT, error="no answer in time")
