"""Which runs a matrix consists of, which of them are kept, and how long the rest will take."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.matrix import MatrixFolder
from creditstorm.runs.matrix import MatrixPlan, finished, plan_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import read
from tests.record.test_matrix import finished_run

CALM = catalogue.folder() / "calm.yaml"
FLAPS = catalogue.folder() / "scoring-flaps.yaml"


def plan(policies: str = "fail-closed,tri-state", repeats: int = 1, seed: int | None = 5, *sets: str) -> MatrixPlan:
    """A plan of the calm scenario."""
    return plan_of(read(CALM), policies, repeats=repeats, seed=seed, overrides=sets)


def test_all_policies_under_one_seed_before_the_next_seed() -> None:
    """Two policies, two repeats: what is stopped half way is still a comparison."""
    told = [(cell.name, cell.scenario.seed, cell.scenario.system.policy.name) for cell in plan(repeats=2).cells]
    assert told == [
        ("fail-closed-0", 5, "fail-closed"),
        ("tri-state-0", 5, "tri-state"),
        ("fail-closed-1", 6, "fail-closed"),
        ("tri-state-1", 6, "tri-state"),
    ]


def test_only_the_policy_differs_between_the_runs() -> None:
    """Apart from it the scenarios of one seed are equal."""
    one, other = (cell.scenario for cell in plan("hedge,retry", 1, None, "load.warm_up=1s").cells)
    assert other.model_copy(update={"system": one.system}) == one
    assert other.system.model_copy(update={"policy": one.system.policy}) == one.system
    assert one.load.warm_up_s == 1.0


def test_the_scenario_s_own_policy_has_a_name() -> None:
    """``scenario`` is what the file says."""
    own, other = plan_of(read(FLAPS), "scenario, tri-state", repeats=1, seed=None, overrides=()).cells
    assert (own.name, own.scenario.system.policy.name) == ("scenario-0", "breaker")
    assert own.scenario.seed == other.scenario.seed == 20261212


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ("retry,hedge,retry", "retry is named twice"),
        (" , ", "name at least one"),
        ("breaker,scenario", "scenario is breaker here, which is named already"),
    ],
)
def test_a_policy_twice_or_none_is_a_mistake(policies: str, said: str) -> None:
    """Nothing can be compared with itself."""
    with pytest.raises(UsageError, match=said):
        plan_of(read(FLAPS), policies, repeats=1, seed=None, overrides=())


def kept_cell(tmp_path: Path, of: MatrixPlan) -> MatrixFolder:
    """A matrix folder in which the first cell of a plan is finished."""
    folder = MatrixFolder(tmp_path)
    cell = folder.cell(of.cells[0].name)
    finished_run(cell)
    cell.scenario.write_text(dump(of.cells[0].scenario), encoding="utf-8")
    return folder


def test_a_finished_cell_of_the_same_scenario_is_kept(tmp_path: Path) -> None:
    """The same options: kept; more repeats or policies keep it too."""
    folder = kept_cell(tmp_path, plan())
    for more in (plan(), plan(repeats=3), plan("tri-state,fail-closed,hedge")):
        assert finished(folder, more) == {"fail-closed-0"}


def test_a_finished_cell_of_another_scenario_is_a_mistake(tmp_path: Path) -> None:
    """It says where, what it was then and what it would be now."""
    folder = kept_cell(tmp_path, plan())
    with pytest.raises(UsageError) as raised:
        finished(folder, plan("fail-closed,tri-state", 1, 6))
    assert str(raised.value).splitlines() == [
        f"{tmp_path / 'fail-closed-0'}: was run from another scenario, so it cannot stand beside these runs",
        "  then: seed: 5",
        "  now:  seed: 6",
        "  Ask for the same as then, or name a new folder with --out.",
    ]
