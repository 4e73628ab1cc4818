"""The calm floor: how many are wronged with no fault at all, measured, and as the fan-out would have it."""

from __future__ import annotations

import math

import polars as pl

from creditstorm.analysis.phases import Phase
from creditstorm.credit.evidence import USABLE
from creditstorm.credit.sources import SERVICES


def fan_out_floor(frame: pl.DataFrame) -> float | None:
    """1 − Π(1 − pᵢ) over the services, pᵢ the share of a service's evidence that was missing in calm.

    None where calm holds no evidence at all.
    """
    calm = frame.lazy().filter(pl.col("phase") == Phase.CALM.value)
    shares = calm.select(_missing_share(service) for service in SERVICES).collect().row(0)
    known = [share for share in shares if share is not None]
    return 1.0 - math.prod(1.0 - share for share in known) if known else None


def _missing_share(service: str) -> pl.Expr:
    usable = pl.col(f"{service}_status").is_in(sorted(status.value for status in USABLE))
    return (~usable).mean().alias(service)
