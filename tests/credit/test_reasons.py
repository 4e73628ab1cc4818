"""Every reason has words that help, and no technical cause has those of credit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.evidence import EvidenceStatus
from creditstorm.credit.reasons import DISCLOSURES, Family, Reason, is_technical, reason_of
from creditstorm.credit.sources import SERVICES


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.INSUFFICIENT_RECORD])
def test_cause_next_step_and_time_in_both_languages(reason: Reason) -> None:
    """Nothing is left unsaid, and what is shown is all of it in order."""
    said = DISCLOSURES[reason]
    assert said.english.complete
    assert said.chinese.complete
    assert said.eta_s is not None
    assert said.en == f"{said.english.cause} {said.english.next_step} {said.english.eta}"
    assert said.zh == said.chinese.cause + said.chinese.next_step + said.chinese.eta


def test_the_bad_example_is_one() -> None:
    """The two-word text has a cause that helps nobody, and neither a next step nor a time."""
    said = DISCLOSURES[Reason.INSUFFICIENT_RECORD]
    assert (said.english.complete, said.chinese.complete, said.eta_s) == (False, False, None)


def test_the_minutes_in_the_text_are_those_of_the_number() -> None:
    """A machine and a person are told the same time."""
    assert {r: d.eta_s for r, d in DISCLOSURES.items() if "minutes" in d.en} == {Reason.SOURCE_UNAVAILABLE: 600.0}
    assert {r: d.eta_s for r, d in DISCLOSURES.items() if "about a minute" in d.en} == {Reason.SYSTEM_BUSY: 60.0}
    assert {d.eta_s for d in DISCLOSURES.values() if d.en.endswith(" now.")} == {0.0}
    assert DISCLOSURES[Reason.SCORE_BELOW_CUT_OFF].eta_s == 30 * 86_400.0


@given(st.sampled_from(EvidenceStatus), st.sampled_from([*SERVICES, "decision"]))
def test_a_status_is_a_technical_cause_with_a_reason_of_another_family(status: str, service: str) -> None:
    """However a service was lost, the person is never told that it was their credit."""
    cause = f"{status}:{service}"
    assert is_technical(cause)
    assert DISCLOSURES[reason_of(cause)].family is not Family.CREDIT


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("late:bureau", Reason.SOURCE_UNAVAILABLE),
        ("refused:income", Reason.CONSENT_WITHDRAWN),
        ("shed:decision", Reason.SYSTEM_BUSY),
    ],
)
def test_the_reason_of_a_technical_cause(cause: str, reason: Reason) -> None:
    """Who withdrew consent learns that, who came when it was full learns that, all others that a source failed."""
    assert reason_of(cause) is reason


@pytest.mark.parametrize("cause", ["credit:score", "data:identity", "data:consent"])
def test_facts_about_a_person_are_not_technical(cause: str) -> None:
    """What the person can read as being about them."""
    assert not is_technical(cause)
