"""The verbs of the command line."""

from typing import Annotated

import typer
from creditstorm import __version__
from creditstorm.cli import doctor, matrix, report, run, scenarios, up
from creditstorm.cli import scenarios as schema


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback form
    if wanted:
        typer.echo(f"creditstorm {__version__}")
        raise typer.Exit


def _version(
    _wanted: Annotated[  # noqa: FBT002 - typer reads the signature
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Chaos and load tests that know the right answer for every person."""


app = typer.Typer(
    name="creditstorm",
    help="Chaos and load tests for credit decisions: how often are creditworthy people wrongly told “no credit”?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Exit codes: 0 pass · 1 threshold failed · 2 usage or scenario error · 3 inconclusive · "
    "4 environment or harness error · 130 interrupted",
)
app.callback()(_version)
app.command()(run.run)
app.command()(matrix.matrix)
app.command()(report.report)
app.add_typer(scenarios.scenarios, name="scenarios")
app.command()(schema.schema)
app.command()(up.up)
app.command()(doctor.doctor)
