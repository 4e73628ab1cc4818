"""A desk of people: who complains is referred at once, and decided in turn on complete evidence."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from creditstorm.credit import Answer
from creditstorm.credit.changes import Change, ConsentRevoked, ProfileUpdate
from creditstorm.credit.decision import DECISIONS
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.policies.feedback import Review
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.truth import Eligibility
from mock_services.deferrals.review_desk import ReviewDesk, review_desk_of
from mock_services.faults.active import ActiveFaults, BadFaultError, Fault
from mock_services.faults.decision_effects import LenderHandle
from mock_services.faults.registry import DECISION_KINDS
from mock_services.policies.complaints import DESK_FULL, Heard, referred
from mock_services.policies.registry import PolicyContext, build
from mock_services.processes.serving import app_of
from tests.mock_services.asgi_calls import Reply, acall
from tests.mock_services.deferrals.test_second_look import WRONGED
from tests.mock_services.deferrals.waiting import GRANTED, tap
from tests.mock_services.policies.cases import PEOPLE, STRATEGY
from tests.mock_services.test_decision_notifications import BODY, settings


class DeskBench:
    """A desk on a clock that the test moves."""

    def __init__(self, reviewers: int = 2, handling_s: float = 30.0, **bounds: float) -> None:
        self.now = 0.0
        spec = Review.model_validate({"reviewers": reviewers, "handling_time": handling_s, **bounds})
        policy = build(replace(PRESETS["fail-closed"], feedback=spec), PolicyContext(PEOPLE, STRATEGY))
        desk = review_desk_of(policy, PEOPLE, lambda: self.now)
        assert desk is not None
        self.desk: ReviewDesk = desk

    def complain(self, session: int, attempt: int = 1) -> Heard:
        """A person is wronged, and complains at once."""
        person = tap(session, attempt)
        self.desk.observe(person, WRONGED)
        return self.desk.complain(person.applicant, session, attempt)

    def at(self, now: float) -> list[int]:
        """The sessions that have been notified by then."""
        self.now = now
        self.desk.work()
        return [each["session"] for each in self.desk.page(0, 1000)["notifications"]]  # type: ignore[attr-defined]


def test_a_complaint_is_referred_at_once_and_decided_after_the_handling_time() -> None:
    """Not a moment before; the desk's own counts say where the case is."""
    bench = DeskBench()
    heard = bench.complain(1)
    assert (heard.taken, heard.answer) == (True, Answer.REFERRED)
    assert bench.at(29.9) == []
    assert (bench.desk.counts["at_work"], bench.desk.counts["waiting"]) == (1, 1)
    assert bench.at(30.0) == [1]
    assert bench.desk.counts == {"waiting": 0, "queue": 0, "at_work": 0, "notified": 1, "turned_away": 0}


def test_cases_are_taken_as_they_come_by_as_many_as_work_there() -> None:
    """Five at once and two reviewers: two, two and one, however seldom somebody looks."""
    bench = DeskBench()
    promised = [bench.complain(session).said.eta_s for session in range(5)]
    assert promised == [60.0, 60.0, 60.0, 60.0, 120.0]
    assert bench.desk.counts["queue"] == 3
    assert [bench.at(t) for t in (30.0, 75.0)] == [[0, 1], [0, 1, 2, 3]]
    assert bench.at(90.0) == [0, 1, 2, 3, 4]


def test_the_desk_says_what_the_oracle_says() -> None:
    """Of everybody, to the yuan: it sees what is true, whatever the sources do."""
    bench, oracle = DeskBench(reviewers=300, handling_s=1.0), Oracle(PEOPLE)
    for session in range(300):
        bench.complain(session)
    bench.at(1.0)
    notices = bench.desk.page(0, 1000)["notifications"]
    granted = 0
    for notice in notices:  # type: ignore[attr-defined]
        truth = oracle.truth_at(notice["applicant"], 0.0).in_force
        granted += notice["answer"] == Answer.APPROVED
        assert (notice["answer"] == Answer.APPROVED) == (truth.eligibility is Eligibility.ELIGIBLE)
        assert notice["answer"] in DECISIONS
        assert notice["limit_cny"] == truth.limit_cny
    assert 100 < granted < 299


def desk_under(*faults: dict[str, object]) -> tuple[DeskBench, ActiveFaults[Fault[LenderHandle]]]:
    """A desk where 300 wait whose lives change meanwhile, told as the control port of the lender does."""
    bench = DeskBench(reviewers=300, handling_s=10.0)
    policy = build(PRESETS["fail-closed"], PolicyContext(PEOPLE, STRATEGY))
    on = ActiveFaults[Fault[LenderHandle]](DECISION_KINDS, LenderHandle.of(policy, PEOPLE.seed, bench.desk.papers))
    for session in range(300):
        bench.complain(session)
    for number, fault in enumerate(faults):
        on.put(f"f{number}", fault)
    return bench, on


def said(bench: DeskBench) -> dict[int, tuple[Answer, int]]:
    """What everybody was told in the end, by who they are."""
    bench.at(10.0)
    notices = bench.desk.page(0, 1000)["notifications"]
    return {each["applicant"]: (each["answer"], each["limit_cny"]) for each in notices}  # type: ignore[attr-defined]


def by_the_oracle(*changes: Change) -> dict[int, tuple[Answer, int]]:
    """What these people should be told once this has changed."""
    oracle, words = Oracle(PEOPLE, changes=changes), {True: Answer.APPROVED, False: Answer.NO_CREDIT}
    truths = {who: oracle.truth_at(who, 5.0).in_force for who in (tap(n).applicant for n in range(300))}
    return {
        who: (words[truth.eligibility is Eligibility.ELIGIBLE], truth.limit_cny)
        for who, truth in truths.items()
        if PEOPLE.applicant(who).verified
    }


@pytest.mark.parametrize("source", ["bureau", "income"])
def test_who_withdraws_consent_while_waiting_is_not_decided_on_it(source: str) -> None:
    """By all the rest, as the oracle says; of an income that may not be seen follows the small limit."""
    told = {"kind": "consent_revoked", "source": source, "share": 0.5}
    found = said(desk_under(told)[0])
    right = by_the_oracle(ConsentRevoked(name="f0", from_s=0.0, until_s=99.0, source=source, share=0.5))
    assert {who: found[who] for who in right} == right
    before = by_the_oracle()
    assert sum(found[who] != before[who] for who in right) > 5


def test_a_profile_update_while_waiting_is_seen() -> None:
    """Whether or not the source has heard of it by then: the person brings it along."""
    told = {"kind": "profile_update", "source": "income", "share": 0.5, "factor": 0.4}
    right = by_the_oracle(ProfileUpdate(name="f0", from_s=0.0, source="income", share=0.5, factor=0.4))
    before = by_the_oracle()
    assert sum(limit != before[who][1] for who, (_, limit) in right.items()) > 20
    for source_has_heard in (False, True):
        bench, faults = desk_under(told)
        if source_has_heard:
            faults.remove("f0")
        found = said(bench)
        assert {who: found[who] for who in right} == right


def test_consent_that_is_given_again_counts_when_the_case_is_decided() -> None:
    """What holds is what the person says when the reviewer comes to the case."""
    bench, faults = desk_under({"kind": "consent_revoked", "source": "income", "share": 1.0})
    faults.remove("f0")
    found = said(bench)
    right = by_the_oracle()
    assert {who: found[who] for who in right} == right


def test_a_lender_without_reviewers_is_not_told() -> None:
    """Nobody there sees people."""
    policy = build(PRESETS["fail-closed"], PolicyContext(PEOPLE, STRATEGY))
    faults = ActiveFaults[Fault[LenderHandle]](DECISION_KINDS, LenderHandle.of(policy, PEOPLE.seed))
    with pytest.raises(BadFaultError, match="no reviewers"):
        faults.put("x", {"kind": "profile_update", "source": "income", "factor": 2.0})


def test_a_better_answer_settles_a_case() -> None:
    """In the queue or at work: the person hears nothing more, and the next in turn is not held up by a closed case."""
    bench = DeskBench(reviewers=1)
    for session in (1, 2, 3):
        bench.complain(session)
    bench.desk.observe(tap(1, 2), GRANTED)
    bench.desk.observe(tap(2, 2), GRANTED)
    assert bench.at(60.0) == [3]


def test_a_full_desk_turns_away_and_says_so() -> None:
    """Who complains then may complain again when there is room."""
    bench = DeskBench(reviewers=1, most=1)
    assert [bench.complain(session).taken for session in (1, 2)] == [True, True]
    assert bench.complain(3) == Heard(taken=False, said=DESK_FULL)
    assert bench.desk.counts["turned_away"] == 1
    bench.at(30.0)
    assert bench.complain(3).taken


def test_of_nothing_too_often_or_too_late_is_not_taken() -> None:
    """The bounds are those of second looks."""
    bench = DeskBench(reviewers=9, each=1, within=5.0)
    assert not bench.desk.complain(tap(1).applicant, 1, 1).taken
    assert bench.complain(1).taken
    assert not bench.complain(1, attempt=2).taken
    bench.desk.observe(tap(2), WRONGED)
    bench.now += 5.1
    assert not bench.desk.complain(tap(2).applicant, 2, 1).taken


def test_the_words_promise_what_the_queue_allows() -> None:
    """A family, why, what next and when, in both languages, in whole minutes."""
    for eta_s, english, chinese in (
        (20.0, "within a minute", "预计1分钟内"),
        (90.0, "within 2 minutes", "预计2分钟内"),
    ):
        said = referred(eta_s)
        assert said.english.complete
        assert said.chinese.complete
        assert (said.family, said.eta_s) == ("technical", 120.0 if eta_s > 60.0 else 60.0)
        assert english in said.en
        assert chinese in said.zh
        assert "not a decision about you" in said.en
        assert "这不是对您信用的判断" in said.zh
    assert DESK_FULL.english.complete
    assert DESK_FULL.chinese.complete


def test_over_http_the_answer_is_referred_and_the_queue_can_be_seen() -> None:
    """The very app that serves a live run."""
    feedback = {"kind": "review", "reviewers": 1, "handling_time": 600.0}
    app = app_of(settings({"feedback": feedback}))

    async def story() -> tuple[Reply, Reply]:
        async with app.router.lifespan_context(app):
            await acall(app, "POST", "/v1/credit-check", BODY)
            told = await acall(app, "POST", "/v1/complaints", b'{"applicant":7,"session":1,"attempt":1}')
            return told, await acall(app, "GET", "/v1/notifications")

    told, page = asyncio.run(story())
    assert (told.json["taken"], told.json["answer"], told.json["family"]) == (True, "referred", "technical")
    assert (told.json["eta_s"], page.json["notifications"]) == (600.0, [])
    assert (page.json["counts"]["waiting"], page.json["counts"]["at_work"]) == (1, 1)
