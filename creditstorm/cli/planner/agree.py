"""`creditstorm agree`: whether a simulated run tells what the live one of the same seed tells."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from creditstorm.cli.options import SCENARIO_HELP, AllowHosts, Overrides, Quiet, Seed, Settled
from creditstorm.errors import UsageError
from creditstorm.exit_code import ExitCode
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read

if TYPE_CHECKING:
    from creditstorm.cli.options import OnInconclusive
    from creditstorm.runs.agreement.side_by_side import Found, PairsRequest, PlannedPair


def agree(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO...", help=SCENARIO_HELP, show_default=False)],
    *,
    policies: Annotated[
        str, typer.Option(help="Preset names with commas; `scenario` is each scenario's own policy.")
    ] = "scenario",
    repeat: Annotated[int, typer.Option(min=1, max=1000, help="Pairs of each, every one with the next seed.")] = 1,
    up_to: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="Where a figure is open, more seeds, up to so many.", show_default=False),
    ] = None,
    overrides: Overrides = None,
    seed: Seed = None,
    costs: Annotated[
        Path | None, typer.Option(help="Costs of a hop and a call, from `creditstorm calibrate`.", show_default=False)
    ] = None,
    allow_hosts: AllowHosts = None,
    out: Annotated[Path | None, typer.Option(help="The folder itself, new or begun before.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show the pairs and how long they take, start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the agreement as JSON on standard output.")] = False,
    quiet: Quiet = False,
    on_inconclusive: Settled = None,
) -> None:
    """Run scenarios live and simulated with the same seeds, and hold the figures against each other.

    A figure agrees where the whole 90 % interval of its difference lies
    within the margin, differs where all of it lies outside, and cannot be
    told otherwise: rates ± 2 pp or 15 %, recovery ± 2 s or 20 %, latency ±
    (10 % + 15 ms). A live run that doubts the machine decides nothing. With
    --up-to, what is still open gets more seeds, and each look has its share
    of the error. The same command with the same --out goes on where it was
    stopped.

    Exit codes: 0 every figure agrees · 1 one differs · 2 usage or scenario
    error · 3 one cannot be told, unless --on-inconclusive says what that is
    to be · 4 a run failed · 130 interrupted (what is done is kept)
    """
    from creditstorm.adapters.simulated.costs import Costs
    from creditstorm.adapters.simulated.costs_file import read_costs
    from creditstorm.runs.agreement.side_by_side import HowToCompare, PairsRequest, compare_all, pairs_of

    drafts = [read(catalogue.find(name)) for name in scenarios]
    if up_to is not None and up_to < repeat:
        raise UsageError(f"--up-to {up_to}: fewer than the {repeat} of each that --repeat asks for")
    asked = PairsRequest(policies, repeat, up_to or repeat, seed, tuple(overrides or ()))
    pairs = pairs_of(drafts, asked)
    how = HowToCompare(tuple(allow_hosts or ()), Costs() if costs is None else read_costs(costs), asked.looks)
    if dry:
        _print_plan(pairs, out, repeat)
        return
    from creditstorm.cli.screen import MatrixProgress, console_on

    _require(pairs, out)
    with MatrixProgress(console_on(sys.stderr, quiet=quiet)) as progress:
        found = compare_all(pairs, out=out, how=how, observer=progress)
    exit_code = _shown(found, as_json=as_json, quiet=quiet, settled=on_inconclusive)
    if found.agreement.lacking:
        words = _again(scenarios, asked, costs, how.allow_hosts)
        typer.echo(f"go on with: {words} --out {shlex.quote(str(found.folder.root))}", err=True)
    raise typer.Exit(exit_code)


def _shown(found: "Found", *, as_json: bool, quiet: bool, settled: "OnInconclusive | None") -> int:
    from creditstorm.cli.pipeline import exit_code_of, say_settled
    from creditstorm.cli.screen import console_on
    from creditstorm.report.agreement import told
    from creditstorm.report.agreement.told import agreement_json, print_agreement

    measured = ExitCode.INTERRUPTED if found.interrupted else found.agreement.exit_code
    exit_code = exit_code_of(measured, settled)
    if as_json:
        typer.echo(agreement_json(found.agreement), nl=False)
    elif quiet:
        typer.echo(f"exit {exit_code}  {told.headline(found.agreement)}\n{found.folder.page}")
    else:
        print_agreement(console_on(sys.stdout), found.agreement, exit_code=exit_code, page=found.folder.page)
    say_settled(measured, settled, as_json=as_json)
    return exit_code


def _require(pairs: "tuple[PlannedPair, ...]", out: Path | None) -> None:
    """Refuse what cannot work here, and warn of what may not; each scenario once."""
    from creditstorm.adapters.toxiproxy.server import require_toxiproxy
    from creditstorm.cli.screen import warn_of_the_machine
    from creditstorm.record.folder import RESULTS
    from creditstorm.runs.ready import require_ready

    require_toxiproxy()
    first = {pair.scenario.id: pair.scenario for pair in reversed(pairs)}
    for scenario in first.values():
        require_ready(scenario, out or Path(RESULTS))
        warn_of_the_machine(scenario)


def _again(scenarios: list[str], asked: "PairsRequest", costs: Path | None, hosts: tuple[str, ...]) -> str:
    words = ["creditstorm", "agree", *scenarios, "--policies", asked.policies]
    words += ["--repeat", str(asked.repeats)] if asked.repeats > 1 else []
    words += ["--up-to", str(asked.most)] if asked.most > asked.repeats else []
    words += ["--seed", str(asked.seed)] if asked.seed is not None else []
    words += [word for one in asked.overrides for word in ("--set", one)]
    words += ["--costs", str(costs)] if costs is not None else []
    return shlex.join([*words, *(word for host in hosts for word in ("--allow-host", host))])


def _print_plan(pairs: "tuple[PlannedPair, ...]", out: Path | None, repeats: int) -> None:
    """Every pair and the time that its live run takes, starting nothing."""
    from creditstorm.cli.screen import duration_in_words
    from creditstorm.record.matrix import PairsFolder
    from creditstorm.runs.agreement.side_by_side import kept

    done = kept(PairsFolder(out), pairs) if out is not None else frozenset()
    surely = [pair for pair in pairs if pair.cell.repeat < repeats]
    least_s, most_s = (sum(pair.about_s for pair in some if pair.name not in done) for some in (surely, pairs))
    more = f", at most {len(pairs)} and {duration_in_words(most_s)}" if len(pairs) > len(surely) else ""
    typer.echo(f"{len(surely)} pairs · about {duration_in_words(least_s)}{more} (nothing started)")
    longest = max(len(pair.name) for pair in pairs)
    for pair in pairs:
        maybe = "" if pair.cell.repeat < repeats else ", where a figure is open"
        left = "finished" if pair.name in done else f"about {duration_in_words(pair.about_s)}{maybe}"
        typer.echo(f"  {pair.name:<{longest}}  seed {pair.scenario.seed}  {left}")
