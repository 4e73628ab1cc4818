"""`creditstorm report`: make every derived file of a run folder anew from its raw ones."""

from pathlib import Path
from typing import Annotated

import typer
from creditstorm.cli.options import AsJson, JUnit, Quiet, Settled
from creditstorm.cli.pipeline import Order, Outlets, exit_code_of, say_settled, say_what_would_settle
from creditstorm.cli.screen import Manner, show
from creditstorm.record.folder import find_run
from creditstorm.runs.warm_up import conclusion
from creditstorm.scenario.text.loader import read


def report(
    run: Annotated[Path, typer.Argument(help="A run folder, sealed or not.", show_default=False)],
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
    junit: JUnit = None,
    on_inconclusive: Settled = None,
) -> None:
    """Analyse a run folder again and write its summary, plots and report; the exit code is the gate's."""
    folder = find_run(run)
    outlets = Outlets(junit)
    outlets.open(folder.root.name)
    summary = conclusion().conclude(folder)
    exit_code = exit_code_of(summary.exit_code, on_inconclusive)
    show(folder, summary, Manner(exit_code, as_json, quiet))
    order = Order(read(folder.scenario), (), ("creditstorm", "run", str(folder.scenario)))
    judgement = outlets.tell(folder, summary, order)
    if not as_json and not quiet:
        say_what_would_settle(judgement)
    say_settled(summary.exit_code, on_inconclusive, as_json=as_json)
    raise typer.Exit(exit_code)
