"""One run as analysis takes it: its tables and marks, and which columns of the raw answers are read at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
import pyarrow as pa
from creditstorm.credit import SERVICES
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.record.manifest import Manifest
from creditstorm.record.marks import FaultMark, Mark
from creditstorm.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class RunData:
    """The raw record of one run, sealed or not; `answers` has the columns of `record.schema.ANSWERS`.

    `notices` is None where the policy notifies nobody, `complaints` where nobody complains, `plan` where nobody knows
    what was to come. `damage` says which other parts of the record could not be read. `rules_of` names the file whose
    thresholds `scenario` has where they are not the run's own.
    """

    answers: pa.Table
    services: pa.Table | None
    marks: Sequence[Mark]
    manifest: Manifest
    scenario: Scenario
    notices: pa.Table | None = None
    complaints: pa.Table | None = None
    plan: LoadPlan | None = None
    damage: tuple[str, ...] = ()
    rules_of: str = ""


IN_FORCE: Final = "truth"
STABLE: Final = "truth_stable"
"""The columns of what each oracle says: of the strategy in force, and of the one before any change."""
INSTANTS: Final = ("began_s", "ended_s")
COLUMNS: Final = (
    *("intended_s", "sent_s", "done_s", "applicant", "session", "attempt", "segment", "file", IN_FORCE),
    *(STABLE, "truth_limit_cny", "answer", "limit_cny", "reason", "cause"),
    *(f"{service}_{what}" for service in SERVICES for what in ("status", *INSTANTS)),
)
"""The columns of the raw answers that the analysis reads; nobody needs to bring it more."""


def needed(columns: Sequence[str], marks: Sequence[Mark]) -> list[str]:
    """Those of the columns that a run with these marks needs: when a service was called where a fault was on it."""
    targets = {mark.target for mark in marks if isinstance(mark, FaultMark)}
    idle = {f"{service}_{instant}" for service in SERVICES if service not in targets for instant in INSTANTS}
    return [column for column in columns if column not in idle]


def columns_of(table: pa.Table, names: Sequence[str]) -> pl.DataFrame:
    """These columns of a table of the record, without a copy."""
    frame = pl.from_arrow(table.select(list(names)))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table never becomes a series
    return frame
