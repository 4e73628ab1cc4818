"""The CPU that the run's processes and the whole machine used while the load was on."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from creditstorm.record.schema import GENERATOR, MACHINE

BUSY_SAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Cpu:
    """Cores in use: the mean of the whole machine, the mean of the generator, its busiest 5 s; None where unrecorded.

    The machine is what was measured of it, other people's processes included, or in a record without that row the
    sum of the run's own processes.
    """

    machine_cores: float | None
    generator_cores: float | None
    generator_busiest_cores: float | None


def cpu_of(services: pa.Table | None, *, until_s: float) -> Cpu:
    """The CPU of the processes between the start of the load and `until_s`, sampled about once a second.

    A sample that is no finite number is none.
    """
    if services is None:
        return Cpu(None, None, None)
    columns = services.select(["t_s", "service", "cpu"]).to_pydict()
    rows = zip(columns["service"], columns["t_s"], columns["cpu"], strict=True)
    samples: dict[str, list[tuple[float, float]]] = {}
    for service, t_s, cores in rows:
        if cores is not None and np.isfinite(cores) and t_s is not None and 0.0 <= t_s <= until_s:
            samples.setdefault(service, []).append((t_s, cores))
    means = {service: float(np.mean([cores for _, cores in sorted(own)])) for service, own in samples.items()}
    return Cpu(
        machine_cores=means.get(MACHINE, sum(means[service] for service in sorted(means)) if means else None),
        generator_cores=means.get(GENERATOR),
        generator_busiest_cores=_busiest([cores for _, cores in sorted(samples.get(GENERATOR, []))]),
    )


def _busiest(cores: list[float]) -> float | None:
    busiest = pl.Series(cores, dtype=pl.Float64).rolling_mean(BUSY_SAMPLES).max()
    return float(busiest) if isinstance(busiest, float) else None
