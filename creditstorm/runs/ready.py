"""Whether this machine can carry what is planned, before anything starts: refused, warned of, or nothing said.

The one home of these checks: the command line, `execute` from Python, and `creditstorm doctor` all ask here.
"""

import math
import resource
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from creditstorm.adapters import room, yardstick
from creditstorm.adapters.cores import cores_allowed
from creditstorm.adapters.preflight import Finding, check_environment
from creditstorm.adapters.store_access import require_store_access
from creditstorm.adapters.toxiproxy.server import require_toxiproxy
from creditstorm.errors import HarnessError
from creditstorm.runs.beforehand.planned import expected, peak_hz, planned_of
from creditstorm.runs.cut_off import last_run_cut_off
from creditstorm.scenario.model import Scenario

MEASURED_ABOVE: Final = 0.25
"""A load below this share of what the box held last is carried by it without a measure."""


def examined(results: Path) -> tuple[Finding, ...]:
    """What `creditstorm doctor` says of this machine: every check without a plan, and of a usual plan.

    And of the last run here, where it was cut off.
    """
    cut_off = last_run_cut_off(results)
    return (*check_environment(), *room.examined(results), *([] if cut_off is None else [cut_off]))


def require_ready(
    scenario: Scenario, results: Path, allow_hosts: Collection[str] = (), metrics: int | None = None
) -> None:
    """Raise the limit of open files to what is allowed; HarnessError with its remedy for what then cannot work.

    UsageError where its store is on a machine that nobody agreed to.
    """
    require_toxiproxy()
    require_store_access(scenario.system.store, allow_hosts)
    if metrics is not None:
        from creditstorm.adapters.exporting.metrics_port import require_metrics_port  # noqa: PLC0415

        require_metrics_port(metrics)
    _require(room.cannot_work(needs_of(scenario), results, room.raised_open_files()))


def require_room(scenario: Scenario, results: Path) -> None:
    """All that a simulated run needs of this machine; HarnessError with its remedy where its rows find no room."""
    address_space = room.check_address_space(resource.getrlimit(resource.RLIMIT_AS)[0])
    files = room.check_own_files(room.raised_open_files())
    needs = needs_of(scenario)
    cpu_time = room.check_cpu_time(resource.getrlimit(resource.RLIMIT_CPU), needs.simulated_cpu_s)
    _require([files, address_space, cpu_time, room.check_disk(needs, results)])


def doubtful(scenario: Scenario) -> Iterator[str]:
    """What may not work, a line each; what this box holds is measured for up to a second."""
    needs = needs_of(scenario)
    yield from (in_words(found) for found in room.may_not_work(needs, room.raised_open_files()) if not found.ok)
    yield from _too_fast(scenario)


def needs_of(scenario: Scenario) -> room.Needs:
    """What this scenario needs; in the closed model everybody may ask within the same second."""
    deadline_s = scenario.system.deadline_s
    if scenario.load.users is not None:
        users = scenario.load.users
        # Nobody asks again before an answer and a thought: at least half a second in all.
        rate_hz = users.count / max(0.5, users.think_s)
        return room.Needs(rate_hz, rate_hz * users.for_s, deadline_s)
    stages = planned_of(scenario).stages
    return room.Needs(peak_hz(stages), expected(stages) * 2.0, deadline_s)


def in_words(found: Finding) -> str:
    """The finding and its remedy, in one line."""
    return f"{found.name}: {found.detail}; {found.remedy}"


def _require(findings: Iterable[Finding]) -> None:
    for found in findings:
        if not found.ok:
            raise HarnessError(in_words(found))


def _too_fast(scenario: Scenario) -> Iterator[str]:
    if scenario.load.arrivals is None:
        return
    planned = planned_of(scenario)
    answers_hz, held_hz = planned.answers_hz, yardstick.last_held_hz()
    if held_hz is not None and answers_hz <= MEASURED_ABOVE * held_hz:
        return
    held_hz = yardstick.holds_hz(cores_allowed(), answers_hz)
    yardstick.remember(held_hz)
    asked_hz = peak_hz(planned.stages)
    if answers_hz > held_hz:
        holds = math.floor(held_hz * asked_hz / answers_hz)
        yield (
            f"cores: this box holds about {holds}/s; asked {asked_hz:g}/s; ask for less, end what else runs here, or "
            "take a larger machine"
        )
