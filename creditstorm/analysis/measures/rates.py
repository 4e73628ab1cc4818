"""The rates of DESIGN section 7, counted over every intended arrival, unsent and unanswered ones included.

Counts come from the cube (`analysis/cube`). A slice is a part of the run that a report quotes, with its rates and its
commonest cause.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Final

import polars as pl
from creditstorm.analysis.detection import MonitorResult
from creditstorm.analysis.frame import judged_by_stable, oracles_differ
from creditstorm.analysis.measures.asked import Asked, Part
from creditstorm.analysis.measures.complained import REFERRED
from creditstorm.analysis.phases import Phases, window_column
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.statistics.seconds import Level, Share
from creditstorm.analysis.summary import Rates, Recovery, Slice
from creditstorm.credit import SERVICES, USABLE, File, Outcome, Segment
from creditstorm.scenario.threshold import METRICS, Phase, Rate, Variant

Bounds = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of how many."""

    hits: int
    n: int


RATES: Final = {each.name: rate for each in fields(Rates) if (rate := METRICS[each.name].rate) is not None}
"""The rates of every slice, by name."""


def rates_of(asked: Asked, scope: pl.Expr, *, people: bool = False) -> Rates:
    """The rates of a part of the run, of requests or of people, each with its 95 % interval within this episode."""
    parts = {of_eligible: asked.part(scope, of_eligible=of_eligible) for of_eligible in (True, False)}
    shares = {name: share_of(parts[metric.of_eligible], metric, people=people) for name, metric in RATES.items()}
    return Rates(**{name: share.estimate(Level.SHOWN) for name, share in shares.items()})


def share_of(part: Part, metric: Rate, *, people: bool) -> Share:
    """The share of one rate in a part of the run that holds its denominator only.

    Who complained and was `referred` is a person without a decision, whatever the request before had been told.
    """
    hit = part.having(metric.outcomes)
    if not people:
        return part.requests(hit)
    waits = Outcome.DEFERRED in metric.outcomes and REFERRED in part.asked.frame.columns
    return part.people(hit | part.asked.column(part, pl.col(REFERRED)) if waits else hit)


@dataclass(frozen=True, slots=True)
class Measured:
    """What thresholds are read from; `stable` is the same judged by the stable oracle, None where that is equal."""

    frame: pl.DataFrame
    phases: Phases
    asked: Asked
    recoveries: tuple[Recovery, ...] = ()
    stable: "Measured | None" = None
    monitors: tuple[MonitorResult, ...] = ()

    @property
    def cube(self) -> pl.DataFrame:
        """One row a combination of everything a slice can ask for, with its number of arrivals `n`."""
        return self.asked.cube


def causes_of(cube: pl.DataFrame) -> dict[str, int]:
    """Wrongful answers by cause, the commonest first (of equals, by name)."""
    counted = (
        cube.filter(pl.col("wrongful_cause").is_not_null())
        .group_by(pl.col("wrongful_cause").cast(pl.String).alias("cause"))
        .agg(pl.col("n").sum())
        .sort(["n", "cause"], descending=[True, False])
    )
    return {str(cause): int(n) for cause, n in counted.iter_rows()}


def first_cause(cube: pl.DataFrame) -> str | None:
    """The commonest cause of a part of the run, None where nobody was wronged."""
    return next(iter(causes_of(cube)), None)


STABLE_KIND: Final = "stable"
"""The kind of the slices that are judged by the stable oracle."""
SHOWN_PHASES: Final = (Phase.WARM_UP, Phase.CALM, Phase.BETWEEN, Phase.RECOVERY)


def slices_of(measured: Measured) -> tuple[Slice, ...]:
    """Every slice of the run: attempts, phases with windows in the order of time, segments, files."""
    in_time = [*_phases(measured), *_windows(measured)]
    inside = pl.col("measured")
    return (
        *_attempts(measured, inside),
        *sorted(in_time, key=lambda part: (part.start_s is None, part.start_s or 0.0, part.name)),
        *(_slice(measured, "segment", name.value, inside & (pl.col("segment") == name.value)) for name in Segment),
        *(_slice(measured, "file", name.value, inside & (pl.col("file") == name.value)) for name in File),
    )


def _attempts(measured: Measured, inside: pl.Expr) -> Iterator[Slice]:
    yield _slice(measured, "attempt", Variant.REQUESTS.value, inside)
    yield _slice(measured, "attempt", "first", inside & pl.col("first"))
    yield _slice(measured, "attempt", "final", inside & pl.col("final"))
    people = int(measured.asked.part(inside).first.sum())
    rates = rates_of(measured.asked, inside, people=True)
    yield Slice("attempt", "people", people, rates, first_cause(measured.cube.filter(inside)))


def _phases(measured: Measured) -> Iterator[Slice]:
    for phase in SHOWN_PHASES:
        scope = pl.col("phase") == phase.value
        bounds = measured.phases.bounds(phase)
        if bounds or not measured.cube.filter(scope).is_empty():
            yield _slice(measured, "phase", phase.value, scope, bounds or (None, None))


def _windows(measured: Measured) -> Iterator[Slice]:
    for index, window in enumerate(measured.phases.windows):
        scope = pl.col("measured") & pl.col(window_column(index))
        yield _slice(measured, "window", window.name, scope, (window.start_s, window.end_s))


def _slice(measured: Measured, kind: str, name: str, scope: pl.Expr, between: Bounds = (None, None)) -> Slice:
    cube = measured.cube.filter(scope)
    return Slice(kind, name, int(cube["n"].sum()), rates_of(measured.asked, scope), first_cause(cube), *between)


def fan_out_floor(frame: pl.DataFrame) -> float | None:
    """1 − Π(1 − pᵢ) over the services, pᵢ the share of a service's evidence that was missing in calm.

    None where calm holds no evidence at all.
    """
    calm = frame.lazy().filter(pl.col("phase") == Phase.CALM.value)
    shares = calm.select(_missing_share(service) for service in SERVICES).collect().row(0)
    known = [share for share in shares if share is not None]
    return 1.0 - math.prod(1.0 - share for share in known) if known else None


def _missing_share(service: str) -> pl.Expr:
    usable = pl.col(f"{service}_status").is_in(sorted(status.value for status in USABLE))
    return (~usable).mean().alias(service)


def stable_of(run: RunData, asked: Asked, phases: Phases) -> Measured | None:
    """What thresholds read of the stable oracle; None, at hardly any price, where both oracles say the same.

    `asked` are the arrivals of the run judged by the oracle in force: who asked when is the same.
    """
    if not oracles_differ(run.answers):
        return None
    frame = judged_by_stable(run, asked.frame)
    return Measured(frame, phases, asked.judged_again(frame, phases))


def slices_by_stable(stable: Measured | None) -> Iterator[Slice]:
    """People, requests and each fault window again, as slices of the kind `stable`; none where nothing differs."""
    if stable is not None:
        for part in slices_of(stable):
            if part.kind == "window" or (part.kind, part.name) in (("attempt", "people"), ("attempt", "requests")):
                yield replace(part, kind=STABLE_KIND)
