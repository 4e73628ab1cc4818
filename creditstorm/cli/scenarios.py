"""`creditstorm scenarios`: list, show and check; `creditstorm schema`: the JSON Schema of a scenario, for editors."""

import json
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Final

import typer
from creditstorm.cli.options import AsJson, Overrides, ScenarioName
from creditstorm.cli.screen import console_on, warn, warnings_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.json_schema import json_schema
from creditstorm.scenario.text.loader import load, read

scenarios = typer.Typer(
    name="scenarios", help="The catalogue: list it, show one, check yours.", no_args_is_help=True, add_completion=False
)

FILES_HELP: Final = "Scenario files, `-` for standard input, or names from the catalogue."
Files = Annotated[list[str], typer.Argument(help=FILES_HELP, show_default=False)]
WIDTH: Final = 100
CAUSE_IN_WORDS: Final = {
    "data_interface": "a data interface is late or down",
    "strategy": "the strategy changes mid-flight",
    "profile": "a profile is not yet updated",
    "capacity": "the peak exceeds the capacity",
    "data_quality": "sources of uneven quality",
    "platform": "the platform is unstable",
    "consent": "consent is withdrawn",
    "none": "nothing goes wrong",
    "": "no cause named",
}


@scenarios.command(name="list")
def list_(*, as_json: AsJson = False) -> None:
    """List the scenarios that come with creditstorm, by what goes wrong in them."""
    groups = catalogue.by_cause(load(path) for path in catalogue.paths())
    if as_json:
        briefs = [_brief(scenario) for group in groups.values() for scenario in group]
        typer.echo(json.dumps(briefs, ensure_ascii=False, indent=2))
        return
    console = console_on(sys.stdout)
    for line in _listed(groups, min(WIDTH, console.width) if console.is_terminal else WIDTH):
        console.print(line, markup=False, soft_wrap=True)


def _listed(groups: Mapping[str, Sequence[Scenario]], width: int) -> Iterator[str]:
    longest = max((len(scenario.id) for group in groups.values() for scenario in group), default=0)
    for row, (cause, group) in enumerate(groups.items()):
        yield from ("",) * bool(row)
        yield CAUSE_IN_WORDS[cause]
        for scenario in group:
            intended = f"  intended: {scenario.intended.name}" if scenario.intended else ""
            yield f"  {scenario.id:<{longest}}  {scenario.load.duration_s:5g} s{intended}"
            yield from textwrap.wrap(scenario.why, width, initial_indent=" " * 4, subsequent_indent=" " * 4)


@scenarios.command()
def show(scenario: ScenarioName, overrides: Overrides = None) -> None:
    """Print a scenario with every default spelled out."""
    typer.echo(dump(load(catalogue.find(scenario), overrides=overrides or ())), nl=False)


@scenarios.command()
def check(files: Files, *, as_json: AsJson = False) -> None:
    """Check scenario files and start nothing; warn of what a run of one could not show."""
    checked = []
    for file in files:
        draft = read(catalogue.find(file))
        scenario = draft.scenario()
        warnings = warnings_of(draft, scenario)
        checked.append({"file": file, **_brief(scenario), "warnings": warnings})
        if not as_json:
            warn(warnings)
            typer.echo(f"{file}: fine ({scenario.id}, {scenario.load.duration_s:g} s, {len(scenario.faults)} faults)")
    if as_json:
        typer.echo(json.dumps(checked, ensure_ascii=False, indent=2))


def _brief(scenario: Scenario) -> dict[str, object]:
    return {
        "id": scenario.id,
        "cause": scenario.cause,
        "intended": scenario.intended.name if scenario.intended else None,
        "duration_s": scenario.load.duration_s,
        "policy": scenario.system.policy.name,
        "faults": [fault.name for fault in scenario.faults],
        "why": scenario.why,
        "sources": scenario.sources,
    }


class Document(StrEnum):
    """What has a published schema."""

    SCENARIO = "scenario"
    SUMMARY = "summary"
    MATRIX = "matrix"
    MARKS = "marks"


def schema(
    of: Annotated[
        Document, typer.Argument(help="A scenario, a file of a results folder, or a line of marks.jsonl.")
    ] = (Document.SCENARIO),
) -> None:
    """Print the JSON Schema of a scenario, for your editor, or of what a run writes, for your programs."""
    # Imported late: the classes of the results need the libraries of the analysis.
    made = json_schema() if of is Document.SCENARIO else import_module("creditstorm.report.as_json").SCHEMAS[of]()
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
