"""Every run of a sweep is known and possible before the first begins."""

from __future__ import annotations

import pytest
from creditstorm.errors import UsageError
from creditstorm.runs.sweeping.grid import Grid, SweepAsked, grid_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.faults import Latency
from creditstorm.scenario.text.loader import read


def grid(*vary: str, **more: object) -> Grid:
    """Of the scenario whose repayment is slow."""
    asked = SweepAsked(vary, **more)  # type: ignore[arg-type]
    return grid_of(read(catalogue.find("slow-repayment-at-peak")), asked, cores=2)


def test_every_combination_under_every_policy_and_seed() -> None:
    """Two by three places, two policies, the seeds one after another from the scenario's own."""
    found = grid("faults[0].latency=1s..2s/2", "system.deadline=2s,3s,4s", policies="scenario,tri-state", seeds=3)
    assert (len(found.places), found.runs) == (12, 36)
    last = found.places[-1]
    assert (last.place, last.policy, last.name(2)) == ((1, 2), "tri-state", "1x2-tri-state-2")
    assert [one.seed - found.scenario.seed for one in last.scenarios] == [0, 1, 2]
    assert last.scenarios[0].system.deadline_s == 4.0
    fault = last.scenarios[0].faults[0]
    assert isinstance(fault, Latency)
    assert fault.latency_s == 2.0


def test_nothing_is_run_as_the_least_there_is_and_said() -> None:
    """No latency at all is no fault that could be verified."""
    found = grid("faults.repayment.latency=0ms..3s/4")
    fault = found.places[0].scenarios[0].faults[0]
    assert isinstance(fault, Latency)
    assert fault.latency_s == 0.001
    assert found.notes == ("faults.repayment.latency: 0 was run as 1ms, the least that it can be",)


@pytest.mark.parametrize(
    ("vary", "more", "said"),
    [
        (["faults[0].latensy=1s..2s/3"], {}, r"--vary 'faults\[0\].latensy.*\n(.*\n)*.*did you mean \"latency\""),
        (["sistem.deadline=1s..2s/3"], {}, 'did you mean "system"'),
        (["faults.bureau.latency=1s..2s/3"], {}, "not a fault of this scenario"),
        (["system.deadline=1/s..2/s/3"], {}, "expected a duration"),
        (["system.services.bureau.workers=1..4/3"], {}, "system.services.bureau.workers"),
        (["faults[0].latency=1s,2s", "faults.repayment.latency=1s,3s"], {}, "varies the same"),
        (["system=1,2", "system.deadline=1s,3s"], {}, "varies the same"),
        (["seed=1..4"], {}, "use --seeds"),
        (["a=1..4"] * 3, {}, "one or two values"),
        (["system.deadline=1s..2s/1000"], {"seeds": 100}, r"100,000 runs \(1000 points.*about .* h on 2 cores"),
        (["system.deadline=1s,2s"], {"metric": "wrongful_no_credit"}, "did you mean"),
        (["system.deadline=1s,2s"], {"policies": "tri-state,tri-state"}, "named twice"),
        (["system.policy=fail-closed,tri-state"], {"policies": "retry"}, "leave one of them out"),
        (["system.deadline=1s,2s"], {"policies": "tristate"}, 'did you mean "tri-state"'),
    ],
)
def test_what_cannot_be_swept_is_said(vary: list[str], more: dict[str, object], said: str) -> None:
    """Before anything runs, with the option that it is of."""
    with pytest.raises(UsageError, match=said):
        grid(*vary, **more)
