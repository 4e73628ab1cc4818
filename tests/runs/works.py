"""Work for the points of a job, in a module that other processes can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from creditstorm.adapters.pool import Errand
from creditstorm.record.job_folder import Result
from creditstorm.scenario.model import Scenario


def seed_of(scenario: Scenario) -> Result:
    """The seed, and who computed it."""
    return {"seed": scenario.seed, "pid": os.getpid()}


def asked(scenario: Scenario) -> Result:
    """A figure of the simulated run."""
    from creditstorm.runs.simulate import simulated_summary  # noqa: PLC0415 - seconds that the other works do without

    return {"answers": simulated_summary(scenario).answers}


def dies_once(scenario: Scenario) -> Result:
    """As the seed of the scenario says, the process that computes it dies the first time."""
    died = Path(scenario.why)
    if scenario.seed == 2 and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return seed_of(scenario)


def dies(_scenario: Scenario) -> Result:
    """Never computed."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def refuses(scenario: Scenario) -> Result:
    """Raises what no pickling may lose."""
    raise ValueError(f"seed {scenario.seed}")


def slow(scenario: Scenario) -> Result:
    """Long enough for somebody to lose patience; the first is quick."""
    time.sleep(0 if scenario.seed == 1 else 60)
    return seed_of(scenario)


def record_of_nobody(_run: object) -> Result:
    """No run was to be carried out."""
    raise AssertionError("a run was carried out")


def not_a_number(_scenario: Scenario) -> Result:
    """What no journal takes."""
    return {"rate": float("nan")}


def tells_and_waits(errand: Errand) -> None:
    """Tells who computes and how much time is left, and goes on until nobody waits for it."""
    ends_at = errand.ends_at()
    errand.tell("news", {"pid": os.getpid(), "left_s": ends_at - time.monotonic()})
    while time.monotonic() < ends_at and errand.wanted():
        time.sleep(0.05)


def pid_of(_argument: object) -> int:
    """Who computes."""
    return os.getpid()
