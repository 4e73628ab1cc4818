"""Arguments and options that several verbs have, each said once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from creditstorm.errors import UsageError

SCENARIO_HELP = "A scenario file, `-` for standard input, or a name from the catalogue."
ScenarioName = Annotated[str, typer.Argument(help=SCENARIO_HELP, show_default=False)]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="key.path=value, as often as you like.")]
Seed = Annotated[int | None, typer.Option(help="Other people, other luck.")]
Processes = Annotated[int, typer.Option(min=1, max=256, help="Locust worker processes; never changes who asks when.")]
AllowHosts = Annotated[
    list[str] | None,
    typer.Option("--allow-host", help="Use a store on this other machine.", metavar="HOST", show_default=False),
]
AbortOnAlarm = Annotated[
    list[str] | None,
    typer.Option(
        help="End the run at the first alarm of this monitor; exit code 5.", metavar="MONITOR", show_default=False
    ),
]
Metrics = Annotated[
    int | None,
    typer.Option(
        help="While the run goes on, tell Prometheus at this port of loopback, under /metrics.",
        metavar="PORT",
        show_default=False,
    ),
]
NoReport = Annotated[
    bool, typer.Option("--no-report", help="Leave out report.html and its figures; `creditstorm report` draws them.")
]


def _of_one_run(port: str | None) -> None:
    if port is not None:
        remedy = "carry out the one that you want to see with `creditstorm run SCENARIO --policy NAME --metrics PORT`"
        raise UsageError(f"--metrics: a matrix is many runs, and the numbers for Prometheus are of one; {remedy}")


NoMetrics = Annotated[str | None, typer.Option("--metrics", hidden=True, callback=_of_one_run)]
"""Where `run` has it and this verb cannot: who asks for it is told why."""
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only the verdict and where the report is.")]
JUnit = Annotated[
    Path | None,
    typer.Option(help="Write JUnit XML to this file: fail is a failure, inconclusive an error.", show_default=False),
]


class OnInconclusive(StrEnum):
    """What an inconclusive end is to be for whoever looks at the exit code."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105


Settled = Annotated[
    OnInconclusive | None,
    typer.Option("--on-inconclusive", help="Exit with 1 (fail) or 0 (pass) where it would be 3.", show_default=False),
]
Thresholds = Annotated[
    Path | None,
    typer.Option(
        help="Judge the run by the `thresholds:` of this file instead of its own; `-` for standard input.",
        metavar="FILE",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
