"""Laws of feedback in virtual time, over thirty seeds of one short storm a policy: people complain within seconds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl
import pytest
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.detection import MonitorResult
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.monitors.noticed import monitored
from creditstorm.analysis.run_data import RunData, columns_of
from creditstorm.runs.simulate import simulate, simulated_summary
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load
from tests.storm.harness import scenario

SEEDS: Final = tuple(range(11, 41))
REVIEWERS, HANDLING_S = 2, 1.0
COLUMNS: Final = ("intended_s", "done_s", "session", "attempt", "truth", "answer", "outcome", "bureau_status")
AT_S, CLEAR_S, PATIENCE_S = 4.0, 9.0, 17.0


def storm(
    policy: object, *, rate: int = 6, lasts: str = "26s", complain: str = "20%", unsure: str = "40%", **system: Any
) -> dict[str, Any]:
    """The bureau is dark for five seconds; who was told no, or nothing, complains three seconds later."""
    return {
        "load": {"arrivals": [{"for": lasts, "rate": f"{rate}/s"}], "warm_up": "1s", "retap": "off"},
        "system": {"policy": policy, **system},
        "client": {"complains": {"no_credit": complain, "undetermined": unsure, "after": "2s", "spread": "2s"}},
        "faults": [{"kind": "blackhole", "target": "bureau", "at": f"{AT_S:g}s", "for": f"{CLEAR_S - AT_S:g}s"}],
        "thresholds": {},
    }


@cache
def loaded(storm_as_json: str) -> Scenario:
    """The storm, read once for all seeds."""
    with TemporaryDirectory() as place:
        return load(scenario(Path(place), "feedback", **json.loads(storm_as_json)))


def with_seed(plain: dict[str, Any], seed: int) -> Scenario:
    """The scenario of this storm with the luck of this seed."""
    return loaded(json.dumps(plain)).model_copy(update={"seed": seed})


def run(plain: dict[str, Any], seed: int) -> RunData:
    """The simulated run of this storm with the luck of this seed."""
    return simulate(with_seed(plain, seed), columns=COLUMNS)


@cache
def heard(policy: str) -> pl.DataFrame:
    """Everybody who complained of an answer from the dark, of all seeds: what they were told, and told then."""
    return pl.concat(_heard(run(storm(policy), seed)) for seed in SEEDS)


def _heard(data: RunData) -> pl.DataFrame:
    assert data.complaints is not None
    assert data.notices is not None
    key = ["session", "attempt"]
    told = columns_of(data.answers, [*key, "done_s", "truth", "outcome"])
    decided = columns_of(data.notices, [*key, "t_s", "answer", "outcome"]).filter(
        pl.col("answer").cast(pl.String) != "referred"
    )
    later = decided.rename({"t_s": "heard_s", "outcome": "then", "answer": "said"})
    words = pl.col("truth", "outcome", "then", "said").cast(pl.String)
    of = columns_of(data.complaints, key).join(told, on=key, how="left").join(later, on=key, how="left")
    return of.with_columns(words)


@pytest.mark.parametrize(
    ("policy", "harmed"), [("fail-closed-feedback", "wrongful_no_credit"), ("tri-state-feedback", "deferred")]
)
def test_the_wronged_who_complain_are_put_right_soon_after_the_clear(policy: str, harmed: str) -> None:
    """Nine of ten at least of those who complained of an answer from the dark; 17 s after it, the law is 30."""
    dark = pl.col("done_s").is_between(AT_S, CLEAR_S + 2.0) & (pl.col("truth") == "eligible")
    wronged = heard(policy).filter(dark & (pl.col("outcome") == harmed))
    soon = wronged.filter((pl.col("then") == "correct") & (pl.col("heard_s") <= CLEAR_S + PATIENCE_S))
    assert wronged.height > 60
    assert soon.height >= 0.9 * wronged.height


@pytest.mark.parametrize("policy", ["fail-closed-feedback", "tri-state-feedback"])
def test_a_right_no_is_never_turned(policy: str) -> None:
    """Nobody who is not creditworthy is granted anything for complaining."""
    right = heard(policy).filter((pl.col("truth") == "ineligible") & pl.col("said").is_not_null())
    assert right.height > 150
    assert set(right["said"]) == {"no_credit"}


def later(plain: dict[str, Any], *after: float) -> Iterator[float]:
    """The share of arrivals in these seconds whose decision missed the bureau, by seed."""
    for seed in SEEDS:
        rows = columns_of(run(plain, seed).answers, ["intended_s", "bureau_status"])
        there = rows.filter(pl.col("intended_s").is_between(*after))
        yield float((~pl.col("bureau_status").cast(pl.String).is_in(["ok", "empty"])).pipe(there.select).mean().item())


def test_second_looks_at_all_of_the_capacity_bring_the_source_down_again() -> None:
    """Where everybody complains, at once and of everything: at a fifth of what is decided, the source stays up."""
    bureau = {"services": {"bureau": {"workers": 3, "queue": 35}}}
    policy = {"preset": "fail-closed"}
    lost = {
        share: list(
            later(
                storm(
                    {**policy, "feedback": {"kind": "redecide", "share": share, "each": 100}},
                    rate=7,
                    lasts="17s",
                    complain="100%",
                    unsure="100%",
                    **bureau,
                ),
                *(CLEAR_S + 4.0, 17.0),
            )
        )
        for share in (1.0, 0.2)
    }
    assert sum(lost[1.0]) / len(SEEDS) > 0.4
    assert sum(lost[0.2]) / len(SEEDS) < 0.2


HEARD_OF: Final = {
    "load": {"arrivals": [{"for": "30s", "rate": "20/s"}], "warm_up": "1s", "retap": "off"},
    "system": {"policy": "fail-closed"},
    "client": {"complains": {"no_credit": "60%", "after": "2s", "spread": "3s"}},
    "faults": [{"kind": "blackhole", "target": "bureau", "at": "14s", "for": "16s"}],
    "monitors": ["http_errors", "complaint_rate"],
    "thresholds": {},
}


def by_name(data: RunData) -> dict[str, MonitorResult]:
    """What each monitor says of a run, as its summary does."""
    found = monitored(*frame_of(data), data.scenario.watched, data.complaints)
    return {one.monitor: one for one in found}


def test_complaints_notice_a_dark_source_and_http_errors_never_do() -> None:
    """Every answer of a lender that fails closed is a well-formed one: only those who read it say otherwise."""
    noticed = []
    for seed in SEEDS:
        said = by_name(simulate(with_seed(HEARD_OF, seed)))
        [errors, complaints] = (said[name].noticed[0] for name in ("http_errors", "complaint_rate"))
        assert errors.after_s is None
        noticed.append(complaints.after_s is not None)
    assert sum(noticed) >= 28


def test_complaining_always_costs_no_more_than_the_stated_share() -> None:
    """Everybody complains of every no, for ever: a fifth of what is decided for those who ask is looked at again."""
    policy = {"preset": "fail-closed", "feedback": {"kind": "redecide", "share": "20%", "each": 100}}
    for seed in SEEDS:
        abused = run(storm(policy, lasts="18s", complain="100%", unsure="100%"), seed)
        assert abused.notices is not None
        assert 0 < abused.notices.num_rows <= 0.2 * abused.answers.num_rows + 1


REVIEW: Final = {"kind": "review", "reviewers": REVIEWERS, "handling_time": f"{HANDLING_S:g}s"}


@cache
def reviewed(missing: str) -> tuple[RunData, ...]:
    """The runs of a lender whose complaints are decided by two people, a second each, of all seeds."""
    return tuple(run(storm({"preset": missing, "feedback": REVIEW}), seed) for seed in SEEDS)


@pytest.mark.parametrize(("preset", "harmed"), [("fail-closed", "wrongful_no_credit"), ("tri-state", "deferred")])
def test_reviewers_put_the_wronged_right_while_the_source_is_dark(preset: str, harmed: str) -> None:
    """Nine of ten at least of those who complained, for whom the desk has room; and no right "no" is turned."""
    of = pl.concat(_heard(data) for data in reviewed(preset))
    dark = pl.col("done_s").is_between(AT_S, CLEAR_S + 2.0) & (pl.col("truth") == "eligible")
    wronged = of.filter(dark & (pl.col("outcome") == harmed))
    came_to = wronged.filter(pl.col("then").is_not_null())
    right = of.filter((pl.col("truth") == "ineligible") & pl.col("said").is_not_null())
    assert wronged.height > 60
    assert came_to.height >= 0.9 * wronged.height
    assert set(came_to["then"]) == {"correct"}
    assert came_to.filter(pl.col("heard_s") < CLEAR_S).height > 0
    assert right.height > 100
    assert set(right["said"]) == {"no_credit"}


def test_a_desk_decides_no_more_than_its_capacity() -> None:
    """Where everybody complains of everything: two cases at most in the time that one case takes."""
    policy = {"preset": "fail-closed", "feedback": {**REVIEW, "each": 100}}
    for seed in SEEDS:
        data = run(storm(policy, lasts="18s", complain="100%", unsure="100%"), seed)
        assert data.notices is not None
        told = columns_of(data.notices, ["session", "t_s", "decided_s", "answer"])
        is_referral = pl.col("answer").cast(pl.String) == "referred"
        decided, referred = told.filter(~is_referral).sort("decided_s"), told.filter(is_referral)
        at = decided["decided_s"].to_list()
        assert len(at) >= REVIEWERS * 8
        assert referred.height > decided.height
        assert all(later - first >= HANDLING_S - 1e-6 for first, later in zip(at, at[REVIEWERS:], strict=False))


def test_whoever_is_referred_is_undecided_until_a_reviewer_has_decided() -> None:
    """Told at once, counted as waiting from then on, and told once more: of everybody referred, decided or not."""
    policy = {"preset": "fail-closed", "feedback": {**REVIEW, "handling_time": "4s"}}
    summary = simulated_summary(with_seed(storm(policy, complain="100%"), 11))
    complaints, waited = summary.complaints, summary.deferrals
    assert complaints is not None
    assert waited is not None
    assert 0 < complaints.reviewed < complaints.referred <= complaints.made
    assert (complaints.review_s or 0.0) >= 4.0
    assert (waited.deferred, waited.waiting > 0) == (waited.notified + waited.by_themselves + waited.waiting, True)
    requests, people = (part.rates for part in summary.slices if part.name in ("requests", "people"))
    assert requests.undecided_rate.value == requests.unavailability_rate.value
    assert round(people.undecided_rate.value * people.undecided_rate.n) == waited.deferred


def notices_of(data: RunData) -> pl.DataFrame:
    """What people were notified of."""
    assert data.notices is not None
    told = columns_of(data.notices, ["session", "t_s", "answer", "outcome", "decided_s"])
    return told.with_columns(pl.col("answer", "outcome").cast(pl.String))


KILLED: Final = {"kind": "kill", "name": "killed", "target": "decision", "at": "13s", "for": "1s"}
STAFFED: Final = {"preset": "fail-closed", "feedback": {**REVIEW, "reviewers": 40, "handling_time": "3s"}}
AWAY_S, BACK_S = 13.0, 14.0


def killed_meanwhile(*faults: dict[str, object]) -> RunData:
    """Everybody who is refused complains, to a desk with room, of a lender that is killed once."""
    asked = storm(STAFFED, lasts="26s", rate=8, complain="100%")
    again = {**asked["faults"][0], "name": "again", "at": "14500ms"}
    return simulate(with_seed({**asked, "faults": [*asked["faults"], again, KILLED, *faults]}, SEEDS[0]))


@pytest.mark.parametrize("kind", [{"kind": "consent_revoked"}, {"kind": "profile_update", "factor": 0.4}])
def test_lives_that_change_while_people_wait_at_the_desk_are_seen_there(kind: dict[str, object]) -> None:
    """All are right by the truth at the instant of the decision, and again where the lender had to hear of it twice."""
    changed = {**kind, "name": "changed", "target": "income", "at": "5s", "for": "19s", "share": "60%"}
    for from_s, until_s in ((6.0, AWAY_S), (BACK_S, 23.5)):
        meanwhile = notices_of(killed_meanwhile(changed)).filter(pl.col("decided_s").is_between(from_s, until_s))
        assert meanwhile.height > 5
        assert set(meanwhile["outcome"]) == {"correct"}


def test_nobody_comes_back_to_who_was_referred_by_a_desk_that_died() -> None:
    """What a lender that is killed had in memory is gone: these stay undecided, and later ones are decided."""
    data = killed_meanwhile()
    told = notices_of(data)
    decided, referred = told.filter(pl.col("decided_s").is_not_null()), told.filter(pl.col("answer") == "referred")
    at_the_desk = referred.filter(pl.col("t_s").is_between(AWAY_S - 2.5, AWAY_S))
    assert at_the_desk.height > 3
    assert set(decided["session"]).isdisjoint(at_the_desk["session"])
    assert set(decided["session"]) >= set(referred.filter(pl.col("t_s") < AWAY_S - 3.5)["session"])
    assert decided.filter(pl.col("decided_s") > BACK_S).height > 5
    summary = figures_of(data)[0]
    assert summary.complaints is not None
    assert summary.complaints.referred - summary.complaints.reviewed >= at_the_desk.height
