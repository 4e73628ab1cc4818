"""Why: the logged causes of the wrongful answers, commonest first."""

from __future__ import annotations

import polars as pl


def causes_of(cube: pl.DataFrame) -> dict[str, int]:
    """Wrongful answers by cause, the commonest first (of equals, by name)."""
    counted = (
        cube.filter(pl.col("wrongful_cause").is_not_null())
        .group_by(pl.col("wrongful_cause").cast(pl.String).alias("cause"))
        .agg(pl.col("n").sum())
        .sort(["n", "cause"], descending=[True, False])
    )
    return {str(cause): int(n) for cause, n in counted.iter_rows()}


def first_cause(cube: pl.DataFrame) -> str | None:
    """The commonest cause of a part of the run, None where nobody was wronged."""
    return next(iter(causes_of(cube)), None)
