"""What the person is told, with two words and with three."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.case import approved, denied, undetermined
from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.reasons import DISCLOSURES, Family, Reason, is_technical
from mock_services.policies.answer import HonestVocabulary, TwoWordsVocabulary

TIMED_OUT = Decision(Answer.NO_CREDIT, 0, Reason.SOURCE_UNAVAILABLE, "late:bureau")
BUSY = Decision(Answer.UNDETERMINED, 0, Reason.SYSTEM_BUSY, "shed:decision")
ACTION = Decision(Answer.ACTION_NEEDED, 0, Reason.IDENTITY_UNVERIFIED, "data:identity")


@pytest.mark.parametrize("decision", [approved(9000), denied(), ACTION])
def test_facts_about_the_person_are_told_as_they_are(decision: Decision) -> None:
    """No vocabulary touches an approval, a denial by score or a document that is out of date."""
    assert TwoWordsVocabulary().say(decision) == HonestVocabulary().say(decision) == decision


@pytest.mark.parametrize("decision", [TIMED_OUT, undetermined("late:bureau")])
def test_two_words_paint_a_technical_cause_as_a_credit_reason(decision: Decision) -> None:
    """The bug: no credit, "insufficient credit information", while the log says late:bureau."""
    expected = Decision(Answer.NO_CREDIT, 0, Reason.INSUFFICIENT_RECORD, "late:bureau")
    assert TwoWordsVocabulary().say(decision) == expected


@pytest.mark.parametrize("decision", [TIMED_OUT, undetermined("late:bureau")])
def test_honest_says_undetermined(decision: Decision) -> None:
    """The person learns that it was not about them."""
    expected = Decision(Answer.UNDETERMINED, 0, Reason.SOURCE_UNAVAILABLE, "late:bureau")
    assert HonestVocabulary().say(decision) == expected


def test_honest_keeps_busy_apart_from_unavailable() -> None:
    """Too many people is another reason than a silent source."""
    assert HonestVocabulary().say(BUSY) == BUSY


decisions = st.builds(
    Decision,
    st.sampled_from([Answer.APPROVED, Answer.NO_CREDIT, Answer.UNDETERMINED]),
    st.integers(0, 200_000),
    st.sampled_from(Reason).filter(lambda reason: DISCLOSURES[reason].family is Family.TECHNICAL),
    st.sampled_from(["late:bureau", "error:scoring", "credit:score", "shed:decision"]),
)


@given(decisions)
def test_honest_never_dresses_a_technical_cause_as_credit(decision: Decision) -> None:
    """A technical cause is undetermined with a technical reason, and the cause itself is never changed."""
    told = HonestVocabulary().say(decision)
    assert told.cause == decision.cause
    assert not is_technical(told.cause) or (
        told.answer is Answer.UNDETERMINED and DISCLOSURES[told.reason].family is Family.TECHNICAL
    )


@given(decisions)
def test_two_words_are_two(decision: Decision) -> None:
    """With a technical cause there is only no credit."""
    told = TwoWordsVocabulary().say(decision)
    assert not is_technical(told.cause) or told.answer is Answer.NO_CREDIT
