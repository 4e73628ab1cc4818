"""The sentence of a policy follows its figures, never its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditstorm.analysis.matrix.comparison import PolicyFigures
from creditstorm.analysis.matrix.sentence import ALL, NONE, in_words
from tests.analysis.matrix.cells import FATES, CallDraw, cell, compared


def told(fate: CallDraw, *, name: str = "other") -> PolicyFigures:
    """The figures of a policy with this fate, beside fail-closed."""
    return compared([cell("fail-closed", FATES["fail-closed"]), cell(name, fate)]).policies[1]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        *((0.0, NONE), (0.004, "hardly any"), (0.05, "some"), (0.2, "many")),
        *((0.5, "about half"), (0.7, "most"), (0.97, "nearly all"), (1.0, ALL)),
    ],
)
def test_a_share_has_its_words(share: float, words: str) -> None:
    """From not one to every one."""
    assert in_words(share).startswith(words)


def test_the_same_figures_give_the_same_sentence_under_any_name() -> None:
    """The name of a policy changes nothing in what is said of it."""
    assert told(FATES["tri-state"], name="tri-state").sentence == told(FATES["tri-state"], name="abc").sentence


def test_what_it_costs_is_said_where_it_is_worth_saying() -> None:
    """Deferrals, wrong approvals, calls and recovery from 1 %, 1.25 times and a second on; else not a word."""
    dear = told(CallDraw(0.02, 0.07, deferred=0.2, approved=0.03, calls=18.0, back_s=4.0)).sentence
    for part in ("20.0 % of those", "3.0 % of people who should", "2.6 times the source calls", "calm after 4 s"):
        assert part in dear
    plain = told(CallDraw(0.3, 0.99)).sentence
    for part in ("deferred", "approved", "calls", "calm"):
        assert part not in plain


def test_a_relapse_is_said() -> None:
    """Back at once and bad again later is not passed over."""
    assert "back at calm at once, and worse again later" in told(CallDraw(0.3, 0.99, relapsed=True)).sentence


def test_people_who_cannot_tell_are_said_so() -> None:
    """The same people wronged: no difference to speak of; fewer: by how many points."""
    assert "could not tell it from fail-closed" in told(FATES["fail-closed"]).sentence
    assert "29.9 points fewer people wronged than under fail-closed" in told(FATES["tri-state"]).sentence


def test_a_run_without_a_window_speaks_of_people() -> None:
    """No fault, nobody wronged."""
    calm = compared([replace(cell("fail-closed", CallDraw(0.0, None)))]).policies[0]
    assert calm.sentence.startswith("Nobody creditworthy was told “no credit”")


def test_one_is_one_and_many_are_many() -> None:
    """Hardly any person was, some people were."""
    assert "creditworthy person who asked in the fault windows (0.5 %) was told" in told(CallDraw(0.3, 0.005)).sentence
    assert "creditworthy people who asked in the fault windows (5.0 %) were told" in told(CallDraw(0.3, 0.05)).sentence
