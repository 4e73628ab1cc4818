"""How a run came back, from what its recovery shows and what the load after the clear needs."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from creditstorm.analysis.planning import regions
from creditstorm.analysis.planning.regions import Region, busy_s, commonest, greatest_use, region_of
from creditstorm.analysis.summary import Recovery, Relapse
from creditstorm.credit.sources import CALM
from tests.report.builders import bureau_outage
from tests.runs.small import small_scenario

BACK = Recovery(("bureau",), 0.0, 40.0)
NEVER = Recovery(("bureau",), None, 40.0, low_s=39.0)


@pytest.mark.parametrize(
    ("recovery", "rate", "region"),
    [
        (BACK, 10, Region.STABLE),
        (replace(BACK, seconds=3.0, low_s=2.0), 10, Region.STABLE),
        (replace(BACK, seconds=9.0, low_s=8.0), 10, Region.VULNERABLE),
        (replace(BACK, relapses=(Relapse(10.0, 12.0),)), 10, Region.VULNERABLE),
        (NEVER, 10, Region.METASTABLE),
        (NEVER, 400, Region.OVERLOADED),
        (replace(NEVER, low_s=20.0), 10, Region.UNCLEAR),
        (Recovery(("bureau",), None, 0.0), 10, Region.UNCLEAR),
        (Recovery(("bureau",), None, 1.0), 10, Region.UNCLEAR),  # a second, in which nothing was shown
        (Recovery(("bureau",), None, 3.0, low_s=2.0), 10, Region.UNCLEAR),  # those under way at the clear
        (Recovery(("bureau",), None, 9.0, low_s=8.0), 10, Region.METASTABLE),
    ],
)
def test_each_region(recovery: Recovery, rate: int, region: Region) -> None:
    """Those under way at the clear do not make it vulnerable; not seen is not metastable."""
    scenario = small_scenario(f"load.arrivals=[{{for: 60s, rate: {rate}/s}}]", "system.deadline=2s")
    assert region_of(replace(bureau_outage(), recovery=(recovery,)), scenario) is region


def test_just_all_of_the_workers_is_overloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a use of exactly 1 nothing is left to work off what waits; a hair below it something is."""
    never = replace(bureau_outage(), recovery=(NEVER,))
    for used, region in ((1.0, Region.OVERLOADED), (math.nextafter(1.0, 0.0), Region.METASTABLE)):
        monkeypatch.setattr(regions, "greatest_use", lambda *_, used=used, **__: used)
        assert region_of(never, small_scenario()) is region


def test_the_worst_episode_counts_and_without_one_there_is_none() -> None:
    """Two episodes, and none."""
    scenario = small_scenario("load.arrivals=[{for: 60s, rate: 10/s}]")
    assert region_of(replace(bureau_outage(), recovery=(BACK, NEVER)), scenario) is Region.METASTABLE
    assert region_of(replace(bureau_outage(), recovery=()), scenario) is None


def test_only_the_load_after_the_clear_is_asked() -> None:
    """A peak before it is over; two replicas carry twice as much; a closed load has no rate."""
    stages = "load.arrivals=[{for: 10s, rate: 400/s}, {for: 50s, rate: 10/s}]"
    during, after = (greatest_use(small_scenario(stages), cleared_s=at_s) for at_s in (5.0, 20.0))
    assert during == pytest.approx(40 * (after or 0.0))
    one = greatest_use(small_scenario(stages, "system.services.bureau={workers: 1}"), cleared_s=20.0)
    two = greatest_use(
        small_scenario(stages, "system.services.bureau={workers: 1}", "system.redundancy=[bureau]"), cleared_s=20.0
    )
    assert one == pytest.approx(2 * (two or 0.0))
    four = "system.replicas.bureau=4"
    many = greatest_use(small_scenario(stages, "system.services.bureau={workers: 1}", four), cleared_s=20.0)
    assert one == pytest.approx(4 * (many or 0.0))


def test_the_commonest_region_and_the_worse_of_two() -> None:
    """Counted in the order from best to worst."""
    counts, most = commonest([Region.METASTABLE, Region.STABLE, Region.STABLE, Region.METASTABLE])
    assert (list(counts), most) == ([Region.STABLE, Region.METASTABLE], Region.METASTABLE)
    assert commonest([]) == ({}, None)


def test_stalls_lengthen_the_mean_time_of_a_request() -> None:
    """A tenth of them that take eleven times as long double it."""
    calm = CALM["bureau"]
    without, stalled = replace(calm, stall_share=0.0), replace(calm, stall_share=0.1, stall_factor=11.0)
    assert busy_s(stalled) == pytest.approx(2.0 * busy_s(without))
