"""One run as analysis takes it: tables and values, nothing of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from creditstorm.record.manifest import Manifest
from creditstorm.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class RunData:
    """The raw record of one run, sealed or not; `answers` has the columns of `record.schema.ANSWERS`.

    `notices` is None where the policy notifies nobody.
    """

    answers: pa.Table
    services: pa.Table | None
    marks: Sequence[dict[str, object]]
    manifest: Manifest
    scenario: Scenario
    notices: pa.Table | None = None
