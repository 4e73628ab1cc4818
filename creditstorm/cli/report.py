"""`creditstorm report`: make every derived file of a run folder anew from its raw ones."""

from pathlib import Path
from typing import Annotated

import typer
from creditstorm.cli.options import AsJson, JUnit, Quiet, Settled, Thresholds
from creditstorm.cli.pipeline import Order, Outlets, exit_code_of, say_settled, say_what_would_settle
from creditstorm.cli.screen import Manner, show
from creditstorm.errors import UsageError
from creditstorm.record.folder import find_run
from creditstorm.runs.warm_up import conclusion
from creditstorm.scenario.text.loader import read


def report(
    run: Annotated[Path, typer.Argument(help="A run folder, sealed or not.", show_default=False)],
    *,
    thresholds: Thresholds = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    junit: JUnit = None,
    on_inconclusive: Settled = None,
) -> None:
    """Analyse a run folder again and write its summary, plots and report; the exit code is the gate's.

    With --thresholds it is judged by the rules of that file, and whatever is written says so; the record stays.

    Where a part of the record is damaged that the answers can be told without, or nothing can be written, the screen
    still says what is known, and the exit code is 2.
    """
    folder = find_run(run)
    outlets = Outlets(junit)
    outlets.open(folder.root.name)
    concluded = conclusion().analysed(folder, thresholds)
    summary, broken = concluded.summary, list(concluded.run.damage)
    try:
        concluded.write()
    except UsageError as problem:
        broken.append(str(problem))
    except OSError as problem:
        broken.append(f"{problem.filename or folder.root}: cannot be written ({problem.strerror}); nothing is kept")
    exit_code = exit_code_of(summary.exit_code, on_inconclusive)
    show(folder, summary, Manner(exit_code, as_json, quiet))
    draft = concluded.asked or read(folder.scenario)
    order = Order(draft, (), ("creditstorm", "run", str(folder.scenario)))
    judgement = outlets.tell(folder, summary, order)
    if not as_json and not quiet:
        say_what_would_settle(judgement)
    say_settled(summary.exit_code, on_inconclusive, as_json=as_json)
    if broken:
        # What is sound was told; that it is not the whole is told last, and by the exit code.
        raise UsageError("\n".join(broken))
    raise typer.Exit(exit_code)
