"""Our locustfile with the rows of the record before its fourth version: no calls, no values, no basis of a decision."""

from __future__ import annotations

import pyarrow as pa
from creditstorm.credit import Outcome
from creditstorm.demand.sessions import Exchange
from creditstorm.generator import recorder
from creditstorm.record import schema
from locustfiles.credit_check import CreditSeekers

__all__ = ["CreditSeekers"]

SHORT = schema.ANSWERS.get_field_index("worker") + 1


def row(self: recorder.Recorder, exchange: Exchange, outcome: Outcome) -> recorder.Row:
    """What `Recorder` makes of an exchange, up to the worker."""
    (intended_s, session, attempt, person), sent_s, done_s, reply, _ = exchange
    answer, limit_cny, reason, cause, version, evidence, http_status, error, *_ = reply
    who = (person[0], session, attempt, *person[1:])
    shown = (answer, limit_cny, reason, cause, outcome, version)
    return (intended_s, sent_s, done_s, *who, *shown, *evidence, http_status, error, self.worker)


schema.ANSWERS = pa.schema(list(schema.ANSWERS)[:SHORT])  # type: ignore[misc]
recorder.Recorder._row = row  # type: ignore[method-assign]  # noqa: SLF001
