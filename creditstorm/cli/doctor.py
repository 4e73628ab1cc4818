"""`creditstorm doctor`: is this machine ready, and what to do where it is not."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import typer
from creditstorm.cli.options import AsJson
from creditstorm.cli.screen import console_on


def doctor(*, as_json: AsJson = False) -> None:
    """Check this machine; every finding comes with its remedy. Exit code 4 if something is missing."""
    from creditstorm.record.folder import RESULTS
    from creditstorm.runs.ready import examined

    findings = examined(Path(RESULTS))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        console = console_on(sys.stdout)
        for finding in findings:
            console.print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.detail}", markup=False)
            if not finding.ok:
                console.print(f"      remedy: {finding.remedy}", markup=False)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(4)
