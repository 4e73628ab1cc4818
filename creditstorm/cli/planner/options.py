"""Options that several of the planner's verbs have, each said once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from creditstorm.scenario.text.loader import Draft
from creditstorm.scenario.text.overrides import Given

Out = Annotated[
    Path | None, typer.Option(help="The folder itself, new or begun before: what it holds is not computed again.")
]
On = Annotated[
    str | None,
    typer.Option("--on", help="Compute on this Dask scheduler's workers.", metavar="ADDRESS", show_default=False),
]
Seeds = Annotated[int, typer.Option(min=1, max=1000, help="Seeds a point, from the scenario's own on.")]
Live = Annotated[bool, typer.Option("--live", help="With real processes and real time, one run after another.")]


Policy = Annotated[str | None, typer.Option(help="With this policy instead of the scenario's.", show_default=False)]


def given_of(
    draft: Draft, policy: str | None, seed: int | None, overrides: Sequence[str] | None
) -> tuple[str | Given, ...]:
    """What the options change in the scenario."""
    given: tuple[str | Given, ...] = tuple(overrides or ())
    given += (draft.policy_override(policy, given),) if policy is not None else ()
    return given + ((Given(f"seed={seed}", f"--seed {seed}"),) if seed is not None else ())
