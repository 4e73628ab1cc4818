"""A run as it was measured: what thresholds are read from."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from creditstorm.analysis.phases import Phases
from creditstorm.analysis.summary import Recovery


@dataclass(frozen=True, slots=True)
class Measured:
    """What thresholds are read from; `stable` is the same judged by the stable oracle, None where that is equal."""

    frame: pl.DataFrame
    cube: pl.DataFrame
    phases: Phases
    recoveries: tuple[Recovery, ...]
    stable: Measured | None = None
