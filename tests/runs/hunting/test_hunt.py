"""The hunt: a planted bug is found and shrunk, what is written can be run, and nothing else is drawn than was meant."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.adapters.pool.local import LocalErrand
from creditstorm.cli import main
from creditstorm.cli.planner.hunt import _in_words
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Mode
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.hunting.hunters import _LETS_END_S, HuntOrder, Quarry, _nothing_done, _prepared, _searched
from creditstorm.runs.hunting.search import SEEDS, Hunt, Searched, Trail, search
from creditstorm.runs.hunting.templates import fault_of, scenario_with, templates_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.faults import fault_kinds
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load, read

RULE = 'thresholds={"wrongful_no_credit_rate.people": ["< 15%"], "wrongful_no_credit_rate{window: bureau}": ["< 2%"]}'
ONLY_A_WINDOW = 'thresholds={"wrongful_no_credit_rate{window: bureau}": ["< 2%"]}'
FEW = "load.arrivals=[{for: 60s, rate: 10/s}]"
NO_BUDGET = '{"preset": "retry", "transport": {"kind": "retry", "tries": 3, "per_try": "600ms"}}'


def scenario(*overrides: str) -> Scenario:
    """The demo under retries without a budget, which a source that is slow for a while brings down."""
    return load(catalogue.find("bureau-outage-at-peak"), overrides=[f"system.policy={NO_BUDGET}", RULE, *overrides])


class OfItsOwnTime(LocalErrand):
    """Over when this process has computed for so long, however busy the machine is."""

    def wanted(self) -> bool:
        """Until then."""
        return time.process_time() < self.until_s

    def ends_at(self) -> float:
        """Never, by the clock on the wall."""
        return float("inf")


def test_the_planted_bug_is_found_and_shrunk_to_one_fault() -> None:
    """Within a minute of a core, from storms of up to three faults."""
    plain = _prepared(scenario())
    templates = templates_of(plain, frozenset({"blackhole", "latency", "slow"}))
    assert {template.kind for template in templates} == {"blackhole", "latency", "slow"}
    few = {**plain, "load": {**plain["load"], "arrivals": [{"for": "24s", "rate": "6/s"}]}}
    found = search(Hunt(few, templates, 3, 20, OfItsOwnTime(time.process_time() + 50.0), 4)).smallest
    assert found is not None
    assert len(found.faults) == 1
    [broken] = found.broken
    assert broken.rule == "wrongful_no_credit_rate.people < 15%"
    assert len(broken.values) == SEEDS
    assert min(broken.values) > 0.15
    assert broken.beyond is not None
    assert broken.beyond > 0.15 + 0.0225  # 15 % of the bound: so far may a simulated rate be off
    assert scenario_with(plain, found.faults, found.seed) is not None


@pytest.mark.parametrize("lasts_s", [0.0, 1.5, 3.0])
def test_the_time_may_be_over_at_any_moment(lasts_s: float) -> None:
    """Before a find, while it is shrunk, or after: the smallest so far is told, and no error of anybody's."""
    plain = _prepared(scenario())
    few = {**plain, "load": {**plain["load"], "arrivals": [{"for": "24s", "rate": "12/s"}]}}
    hunt = Hunt(few, templates_of(plain, frozenset({"down"})), 3, 20, LocalErrand(time.monotonic() + lasts_s), 7)
    searched = search(hunt)
    assert (searched.smallest is None) or searched.smallest.broken
    assert searched.storms > 0 or lasts_s == 0.0


def test_what_is_known_is_no_error_once_the_time_is_over() -> None:
    """Hypothesis draws the same again: what was simulated before has its answer, and only what is new ends the hunt."""
    plain = {**_prepared(scenario()), "load": {"arrivals": [{"for": "24s", "rate": "1/s"}], "warm_up": "3s"}}
    trail = Trail(Hunt(plain, (), 1, 20, LocalErrand(time.monotonic() + 60.0), 7))
    drawn = (0, [{"kind": "latency", "target": "social", "at": "4s", "for": "1s", "latency": "1ms"}])
    assert not trail.breaks(drawn)
    over = Trail(Hunt(plain, (), 1, 20, LocalErrand(0.0), 7), known=trail.known)
    assert not over.breaks(drawn)
    with pytest.raises(SystemExit):
        over.breaks((1, drawn[1]))


def test_a_clock_that_is_set_ends_no_hunt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is what passes, not what the wall says."""
    plain = {**_prepared(scenario()), "load": {"arrivals": [{"for": "24s", "rate": "1/s"}], "warm_up": "3s"}}
    trail = Trail(Hunt(plain, (), 1, 20, LocalErrand(time.monotonic() + 60.0), 7))
    monkeypatch.setattr(time, "time", lambda: float("inf"))
    trail.breaks((0, [{"kind": "latency", "target": "social", "at": "4s", "for": "1s", "latency": "1ms"}]))
    assert trail.storms == 1


def test_rules_are_hunted_though_the_intended_policy_needs_the_faults() -> None:
    """A canary of the version that a fault rolls out is no part of the storms that are drawn."""
    plain = _prepared(load(catalogue.find("cut-off-mis-set")))
    assert scenario_with(plain, (), 1) is not None


def test_what_was_published_of_the_faults_is_nothing_to_hold_others_to() -> None:
    """An incident that lasts longer than the short calm can be hunted in."""
    plain = _prepared(load(catalogue.find("incident-status-flood")))
    assert scenario_with(plain, (), 1) is not None


def test_a_canary_is_hunted_under_whatever_version_is_drawn() -> None:
    """The version that the policy names goes with its fault: calm is a scenario, and so is another change."""
    draft = read(catalogue.find("cut-off-mis-set"))
    plain = _prepared(draft.scenario((draft.policy_override("intended", ()),)))
    assert plain["system"]["policy"]["rollout"] == {"kind": "canary", "share": 0.05}
    assert scenario_with(plain, (), 1) is not None
    [change] = [one for one in templates_of(plain, frozenset({"strategy_change"})) if one.target == "decision"]
    drawn = fault_of(change, 5, 3, {key: texts[0] for key, texts in change.choices})
    assert scenario_with(plain, [{**drawn, "version": "v3"}], 1) is not None


def test_every_kind_that_the_scenario_takes_is_drawn() -> None:
    """With parameters that it takes; what wants a store, or a second cell, is left out where there is none."""
    plain = _prepared(scenario())
    kinds = {template.kind for template in templates_of(plain)}
    assert kinds >= {"blackhole", "latency", "errors", "empty", "stale", "capacity", "kill", "pause", "skew", "slow"}
    assert kinds <= set(fault_kinds())
    assert kinds.isdisjoint({"flush", "poison", "partial_dc"})
    for template in templates_of(plain, frozenset({"latency", "stale", "profile_update"})):
        for key, texts in template.choices:
            for text in texts:
                others = {name: values[0] for name, values in template.choices}
                assert scenario_with(plain, [fault_of(template, 5, 3, {**others, key: text})], 1) is not None


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, output and errors of the command."""
    monkeypatch.setattr("sys.argv", ["creditstorm", "hunt", "bureau-outage-at-peak", *words])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def test_the_command_writes_a_scenario_that_breaks_the_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On every core, in its time; the file fails as the hunt said."""
    words = ["--set", f"system.policy={NO_BUDGET}", "--set", RULE, "--set", FEW, "--kinds", "blackhole,down"]
    # On a box that others use five seconds may be too few to come upon anything.
    for place, lasts in ((tmp_path / "h", "5s"), (tmp_path / "longer", "60s")):
        code, out, errors = said(monkeypatch, capsys, *words, "--for", lasts, "--json", "--out", str(place))
        # Of a search that was not heard to its end nobody knows how many storms it tried.
        if code == 1 and not json.loads(out)["died"] + json.loads(out)["late"]:
            break
    assert code == 1, errors
    found = json.loads(out)
    assert found["storms"] > 1
    assert found["broken"] == ["wrongful_no_credit_rate.people < 15%"]
    assert min(found["clearly"][0]["values"]) > found["clearly"][0]["beyond"] > 0.15
    assert not list(place.glob("found-*"))
    folder = RunFolder(tmp_path / "again")
    folder.root.mkdir()
    again = load(Path(found["file"]))
    assert again.why.startswith("Found by a hunt in bureau-outage-at-peak")
    result = execute(RunRequest(again, folder, pages=False, mode=Mode.SIMULATED), lambda _event: None)
    assert result.exit_code == 1


def test_who_interrupts_is_not_told_that_nothing_is_there(tmp_path: Path) -> None:
    """What a search tried is known when it comes to its end."""
    ended = Quarry(None, (), 12, 0, ("down on bureau",), 162, tmp_path, 2)
    tried = "12 storms simulated, 1 of 162 kinds on targets among them"
    assert list(_in_words(ended)) == [f"no storm broke a threshold: {tried}"]
    [told] = _in_words(replace(ended, interrupted=True))
    assert told.startswith(f"interrupted before a storm broke a threshold: {tried}; what was tried")


def test_a_search_that_is_slow_has_not_died(tmp_path: Path) -> None:
    """Within a storm when its time is long over, it is told as slow, and nobody looks for lost memory."""

    class Busy:
        """A pool whose work comes to no end, or whose processes die."""

        deaths = (BrokenProcessPool,)

        def submit(self, _work: object, dies: object) -> Future[Searched]:
            future: Future[Searched] = Future()
            if dies:
                future.set_exception(BrokenProcessPool())
            return future

    order = HuntOrder(scenario(), 0.0, 1)
    over = replace(order, for_s=-_LETS_END_S)
    slow = _searched(Busy(), (None,), lambda _: None, over)  # type: ignore[arg-type]
    assert (slow.died, slow.late) == (0, 1)
    with pytest.raises(UsageError, match=r"no storm could be simulated within 0 s; hunt for longer$"):
        raise _nothing_done(slow, order)
    dead = _searched(Busy(), ("dies",), lambda _: None, order)  # type: ignore[arg-type]
    assert (dead.died, dead.late) == (1, 0)
    with pytest.raises(HarnessError, match="1 did, 0 were too slow"):
        raise _nothing_done(dead, order)
    [told] = _in_words(Quarry(None, (), 12, 0, (), 162, tmp_path, 2, late=1))
    assert told.endswith("; 1 of 2 searches came to no end in time, of which only finds are counted")


def test_nothing_to_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0, with how much was tried."""
    rule = 'thresholds={"wrongful_no_credit_rate.people": ["< 99%"]}'
    words = ["--set", rule, "--set", FEW, "--kinds", "latency", "--for", "2s", "--out", str(tmp_path / "h")]
    code, out, _ = said(monkeypatch, capsys, *words)
    assert code == 0
    assert re.match(r"no storm broke a threshold: [1-9][0-9]* storms simulated", out)
    assert not (tmp_path / "h/hunt.yaml").exists()
    code, more, _ = said(monkeypatch, capsys, *words)  # it is gone on with: other storms beside those
    assert code == 0
    assert _storms(more) > _storms(out)
    code, _, errors = said(monkeypatch, capsys, *words, "--faults", "1..2")
    assert code == 2
    assert "holds another job" in errors
    assert "asks.faults now:  2" in errors


def _storms(said: str) -> int:
    found = re.search(r"([0-9,]+) storms simulated", said)
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--for", "soon"], "--for"),
        (["--for", "0s"], "hunt for a second to a day"),
        (["--faults", "0"], "--faults"),
        (["--faults", "1..9"], "expected 1..N"),
        (["--kinds", "blakhole"], 'did you mean "blackhole"'),
        (["--kinds", "flush"], "none of flush can be drawn"),
        (
            ["--set", 'thresholds={"wrongful_no_credit_rate{window: bureau}": ["< 2%"]}'],
            "no rule that a storm could break",
        ),
        (["--set", FEW, "--for", "2s"], "fails without any fault … --policy intended"),
    ],
)
def test_what_cannot_be_hunted(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Exit 2 and why; no folder is made."""
    monkeypatch.chdir(tmp_path)
    code, _, errors = said(monkeypatch, capsys, *words)
    assert code == 2
    assert [words for words in told.split(" … ") if words not in errors] == []
    assert not list(tmp_path.iterdir())
