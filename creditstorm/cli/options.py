"""Arguments and options that several verbs have, each said once."""

from typing import Annotated

import typer

SCENARIO_HELP = "A scenario file, `-` for standard input, or a name from the catalogue."
ScenarioName = Annotated[str, typer.Argument(help=SCENARIO_HELP, show_default=False)]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="key.path=value, as often as you like.")]
Seed = Annotated[int | None, typer.Option(help="Other people, other luck.")]
Processes = Annotated[int, typer.Option(min=1, help="Locust worker processes; never changes who asks when.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
