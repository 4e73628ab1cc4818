"""The verbs of the command line."""

from __future__ import annotations

import typer

from creditstorm.cli.doctor import doctor
from creditstorm.cli.matrix import matrix
from creditstorm.cli.report import report
from creditstorm.cli.run import run
from creditstorm.cli.scenarios import scenarios
from creditstorm.cli.schema import schema
from creditstorm.cli.up import up
from creditstorm.cli.version import version_option

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
app.callback()(version_option)
app.command()(run)
app.command()(matrix)
app.command()(report)
app.add_typer(scenarios, name="scenarios")
app.command()(schema)
app.command()(up)
app.command()(doctor)
