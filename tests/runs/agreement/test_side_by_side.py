"""Live runs beside simulated ones in one folder: the plan, what is refused, what is kept. Live is stood in for here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.adapters.simulated.costs import Costs
from creditstorm.errors import CreditstormError, UsageError
from creditstorm.exit_code import ExitCode
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Manifest, Mode
from creditstorm.record.matrix import PairsFolder
from creditstorm.runs.agreement.side_by_side import (
    Found,
    HowToCompare,
    PairsRequest,
    PlannedPair,
    _Agreed,
    compare_all,
    kept,
    pairs_of,
)
from creditstorm.runs.execute import RunRequest, RunResult, execute
from creditstorm.runs.matrix import PlannedCell
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.dump import storm_digest
from creditstorm.scenario.text.loader import Draft, read
from tests.runs.small import SMALL, small_scenario


class Silent:
    """Hears nothing; a live run that begins here is a mistake of the test."""

    def begin(self, *_: object, **__: object) -> None:
        """Never."""
        raise AssertionError("no live run was to begin")

    take = end = begin


def draft(name: str = "calm") -> Draft:
    """A scenario of the catalogue."""
    return read(catalogue.find(name))


def pairs(*overrides: str) -> tuple[PlannedPair, ...]:
    """One pair of few people."""
    return pairs_of([draft()], PairsRequest(policies="tri-state", overrides=(*SMALL, *overrides)))


CarryOut = Callable[[RunRequest], RunResult]
WithLive = Callable[[Path, tuple[PlannedPair, ...]], None]


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> CarryOut:
    """Simulates the run that is asked for, once for all who ask for the very same, and lays it into their folder."""
    made: dict[str, tuple[Path, RunResult]] = {}

    def carried_out(request: RunRequest) -> RunResult:
        name = request.folder.root.name
        asked = repr(replace(request, folder=RunFolder(Path(name)), mode=Mode.SIMULATED))
        if asked not in made:
            own = RunFolder(tmp_path_factory.mktemp("stand-in") / name)
            own.root.mkdir()
            with WarmUp() as warm_up:
                result = execute(replace(request, folder=own, mode=Mode.SIMULATED), lambda event: None, warm_up)
            made[asked] = own.root, result
        shutil.copytree(made[asked][0], request.folder.root, dirs_exist_ok=True)
        request.folder.claim.unlink(missing_ok=True)
        return made[asked][1]

    return carried_out


@pytest.fixture(scope="module")
def with_live(stand_in: CarryOut) -> WithLive:
    """Puts a run where the live one of each pair belongs, as if it had been carried out before."""

    def put(root: Path, planned: tuple[PlannedPair, ...]) -> None:
        folder = PairsFolder(root)
        for pair in planned:
            stand_in(RunRequest(pair.scenario, RunFolder(folder.root / pair.live), pages=False))
        folder.journal.touch()

    return put


def compared(root: Path, planned: tuple[PlannedPair, ...], costs: Costs | None = None) -> Found:
    """What is found in the folder."""
    return compare_all(planned, out=root, how=HowToCompare(costs=costs or Costs()), observer=Silent())


def test_every_scenario_is_run_under_every_policy_and_seed() -> None:
    """Names tell them apart, and the seed goes up."""
    planned = pairs_of([draft(), draft("flash-sale")], PairsRequest("fail-closed,tri-state", repeats=2, seed=5))
    assert [pair.name for pair in planned[:4]] == [
        "calm-fail-closed-0", "calm-tri-state-0", "calm-fail-closed-1", "calm-tri-state-1",
    ]  # fmt: skip
    assert len({pair.name for pair in planned}) == 8
    assert {pair.scenario.seed for pair in planned} == {5, 6}


@pytest.mark.parametrize(
    ("drafts", "asked", "said"),
    [
        (("calm", "calm"), PairsRequest(), "calm: two scenarios have this id"),
        (("calm",), PairsRequest("tri-stat"), "tri-state"),
        (("calm",), PairsRequest(overrides=("load.warmup=3s",)), "warm_up"),
    ],
)
def test_what_cannot_be_compared_is_refused_first(drafts: tuple[str, ...], asked: PairsRequest, said: str) -> None:
    """With the reason, and before anything runs."""
    with pytest.raises(CreditstormError, match=said):
        pairs_of([draft(name) for name in drafts], asked)


def test_what_is_done_is_kept_and_only_the_simulated_run_is_made(tmp_path: Path, with_live: WithLive) -> None:
    """And a second time nothing is."""
    planned = pairs()
    with_live(tmp_path, planned)
    found = compared(tmp_path, planned)
    assert found.agreement.measured == found.agreement.wanted == 1
    assert found.folder.page.read_text().count("latency p50") >= 1
    assert json.loads(found.folder.table.read_text())["compared"][0]["storm"] == storm_digest(planned[0].scenario)
    made = RunFolder(tmp_path / planned[0].simulated)
    before = made.answers.stat().st_mtime_ns
    compared(tmp_path, planned)
    assert made.answers.stat().st_mtime_ns == before


def test_what_is_open_gets_more_seeds_up_to_the_stated_number(tmp_path: Path, with_live: WithLive) -> None:
    """Twice as many at each look; so few people settle nothing, and what is settled is not asked for again."""
    asked = PairsRequest("tri-state", repeats=1, most=3, overrides=SMALL)
    assert asked.looks == (1, 2, 3)
    planned = pairs_of([draft()], asked)
    assert len(planned) == 3
    with_live(tmp_path, planned)
    found = compare_all(planned, out=tmp_path, how=HowToCompare(looks=asked.looks), observer=Silent())
    assert found.agreement.measured == found.agreement.wanted == 3
    assert found.agreement.looks == 3
    lines = [json.loads(line) for line in PairsFolder(tmp_path).journal.read_text().splitlines()]
    assert [len(line["pairs"]) for line in lines if line["event"] == "asked"] == [1, 2, 3]


def test_only_what_is_open_is_gone_on_with(tmp_path: Path) -> None:
    """Scenario and policy by themselves."""
    planned = pairs_of([draft()], PairsRequest("tri-state,fail-closed", most=2, overrides=SMALL))
    agreed = _Agreed(PairsFolder(tmp_path), HowToCompare())
    first = agreed.wanted(planned, (), 1)
    assert [pair.name for pair in first] == ["calm-tri-state-0", "calm-fail-closed-0"]
    agreed.open = frozenset({("calm", "fail-closed")})
    assert [pair.name for pair in agreed.wanted(planned, first, 2)] == [
        "calm-tri-state-0", "calm-fail-closed-0", "calm-fail-closed-1",
    ]  # fmt: skip


def test_other_costs_make_the_simulated_run_anew_and_its_manifest_says_them(
    tmp_path: Path, with_live: WithLive
) -> None:
    """A hop of a fifth of a second is told by the latency, and makes it differ."""
    planned = pairs("load.arrivals=[{for: 12s, rate: 10/s}]")
    with_live(tmp_path, planned)
    compared(tmp_path, planned)
    found = compared(tmp_path, planned, Costs(enter_s=0.2))
    costs = Manifest.read(RunFolder(tmp_path / planned[0].simulated)).costs
    assert costs is not None
    assert costs["enter_s"] == 0.2
    assert found.agreement.exit_code is ExitCode.FAIL


def test_a_live_run_of_another_scenario_is_not_compared(tmp_path: Path, with_live: WithLive) -> None:
    """It is said what was asked then."""
    with_live(tmp_path, pairs())
    with pytest.raises(UsageError, match=r"was run from another scenario(.|\n)*then:"):
        kept(PairsFolder(tmp_path), pairs("system.deadline=1s"))


def test_what_is_lacking_is_named(tmp_path: Path, with_live: WithLive) -> None:
    """A live run that is gone makes no pair, and nothing is said of it."""
    planned = pairs()
    with_live(tmp_path, planned)
    compared(tmp_path, planned)
    shutil.rmtree(tmp_path / planned[0].live)

    class Stopped(Silent):
        """A person presses Ctrl-C as the live run begins."""

        def begin(self, *_: object, **__: object) -> None:
            """At once."""
            raise KeyboardInterrupt

    found = compare_all(planned, out=tmp_path, how=HowToCompare(), observer=Stopped())
    assert found.interrupted
    assert found.agreement.lacking == ("calm-tri-state-0",)
    assert found.agreement.exit_code is ExitCode.INTERRUPTED


class Heard:
    """Notes which live runs begin."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def begin(self, cell: PlannedCell, _to_come: object, *, done: int) -> None:
        """One does; `done` are behind it."""
        assert done == len(self.begun)
        self.begun.append(cell.name)

    def take(self, *_: object) -> None:
        """Not of interest."""

    end = take


@pytest.mark.parametrize(
    ("broken", "begun", "measured"),
    [({0}, 4, 3), ({0, 2}, 4, 2), ({1, 2}, 3, 1), (set(), 4, 4)],
)
def test_a_live_run_that_fails_is_left_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stand_in: CarryOut,
    *,
    broken: set[int],
    begun: int,
    measured: int,
) -> None:
    """The others are compared all the same; after two failures in a row no further one is begun."""
    planned = pairs_of([draft()], PairsRequest(policies="tri-state", repeats=4, overrides=SMALL))
    fails = {planned[index].live for index in broken}

    def carried_out(request: RunRequest, *_: object) -> RunResult:
        if request.folder.root.name in fails:
            return RunResult(Ending.FAILED, ExitCode.HARNESS, "decision does not answer", None)
        return stand_in(request)

    monkeypatch.setattr("creditstorm.runs.execute.execute", carried_out)
    heard = Heard()
    found = compare_all(planned, out=tmp_path / "agree", how=HowToCompare(), observer=heard)
    assert len(heard.begun) == begun
    assert len(found.agreement.lacking) == 4 - measured
    assert (found.agreement.exit_code is ExitCode.HARNESS) is bool(broken)


@pytest.mark.parametrize("how", [Ending.INTERRUPTED, Ending.FAILED])
def test_a_simulated_run_that_is_not_whole_is_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_live: WithLive, how: Ending
) -> None:
    """Whoever presses Ctrl-C once is not made to press it again for every pair."""
    planned = pairs_of([draft()], PairsRequest(policies="tri-state", repeats=2, overrides=SMALL))
    with_live(tmp_path, planned)
    begun: list[str] = []

    def cut_off(request: RunRequest, *_: object) -> RunResult:
        begun.append(request.folder.root.name)
        return RunResult(how, 130, None, "")

    monkeypatch.setattr("creditstorm.runs.execute.execute", cut_off)
    found = compared(tmp_path, planned)
    assert begun == [planned[0].simulated]
    assert found.interrupted is (how is Ending.INTERRUPTED)


def test_a_storm_is_the_same_with_another_seed_and_other_thresholds() -> None:
    """And another one with another load, policy or deadline."""
    one = storm_digest(small_scenario())
    assert one == storm_digest(small_scenario("seed=3", "thresholds={}", "why=Other words."))
    for other in ("load.warm_up=0s", "system.policy=tri-state", "system.deadline=1s"):
        assert storm_digest(small_scenario(other)) != one
