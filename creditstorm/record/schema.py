"""The columns of the raw record. All `_s` are seconds since the start of the load."""

from enum import StrEnum
from typing import Final, NamedTuple

import pyarrow as pa
from creditstorm.credit.sources import SERVICES

_WORD: Final = pa.dictionary(pa.int16(), pa.string())

BASIS: Final = {
    "arrived": _WORD,
    "value": pa.float64(),
    "version": _WORD,
    "filled_by": _WORD,
    "filled_value": pa.float64(),
}
"""What was decided on, per service; and `RULED`, the rest of it."""
RULED: Final = ("scoring_sd", "cut_off", "pdo", "grace")

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
        *((f"{service}_{instant}", pa.float32()) for service in SERVICES for instant in ("began_s", "ended_s")),
        *((f"{service}_{name}", kind) for service in SERVICES for name, kind in BASIS.items()),
        *((name, pa.float64()) for name in RULED),
    ]
)
"""One row an intended arrival (first attempts and re-taps); `attempt` counts from 1 within its session.

`truth` and its limit are by the strategy in force at `intended_s`, `truth_stable` is by the one before any change.
`sent_s` and `done_s` are null for `unsent`. What no answer said (limit, reason, evidence after a time-out) is null.
`rejected` evidence did not pass the lender's quality gate, whatever its status; a `null_field` was null and read as 0.

Of each service `status`, `age_s` and `version` are those of what the decision used; `arrived` is the status with which
asking ended and `value` what it said: null for a null field, for a true "no record", and where nothing arrived. Where
the lender put something else in its place, `filled_by` is the word for that and `filled_value` what the decision used,
null for a remembered "no record"; `rejected` speaks of what arrived. Of scoring the value is the mean of the score in
points of the scorecard, and `scoring_sd` its standard deviation as it arrived. The strategy that decided is `cut_off`
and `pdo` (with the limit table, which no strategy changes), `grace` how many points below the cut-off were enough for
this person: null where the lender turned the request away. With the policy this is all that the decision rests on, and
`analysis.replay` takes it again, to the bit; these numbers are float64 for that.

A service was called from `began_s` to `ended_s`: over all tries the first beginning and the last end, by the lender's
own clock, which a busy lender looks at late. Both are null where no call was made (skipped, no time left, turned away)
and where no answer says: after a time-out or an error of the lender itself calls may have been made. The lender tells
when it took the tap up in unix seconds; on one machine that is exact unless the clock was set meanwhile. Where it lies
outside of the exchange the two clocks differ, and `sent_s` stands for it: too early by the way there and the wait for
the lender. As 32 bits an instant is exact to .03 ms in the first ten minutes, to .12 ms in the first hour.
"""


STRAIN: Final = {
    "lag_s": pa.float32(),
    "waited_s": pa.float32(),
    "files": pa.int32(),
    "ran_out": _WORD,
    "ran_out_times": pa.int32(),
}
"""How a process fared in the second that ends with the row."""


class Backfill(StrEnum):
    """What stands in a column of today for the rows of a file from before it."""

    SAME = "what stands in the other column"
    FALSE = "false, wherever the other column has a value"
    NOTHING = "null"


class Added(NamedTuple):
    """A column that version `since` added, and the column of earlier files that it is filled in from, and how."""

    since: int
    before: str
    filled: Backfill = Backfill.SAME


ADDED: Final = {
    "truth_stable": Added(2, "truth"),
    "decided_s": Added(3, "t_s"),
    **{f"{s}_{flag}": Added(3, f"{s}_status", Backfill.FALSE) for s in SERVICES for flag in ("rejected", "null_field")},
    **{
        f"{s}_{instant}": Added(4, f"{s}_status", Backfill.NOTHING)
        for s in SERVICES
        for instant in ("began_s", "ended_s", *BASIS)
    },
    **{name: Added(4, "scoring_status", Backfill.NOTHING) for name in RULED},
    **{name: Added(5, "cpu", Backfill.NOTHING) for name in STRAIN},
    "held_s": Added(6, "cpu", Backfill.NOTHING),
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
        *STRAIN.items(),
        ("held_s", pa.float64()),
    ]
)
"""One row per second and process; `cpu` is in cores, `served`, `shed` and `held_s` count since the start.

`held_s` is for how many seconds workers were held, of all of them together, null of a process that has none.

`lag_s` is how late its event loop came round at worst since the row before, of Toxiproxy how long it took to answer a
question about its version; `waited_s` how long its threads together were ready to run and had no core; `files` how many
it has open. `ran_out` names what this machine ran out of for it (EMFILE …), `ran_out_times` how often it said so.
"""

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
"""One row a person who was told undetermined, or complained, and is notified of the decision that followed.

`t_s` is when the notice arrived, `deferred_s` when the answer of that `attempt` did. `outcome` is the decision held
against the truth at `decided_s`, when it was made. Who complained and is `referred` has a row of that `answer` before,
of when it was said, without `reason` and `decided_s`.
"""

COMPLAINTS: Final = pa.schema(
    [
        ("t_s", pa.float64()),
        ("applicant", pa.int64()),
        ("session", pa.int64()),
        ("attempt", pa.int16()),
        ("shown", _WORD),
        ("told_s", pa.float64()),
        ("worker", pa.int16()),
    ]
)
"""One row a person who complains, at `t_s`, of the answer of that `attempt`, which the app had `shown` at `told_s`."""

GENERATOR: Final = "locust"
"""The `service` whose rows hold the CPU of the load generator, its workers included."""
HARNESS: Final = "harness"
"""The `service` whose rows are of the process that begins and ends faults, and records."""
MACHINE: Final = "machine"
"""The `service` whose rows hold the CPU of the whole machine, with whatever else runs on it."""
