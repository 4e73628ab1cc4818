"""`creditstorm report`: make every derived file of a run folder anew from its raw ones."""

from pathlib import Path
from typing import Annotated

import typer
from creditstorm.cli.options import AsJson
from creditstorm.cli.screen import show
from creditstorm.record.folder import RunFolder
from creditstorm.runs.warm_up import conclusion


def report(
    run: Annotated[Path, typer.Argument(help="A run folder, sealed or not.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Analyse a run folder again and write its summary, plots and report; the exit code is the gate's."""
    folder = RunFolder(run)
    summary = conclusion().conclude(folder)
    show(folder, summary, as_json=as_json)
    raise typer.Exit(summary.exit_code)
