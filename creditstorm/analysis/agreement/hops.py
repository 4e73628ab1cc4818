"""What a hop and a call cost on a machine: a calm live run less the same run where both cost nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl
import pyarrow as pa
from creditstorm.analysis.run_data import columns_of
from creditstorm.credit import SERVICES, SOURCES

_KEY: Final = ("applicant", "session", "attempt")
_INSTANTS: Final = tuple(f"{service}_{instant}" for service in SERVICES for instant in ("began_s", "ended_s"))
COLUMNS: Final = (*_KEY, "intended_s", "sent_s", "done_s", *(f"{s}_status" for s in SERVICES), *_INSTANTS)
"""The columns of the answers that are read."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The median of `n` seconds, with the 5th and 95th percentile."""

    median_s: float
    low_s: float
    high_s: float
    n: int


def hop_costs(live: pa.Table, free: pa.Table, *, warm_up_s: float) -> dict[str, Cost]:
    """Each cost by its name in `Costs`, from the answers of the live run and of the one in which a hop is free.

    The keyed service times are in both, so that what is left of a call is its way through proxy, kernel and processes.
    A cost that no answer shows is left out. A negative difference, which only the clocks make, is none.
    """
    rows = columns_of(live, COLUMNS).join(columns_of(free, COLUMNS), on=list(_KEY), suffix="_free")
    rows = rows.filter(pl.col("intended_s") >= warm_up_s)
    calls = pl.concat([_calls(rows, source) for source in SOURCES])
    found = {
        "call_s": _cost(calls),
        "scoring_s": _cost(_calls(rows, "scoring")),
        "enter_s": _cost(_both(rows, _entered)),
        "leave_s": _cost(_both(rows, _left)),
    }
    return {name: cost for name, cost in found.items() if cost is not None}


def _calls(rows: pl.DataFrame, service: str) -> pl.Series:
    usable = (pl.col(f"{service}_status") == "ok") & (pl.col(f"{service}_status_free") == "ok")
    took = [pl.col(f"{service}_ended_s{side}") - pl.col(f"{service}_began_s{side}") for side in ("", "_free")]
    return _seconds(rows.filter(usable), took[0] - took[1])


def _entered(side: str) -> pl.Expr:
    return pl.min_horizontal(f"{service}_began_s{side}" for service in SOURCES) - pl.col(f"sent_s{side}")


def _left(side: str) -> pl.Expr:
    return pl.col(f"done_s{side}") - pl.max_horizontal(f"{service}_ended_s{side}" for service in SERVICES)


def _both(rows: pl.DataFrame, spent: Callable[[str], pl.Expr]) -> pl.Series:
    return _seconds(rows, spent("") - spent("_free"))


def _seconds(rows: pl.DataFrame, spent: pl.Expr) -> pl.Series:
    return rows.select(spent.cast(pl.Float64).alias("s")).to_series().drop_nulls()


def _cost(seconds: pl.Series) -> Cost | None:
    if seconds.is_empty():
        return None
    low, median, high = (max(0.0, float(seconds.quantile(q) or 0.0)) for q in (0.05, 0.5, 0.95))
    return Cost(median, low, high, len(seconds))
