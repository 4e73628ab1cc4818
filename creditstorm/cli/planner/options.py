"""Options that several of the planner's verbs have, each said once."""

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[
    Path | None, typer.Option(help="The folder itself, new or begun before: what it holds is not computed again.")
]
On = Annotated[
    str | None,
    typer.Option("--on", help="Compute on this Dask scheduler's workers.", metavar="ADDRESS", show_default=False),
]
Seeds = Annotated[int, typer.Option(min=1, max=1000, help="Seeds a point, from the scenario's own on.")]
Live = Annotated[bool, typer.Option("--live", help="With real processes and real time, one run after another.")]
