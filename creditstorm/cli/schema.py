"""`creditstorm schema`: the JSON Schema of a scenario, for editors."""

import json

import typer
from creditstorm.scenario.text.json_schema import json_schema


def schema() -> None:
    """Print the JSON Schema of a scenario, for your editor."""
    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
