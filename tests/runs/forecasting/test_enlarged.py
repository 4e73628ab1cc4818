"""A cell of a larger system, at exactly its utilisation."""

from __future__ import annotations

import pytest
from creditstorm.errors import UsageError
from creditstorm.runs.forecasting.enlarged import cell_of, scaled_in_words, target_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import load, loads


def scenario(name: str = "bureau-outage-at-peak", *overrides: str) -> Scenario:
    """One of the catalogue."""
    return load(catalogue.find(name), overrides=overrides)


def load_per_worker(one: Scenario) -> dict[str, float]:
    """People a second at the peak a worker of each service."""
    peak_hz = max(stage.reaches_hz for stage in one.load.arrivals or ())
    return {name: peak_hz / profile.workers for name, profile in one.system.services.items()}


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_every_size_has_the_utilisation_of_the_scenario(size: int) -> None:
    """To the last bit, and people stand to the rate as those of the system do."""
    own = scenario()
    cell = cell_of(own, target_of(own, people=10**8, peak_hz=16_700.0, cells=None), size, 7)
    assert load_per_worker(cell) == pytest.approx(load_per_worker(own), rel=1e-12)
    assert cell.population.size / (80.0 * size) == pytest.approx(10**8 / 16_700.0, rel=1e-5)
    assert cell.system.services["bureau"].queue == own.system.services["bureau"].queue * size
    assert cell.seed == 7


def test_a_system_of_so_many_cells_has_its_own_utilisation() -> None:
    """16,700/s on 150 cells is 111.3/s each: no pool is rounded, the rate is any number."""
    own = scenario()
    cell = cell_of(own, target_of(own, people=10**8, peak_hz=16_700.0, cells=150), 2, 7)
    assert max(stage.reaches_hz for stage in cell.load.arrivals or ()) == pytest.approx(2 * 16_700 / 150)
    assert cell.system.services["bureau"].workers == 2 * own.system.services["bureau"].workers


def test_what_is_absolute_grows_too() -> None:
    """Quota, in-flight limit, retry budget, people who wait for a notice; shares and lengths stay."""
    own = scenario("income-quota-exhausted", "system.policy=tri-state-shed")
    cell = cell_of(own, target_of(own, people=10**8, peak_hz=16_700.0, cells=None), 4, 7)
    assert cell.faults[0].quota_hz == 4 * own.faults[0].quota_hz  # type: ignore[union-attr]
    assert cell.system.policy.admission.limit == 4 * own.system.policy.admission.limit  # type: ignore[union-attr]
    assert cell.system.policy.answer.most == 4 * own.system.policy.answer.most  # type: ignore[union-attr]
    assert cell.system.policy.missing == own.system.policy.missing
    budget = scenario("retry-storm", "system.policy=retry-budget")
    grown = cell_of(budget, target_of(budget, people=10**8, peak_hz=16_700.0, cells=None), 2, 7).system.policy
    assert grown.transport.min_hz == 2 * budget.system.policy.transport.min_hz  # type: ignore[union-attr]


@pytest.mark.parametrize("name", catalogue.names())
def test_every_scenario_of_the_catalogue_can_be_enlarged(name: str) -> None:
    """What comes out is a scenario that could have been written."""
    own = scenario(name)
    cell = cell_of(own, target_of(own, people=10**8, peak_hz=16_700.0, cells=None), 4, own.seed)
    assert loads(dump(cell), name=name).load == cell.load


def test_what_was_scaled_is_said() -> None:
    """And what had to be rounded."""
    quota = scenario("income-quota-exhausted")
    (said,) = scaled_in_words(quota, target_of(quota, people=10**8, peak_hz=16_700.0, cells=None))
    assert said == "the quota of income grows with the system: 10/s a cell, 4,175/s in all"
    workers = scenario("half-the-workers")
    (said,) = scaled_in_words(workers, target_of(workers, people=10**8, peak_hz=16_700.0, cells=None))
    assert said == "income leaves 11.2 workers a cell, of which whole ones can be simulated: 45 for 44.8 at 4 ×"


@pytest.mark.parametrize(
    ("people", "peak_hz", "cells", "said"),
    [
        (0, 16_700.0, None, "--people 0: somebody has to ask"),
        (10**8, 0.0, None, "--peak 0/s: somebody has to ask"),
        (500_000, 16_700.0, None, "--people 500,000: "),
        (10**8, 79.0, None, "--peak 79/s: no forecast is needed below 4 cells"),
        (10**8, 319.0, None, "(4 × the scenario's own 80/s is 320/s)"),
        (10**8, 16_700.0, 3, "--cells 3: no forecast is needed below 4 cells"),
        (10**12, 10**9, 4, "is more than can be simulated; name more"),
    ],
)
def test_what_cannot_be_forecast_is_refused(people: int, peak_hz: float, cells: int | None, said: str) -> None:
    """With the remedy."""
    with pytest.raises(UsageError) as refused:
        target_of(scenario(), people=people, peak_hz=peak_hz, cells=cells)
    assert said in str(refused.value)


def test_a_closed_model_has_no_peak() -> None:
    """Its rate depends on the answers."""
    closed = scenario("calm", "load={users: {count: 5, for: 10s}}")
    with pytest.raises(UsageError, match=r"so it has no peak\n  Give it load\.arrivals instead"):
        target_of(closed, people=10**8, peak_hz=16_700.0, cells=None)
