"""`creditstorm hunt`: the smallest storm that breaks the thresholds of a scenario."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from creditstorm import units
from creditstorm.cli.options import AsJson, Overrides, ScenarioName, Seed
from creditstorm.cli.planner.options import On, Out, Policy, given_of
from creditstorm.errors import UsageError
from creditstorm.exit_code import ExitCode
from creditstorm.language.problems import not_among
from creditstorm.scenario import catalogue
from creditstorm.scenario.faults import fault_kinds
from creditstorm.scenario.text.loader import read

if TYPE_CHECKING:
    from creditstorm.analysis.planning.clearly import ClearlyBroken
    from creditstorm.runs.hunting.hunters import Quarry

LONGEST_S = 86_400.0
MOST_FAULTS = 5


def hunt(
    scenario: ScenarioName,
    *,
    for_: Annotated[str, typer.Option("--for", help="How long to hunt.")] = "60s",
    faults: Annotated[str, typer.Option(help="How many faults a storm may have: 1..3, or 2 for at most 2.")] = "1..3",
    kinds: Annotated[
        str | None, typer.Option(help="Only these kinds of fault, with commas.", show_default=False)
    ] = None,
    policy: Policy = None,
    overrides: Overrides = None,
    seed: Seed = None,
    out: Out = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Draw storms, simulate them, and shrink what breaks a threshold to the smallest storm that does.

    Faults, targets, times, lengths and seeds are drawn within the scenario
    language, plugged kinds too, over a short load without the scenario's
    own faults. The smallest storm is written as a scenario that
    `creditstorm run` carries out live. A storm counts where it breaks a
    rule under four seeds, and by more than a simulated figure may be off a
    live one, so that the live run is likely to confirm it. Every core hunts
    by itself, or with --on every worker of a Dask scheduler. The same --out
    draws other storms, and what was found there before counts.

    Exit codes: 0 no storm clearly broke a threshold · 1 one did · 2 usage
    or scenario error · 4 the harness failed · 130 interrupted (the smallest
    so far is kept)
    """
    from creditstorm.cli.planner.progress import HuntProgress
    from creditstorm.cli.screen import console_on
    from creditstorm.runs.hunting.hunters import HuntOrder, hunted

    draft = read(catalogue.find(scenario))
    given = given_of(draft, policy, seed, overrides)
    order = HuntOrder(draft.scenario(given), _seconds(for_), _most(faults), _kinds(kinds), out, on)
    with HuntProgress(console_on(sys.stderr), order.for_s) as progress:
        found = hunted(order, progress, now=datetime.now(UTC))
    exit_code = ExitCode.PASS if found.scenario is None else ExitCode.FAIL
    if found.interrupted:
        exit_code = ExitCode.INTERRUPTED
    for line in [_as_json(found)] if as_json else _in_words(found):
        typer.echo(line)
    raise typer.Exit(exit_code)


def _as_json(found: "Quarry") -> str:
    drawn = [] if found.scenario is None else [fault.model_dump(mode="json") for fault in found.scenario.faults]
    about = {
        "faults": drawn,
        "broken": [one.rule for one in found.broken],
        "storms": found.storms,
        "searches": found.searches,
        "died": found.died,
        "late": found.late,
        "met": found.met,
    }
    about |= {"clearly": [asdict(one) for one in found.broken], "unclear": found.unclear}
    return json.dumps({"schema": 1, "mode": "simulated", **about, "file": str(found.file)}, indent=1)


def _in_words(found: "Quarry") -> Iterator[str]:
    lost = "".join(
        f"; {many} of {found.searches} searches {how}, of which only finds are counted"
        for how, many in (("died", found.died), ("came to no end in time", found.late))
        if many
    )
    if found.interrupted:  # a search tells how much it tried when it comes to its end
        lost += "; what was tried in searches that were interrupted is not counted"
    tried = (
        f"{found.storms:,} storms simulated, {len(found.met)} of {found.templates} kinds on targets among them{lost}"
    )
    if found.scenario is None:
        when = "interrupted before a" if found.interrupted else "no"
        yield f"{when} storm {'clearly ' if found.unclear else ''}broke a threshold: {tried}"
        if found.unclear:
            yield f"  {found.unclear} broke one, too near its bound to be confirmed by another run"
        return
    storm = " and ".join(f"{f.kind} on {f.target}, {f.for_s:g} s from {f.at_s:g} s" for f in found.scenario.faults)
    yield f"found: {storm} · simulated"
    for rule in found.broken:
        yield f"  breaks {rule.rule}{_clearly(rule)}"
    yield f"  {tried}"
    yield f"  confirm it live: creditstorm run {found.file}"


def _clearly(broken: "ClearlyBroken") -> str:
    """By how much, for a person who is about to confirm it."""
    from creditstorm.analysis.summary import Estimate
    from creditstorm.report.numbers import in_unit

    if broken.beyond is None:
        return " in every run"
    least, most, beyond = (
        in_unit(Estimate(value, None, None, 1, ""), broken.unit)
        for value in (min(broken.values), max(broken.values), broken.beyond)
    )
    seen = least if least == most else f"{least} to {most}"
    return f": {seen} in {len(broken.values)} runs; another is beyond {beyond} with 95 % confidence"


def _seconds(text: str) -> float:
    try:
        seconds = units.duration_s(text)
    except ValueError as problem:
        raise UsageError(f"--for {units.quoted(text)}: {problem}\n  Write for example --for 5min.") from None
    if not 1.0 <= seconds <= LONGEST_S:
        raise UsageError(f"--for {units.quoted(text)}: hunt for a second to a day")
    return seconds


def _most(text: str) -> int:
    match = re.fullmatch(r"(?:1\.\.)?([0-9]{1,3})", text.strip())
    if match is None or not 1 <= int(match[1]) <= MOST_FAULTS:
        raise UsageError(f"--faults {units.quoted(text)}: expected 1..N with N up to {MOST_FAULTS}, such as 1..3")
    return int(match[1])


def _kinds(text: str | None) -> frozenset[str]:
    names = frozenset(name.strip() for name in (text or "").split(",") if name.strip())
    known = tuple(fault_kinds())
    for name in sorted(names):
        if name not in known:
            raise UsageError("\n".join(not_among("a kind of fault", name, known).lines("--kinds")))
    return names
