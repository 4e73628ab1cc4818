"""What a simulated report says of how far it may be from a live run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.record.manifest import Mode
from creditstorm.report import checked
from creditstorm.report.checked import MeasuredError, sentence
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.dump import storm_digest
from creditstorm.scenario.text.loader import load
from tests.report import builders
from tests.runs.small import small_scenario

ci = pytest.importorskip("ci.agreement")
SIMULATED = replace(builders.calm(), mode=Mode.SIMULATED)


def figure(**changes: object) -> dict[str, object]:
    """A figure as `agree.json` has it."""
    own = {"figure": "wrongful_no_credit_rate", "where": "run", "of": "people", "unit": "share", "live": 0.1}
    more = {"simulated": 0.1, "value": 0.0, "low": -0.001, "high": 0.002, "margin": 0.02, "n": 100}
    return {**own, **more, "alike": "agrees", "note": "", **changes}


def found(*figures: dict[str, object], doubted: tuple[int, ...] = ()) -> dict[str, object]:
    """An agreement of one storm over two seeds."""
    one = {"scenario": "calm", "policy": "tri-state", "storm": "abc", "seeds": [1, 2], "doubted": list(doubted)}
    compared = [{**one, "figures": list(figures), "doubts": [f"seed {seed}: late" for seed in doubted]}]
    of_the_set = {"wanted": 3, "measured": 2, "lacking": ["flash-sale-tri-state-0"], "compared": compared}
    return {**of_the_set, "margins": "…", "level": 0.95, "looks": 1}


def test_a_live_run_needs_no_check() -> None:
    """It is what the others are checked against."""
    assert sentence(builders.calm(), small_scenario()) == ""


def test_a_storm_that_nobody_compared_says_so() -> None:
    """Also where one of the same name was compared under another load."""
    known = {storm_digest(small_scenario()): MeasuredError(3, {"wrongful": 0.004})}
    assert sentence(SIMULATED, small_scenario("load.warm_up=0s"), known).startswith("not compared")


def test_a_compared_storm_says_its_error_and_over_how_many_pairs() -> None:
    """Of another seed, too."""
    known = {storm_digest(small_scenario()): MeasuredError(3, {"wrongful": 0.004, "deferred": 0.0105})}
    told = sentence(SIMULATED, small_scenario("seed=99"), known)
    assert told == "checked against live: wrongful ± 0.4 pp, deferred ± 1.1 pp over 3 pairs (see docs/agreement.md)"


def test_a_storm_that_differed_does_not_hide_it() -> None:
    """However small the errors of its rates."""
    known = {storm_digest(small_scenario()): MeasuredError(1, {"wrongful": 0.0}, differs=2)}
    assert "1 pair; 2 figures differ by more than their margin" in sentence(SIMULATED, small_scenario(), known)


def test_the_committed_table_can_be_read() -> None:
    """By the code that asks it."""
    assert all(known.pairs > 0 for known in checked.table().values())


def test_the_error_is_the_farthest_end_of_an_interval_in_any_window() -> None:
    """No difference over the run does not hide one in the window."""
    window = figure(where="bureau", value=0.01, low=-0.005, high=0.025)
    [known] = ci.storms(found(figure(), window)).values()
    assert known == {"pairs": 2, "errors": {"wrongful": 0.025}, "differs": 0}


def test_a_storm_whose_live_runs_are_all_in_doubt_was_not_compared() -> None:
    """And the page says which they were."""
    doubted = found(figure(), doubted=(1, 2))
    assert ci.storms(doubted) == {}
    assert "in doubt: seed 2: late" in ci.page(doubted)


def test_the_page_says_how_much_of_the_set_it_holds_and_what_does_not_agree() -> None:
    """A partial set is told as one."""
    page = ci.page(found(figure(value=0.5, low=0.4, high=0.6, alike="differs")))
    assert "**2 of 3 pairs measured**" in page
    assert "not measured yet: flash-sale-tri-state-0" in page
    assert "wrongful_no_credit_rate people (run) differs: +50.0 pp [+40.0 pp to +60.0 pp], margin ±2.0 pp" in page


def test_the_committed_data_is_that_of_the_committed_page() -> None:
    """Both are written at once."""
    data = json.loads((Path(checked.__file__).parent / checked.DATA).read_text())
    page = (Path(__file__).parents[2] / checked.WHERE).read_text()
    assert f"**{data['measured']} of {data['wanted']} pairs measured**" in page


def test_what_was_published_makes_no_other_storm() -> None:
    """Figures of an incident say nothing about the run, so a run without them counts for one with them."""
    replica = load(catalogue.find("incident-race-to-block"))
    bare = replica.model_copy(update={"published": None, "sources": ()})
    assert storm_digest(bare) == storm_digest(replica)
