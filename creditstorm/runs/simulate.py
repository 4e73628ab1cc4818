"""A storm in virtual time: the record of a run, in a folder or in memory only, from the scenario alone.

Pure in the scenario, whose seed it holds: call it from as many processes as there are cores.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from creditstorm.adapters.processes.settings import planned_load
from creditstorm.adapters.simulated.assembly import RowWriters, SimulatedRun, build_simulated
from creditstorm.adapters.simulated.costs import Costs
from creditstorm.analysis.analyse import judged, summary_alone
from creditstorm.analysis.run_data import COLUMNS, RunData
from creditstorm.analysis.summary import Summary, ThresholdResult
from creditstorm.engine.events import ChildDied, Event, LoadStarted, Progress, RunEnded
from creditstorm.engine.plan import Plan, make_plan
from creditstorm.engine.run import run
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.manifest import Ended, Ending, Mode
from creditstorm.record.mark_journal import mark_of
from creditstorm.record.marks import Mark
from creditstorm.record.schema import ANSWERS, COMPLAINTS, NOTICES, SERVICES_SCHEMA
from creditstorm.record.seal import ANSWERS_ORDER, COMPLAINTS_ORDER, NOTICES_ORDER, SERVICES_ORDER, in_order
from creditstorm.record.stream import LiveWriter, TableWriter
from creditstorm.runs.begun import manifest_of
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.threshold import ScopeKind

IN_MEMORY: Final = "in memory"
"""The run id of a simulated run that has no folder."""


def simulate(
    scenario: Scenario,
    *,
    columns: Sequence[str] = COLUMNS,
    asked_only: bool = False,
    costs: Costs | None = None,
) -> RunData:
    """The raw record of the simulated run, held in memory, with these columns of its answers.

    `asked_only` leaves it watched by those monitors alone that a rule is on: for who has many runs and asks only for
    rules and rates, because to learn when every other alarm would have come takes half as long as all figures.
    UsageError where it cannot be simulated. With a folder, call `runs.execute` with the mode simulated.
    """
    if asked_only:
        scenario = _watched_for_rules(scenario)
    rows = _Tables.of(scenario, columns)
    events = _Events()
    with closing(run(_plan(scenario), build_simulated(scenario, rows.writers, costs).ports)) as happening:
        for event in happening:
            events.take(event)
    return RunData(
        answers=in_order(rows.answers.rows(), rows.answers.schema, ANSWERS_ORDER),
        services=in_order(rows.services.rows(), SERVICES_SCHEMA, SERVICES_ORDER),
        marks=events.marks,
        manifest=replace(manifest_of(scenario, IN_MEMORY, Mode.SIMULATED), planned=events.planned, ended=events.ended),
        scenario=scenario,
        notices=None if rows.notices is None else in_order(rows.notices.rows(), NOTICES, NOTICES_ORDER),
        complaints=None if rows.complaints is None else in_order(rows.complaints.rows(), COMPLAINTS, COMPLAINTS_ORDER),
        plan=planned_load(scenario),
    )


def simulated_summary(scenario: Scenario, *, asked_only: bool = False, costs: Costs | None = None) -> Summary:
    """The figures of the simulated run, without a file; `asked_only` as for `simulate`."""
    return summary_alone(simulate(scenario, asked_only=asked_only, costs=costs))


def simulated_results(scenario: Scenario) -> tuple[ThresholdResult, ...]:
    """How the rules of the simulated run end: as in its summary, of which nothing else is worked out."""
    return judged(simulate(scenario, asked_only=True))


def assembled(scenario: Scenario, folder: RunFolder, costs: Costs | None = None) -> SimulatedRun:
    """The ports of a simulated run that writes its rows where a live one does."""
    live = LiveFolder(folder.live).make()
    writers = RowWriters(
        LiveWriter(live.answers(0), ANSWERS),
        LiveWriter(live.services, SERVICES_SCHEMA),
        LiveWriter(live.notices(0), NOTICES) if _notifies(scenario) else None,
        LiveWriter(live.complaints(0), COMPLAINTS) if scenario.client.complains else None,
        read_along=bool(scenario.watched),
    )
    return build_simulated(scenario, writers, costs)


def _watched_for_rules(scenario: Scenario) -> Scenario:
    scopes = [rule.scope for rule in scenario.thresholds if rule.scope is not None]
    ruled = {scope.name for scope in scopes if scope.kind == ScopeKind.MONITOR}
    return scenario.model_copy(update={"monitors": tuple(name for name in scenario.monitors if name in ruled)})


@dataclass(frozen=True, slots=True)
class _Tables:
    """The rows of a run in memory."""

    answers: TableWriter
    services: TableWriter
    notices: TableWriter | None
    complaints: TableWriter | None

    @classmethod
    def of(cls, scenario: Scenario, columns: Sequence[str]) -> "_Tables":
        """Empty ones."""
        wanted = dict.fromkeys((*ANSWERS_ORDER, *columns))
        return cls(
            TableWriter(ANSWERS, tuple(wanted)),
            TableWriter(SERVICES_SCHEMA, SERVICES_SCHEMA.names),
            TableWriter(NOTICES, NOTICES.names) if _notifies(scenario) else None,
            TableWriter(COMPLAINTS, COMPLAINTS.names) if scenario.client.complains else None,
        )

    @property
    def writers(self) -> RowWriters:
        """Where the run puts its rows."""
        return RowWriters(self.answers, self.services, self.notices, self.complaints)


class _Events:
    """What the events have told: the marks of a journal, and how it ended."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.planned = 0
        self.ended = Ended(Ending.FAILED)

    def take(self, event: Event) -> None:
        """Keep one event."""
        if isinstance(event, Progress):
            return
        self.marks.append(mark_of(event.as_json()))  # as it would be read from a journal
        match event:
            case LoadStarted():
                self.planned = event.planned
            case ChildDied():
                self.ended = Ended(Ending.FAILED, f"{event.child} ended")
            case RunEnded():
                self.ended = Ended(event.how, self.ended.reason)


def _plan(scenario: Scenario) -> Plan:
    return make_plan(scenario.faults, ends_s=scenario.load.duration_s)


def _notifies(scenario: Scenario) -> bool:
    return scenario.system.policy.notifies
