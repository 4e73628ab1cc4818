"""The columns of the raw record. All `_s` are seconds since the start of the load."""

from typing import Final, NamedTuple

import pyarrow as pa
from creditstorm.credit.sources import SERVICES

SCHEMA_VERSION: Final = 3
"""Version 2 added `truth_stable`; version 3 what the lender doubted, `rejected` and `null_field` of each service, and
`decided_s` of a notice."""

_WORD: Final = pa.dictionary(pa.int16(), pa.string())

ANSWERS: Final = pa.schema(
    [
        ("intended_s", pa.float64()),
        ("sent_s", pa.float64()),
        ("done_s", pa.float64()),
        ("applicant", pa.int64()),
        ("session", pa.int64()),
        ("attempt", pa.int16()),
        ("segment", _WORD),
        ("file", _WORD),
        ("truth", _WORD),
        ("truth_limit_cny", pa.int32()),
        ("truth_score", pa.float64()),
        ("truth_stable", _WORD),
        ("answer", _WORD),
        ("limit_cny", pa.int32()),
        ("reason", _WORD),
        ("cause", _WORD),
        ("outcome", _WORD),
        ("strategy_version", _WORD),
        *(
            column
            for service in SERVICES
            for column in (
                (f"{service}_status", _WORD),
                (f"{service}_age_s", pa.float64()),
                (f"{service}_latency_s", pa.float32()),
                (f"{service}_rejected", pa.bool_()),
                (f"{service}_null_field", pa.bool_()),
            )
        ),
        ("http_status", pa.int16()),
        ("error", _WORD),
        ("worker", pa.int16()),
    ]
)
"""One row an intended arrival (first attempts and re-taps); `attempt` counts from 1 within its session.

`truth` and its limit are by the strategy in force at `intended_s`, `truth_stable` is by the one before any change.
`sent_s` and `done_s` are null for `unsent`. What no answer said (limit, reason, evidence after a time-out) is null.
`rejected` evidence did not pass the lender's quality gate, whatever its status; a `null_field` was null and read as 0.
"""


class Added(NamedTuple):
    """A column that version `since` added, and the column of earlier files that it is filled in from.

    It is filled in with the same values; a `flag` is false there wherever that column has a value.
    """

    since: int
    before: str
    flag: bool = False


ADDED: Final = {
    "truth_stable": Added(2, "truth"),
    "decided_s": Added(3, "t_s"),
    **{f"{s}_{flag}": Added(3, f"{s}_status", flag=True) for s in SERVICES for flag in ("rejected", "null_field")},
}
"""Columns that later versions added, by name."""

SERVICES_SCHEMA: Final = pa.schema(
    [
        ("t_s", pa.float64()),
        ("service", _WORD),
        ("in_flight", pa.int32()),
        ("queue", pa.int32()),
        ("served", pa.int64()),
        ("shed", pa.int64()),
        ("cpu", pa.float32()),
    ]
)
"""One row per second and process; `cpu` is in cores, `served` and `shed` count since the start."""

NOTICES: Final = pa.schema(
    [
        ("t_s", pa.float64()),
        ("applicant", pa.int64()),
        ("session", pa.int64()),
        ("attempt", pa.int16()),
        ("answer", _WORD),
        ("limit_cny", pa.int32()),
        ("reason", _WORD),
        ("outcome", _WORD),
        ("deferred_s", pa.float64()),
        ("decided_s", pa.float64()),
        ("worker", pa.int16()),
    ]
)
"""One row a person who was told undetermined and is notified of the decision that followed.

`t_s` is when the notice arrived, `deferred_s` when the answer of that `attempt` did. `outcome` is the decision held
against the truth at `decided_s`, when it was made.
"""

GENERATOR: Final = "locust"
"""The `service` whose rows hold the CPU of the load generator, its workers included."""
MACHINE: Final = "machine"
"""The `service` whose rows hold the CPU of the whole machine, with whatever else runs on it."""
