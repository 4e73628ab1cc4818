"""CPU of the run's own processes during the load, from the per-second figures of the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
import pyarrow as pa

GENERATOR: Final = "locust"
BUSY_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Cpu:
    """Cores in use: the mean of all processes, the mean of the generator, its busiest 5 s; None where unrecorded."""

    all_cores: float | None
    generator_cores: float | None
    generator_busiest_cores: float | None


def cpu_of(services: pa.Table | None, *, until_s: float) -> Cpu:
    """The CPU of the processes between the start of the load and `until_s`."""
    if services is None:
        return Cpu(None, None, None)
    rows = pl.from_arrow(services.select(["t_s", "service", "cpu"]))
    assert isinstance(rows, pl.DataFrame)  # noqa: S101 - a table never becomes a series
    second = pl.col("t_s").floor().alias("second")
    load = rows.filter(pl.col("t_s").is_between(0.0, until_s) & pl.col("cpu").is_not_null())
    everything = load.group_by(second).agg(pl.col("cpu").cast(pl.Float64).sort().sum()).sort("second")
    own = load.filter(pl.col("service").cast(pl.String).str.starts_with(GENERATOR))
    generator = own.group_by(second).agg(pl.col("cpu").cast(pl.Float64).sort().sum()).sort("second")
    busiest = generator["cpu"].rolling_mean(BUSY_SECONDS).max()
    return Cpu(_mean(everything), _mean(generator), float(busiest) if isinstance(busiest, float) else None)


def _mean(per_second: pl.DataFrame) -> float | None:
    mean = per_second["cpu"].mean()
    return float(mean) if isinstance(mean, float) else None
