"""One run of a matrix, reduced to what is compared."""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from creditstorm.analysis.analyse import summary_of
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures import money
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.analysis.measures.rates import rates_of
from creditstorm.analysis.run_data import COLUMNS as ANALYSED
from creditstorm.analysis.run_data import RunData, columns_of
from creditstorm.analysis.statistics.paired import People
from creditstorm.analysis.summary import Estimate, Summary
from creditstorm.credit import SOURCES, Outcome
from creditstorm.scenario.threshold import Phase

COLUMNS: Final = tuple(dict.fromkeys((*ANALYSED, *money.COLUMNS)))
"""The columns of the raw answers that a comparison reads."""


@dataclass(frozen=True, slots=True)
class FirstAttempts:
    """Who wanted to ask when: how many first attempts, and a digest of every (session, applicant, instant)."""

    first_attempts: int
    digest: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The figures of one run; `calls_per_person` counts what the sources served, None where nobody recorded it."""

    policy: str
    repeat: int
    summary: Summary
    people: People
    wrongful_in_windows: Estimate
    deferral_in_windows: Estimate
    asked: FirstAttempts
    calls_per_person: float | None
    retaps_per_person: float | None
    wrongful_answers: int
    episode_cost: money.EpisodeCost


def cell_of(run: RunData, *, policy: str, repeat: int) -> Cell:
    """What is compared of one run; `run.answers` has COLUMNS."""
    frame, phases = frame_of(run)
    summary = summary_of(run, frame, phases)
    windows = rates_of(asked_of(frame, phases), pl.col("phase") == Phase.FAULT.value, people=True)
    people = summary.people
    return Cell(
        policy=policy,
        repeat=repeat,
        summary=summary,
        people=_people(frame),
        wrongful_in_windows=windows.wrongful_no_credit_rate,
        deferral_in_windows=windows.deferral_rate,
        asked=first_attempts_of(run.answers),
        calls_per_person=_calls(run.services, people),
        retaps_per_person=(summary.answers - summary.sessions) / people if people else None,
        wrongful_answers=sum(summary.causes.values()),
        episode_cost=money.episode_cost_of(frame, run.answers, warm_up_s=phases.warm_up_s, last_s=phases.last_s),
    )


def first_attempts_of(answers: pa.Table) -> FirstAttempts:
    """The first attempts as the load intended them, whatever became of them."""
    rows = columns_of(answers, ["session", "applicant", "intended_s", "attempt"])
    firsts = rows.filter(pl.col("attempt") == 1).sort("session")
    digest = hashlib.blake2b(digest_size=16)
    for column in ("session", "applicant", "intended_s"):
        digest.update(np.ascontiguousarray(firsts[column].to_numpy()).tobytes())
    return FirstAttempts(firsts.height, digest.hexdigest())


def _people(frame: pl.DataFrame) -> People:
    wronged = (pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value).any()
    # Arrivals that nobody recorded have negative numbers: they are nobody in particular.
    asked = frame.lazy().filter("measured", "eligible", pl.col("applicant") >= 0)
    people = asked.group_by("applicant").agg(wronged.alias("wronged")).sort("applicant").collect()
    return People(people["applicant"].to_numpy(), people["wronged"].to_numpy().astype(np.bool_))


def _calls(services: pa.Table | None, people: int) -> float | None:
    """Calls that the sources, replicas included, served per person; a counter that falls began anew at 0."""
    if services is None or not people:
        return None
    rows = columns_of(services, ["t_s", "service", "served"])
    source = pl.col("service").cast(pl.String)
    counted = rows.with_columns(source).filter(source.str.split("-").list.first().is_in(SOURCES)).drop_nulls()
    step = pl.col("served").diff().fill_null(pl.col("served")).over("service", order_by="t_s")
    served = counted.select(pl.when(step < 0).then(pl.col("served")).otherwise(step).sum())
    return float(served.item()) / people if counted.height else None
