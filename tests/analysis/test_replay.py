"""A lender decides in this process on keyed trouble, its answers become rows, and each decision is taken again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pytest
from creditstorm.analysis.replay import COLUMNS, Lender, case_of, evidence_of, replay, rescored
from creditstorm.credit.applicants import Population
from creditstorm.credit.case import Case, CreditRequest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.policies.admission import InflightCap
from creditstorm.credit.policies.missing import LastKnownGood, WorstBin, ZeroFill
from creditstorm.credit.policies.presets import PRESETS, PolicySpec, PolicyValue
from creditstorm.credit.policies.quality import QualityGate
from creditstorm.credit.policies.rollout import Hysteresis, Mixed
from creditstorm.credit.sources import SERVICES
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.sessions import Exchange, Tap, person
from creditstorm.errors import UsageError
from creditstorm.generator.recorder import Recorder
from creditstorm.generator.replies import Reply, parse_reply
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import ANSWERS
from creditstorm.record.seal import load_answers, seal
from creditstorm.record.stream import LiveWriter
from mock_services.cache.layers import LayeredStore, PoisonedValues
from mock_services.deciding.decide import Decider
from mock_services.decision import as_json
from mock_services.policies.axes import Policy
from mock_services.policies.registry import PolicyContext, build
from mock_services.policies.rollout import Offer
from mock_services.wire.handling import json_response
from tests.mock_services.virtual_time import run

PEOPLE = Population(7, 1_000)
ORACLE = Oracle(PEOPLE)
NOW = 1_000_000.0
TAPS = 180


@dataclass(frozen=True)
class Troubled:
    """Of each service four calls in ten end in one of eight troubles, by their key."""

    trouble: Keyed = field(default_factory=lambda: Keyed(7, "trouble"))

    async def evidence(self, service: str, asked: CreditRequest, nth_try: int, until: float) -> Evidence:
        await asyncio.sleep(0.0)
        applicant = PEOPLE.applicant(asked.applicant)
        value = float(applicant.verified) if service == "identity" else applicant.values[service]
        status = EvidenceStatus.OK if value is not None else EvidenceStatus.EMPTY
        calm = Evidence(status, value if value is None else float(value), 60.0, 0.1, "1")
        return self._befallen(calm, self._draw(service, asked, nth_try))

    async def score(
        self, asked: CreditRequest, values: Mapping[str, float | None], nth_try: int, until: float
    ) -> Evidence:
        score = estimate_score(asked.file, values)
        calm = Evidence(EvidenceStatus.OK, score.mean, 0.0, 0.1, "scorecard-1", score.sd)
        drawn = self._draw("scoring", asked, nth_try)
        return self._befallen(calm, drawn) if drawn < 0.1 else calm

    def _draw(self, service: str, asked: CreditRequest, nth_try: int) -> float:
        return self.trouble.uniform(asked.applicant, asked.session, SERVICES.index(service), nth_try)

    def _befallen(self, calm: Evidence, drawn: float) -> Evidence:
        failures = [Evidence(status, latency_s=0.5) for status in _FAILURES]
        wrong = [
            replace(calm, status=EvidenceStatus.EMPTY, value=None),
            replace(calm, value=0.0, null_field=True),
            replace(calm, value=(calm.value or 0.0) / 3.0),
            replace(calm, age_s=200_000.0),
        ]
        troubles = [*failures, *wrong]
        return troubles[int(drawn * 20.0)] if drawn < len(troubles) / 20.0 else calm


_FAILURES = (EvidenceStatus.LATE, EvidenceStatus.ERROR, EvidenceStatus.MALFORMED, EvidenceStatus.REFUSED)


def taps() -> Iterator[Tap]:
    """Some people, some of them more than once."""
    who = Keyed(7, "who")
    for session in range(TAPS):
        applicant = who.bits(session) % 90
        yield Tap(float(session), session, 1, person(ORACLE, applicant, float(session)))


def answered(policy: Policy, folder: RunFolder) -> pa.Table:
    """The sealed answers of a lender whose strategy changes on the way, and whose store is poisoned."""
    if isinstance(store := getattr(policy.missing, "store", None), LayeredStore):
        store.poison(PoisonedValues(7, "poison", 0.2, lambda: None))
    folder.live.mkdir(parents=True)
    recorder = Recorder(0, "error", LiveWriter(LiveFolder(folder.live).answers(0), ANSWERS))
    decider = Decider(policy, Troubled(), lambda: NOW)

    async def story() -> None:
        for tap in taps():
            if tap.session == TAPS // 3:
                policy.rollout.offer(Offer("shift", Strategy("v2", cut_off=580.1)))
            if tap.session == 2 * TAPS // 3:
                policy.rollout.offer(Offer("scale", Strategy("v3", cut_off=540.0, pdo=27.5), share=0.5))
            together = [_reply(decider, tap), _reply(decider, tap._replace(attempt=2))]
            for exchange in await asyncio.gather(*together):
                recorder.record(exchange)

    run(story())
    recorder.close()
    seal(folder)
    return load_answers(folder, COLUMNS)


async def _reply(decider: Decider, tap: Tap) -> Exchange:
    who = PEOPLE.applicant(tap.person.applicant)
    asked = CreditRequest(who.id, tap.session, tap.attempt, who.segment, who.file)
    checked = await decider.check(asked, NOW + 2.0)
    body = bytes(json_response(as_json(checked)).body)
    reply = parse_reply(Reply(200, retry_after=False, body=body))
    return Exchange(tap, tap.intended_s, tap.intended_s + 0.5, reply)


POLICIES = {
    **PRESETS,
    "worst-bin": PolicySpec(missing=WorstBin()),
    "zero-fill-gated": PolicySpec(missing=ZeroFill(), quality=QualityGate(), rollout=Hysteresis(h=25.0)),
    "old-values-gated": PolicySpec(missing=LastKnownGood(), quality=QualityGate(), rollout=Mixed(share=0.3)),
    "one-at-a-time": replace(PRESETS["tri-state"], admission=InflightCap(limit=1), rollout=Hysteresis(h=25.0)),
}


@pytest.mark.parametrize("name", POLICIES)
def test_every_decision_comes_out_again_to_the_bit(tmp_path: Path, name: str) -> None:
    """Answer, limit, reason and cause of each, under every preset and whatever befell its evidence."""
    spec = POLICIES[name]
    answers = answered(build(spec, PolicyContext(PEOPLE, Strategy(), lambda: NOW)), RunFolder(tmp_path))
    again = replay(answers, spec)
    assert (again.decisions, again.differences) == (2 * TAPS, ())
    assert len(set(answers.column("cause").to_pylist())) > 5


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The answers of a lender that doubts, remembers and spares."""
    spec = POLICIES["old-values-gated"]
    folder = RunFolder(tmp_path_factory.mktemp("gated"))
    return answered(build(spec, PolicyContext(PEOPLE, Strategy(), lambda: NOW)), folder)


@pytest.mark.parametrize("column", ["scoring_value", "cut_off", "income_value", "income_filled_value", "pdo"])
def test_a_number_that_is_a_little_off_is_noticed(gated: pa.Table, column: str) -> None:
    """Each of the numbers matters to some decision: a tenth more of it, and decisions come out otherwise."""
    changed = pa.compute.multiply(gated.column(column), 1.1)
    other = gated.set_column(gated.column_names.index(column), column, changed)
    assert replay(other, POLICIES["old-values-gated"]).differences


def test_the_score_follows_from_the_values_in_the_row(gated: pa.Table) -> None:
    """Where scoring answered in time and was believed, scoring the recorded values gives its mean and sd to the bit."""
    rows = [row for row in gated.to_pylist() if row["scoring_status"] == "ok"]
    cases = [case_of(row) for row in rows]
    scores = [(case.evidence["scoring"].value, case.evidence["scoring"].sd) for case in cases]
    again = [(case.evidence["scoring"].value, case.evidence["scoring"].sd) for case in map(rescored, cases)]
    assert len(cases) > TAPS
    assert again == scores


def test_other_values_give_another_score(gated: pa.Table) -> None:
    """A worse bureau score lowers it; where scoring was lost there is none, whatever the values are."""
    cases = [case_of(row) for row in gated.to_pylist() if row["bureau_status"] == row["scoring_status"] == "ok"]
    worse = Evidence(EvidenceStatus.OK, 300.0)
    for case in cases[:20]:
        known = replace(case, evidence={**case.evidence, "bureau": worse})
        assert (rescored(known).evidence["scoring"].value or 0.0) < (rescored(case).evidence["scoring"].value or 0.0)
        lost = replace(known, evidence={**known.evidence, "scoring": Evidence(EvidenceStatus.LATE)})
        assert rescored(lost) == lost


def test_other_evidence_can_be_decided_on(gated: pa.Table) -> None:
    """A person refused because the bureau was late is decided about by the score once its true value is put there."""
    lender = Lender(POLICIES["old-values-gated"])
    refused = [row for row in gated.to_pylist() if row["cause"] == "late:bureau"]
    assert refused
    for row in refused:
        case = case_of(row)
        truth = PEOPLE.applicant(row["applicant"]).values["bureau"]
        known = Evidence(EvidenceStatus.OK if truth is not None else EvidenceStatus.EMPTY, truth)
        whole = rescored(Case(case.request, case.strategy, {**case.evidence, "bureau": known}, case.grace))
        assert lender.decide(whole).cause != "late:bureau"


def test_what_was_used_is_told_from_what_arrived(gated: pa.Table) -> None:
    """A value that the gate rejected and an old one replaced is in the row, beside the old one."""
    replaced = [row for row in gated.to_pylist() if row["income_rejected"] and row["income_filled_by"] is not None]
    assert replaced
    for row in replaced:
        assert (row["income_status"], row["income_filled_by"]) == ("stale", "last_known_good")
        assert row["income_arrived"] in ("ok", "empty")
        used = evidence_of(row)["income"]
        assert (used.usable, used.value) == (True, row["income_filled_value"])


def test_who_got_no_decision_is_passed_over(gated: pa.Table) -> None:
    """After a time-out there is nothing to take again."""
    silent = pa.array(["timeout"] * gated.num_rows)
    lost = gated.set_column(gated.column_names.index("answer"), "answer", silent)
    assert replay(lost, POLICIES["old-values-gated"]).decisions == 0


def test_an_older_record_cannot_be_replayed(gated: pa.Table) -> None:
    """It does not say by which strategy, and that is said."""
    nothing = pa.nulls(gated.num_rows, pa.float64())
    old = gated.set_column(gated.column_names.index("cut_off"), "cut_off", nothing)
    with pytest.raises(UsageError, match="schema 4 does"):
        replay(old, POLICIES["old-values-gated"])


def test_a_policy_of_another_package_cannot_be_replayed(gated: pa.Table) -> None:
    """Its rule is not ours, and that is said."""

    class Theirs(PolicyValue):
        axis = "missing"
        kind: str = "theirs"

    spec = replace(PRESETS["fail-closed"], missing=Theirs())
    with pytest.raises(UsageError, match="only the policy's own package knows"):
        replay(gated, spec)
