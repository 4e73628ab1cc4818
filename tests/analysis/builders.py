"""Synthetic runs with known answers: rows one by one, or a storm of many drawn at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Summary
from creditstorm.analysis.timeline import timeline_of
from creditstorm.credit.sources import SERVICES
from creditstorm.record.manifest import ClockAnchor, Ended, Ending, Host, Manifest
from creditstorm.record.mark_journal import mark_of
from creditstorm.record.marks import Mark
from creditstorm.record.schema import ANSWERS, NOTICES, SERVICES_SCHEMA
from creditstorm.record.stream import encoded, plain
from creditstorm.scenario.model import Scenario

LIMIT_CNY = 10_000


def arrival(number: int = 0, intended_s: float = 1.0, **changes: Any) -> dict[str, object]:
    """One row: an eligible person, first attempt, approved in 100 ms, unless changed; None drops evidence."""
    eligible = changes.pop("eligible", True)
    answer = changes.pop("answer", "approved" if eligible else "no_credit")
    took_s = changes.pop("took_s", 0.1)
    lag_s = changes.pop("lag_s", 0.001)
    sent = answer != "unsent"
    decided = answer in ("approved", "no_credit", "undetermined", "action_needed")
    row: dict[str, object] = {
        "intended_s": intended_s,
        "sent_s": intended_s + lag_s if sent else None,
        "done_s": intended_s + lag_s + took_s if sent else None,
        "applicant": number,
        "session": number,
        "attempt": 1,
        "segment": "consumer",
        "file": "thick",
        "truth": "eligible" if eligible else "ineligible",
        "truth_limit_cny": LIMIT_CNY if eligible else 0,
        "answer": answer,
        "limit_cny": LIMIT_CNY if answer == "approved" else 0,
        "reason": {"approved": "granted", "no_credit": "C_SCORE"}.get(answer),
        "cause": "credit:score" if decided else None,
        **{f"{service}_status": "ok" if decided else None for service in SERVICES},
        "worker": 0,
    }
    return {"truth_stable": row["truth"], **row, **changes}


def arrivals(count: int, *, start: int = 0, from_s: float = 0.0, step_s: float = 0.1, **changes: Any) -> list[dict]:
    """Rows of different people, evenly spaced."""
    return [arrival(start + index, from_s + index * step_s, **changes) for index in range(count)]


def wrongful(count: int, **changes: Any) -> list[dict]:
    """Rows of creditworthy people who were told "no credit" because the bureau was late."""
    told = {"answer": "no_credit", "reason": "C_RECORD", "cause": "late:bureau", "bureau_status": "late"}
    return arrivals(count, **{**told, **changes})


def table(rows: Iterable[dict[str, object]]) -> pa.Table:
    """Rows in the schema of the record."""
    return encoded(pa.Table.from_pylist(list(rows), schema=plain(ANSWERS)), ANSWERS)


def services(rows: Iterable[dict[str, object]]) -> pa.Table:
    """Per-second figures in the schema of the record."""
    return encoded(pa.Table.from_pylist(list(rows), schema=plain(SERVICES_SCHEMA)), SERVICES_SCHEMA)


def notices(*rows: dict[str, object]) -> pa.Table:
    """Notices in the schema of the record."""
    return encoded(pa.Table.from_pylist(list(rows), schema=plain(NOTICES)), NOTICES)


def scenario(
    faults: Sequence[dict[str, object]] = (), thresholds: dict[str, object] | None = None, **changes: Any
) -> Scenario:
    """A scenario of 100 s at 10/s, without faults unless some are given."""
    load = {"arrivals": [{"for": 100.0, "rate": 10.0}], "warm_up": changes.pop("warm_up_s", 0.0)}
    client = {"paints_failure_as": changes.pop("paints_failure_as", "error")}
    return Scenario.model_validate(
        {
            "schema": 1,
            "id": "synthetic",
            "why": "A run whose figures are known by hand.",
            "seed": 7,
            "population": {"applicants": 1000},
            "load": load,
            "client": client,
            "faults": list(faults),
            "thresholds": thresholds or {},
            **changes,
        }
    )


MANIFEST = Manifest(
    run_id="synthetic-1",
    scenario_id="synthetic",
    policy="fail-closed",
    seed=7,
    created="2026-11-11T00:00:00Z",
    versions={},
    git=None,
    host=Host(system="Linux", machine="x86_64", cores=2, memory_gib=4.0),
    clock=ClockAnchor(unix_s=0.0, monotonic_s=0.0),
    processes=1,
    planned=0,
    duration_s=100.0,
    ended=Ended(Ending.COMPLETED),
)


def manifest(**changes: Any) -> Manifest:
    """A completed run of 100 s in one process on two cores, nothing missing, unless changed."""
    return replace(MANIFEST, **changes)


def fault(name: str = "bureau", *, at_s: float = 20.0, for_s: float = 15.0, **changes: Any) -> dict[str, object]:
    """A black hole in the words of a scenario."""
    return {"kind": "blackhole", "target": "bureau", "name": name, "at": at_s, "for": for_s, **changes}


def mark(event: str, t_s: float, name: str = "bureau", target: str = "bureau", **more: object) -> Mark:
    """One mark of a fault."""
    return mark_of({"t_s": t_s, "event": event, "fault": name, "target": target, "kind": "blackhole", **more})


def marks(
    name: str = "bureau", *, from_s: float = 20.0, to_s: float | None = 35.0, target: str = "bureau"
) -> list[Mark]:
    """The marks of a fault that was verified at both ends (without an end where `to_s` is None)."""
    on = [mark("fault_applied", from_s - 0.01, name, target), mark("fault_effective", from_s, name, target)]
    return on if to_s is None else [*on, mark("fault_cleared", to_s, name, target)]


IDLE = services(
    row
    for second in range(100)
    for row in (
        {"t_s": second + 0.5, "service": "machine", "cpu": 0.1},
        *({"t_s": second + 0.5, "service": name, "lag_s": 0.002} for name in ("decision", "locust")),
    )
)
"""A machine with nothing to do."""


def run(rows: Iterable[dict[str, object]] | pa.Table = (), **parts: Any) -> RunData:
    """A run of these rows on an idle machine; the other parts as given, or plain ones."""
    return RunData(
        answers=rows if isinstance(rows, pa.Table) else table(rows),
        services=parts.get("services", IDLE),
        marks=parts.get("marks", []),
        manifest=parts.get("manifest", MANIFEST),
        scenario=parts.get("scenario", scenario()),
        notices=parts.get("notices"),
        plan=parts.get("plan"),
    )


def storm(answers: int, *, seed: int = 1, duration_s: float = 75.0) -> pa.Table:
    """Many rows at once: 65 % eligible, 2 % wronged in calm and all of them while the bureau is dark (20–35 s)."""
    rng = np.random.default_rng(seed)
    sessions = np.sort(rng.integers(0, max(1, int(answers * 0.75)), answers))
    started = np.concatenate([[True], sessions[1:] != sessions[:-1]])[:answers]
    starts = np.flatnonzero(started)
    attempt = np.arange(answers) - np.repeat(starts, np.diff(np.append(starts, answers))) + 1
    intended = np.sort(rng.uniform(0.0, duration_s, answers))
    sent = intended + rng.exponential(0.002, answers)
    applicant = rng.integers(0, 10**8, int(sessions[-1]) + 1 if answers else 0)[sessions]
    eligible = (applicant * 2_654_435_761) % 1000 < 650
    dark = (intended >= 20.0) & (intended < 35.0)
    lost = (rng.random(answers) < 0.02) | dark
    took = np.where(lost, 2.0, rng.lognormal(-1.0, 0.6, answers))
    approved = eligible & ~lost
    word = {
        "segment": np.where(applicant % 5 == 0, "micro_business", "consumer"),
        "file": np.where(applicant % 4 == 0, "thin", "thick"),
        "truth": np.where(eligible, "eligible", "ineligible"),
        "truth_stable": np.where(eligible, "eligible", "ineligible"),
        "answer": np.where(approved, "approved", "no_credit"),
        "reason": np.where(approved, "granted", np.where(lost, "C_RECORD", "C_SCORE")),
        "cause": np.where(lost, np.where(dark, "late:bureau", "late:income"), "credit:score"),
        **{f"{service}_status": np.full(answers, "ok") for service in SERVICES},
        "bureau_status": np.where(dark, "late", np.where(applicant % 4 == 0, "empty", "ok")),
        "income_status": np.where(lost & ~dark, "late", "ok"),
    }
    limit = np.where(eligible, 500 + applicant % 100 * 100, 0)
    number = {
        "intended_s": intended,
        "sent_s": sent,
        "done_s": sent + took,
        "applicant": applicant,
        "session": sessions,
        "attempt": attempt,
        "truth_limit_cny": limit,
        "limit_cny": np.where(approved, limit, 0),
    }
    columns = {**number, **word}
    arrays = [
        pa.array(columns[field.name]).cast(plain(ANSWERS).field(field.name).type)
        if field.name in columns
        else pa.nulls(answers, plain(ANSWERS).field(field.name).type)
        for field in ANSWERS
    ]
    return encoded(pa.table(arrays, schema=plain(ANSWERS)), ANSWERS)


def analysed(data: RunData) -> Summary:
    """The summary of a run."""
    return figures_of(data)[0]


def timeline_of_run(data: RunData) -> Timeline:
    """The timeline of a run."""
    return timeline_of(*frame_of(data))
