"""Every cell of answer against truth has one outcome."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.decision import Answer
from creditstorm.credit.outcomes import LimitBand, Outcome, Shown, classify, limit_band, painted, told_honestly
from creditstorm.credit.reasons import DISCLOSURES, Family, Reason, is_technical

ELIGIBLE = [
    ("no_credit", "right", Outcome.WRONGFUL_NO_CREDIT),
    ("approved", "right", Outcome.CORRECT),
    ("approved", "below", Outcome.LIMIT_CUT),
    ("approved", "above", Outcome.LIMIT_INFLATED),
    ("undetermined", "below", Outcome.DEFERRED),
    ("referred", "below", Outcome.DEFERRED),
    ("action_needed", "below", Outcome.DEFERRED),
    ("error", "below", Outcome.UNAVAILABLE),
    ("timeout", "below", Outcome.UNAVAILABLE),
    ("shed", "below", Outcome.UNAVAILABLE),
    ("unsent", "below", Outcome.UNAVAILABLE),
]
INELIGIBLE = [
    ("approved", "C_SCORE", "credit:score", Outcome.WRONGFUL_APPROVAL),
    ("no_credit", "C_SCORE", "credit:score", Outcome.CORRECT),
    ("no_credit", "C_RECORD", "late:bureau", Outcome.WRONG_REASON),
    ("no_credit", "T_SOURCE", "late:bureau", Outcome.CORRECT),
    ("no_credit", "D_IDENTITY", "late:identity", Outcome.WRONG_REASON),
    ("action_needed", "D_IDENTITY", "data:identity", Outcome.CORRECT),
    ("undetermined", "T_SOURCE", "late:bureau", Outcome.DEFERRED),
    ("timeout", None, None, Outcome.UNAVAILABLE),
]


@pytest.mark.parametrize(("answer", "band", "outcome"), ELIGIBLE)
def test_eligible_people(answer: str, band: str, outcome: Outcome) -> None:
    """An eligible person's outcome follows from the answer and the limit alone."""
    shown = Shown(eligible=True, answer=Answer(answer), limit=LimitBand(band), reason=None, cause=None)
    assert classify(shown) is outcome


@pytest.mark.parametrize(("answer", "reason", "cause", "outcome"), INELIGIBLE)
def test_ineligible_people(answer: str, reason: str | None, cause: str | None, outcome: Outcome) -> None:
    """An ineligible person's outcome also asks whether the reason shown was the true one."""
    shown = Shown(eligible=False, answer=Answer(answer), limit=LimitBand.RIGHT, reason=reason, cause=cause)
    assert classify(shown) is outcome


@pytest.mark.parametrize("answer", ["error", "timeout", "shed"])
def test_a_failure_painted_as_no_credit_is_wrongful(answer: str) -> None:
    """An app that paints a failure as ¥0 tells an eligible person "no credit" and an ineligible one a wrong reason."""
    for eligible, outcome in ((True, Outcome.WRONGFUL_NO_CREDIT), (False, Outcome.WRONG_REASON)):
        shown = Shown(eligible=eligible, answer=Answer(answer), limit=LimitBand.BELOW, reason=None, cause=None)
        assert classify(shown, failure_as="no_credit") is outcome


HONEST = [
    ("no_credit", "C_RECORD", "late:bureau", False),
    ("no_credit", "T_SOURCE", "late:bureau", True),
    ("undetermined", "T_SOURCE", "late:bureau", True),
    ("undetermined", None, "late:bureau", False),
    ("action_needed", "D_IDENTITY", "error:identity", False),
    ("no_credit", "D_IDENTITY", "late:bureau", False),
    ("no_credit", "D_CONSENT", "refused:income", True),
    ("no_credit", "D_CONSENT", "late:income", False),
    ("no_credit", "C_SCORE", "credit:score", None),
    ("action_needed", "D_IDENTITY", "data:identity", None),
    ("approved", "granted", "late:bureau", None),
    ("timeout", None, None, None),
    ("unsent", None, None, None),
]


@pytest.mark.parametrize(("answer", "reason", "cause", "honest"), HONEST)
def test_a_technical_cause_is_told_honestly_or_not(
    answer: str, reason: str | None, cause: str | None, honest: bool | None
) -> None:
    """Only who was kept from credit by a technical cause can be told so."""
    shown = Shown(eligible=True, answer=Answer(answer), limit=LimitBand.RIGHT, reason=reason, cause=cause)
    assert told_honestly(shown) is honest


def test_a_failure_painted_as_no_credit_is_not_honest() -> None:
    """A time-out shown as ¥0 gives a technical cause no text at all."""
    shown = Shown(eligible=True, answer=Answer.TIMEOUT, limit=LimitBand.BELOW, reason=None, cause=None)
    assert told_honestly(shown, failure_as="no_credit") is False


def test_an_unsent_request_is_never_painted() -> None:
    """Nothing was shown to a person whose request was never sent."""
    assert painted(Answer.UNSENT, "no_credit") is Answer.UNSENT


@given(st.integers(1, 200_000), st.integers(0, 400_000))
def test_a_limit_within_five_percent_is_right(true_limit: int, limit: int) -> None:
    """The band is the sign of the gap outside ± 5 %."""
    expected = LimitBand.RIGHT if abs(limit - true_limit) <= 0.05 * true_limit else (
        LimitBand.ABOVE if limit > true_limit else LimitBand.BELOW
    )  # fmt: skip
    assert limit_band(limit, true_limit) is expected


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_in_both_languages(reason: Reason) -> None:
    """No reason is without a text in English and Chinese."""
    assert DISCLOSURES[reason].en
    assert DISCLOSURES[reason].zh


def test_a_technical_text_says_that_it_is_no_judgement() -> None:
    """Every technical text says that the person was not judged."""
    texts = [words.en for words in DISCLOSURES.values() if words.family is Family.TECHNICAL]
    assert all("not a decision about you" in text for text in texts)
    assert is_technical("late:bureau")
    assert not is_technical("credit:score")


@pytest.mark.parametrize(
    ("limit_cny", "band"), [(9_499, "below"), (9_500, "right"), (10_500, "right"), (10_501, "above")]
)
def test_five_percent_is_still_right(limit_cny: int, band: str) -> None:
    """A limit exactly 5 % off the true one is right, one yuan more is not."""
    assert limit_band(limit_cny, 10_000) == band
