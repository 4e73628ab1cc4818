"""Complaints: who was wronged is decided about again and told, slowly, and not as often as they like."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from creditstorm.credit.case import approved, denied
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.feedback import Redecide
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.rules import two_words
from mock_services.deciding.decide import Checked
from mock_services.deferrals.redecide import DECISION
from mock_services.deferrals.second_look import NOTHING, SecondLooks, lost_in, second_looks_of
from mock_services.policies.complaints import RedecideFeedback
from mock_services.policies.registry import PolicyContext, build
from mock_services.processes.serving import app_of
from tests.mock_services.asgi_calls import Reply, acall
from tests.mock_services.deciding.test_decide import Upstream
from tests.mock_services.deferrals.waiting import BUSY, CALM, GRANTED, Bench, lost, tap
from tests.mock_services.policies.cases import PEOPLE, STRATEGY
from tests.mock_services.test_decision_notifications import BODY, settings

REFUSED = Checked(denied(), STRATEGY, CALM)
WRONGED = replace(lost(), decision=two_words(lost().decision))


class LooksBench(Bench):
    """Second looks on a clock that the test moves."""

    def __post_init__(self) -> None:
        self.looks = SecondLooks(RedecideFeedback(self.rule), self._again, lambda: self.now)
        self.redecisions = self.looks

    rule = Redecide()

    def complain(self, session: int, attempt: int = 1) -> bool:
        """Somebody complains of this answer now."""
        person = tap(session, attempt)
        return self.looks.complain(person.applicant, session, attempt).taken


def strict(**bounds: float) -> LooksBench:
    """A desk with other bounds."""
    return type("Strict", (LooksBench,), {"rule": Redecide.model_validate(bounds)})()


def test_who_was_wronged_is_told_the_right_thing_when_the_source_is_back() -> None:
    """Only who complains, and not before: what was missing is missing still."""
    desk = LooksBench()
    for session in (1, 2, 3):
        desk.ordinary(session, WRONGED)
    assert desk.complain(2)
    for session in range(10, 30):
        desk.now += 0.1
        desk.ordinary(session, WRONGED)
        assert desk.looks.due() == []
    desk.ordinary(99)
    desk.pass_time(5.0, requests_hz=10.0)
    assert desk.notified == [2]
    (notice,) = desk.looks.page(0, 10)["notifications"]  # type: ignore[misc]
    assert (notice["answer"], notice["limit_cny"], notice["attempt"]) == ("approved", 9000, 1)


def test_a_right_no_is_said_again() -> None:
    """It lacked nothing, so it is looked at at once; the person hears the same, and once."""
    desk = LooksBench([REFUSED])
    desk.ordinary(1, REFUSED)
    assert desk.complain(1)
    desk.pass_time(3.0, requests_hz=10.0)
    (notice,) = desk.looks.page(0, 10)["notifications"]  # type: ignore[misc]
    assert (notice["session"], notice["answer"]) == (1, "no_credit")
    assert desk.looks.counts["waiting"] == 0


@pytest.mark.parametrize(
    ("checked", "wanted"),
    [
        (GRANTED, NOTHING),
        (WRONGED, "bureau"),
        (lost("scoring"), "scoring"),
        (BUSY, DECISION),
        (replace(BUSY, decision=two_words(BUSY.decision)), DECISION),
        (replace(REFUSED, evidence=CALM | {"social": Evidence(EvidenceStatus.STALE, 1.0, 9e9)}), "social"),
        (replace(REFUSED, evidence=CALM | {"income": Evidence(EvidenceStatus.REFUSED)}), NOTHING),
        (replace(REFUSED, evidence=CALM | {"bureau": Evidence(EvidenceStatus.EMPTY, rejected=True)}), "bureau"),
        (replace(REFUSED, evidence=CALM | {"bureau": Evidence(EvidenceStatus.EMPTY)}), NOTHING),
    ],
)
def test_what_an_answer_wanted_is_read_from_its_evidence(checked: Checked, wanted: str) -> None:
    """Not from its words, which a policy with two of them has for everything."""
    assert lost_in(checked) == wanted


def test_only_an_answer_that_refused_or_deferred_can_be_complained_of_and_once() -> None:
    """Of nothing, of an approval, of another attempt, or of the same answer again: not taken, and counted."""
    desk = LooksBench()
    desk.ordinary(1, GRANTED)
    desk.ordinary(2, WRONGED, attempt=2)
    assert not any([desk.complain(1), desk.complain(2), desk.complain(3)])
    assert desk.complain(2, attempt=2)
    assert not desk.complain(2, attempt=2)
    assert (desk.looks.refused, desk.looks.counts["waiting"]) == (4, 1)


def test_of_one_person_only_so_many_complaints_are_taken() -> None:
    """However often they come back; somebody else's is."""
    desk = strict(each=2)
    taken = []
    for _ in range(5):
        desk.ordinary(1, REFUSED)
        taken.append(desk.complain(1))
    desk.ordinary(2, REFUSED)
    assert (taken, desk.complain(2)) == ([True, True, False, False, False], True)


def test_what_was_said_too_long_ago_is_not_looked_at() -> None:
    """After `within` the answer is no answer of today."""
    desk = strict(within=5.0)
    desk.ordinary(1, WRONGED)
    desk.now += 6.0
    assert not desk.complain(1)


def test_no_more_is_remembered_than_may_wait() -> None:
    """The newest answers, and the newest of those who complained."""
    desk = strict(most=3)
    for session in range(10):
        desk.ordinary(session, WRONGED)
    assert [desk.complain(session) for session in range(10)] == [False] * 7 + [True] * 3


def test_who_taps_again_waits_on_unless_the_answer_is_better() -> None:
    """A second "no" for want of the same source settles nothing; an approval does."""
    desk = LooksBench()
    for session in (1, 2):
        desk.ordinary(session, WRONGED)
        assert desk.complain(session)
    desk.ordinary(1, WRONGED, attempt=2)
    desk.ordinary(2, GRANTED, attempt=2)
    desk.pass_time(5.0, requests_hz=10.0)
    assert desk.notified == [1]


def test_everybody_who_always_complains_costs_no_more_than_is_stated() -> None:
    """A fifth of what is decided in ordinary times, whoever complains of whatever."""
    desk = LooksBench([REFUSED])
    seconds, hz = 60, 20
    for session in range(seconds * hz):
        desk.ordinary(session, REFUSED)
        desk.complain(session)
        desk.now += 1.0 / hz
        for one in desk.looks.due():
            asyncio.run(desk.looks.redecide(one))
    assert 0.15 * seconds * hz < len(desk.redecided) <= 0.2 * seconds * hz + 5
    assert desk.looks.counts["waiting"] > 800


def test_a_second_look_takes_nothing_for_granted() -> None:
    """Whatever the policy puts in the place of what is missing, it decides on fresh evidence or not at all."""
    policy = replace(PRESETS["partial-score"], feedback=Redecide())
    built = build(policy, PolicyContext(PEOPLE, STRATEGY, now=lambda: 0.0))
    looks = second_looks_of(built, Upstream({"bureau": EvidenceStatus.LATE}), 2.0, lambda: 0.0)
    assert looks is not None
    looks.observe(tap(1), WRONGED)
    assert looks.complain(tap(1).applicant, 1, 1).taken
    looks._source_health.evidence(CALM)
    (one,) = looks.due()
    asyncio.run(looks.redecide(one))
    assert (looks.board.posted, looks.counts["waiting"]) == (0, 1)


COMPLAINT = b'{"applicant":7,"session":1,"attempt":1}'


def complained(policy: str, body: bytes = COMPLAINT) -> Reply:
    """What a lender without any service says to a person who complains of its answer."""
    app = app_of(settings(policy))

    async def story() -> Reply:
        async with app.router.lifespan_context(app):
            await acall(app, "POST", "/v1/credit-check", BODY)
            return await acall(app, "POST", "/v1/complaints", body)

    return asyncio.run(story())


@pytest.mark.parametrize("policy", ["fail-closed-feedback", "tri-state-feedback"])
def test_the_words_are_those_of_no_credit_decision(policy: str) -> None:
    """Taken or not: a family, why, what next and when, in both languages."""
    for body, taken, eta_s in ((COMPLAINT, True, 600.0), (COMPLAINT.replace(b"7", b"8"), False, 0.0)):
        told = complained(policy, body).json
        assert (told["taken"], told["family"], told["eta_s"]) == (taken, "technical", eta_s)
        assert "not a decision about you" in told["text"]["en"]
        assert "这不是对您信用的判断" in told["text"]["zh"]
        assert ("10 minutes" in told["text"]["en"], "10分钟" in told["text"]["zh"]) == (taken, taken)


def test_without_feedback_nobody_listens() -> None:
    """There is no such place."""
    assert complained("tri-state-push").status == 404
    assert complained("fail-closed-feedback", b'{"applicant":-1,"session":1,"attempt":1}').status == 422


def test_an_approval_of_before_does_not_count() -> None:
    """The limit of the notice is that of the second look."""
    desk = LooksBench([replace(GRANTED, decision=approved(500))])
    desk.ordinary(1, WRONGED)
    assert desk.complain(1)
    desk.pass_time(3.0, requests_hz=10.0)
    (notice,) = desk.looks.page(0, 10)["notifications"]  # type: ignore[misc]
    assert notice["limit_cny"] == 500
