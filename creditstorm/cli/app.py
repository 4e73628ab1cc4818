"""The verbs of the command line, each imported once it is asked for."""

import importlib
from typing import Annotated, Any, Final, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from creditstorm import __version__
from creditstorm.cli.ending import exit_code_of_error

VERBS: Final = {
    "run": "run",
    "matrix": "matrix",
    "sweep": "planner.sweep",
    "forecast": "planner.forecast",
    "hunt": "planner.hunt",
    "capacity": "planner.peak_rate",
    "report": "report",
    "scenarios": "scenarios",
    "schema": "scenarios",
    "agree": "planner.agree",
    "calibrate": "planner.calibrate",
    "up": "up",
    "doctor": "doctor",
}
"""The verbs in the order of the help, and the module here in which the one of this name is found."""


class Verbs(TyperGroup):
    """A verb costs what it needs itself; the help, and a word that is no verb, ask for all of them."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - the signature is typer's
        """The names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:  # noqa: ARG002
        """The verb of this name, None if there is none; all are known afterwards then, for "did you mean"."""
        for name in (cmd_name,) if cmd_name in VERBS else VERBS:
            if name not in self.commands:
                self.add_command(_imported(name), name)
        return cast("TyperCommand | TyperGroup | None", self.commands.get(cmd_name))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the signature is typer's
        """What the verb returns; before typer sees it, an interrupt and an error of the system get our exit codes."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, OSError, EOFError) as error:
            # Typer would call an interrupt "Aborted!" and a closed pipe a failure, and give 1, a failed threshold, for
            # both.
            raise typer.Exit(exit_code_of_error(error)) from error


def _imported(verb: str) -> TyperCommand | TyperGroup:
    found = getattr(importlib.import_module(f"creditstorm.cli.{VERBS[verb]}"), verb)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
        alone.command(verb)(found)
        found = alone
    return cast("TyperCommand | TyperGroup", get_command(found))


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
    cls=Verbs,
    help="Chaos and load tests for credit decisions: how often are creditworthy people wrongly told “no credit”?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Exit codes: 0 pass · 1 threshold failed · 2 usage or scenario error · 3 inconclusive · "
    "4 environment or harness error · 5 stopped by an alarm · 130 interrupted",
)
app.callback()(_version)
