"""`creditstorm run`: storm a system, then say how often people were wrongly told "no credit"."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from creditstorm.cli.options import (
    AbortOnAlarm,
    AllowHosts,
    JUnit,
    Metrics,
    NoReport,
    OnInconclusive,
    Overrides,
    Processes,
    Quiet,
    ScenarioName,
    Seed,
    Settled,
)
from creditstorm.engine.plan import make_plan
from creditstorm.errors import UsageError
from creditstorm.language.problems import not_among
from creditstorm.record.manifest import Mode
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import Draft, read
from creditstorm.scenario.text.overrides import Given, texts

if TYPE_CHECKING:
    from creditstorm.adapters.simulated.costs import Costs
    from creditstorm.analysis.summary import Summary
    from creditstorm.cli.pipeline import Outlets
    from creditstorm.exit_code import ExitCode
    from creditstorm.record.folder import RunFolder
    from creditstorm.runs.beforehand.expectation import Expectation

HIGHEST_PORT: Final = 65_535


def run(
    scenario: ScenarioName,
    *,
    policy: Annotated[
        str | None,
        typer.Option(help="Run with this policy instead of the scenario's; `intended`: the one it is written for."),
    ] = None,
    overrides: Overrides = None,
    seed: Seed = None,
    processes: Processes = 1,
    simulate: Annotated[bool, typer.Option("--simulate", help="Run in virtual time, in this process alone.")] = False,
    costs: Annotated[
        Path | None,
        typer.Option(help="Costs of a simulated hop and call, from `creditstorm calibrate`.", show_default=False),
    ] = None,
    allow_hosts: AllowHosts = None,
    abort_on_alarm: AbortOnAlarm = None,
    metrics: Metrics = None,
    out: Annotated[Path | None, typer.Option(help="The run folder itself (default: results/<run-id>).")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show what would happen and start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
    junit: JUnit = None,
    on_inconclusive: Settled = None,
) -> None:
    """Run a scenario against the reference system through the real Toxiproxy, or simulated.

    Exit code: the gate's. 0 every threshold passed · 1 one failed · 2 usage or scenario error · 3 inconclusive,
    unless --on-inconclusive says what that is to be · 4 environment or harness error · 5 stopped by
    --abort-on-alarm · 130 interrupted
    """
    draft = read(catalogue.find(scenario))
    changed = _overrides(draft, policy, seed, overrides or [])
    asked = draft.scenario(changed)
    if dry:
        _print_plan(draft.changed(changed), asked, as_json=as_json)
        return
    _require_meaning(processes, costs, metrics, simulate=simulate)
    allowed, abort_on = tuple(allow_hosts or ()), tuple(dict.fromkeys(abort_on_alarm or ()))
    _require_watched(asked, abort_on)
    mode = Mode.SIMULATED if simulate else Mode.LIVE
    how = _How(mode, out, processes, allowed, as_json, quiet, _read(costs), abort_on, metrics, not no_report)
    costly = ("--costs", str(costs)) if costs is not None else ()
    command = (scenario, *_options(policy, seed, overrides or []), *how.words, *costly)
    raise typer.Exit(_stormed(_Order(draft, changed, command, how, junit, on_inconclusive)))


def _require_meaning(processes: int, costs: Path | None, metrics: int | None, *, simulate: bool) -> None:
    if simulate and processes > 1:
        raise UsageError("--processes: a simulated run is one process, which has no workers; leave it out")
    if metrics is not None and not 1 <= metrics <= HIGHEST_PORT:
        raise UsageError(f"--metrics: expected a port from 1 to {HIGHEST_PORT}, such as 9464, got {metrics}")
    if simulate and metrics is not None:
        raise UsageError("--metrics: a simulated run is over before anybody could ask it; leave it out")
    if costs is not None and not simulate:
        raise UsageError("--costs: a live run has costs of its own; leave it out, or add --simulate")


def _require_watched(scenario: Scenario, monitors: tuple[str, ...]) -> None:
    for monitor in monitors:
        if monitor not in scenario.watched:
            problem = not_among("a monitor of this scenario", monitor, scenario.watched)
            raise UsageError("\n".join(problem.lines("--abort-on-alarm")))


def _read(costs: Path | None) -> "Costs | None":
    if costs is None:
        return None
    from creditstorm.adapters.simulated.costs_file import read_costs

    return read_costs(costs)


@dataclass(frozen=True, slots=True)
class _How:
    """Live or not, where to, with what, and in which manner."""

    mode: Mode
    out: Path | None
    processes: int
    allow_hosts: tuple[str, ...]
    as_json: bool
    quiet: bool
    costs: "Costs | None" = None
    abort_on: tuple[str, ...] = ()
    metrics: int | None = None
    pages: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """The options that ask for the same again, but for the costs."""
        return (
            *(word for host in self.allow_hosts for word in ("--allow-host", host)),
            *(word for monitor in self.abort_on for word in ("--abort-on-alarm", monitor)),
            *(("--simulate",) if self.mode is Mode.SIMULATED else ()),
        )


@dataclass(frozen=True, slots=True)
class _Order:
    """What a run was asked for; `command` are the words after ``creditstorm run`` that ask for the same again."""

    draft: Draft
    changed: tuple[str | Given, ...]
    command: tuple[str, ...]
    how: _How
    junit: Path | None
    on_inconclusive: OnInconclusive | None


def _stormed(order: _Order) -> int:
    """Carry out the run and tell everybody who wants to know; the exit code."""
    from creditstorm.cli.pipeline import Outlets, exit_code_of, say_settled
    from creditstorm.cli.screen import LiveProgress, console_on, warn, warn_of_the_machine, warnings_of
    from creditstorm.record.folder import RESULTS, mark_latest, new_run_folder
    from creditstorm.runs.execute import RunRequest, execute
    from creditstorm.runs.ready import require_ready, require_room
    from creditstorm.runs.warm_up import WarmUp

    asked = order.draft.scenario(order.changed)
    simulated = order.how.mode is Mode.SIMULATED
    place = order.how.out or Path(RESULTS)
    if simulated:
        require_room(asked, place)
    else:
        require_ready(asked, place, order.how.allow_hosts, order.how.metrics)
    outlets = Outlets(order.junit)
    outlets.open(asked.id)
    folder = new_run_folder(asked.id, asked.system.policy.name, now=datetime.now(UTC), wanted=order.how.out)
    warn(warnings_of(order.draft.changed(order.changed), asked, guessed=False))
    of_the_machine = () if simulated else warn_of_the_machine(asked)
    mark_latest(folder)
    with WarmUp() as warm_up:
        with LiveProgress(console_on(sys.stderr, quiet=order.how.quiet), asked) as progress:
            request = RunRequest(
                scenario=asked,
                folder=folder,
                overrides=texts(order.changed),
                processes=order.how.processes,
                allow_hosts=order.how.allow_hosts,
                mode=order.how.mode,
                warnings=of_the_machine,
                costs=order.how.costs,
                abort_on=order.how.abort_on,
                metrics=order.how.metrics,
                pages=order.how.pages,
            )
            result = execute(request, progress.show, warm_up)
        exit_code = exit_code_of(result.exit_code, order.on_inconclusive)
        if result.summary is None:
            outlets.broken(asked.id, result.message)
        else:
            _tell(order, folder, result.summary, outlets, exit_code)
    if message := result.in_words(folder):
        typer.echo(message, err=True)
    say_settled(result.exit_code, order.on_inconclusive, as_json=order.how.as_json)
    return exit_code


def _tell(order: _Order, folder: "RunFolder", summary: "Summary", outlets: "Outlets", exit_code: "ExitCode") -> None:
    from creditstorm.cli.pipeline import Order, say_what_would_settle
    from creditstorm.cli.screen import Manner, show

    show(folder, summary, Manner(exit_code, order.how.as_json, order.how.quiet))
    scenario, *options = order.command
    again = ("creditstorm", "run", str(folder.scenario) if scenario == "-" else scenario, *options)
    judgement = outlets.tell(folder, summary, Order(order.draft, order.changed, again))
    if not order.how.as_json and not order.how.quiet:
        say_what_would_settle(judgement)


def _overrides(draft: Draft, policy: str | None, seed: int | None, overrides: list[str]) -> tuple[str | Given, ...]:
    by_option = [draft.policy_override(policy, overrides)] if policy is not None else []
    by_option += [Given(f"seed={seed}", f"--seed {seed}")] if seed is not None else []
    return (*overrides, *by_option)


def _options(policy: str | None, seed: int | None, overrides: list[str]) -> tuple[str, ...]:
    by_option: tuple[str, ...] = ("--policy", policy) if policy is not None else ()
    by_option += ("--seed", str(seed)) if seed is not None else ()
    return (*by_option, *(word for one in overrides for word in ("--set", one)))


def _print_plan(draft: Draft, scenario: Scenario, *, as_json: bool) -> None:
    """Print the steps of a run in their order, starting nothing."""
    from creditstorm.cli.screen import warn, warnings_of
    from creditstorm.runs.beforehand.expectation import expectation_of

    expectation = expectation_of(scenario)
    warnings = warnings_of(draft, scenario)
    plan = make_plan(scenario.faults, ends_s=scenario.load.duration_s)
    steps = [
        {"t_s": step.t_s, "step": "begin" if step.begins else "end", "fault": step.fault.name, "kind": step.fault.kind,
         "target": step.fault.target}
        for step in plan.steps
    ]  # fmt: skip
    if as_json:
        whole = {"scenario": scenario.id, "policy": scenario.system.policy.name, "seed": scenario.seed}
        more = {"ends_s": plan.ends_s, "expected": asdict(expectation), "steps": steps, "warnings": warnings}
        typer.echo(json.dumps({**whole, **more}, indent=2))
        return
    warn(warnings)
    typer.echo(
        f"{scenario.id} · {scenario.system.policy.name} · seed {scenario.seed} · {plan.ends_s:g} s (nothing started)"
    )
    for line in _expected(expectation):
        typer.echo(f"  expect    {line}")
    for step in steps:
        typer.echo(f"  {step['t_s']:6.1f} s  {step['step']:5}  {step['fault']}: {step['kind']} on {step['target']}")
    typer.echo(f"  {plan.ends_s:6.1f} s  the last person asks")
    for seen in expectation.samples:
        about = "" if seen.n is None else f"  ({seen.n:,} {seen.counts} planned)"
        typer.echo(f"  gate      {seen.rule}{about}")


def _expected(expectation: "Expectation") -> Iterator[str]:
    if expectation.people is None:
        yield f"people without a pause for {expectation.duration_s:g} s: how many, only the answers tell"
        return
    yield f"about {expectation.people:,} people ask, {expectation.peak_hz:.3g}/s at the peak"
    yield f"about {expectation.rows:,} answers where nothing goes wrong, {expectation.rows_at_worst:,} at worst"
    yield f"about {expectation.memory_mb:,} MB of memory to analyse them"
