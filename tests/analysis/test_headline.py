"""The sentence a manager understands, in good English at every count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.drawn import Window
from creditstorm.analysis.headline import Told, headline, share_in_parts
from creditstorm.analysis.summary import Estimate
from tests.analysis.statistics.exact import wilson

SENTENCES = [
    (826, 3264, '1 in 4 creditworthy people was told "no credit" (25.3 %, 95 % 23.8–26.8 %, within this episode)'),
    (400, 1000, '2 in 5 creditworthy people were told "no credit" (40.0 %, 95 % 37.0–43.1 %, within this episode)'),
    (1, 1234, '1 in 1,234 creditworthy people was told "no credit" (0.08 %, 95 % 0.01–0.46 %, within this episode)'),
    (995, 1000, '99 in 100 creditworthy people were told "no credit" (99.5 %, 95 % 98.8–99.8 %, within this episode)'),
    (500, 500, 'All 500 creditworthy people were told "no credit" (100.0 %, 95 % 99.2–100.0 %, within this episode)'),
    (1, 1, 'The only creditworthy person was told "no credit" (100.0 %, 95 % 20.7–100.0 %, within this episode)'),
    (
        0,
        1234,
        'Nobody was wrongly told "no credit": 0 of 1,234 creditworthy people (95 % under 0.25 %, within this episode)',
    ),
    (0, 1, 'Nobody was wrongly told "no credit": 0 of 1 creditworthy person (95 % under 95.0 %, within this episode)'),
    (0, 0, 'No creditworthy person asked, so nothing can be said about wrongful "no credit"'),
]


@pytest.mark.parametrize(("wronged", "n", "sentence"), SENTENCES)
def test_sentence(wronged: int, n: int, sentence: str) -> None:
    """One sentence for many, few, one and nobody."""
    assert headline(Told(wilson(wronged, n), wronged)) == sentence


DARK = Window("bureau", "blackhole", "bureau", 20.0, 35.0)


def test_the_sentence_leads_with_the_window() -> None:
    """The share of the window does not depend on how long the quiet tail is; the whole run stands behind it."""
    worst = Told(wilson(1098, 1098), 1098, DARK)
    sentence = headline(Told(wilson(879, 2496), 879), worst)
    assert sentence == (
        'Of the 1,098 creditworthy people who asked while the bureau was dark, 100.0 % were told "no credit"; '
        "over the whole run 879 of 2,496 (35.2 %, 95 % 33.4–37.1 %, within this episode)"
    )
    one = headline(Told(wilson(1, 9), 1), Told(wilson(1, 1), 1, DARK))
    assert one.startswith('The only creditworthy person who asked while the bureau was dark was told "no credit"; over')


def test_a_window_that_wronged_nobody_does_not_lead() -> None:
    """Where people were wronged outside every window, the whole run is all there is to say."""
    sentence = headline(Told(wilson(826, 3264), 826), Told(wilson(0, 100), 0, DARK))
    assert sentence.startswith("1 in 4 creditworthy people was")


def test_silence_is_no_comfort() -> None:
    """Where nobody was wronged because nobody was told anything, the sentence says so."""
    sentence = headline(Told(wilson(0, 1234), 0), undecided=0.98)
    assert sentence.startswith("Nobody was wrongly told")
    assert sentence.endswith("; 98.0 % of their requests got no decision")
    assert "no decision" not in headline(Told(wilson(0, 1234), 0), undecided=0.02)


@given(st.floats(1e-6, 1 - 1e-6))
def test_words_are_near_the_share(share: float) -> None:
    """The spoken fraction is never further than five points from the share, and never "0" or "all"."""
    hits, of = share_in_parts(share)
    assert 0 < hits < of
    assert abs(hits / of - share) <= 0.05 + 1e-9


def test_rounding_never_understates_the_bound() -> None:
    """The bound at zero is rounded up."""
    assert "under 0.30 %" in headline(Told(wilson(0, 1000), 0))


def test_without_an_interval_the_sentence_says_why() -> None:
    """The share stands, and beside it the reason instead of an interval."""
    people = Estimate(0.25, None, None, 400, "", "95 %", "within this episode", "no interval: too short")
    said = '1 in 4 creditworthy people was told "no credit" (25.0 %; no interval: too short)'
    assert headline(Told(people, 100)) == said
