"""Every figure that a live run and the simulated one of the same seed are held against each other by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from creditstorm.analysis.agreement.margins import (
    ALPHA,
    LATENCY,
    RATE,
    RECOVERY,
    AgreedFigure,
    Between,
    ComparedPair,
    FigureDifference,
    UnitOfFigure,
    difference,
    in_doubt,
    in_neither,
    unknown,
)
from creditstorm.analysis.agreement.shared_luck import (
    Sides,
    Spell,
    around,
    mean_between,
    quantile_between,
    ratio_between,
)
from creditstorm.analysis.analyse import summary_of
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.latency import BEYOND, QUANTILES, enough, is_decision
from creditstorm.analysis.measures.rates import RATES
from creditstorm.analysis.phases import Phases, window_column
from creditstorm.analysis.run_data import RunData, columns_of
from creditstorm.analysis.summary import Recovery, Summary
from creditstorm.analysis.trust import DoubtKind
from creditstorm.credit import SERVICES, SOURCES

COMPARED: Final = ("wrongful_no_credit_rate", "deferral_rate", "unavailability_rate")
TIMES: Final = ("p50", "p90", "p99")
RUN: Final = "run"
FEWEST_SECONDS: Final = 2
_OF_THE_LENDER: Final = frozenset({DoubtKind.UNDECIDED})
"""Doubts that speak of what people were told and not of how well it was measured."""


@dataclass(frozen=True, slots=True)
class Side:
    """One run of a pair, analysed."""

    run: RunData
    frame: pl.DataFrame
    phases: Phases
    summary: Summary

    @classmethod
    def of(cls, run: RunData) -> "Side":
        """The run with its frame and figures."""
        frame, phases = frame_of(run)
        return cls(run, frame, phases, summary_of(run, frame, phases))

    @property
    def scopes(self) -> dict[str, pl.Expr]:
        """The parts of the run that are compared: all after the warm-up, and each window."""
        windows = {w.name: pl.col("measured") & pl.col(window_column(i)) for i, w in enumerate(self.phases.windows)}
        return {RUN: pl.col("measured"), **windows}


def pair_of(
    live_run: RunData, simulated_run: RunData, *, policy: str, storm: str, alpha: float = ALPHA
) -> ComparedPair:
    """Every figure of the two runs side by side, each test at `alpha`; `storm` tells which storm it was, seed aside.

    A doubt about the live run, and none of the lender, leaves all of them open.
    """
    live, simulated = Side.of(live_run), Side.of(simulated_run)
    told = [doubt.text for doubt in live.summary.honesty.doubts if doubt.kind not in _OF_THE_LENDER]
    # A window that one of the two lacks is told as such, so that nothing is left out in silence.
    others = [doubt.text for doubt in simulated.summary.honesty.doubts if doubt.kind not in _OF_THE_LENDER]
    figures = (
        *_rates(live, simulated, alpha),
        *_recoveries(live.summary.recovery, simulated.summary.recovery),
        *_efforts(live, simulated, alpha),
        *_latencies(live, simulated, alpha),
        *_in_use(live, simulated, alpha),
    )
    doubts = (*told, *(f"simulated: {text}" for text in others))
    return in_doubt(ComparedPair(live_run.scenario.id, policy, live_run.scenario.seed, storm, figures, doubts))


def _rates(live: Side, simulated: Side, alpha: float) -> Iterator[FigureDifference]:
    ours, theirs = live.scopes, simulated.scopes
    for where in dict.fromkeys((*ours, *theirs)):
        for name in COMPARED:
            for of in ("people", "requests"):
                figure = AgreedFigure(name, where, of, UnitOfFigure.SHARE, RATE)
                if where not in ours or where not in theirs:
                    yield unknown(figure, "one of the two runs has no such window")
                    continue
                sides = _sides(live.frame.filter(ours[where]), simulated.frame.filter(theirs[where]), name, of)
                between = ratio_between(sides, alpha)
                yield (
                    unknown(figure, "nobody eligible asked")
                    if between is None
                    else difference(figure, between, len(sides.second))
                )


def _sides(live: pl.DataFrame, simulated: pl.DataFrame, rate: str, of: str) -> Sides:
    outcomes = sorted(RATES[rate].outcomes)
    return _joined(
        *(_of_people(one.filter("eligible"), pl.col("outcome").is_in(outcomes), of) for one in (live, simulated))
    )


def _of_people(frame: pl.DataFrame, hit: pl.Expr, of: str) -> pl.DataFrame:
    hits, n = (hit.any(), pl.lit(1.0)) if of == "people" else (hit.sum(), pl.len())
    # Arrivals that nobody recorded have negative numbers: they are nobody in particular, and a doubt.
    known = frame.lazy().filter(pl.col("applicant") >= 0)
    return (
        known.group_by("applicant")
        .agg(hits.cast(pl.Float64).alias("hits"), n.cast(pl.Float64).alias("n"), pl.col("intended_s").min().alias("at"))
        .collect()
    )


def _joined(live: pl.DataFrame, simulated: pl.DataFrame) -> Sides:
    both = live.join(simulated, on="applicant", how="full", coalesce=True, suffix="_there").sort("applicant")
    column = {name: both[name].fill_null(0.0).to_numpy() for name in ("hits", "n", "hits_there", "n_there")}
    first = both.select(pl.min_horizontal("at", "at_there").floor().cast(pl.Int64)).to_series().to_numpy()
    return Sides(first, column["hits"], column["n"], column["hits_there"], column["n_there"])


def _recoveries(live: Sequence[Recovery], simulated: Sequence[Recovery]) -> Iterator[FigureDifference]:
    ours, theirs = ({one.name: one for one in side} for side in (live, simulated))
    for name in dict.fromkeys((*ours, *theirs)):
        figure = AgreedFigure("recovery", name, "", UnitOfFigure.SECONDS, RECOVERY)
        if name not in ours or name not in theirs:
            yield unknown(figure, "one of the two runs has no such episode")
        else:
            yield recovery_between(figure, ours[name], theirs[name])


def recovery_between(figure: AgreedFigure, live: Recovery, simulated: Recovery) -> FigureDifference:
    """How far apart two recoveries of one episode are.

    Both ends of what is known of it move together, since people and luck are shared: so do their differences.
    """
    if live.seconds is None and simulated.seconds is None:
        return _not_back(figure, live, simulated)
    if live.seconds is None or simulated.seconds is None:
        which = "the live" if live.seconds is None else "the simulated"
        return unknown(figure, f"not shown back in {which} run", live=live.seconds, simulated=simulated.seconds)
    apart = (simulated.seconds - live.seconds, simulated.low_s - live.low_s)
    between = Between(live.seconds, simulated.seconds, min(apart), max(apart))
    n = sum(part.asked for part in (live.until, live.after) if part is not None)
    return difference(figure, between, n)


def _not_back(figure: AgreedFigure, live: Recovery, simulated: Recovery) -> FigureDifference:
    """Neither run gives a recovery. What each gives is up to when it was shown not back, and that has to be the same.

    Where both were shown not back for as long as anybody asked, that long is a figure of both.
    """
    if min(_to_the_end(live), _to_the_end(simulated)):
        apart = (simulated.observed_s - live.observed_s, simulated.low_s - live.low_s)
        between = Between(live.observed_s, simulated.observed_s, min(apart), max(apart))
        return difference(replace(figure, figure="not_back"), between, 0 if live.until is None else live.until.asked)
    if abs(simulated.low_s - live.low_s) > figure.margin.of(live.low_s):
        not_back = f"shown not back for {live.low_s:.0f} s live and {simulated.low_s:.0f} s simulated"
        return unknown(figure, f"not shown back in either run, but {not_back}")
    return in_neither(figure, live.note or "not shown back in either run")


def _to_the_end(one: Recovery) -> bool:
    return one.low_s + 1.0 >= one.observed_s > 0.0


def _efforts(live: Side, simulated: Side, alpha: float) -> Iterator[FigureDifference]:
    """Re-taps a person, and calls a person of each source, retries included."""
    asked = _joined(*(_requests(side.frame) for side in (live, simulated)))
    between = ratio_between(asked, alpha)
    retaps = AgreedFigure("retaps", RUN, "", UnitOfFigure.EACH, RATE)
    if between is None:
        yield unknown(retaps, "nobody asked")
        return
    people = int((asked.live_n > 0).sum()), int((asked.simulated_n > 0).sum())
    half = (between.high - between.low) / 2
    sessions = [_sessions(side.frame) / max(1, n) for side, n in zip((live, simulated), people, strict=True)]
    own = around(between.live - sessions[0], between.simulated - sessions[1], half)
    yield difference(retaps, own, people[0])
    served = [_served(side.run) for side in (live, simulated)]
    for source in SOURCES:
        figure = AgreedFigure("calls", RUN, source, UnitOfFigure.EACH, RATE)
        if source not in served[0] or source not in served[1]:
            yield unknown(figure, "nobody recorded what this source served")
            continue
        here, there = (calls[source] / max(1, n) for calls, n in zip(served, people, strict=True))
        # Calls go with requests, so what is unsure of these is unsure of them.
        yield difference(figure, around(here, there, half * here / max(between.live, 1e-9)), people[0])


def _requests(frame: pl.DataFrame) -> pl.DataFrame:
    counted = frame.lazy().filter(pl.col("applicant") >= 0).group_by("applicant")
    hits, at = pl.len().cast(pl.Float64).alias("hits"), pl.col("intended_s").min().alias("at")
    return counted.agg(hits, at).with_columns(n=pl.lit(1.0)).collect()


def _sessions(frame: pl.DataFrame) -> int:
    return int(frame.filter(pl.col("applicant") >= 0)["session"].n_unique())


def _served(run: RunData) -> dict[str, float]:
    """Calls that each source, replicas included, served; a counter that falls began anew at 0."""
    if run.services is None:
        return {}
    rows = _by_service(run, "served").drop_nulls()
    step = pl.col("served").diff().fill_null(pl.col("served")).over("process", order_by="t_s")
    counted = rows.with_columns(step=pl.when(step < 0).then(pl.col("served")).otherwise(step))
    totals = counted.group_by("service").agg(pl.col("step").sum())
    return {str(service): float(calls) for service, calls in totals.iter_rows()}


def _by_service(run: RunData, column: str) -> pl.DataFrame:
    assert run.services is not None  # noqa: S101 - whoever asks has looked
    rows = columns_of(run.services, ["t_s", "service", column])
    process = pl.col("service").cast(pl.String)
    named = rows.with_columns(process=process, service=process.str.split("-").list.first())
    return named.filter(pl.col("service").is_in(list(SERVICES)))


def _latencies(live: Side, simulated: Side, alpha: float) -> Iterator[FigureDifference]:
    here, there = _spell(live.frame), _spell(simulated.frame)
    fewest, most = sorted((len(here.spent_s), len(there.spent_s)))
    for name in TIMES:
        figure = AgreedFigure(f"latency_{name}", RUN, "", UnitOfFigure.SECONDS, LATENCY)
        if enough(fewest, QUANTILES[name]):
            yield difference(figure, quantile_between(here, there, QUANTILES[name], alpha), fewest)
        else:
            lacks = unknown if enough(most, QUANTILES[name]) else in_neither
            yield lacks(figure, f"{fewest:,} decisions, and this quantile wants {_wanted(QUANTILES[name]):,}")


def _wanted(q: float) -> int:
    """How many decisions are enough for a quantile."""
    return round(BEYOND / (1.0 - q))


def _spell(frame: pl.DataFrame) -> Spell:
    told = frame.lazy().filter(pl.col("measured") & is_decision() & pl.col("done_s").is_not_null())
    spent = told.select("intended_s", spent=pl.col("done_s") - pl.col("intended_s")).drop_nulls().collect()
    return Spell(np.floor(spent["intended_s"].to_numpy()).astype(np.int64), spent["spent"].to_numpy())


def _in_use(live: Side, simulated: Side, alpha: float) -> Iterator[FigureDifference]:
    """The share of workers that is held: of all services, and of the one that live is the busiest."""
    if live.run.services is None or simulated.run.services is None:
        return
    both = workers_held(live).join(workers_held(simulated), on=["second", "service"], suffix="_there")
    means = both.group_by("service").agg(pl.col("share").mean()).sort("share", "service", descending=True)
    busiest = None if means.is_empty() else str(means["service"][0])
    for of, part in (("all services", both), (f"{busiest}, the busiest", both.filter(pl.col("service") == busiest))):
        figure = AgreedFigure("capacity_in_use", RUN, of, UnitOfFigure.SHARE, RATE)
        seconds = part.group_by("second").agg(pl.col("share", "share_there").mean()).sort("second")
        if seconds.height < FEWEST_SECONDS:
            yield unknown(figure, "too few seconds were recorded")
        else:
            between = mean_between(seconds["share"].to_numpy(), seconds["share_there"].to_numpy(), alpha)
            yield difference(figure, between, seconds.height)


def workers_held(side: Side) -> pl.DataFrame:
    """The share of its workers that each service held in each whole second, from what it counted since its start.

    Counted and not looked at: who looks once a second sees of a fast service next to nothing.
    """
    workers = side.run.scenario.system.profiles()
    parts = [
        _by_second(side, rows).with_columns(service=pl.lit(service), workers=float(workers[service].workers))
        for (service, _process), rows in _by_service(side.run, "held_s").drop_nulls().group_by("service", "process")
        if rows.height >= FEWEST_SECONDS
    ]
    if not parts:
        return pl.DataFrame(schema={"second": pl.Int64, "service": pl.String, "share": pl.Float64})
    share = pl.col("held").sum() / pl.col("workers").sum()
    return pl.concat(parts).group_by("second", "service").agg(share=share)


def _by_second(side: Side, rows: pl.DataFrame) -> pl.DataFrame:
    """For how long one process held workers in each whole second; a counter that falls began anew at 0."""
    ordered = rows.sort("t_s")
    t_s, held_s = ordered["t_s"].to_numpy(), ordered["held_s"].to_numpy()
    steps = np.diff(held_s)
    total = np.concatenate([[0.0], np.cumsum(np.where(steps < 0.0, held_s[1:], steps))])
    first, last = max(side.phases.warm_up_s, t_s[0]), min(side.phases.end_s, t_s[-1])
    seconds = np.arange(np.ceil(first), np.floor(last) + 1.0)
    return pl.DataFrame({"second": seconds[:-1].astype(np.int64), "held": np.diff(np.interp(seconds, t_s, total))})
