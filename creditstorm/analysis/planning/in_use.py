"""How much of each service was in use at the peak of a run, and which queue was full first."""

import math
from dataclasses import dataclass
from typing import Final

import polars as pl
from creditstorm.analysis.run_data import RunData
from creditstorm.credit.sources import SERVICES
from creditstorm.scenario.faults import DECISION, CapacityFault
from creditstorm.scenario.faults.base import replicas_of, service_of
from creditstorm.scenario.model import Scenario

PEAK: Final = 0.9
"""A second counts as one of the peak where at least this share of the highest rate is asked for."""


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """One process of the lender: `in_use` of its workers at the peak on average, and how it went with its queue.

    `full_s` is when somebody first met a full queue, None where nobody did; of the decision service, which has no
    workers of its own, when it first turned somebody away. `in_use` is None of that one, and where no peak was seen.
    """

    in_use: float | None
    longest_queue: int
    shed: int
    full_s: float | None


def services_used(run: RunData) -> dict[str, ServiceUse]:
    """Each process of the lender by name, in the order in which the lender has them; empty without its record."""
    if run.services is None:
        return {}
    rows = pl.from_arrow(run.services.select(["t_s", "service", "in_flight", "queue", "shed"]))
    assert isinstance(rows, pl.DataFrame)  # noqa: S101 - a table is a frame
    parts = {str(key[0]): part for key, part in rows.sort("t_s").group_by("service")}
    return {name: _used(parts[name], name, run.scenario) for name in _processes(run.scenario) if name in parts}


def _processes(scenario: Scenario) -> tuple[str, ...]:
    services = (process for service in SERVICES for process in replicas_of(service, scenario.system.redundancy))
    return (DECISION, *services)


def _used(rows: pl.DataFrame, process: str, scenario: Scenario) -> ServiceUse:
    shed = rows.filter(pl.col("shed") > 0)
    return ServiceUse(
        in_use=_share(rows, process, scenario),
        longest_queue=int(rows["queue"].max() or 0),  # type: ignore[arg-type]
        shed=int(rows["shed"].max() or 0),  # type: ignore[arg-type]
        full_s=float(shed["t_s"][0]) if len(shed) else None,
    )


def _share(rows: pl.DataFrame, process: str, scenario: Scenario) -> float | None:
    if process == DECISION:
        return None
    seconds = [
        (busy, workers_at(scenario, process, t_s))
        for t_s, busy in zip(rows["t_s"], rows["in_flight"], strict=True)
        if at_peak(scenario, t_s)
    ]
    all_workers = sum(workers for _, workers in seconds)
    return sum(min(busy, workers) for busy, workers in seconds) / all_workers if all_workers else None


def workers_at(scenario: Scenario, process: str, t_s: float) -> int:
    """How many workers the process has at this instant of the plan: faults take some away."""
    profile = scenario.system.profiles()[service_of(process)]
    left = math.prod(
        fault.factor
        for fault in scenario.faults
        if isinstance(fault, CapacityFault) and fault.target == process and fault.at_s <= t_s < fault.end_s
    )
    return max(1, round(profile.workers * left))


def at_peak(scenario: Scenario, t_s: float) -> bool:
    """Whether nearly the highest rate is asked for at this instant; in the closed model, always after the warm-up."""
    stages = scenario.load.arrivals
    if stages is None:
        return scenario.load.warm_up_s <= t_s < scenario.load.duration_s
    peak_hz = max(stage.reaches_hz for stage in stages)
    before_hz, began_s = 0.0, 0.0
    for stage in stages:
        if began_s <= t_s < began_s + stage.for_s:
            from_hz = before_hz if stage.rate_hz is None else stage.rate_hz
            return from_hz + (stage.reaches_hz - from_hz) * (t_s - began_s) / stage.for_s >= PEAK * peak_hz
        before_hz, began_s = stage.reaches_hz, began_s + stage.for_s
    return False
