"""`creditstorm up`: the services and their proxies, without load or faults, until Ctrl-C."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated

import typer
from creditstorm.adapters.inbox import stop_on_signals
from creditstorm.adapters.processes.child import last_words
from creditstorm.cli.options import SCENARIO_HELP, AllowHosts, Overrides
from creditstorm.engine.events import ChildDied, StopRequested
from creditstorm.engine.ports import Inbox
from creditstorm.errors import HarnessError
from creditstorm.interrupts import how_it_ended
from creditstorm.record.folder import RunFolder
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read


def up(
    scenario: Annotated[str, typer.Argument(help=SCENARIO_HELP)] = "calm",
    *,
    policy: Annotated[str | None, typer.Option(help="Run with this policy instead of the scenario's.")] = None,
    overrides: Overrides = None,
    allow_hosts: AllowHosts = None,
) -> None:
    """Start the services and the proxies of a scenario, print their addresses, and wait for Ctrl-C."""
    from creditstorm.adapters.scratch import scratch_folder
    from creditstorm.adapters.system import build
    from creditstorm.runs.ready import require_ready

    draft, by_set = read(catalogue.find(scenario)), overrides or []
    spec = draft.scenario([*by_set, *([draft.policy_override(policy, by_set)] if policy else [])])
    require_ready(spec, Path(gettempdir()), allow_hosts or ())
    with scratch_folder("creditstorm-up-") as logs, ExitStack() as switch_off:
        assembled = build(spec, RunFolder(logs), 1)
        switch_off.enter_context(stop_on_signals(assembled.inbox.post, assembled.clock.now_s))
        switch_off.callback(assembled.system.stop)
        for ready in assembled.system.start():
            typer.echo(f"  {ready.service:<18} {assembled.system.url_of(ready)}   (pid {ready.pid})")
        _show(assembled.system.addresses())
        _wait(assembled.inbox)


def _show(addresses: Iterable[tuple[str, str]]) -> None:
    for name, url in addresses:
        typer.echo(f"  {name:<18} {url}")
    typer.echo("up; Ctrl-C ends it")


def _wait(inbox: Inbox) -> None:
    while True:
        match inbox.get(timeout_s=3600.0):
            case StopRequested():
                return
            case ChildDied() as died:
                raise HarnessError(f"{died.child} died ({how_it_ended(died.exit_code)}){last_words(died.last_lines)}")
