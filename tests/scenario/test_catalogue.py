"""The shipped scenarios, and how they are found."""

from math import log
from pathlib import Path

import pytest
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import CAUSES, Scenario
from creditstorm.scenario.text.loader import load

SHIPPED = [load(path) for path in catalogue.paths()]


def test_the_catalogue_covers_every_cause() -> None:
    """Every cause has a scenario, there are at least sixteen, and thirteen replay published incidents and name them."""
    assert {scenario.cause for scenario in SHIPPED} == set(CAUSES)
    assert len(SHIPPED) >= 16
    replicas = [scenario for scenario in SHIPPED if scenario.id.startswith("incident-")]
    assert len(replicas) == 13
    assert sum(scenario.published is not None for scenario in replicas) == 12
    assert all(scenario.sources for scenario in replicas)


@pytest.mark.parametrize("path", catalogue.paths(), ids=lambda path: path.stem)
def test_a_file_is_named_after_its_scenario(path: Path) -> None:
    """The id is the file's name, so that a report leads back to the file."""
    assert load(path).id == path.stem


@pytest.mark.parametrize("path", catalogue.paths(), ids=lambda path: path.stem)
def test_a_scenario_fits_on_a_page(path: Path) -> None:
    """No shipped scenario is longer than 60 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda scenario: scenario.id)
def test_a_scenario_says_what_goes_wrong_and_what_would_help(scenario: Scenario) -> None:
    """Every shipped scenario has a reason, a cause, thresholds and the policy they are written for."""
    assert scenario.why.strip()
    assert scenario.cause is not None
    assert scenario.intended is not None
    assert scenario.thresholds
    assert scenario.faults or scenario.cause in ("none", "capacity")  # too many people need no fault


def test_the_catalogue_is_grouped_by_cause() -> None:
    """Every scenario stands in one group, the groups stand in the order of the causes; no cause comes last."""
    nameless = SHIPPED[0].model_copy(update={"id": "nameless", "cause": None})
    groups = catalogue.by_cause([nameless, *SHIPPED])
    order = [*CAUSES, ""]
    assert sorted(groups, key=order.index) == list(groups)
    assert groups[""] == (nameless,)
    assert {s.id: cause for cause, group in groups.items() for s in group if cause} == {s.id: s.cause for s in SHIPPED}


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda scenario: scenario.id)
def test_a_scenario_fits_on_a_laptop(scenario: Scenario) -> None:
    """Rates and lengths are such that two cores carry them, re-taps included.

    Three minutes where few come a second: the storm itself is short, and a run has to be many times as long as its
    answers remember it (`docs/catalogue.md`).
    """
    assert scenario.load.arrivals is not None
    assert 20.0 <= scenario.load.duration_s <= 180.0
    assert sum(stage.for_s * stage.reaches_hz for stage in scenario.load.arrivals) <= 5_000.0
    assert max(stage.reaches_hz for stage in scenario.load.arrivals) <= 80.0


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda scenario: scenario.id)
def test_a_scenario_does_not_pass_by_approving_everyone(scenario: Scenario) -> None:
    """Whoever gates wrongful "no credit" gates wrongful approval too."""
    assert {threshold.metric for threshold in scenario.thresholds} >= {
        "wrongful_no_credit_rate",
        "wrongful_approval_rate",
    }


def test_calm_has_nothing_that_could_go_wrong() -> None:
    """In calm no fault is injected, no source misses data or stalls, and the deadline is far beyond every answer."""
    calm = load(catalogue.find("calm"))
    profiles = calm.system.profiles().values()
    assert calm.faults == ()
    assert {(profile.missing_rate, profile.stall_share) for profile in profiles} == {(0.0, 0.0)}
    assert all(5.0 * profile.sigma < _log_distance(calm, profile.p50_s) for profile in profiles)
    assert calm.client.timeout_s > calm.system.deadline_s


def _log_distance(calm: Scenario, p50_s: float) -> float:
    return log(calm.system.deadline_s / p50_s)


def test_a_name_finds_its_file_as_a_person_would_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the checkout a name gives the short relative path."""
    monkeypatch.chdir(catalogue.folder().parent)
    assert catalogue.find("calm") == Path(catalogue.folder().name, "calm.yaml")


def test_a_name_works_from_any_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere a name gives a path that exists."""
    monkeypatch.chdir(tmp_path)
    assert catalogue.find("calm").is_file()


def test_a_path_is_itself() -> None:
    """A path is left to the loader, which knows what to say about a missing file."""
    assert catalogue.find("my/own.yaml") == Path("my/own.yaml")
