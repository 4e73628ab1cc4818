"""`creditstorm --version`."""

from __future__ import annotations

from typing import Annotated

import typer

from creditstorm import __version__


def _show(wanted: bool) -> None:  # noqa: FBT001 - typer's callback form
    if wanted:
        typer.echo(f"creditstorm {__version__}")
        raise typer.Exit


def version_option(
    _version: Annotated[  # noqa: FBT002 - typer reads the signature
        bool, typer.Option("--version", callback=_show, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Chaos and load tests that know the right answer for every person."""
