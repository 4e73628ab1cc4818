"""At what price, in whole yuan: what people were short of and the lender is exposed to; what an episode costs.

All money is synthetic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from creditstorm.analysis.run_data import columns_of
from creditstorm.credit import Answer, Outcome, Segment, probability_of_default
from creditstorm.credit.truth import Eligibility


@dataclass(frozen=True, slots=True)
class Money:
    """What people were short of, and what the lender is exposed to.

    shortfall = Σ over eligible of max(0, L* − L), where they were decided about (a deferral is no decision);
    exposure = Σ over ineligible of L + Σ over eligible of max(0, L − L*).
    """

    shortfall_cny: int
    exposure_cny: int


def money_of(frame: pl.LazyFrame) -> Money:
    """Both sides of the price over a part of the frame, final answers only, because a re-tap is no second loan."""
    granted = pl.when(pl.col("answer") == Answer.APPROVED.value).then(pl.col("limit_cny")).otherwise(0)
    wronged = pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value
    decided = (pl.col("answer") == Answer.APPROVED.value) | wronged
    gap = granted.cast(pl.Int64) - pl.when("eligible").then(pl.col("truth_limit_cny")).otherwise(0).cast(pl.Int64)
    finals = frame.filter(pl.col("final") & decided)
    short, over = (
        finals.select((-gap).clip(lower_bound=0).sum().alias("short"), gap.clip(lower_bound=0).sum().alias("over"))
        .collect()
        .row(0)
    )
    return Money(int(short), int(over))


DEFERRED: Final = 0.1
UNAVAILABLE: Final = 0.3
MICRO_BUSINESS: Final = 2.0
LOSS_GIVEN_DEFAULT: Final = 0.65
USUAL_CNY: Final = 60.0
"""The usual price of a wrongful answer: a month's margin on a limit of ¥20,000, and goodwill."""
PRICES_CNY: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0)
"""The sweep, evenly enough on a logarithmic axis."""
COLUMNS: Final = (
    *("intended_s", "session", "attempt", "truth", "truth_limit_cny", "truth_score", "answer", "limit_cny"),
)
_RIGHT: Final = (Outcome.CORRECT.value, Outcome.LIMIT_CUT.value, Outcome.LIMIT_INFLATED.value)


@dataclass(frozen=True, slots=True)
class EpisodeCost:
    """What an episode costs per 1,000 people who asked; `expected_loss_cny` is None where it cannot be told.

    It is a line in the price c of one wrongful "no credit": J(c) = c · harm + expected loss. So who is cheapest where
    is the lower envelope of a few lines.
    """

    harm: float
    expected_loss_cny: float | None

    def cost_cny(self, price_cny: float) -> float | None:
        """J at this price of a wrongful answer."""
        return None if self.expected_loss_cny is None else price_cny * self.harm + self.expected_loss_cny


@dataclass(frozen=True, slots=True)
class CheapestRange:
    """A stretch of prices where one policy is cheapest; `to_cny` is None where it has no end."""

    policy: str
    from_cny: float
    to_cny: float | None


def episode_cost_of(frame: pl.DataFrame, answers: pa.Table, *, warm_up_s: float, last_s: float) -> EpisodeCost:
    """The cost of one run: `frame` is the analysed one, `answers` the raw rows with COLUMNS.

    harm = Σ over wronged people of (1 + ln(1 + minutes / 10)) · (2 for a micro business)
           + 0.1 · people deferred + 0.3 · people left without a decision;
    expected loss = Σ PD · LGD · (what was granted beyond what was right), final answers only.

    Everyone in the harm is eligible; `minutes` pass from the first wrongful answer to the first approval, or to the
    end of the run. Lending that is right is nobody's cost.
    """
    people = frame.lazy().filter("measured").select(pl.col("applicant").n_unique()).collect().item()
    thousands = max(1, people) / 1000.0
    loss = _expected_loss_cny(answers, warm_up_s)
    return EpisodeCost(_harm(frame, last_s) / thousands, None if loss is None else loss / thousands)


def mean_episode_cost(episode_costs: Sequence[EpisodeCost]) -> EpisodeCost:
    """The mean over runs."""
    losses = [
        episode_cost.expected_loss_cny for episode_cost in episode_costs if episode_cost.expected_loss_cny is not None
    ]
    loss = float(np.mean(losses)) if losses and len(losses) == len(episode_costs) else None
    return EpisodeCost(float(np.mean([episode_cost.harm for episode_cost in episode_costs])), loss)


def cheapest(episode_costs: Mapping[str, EpisodeCost]) -> tuple[CheapestRange, ...]:
    """Who is cheapest at which price, from ¥0 up: the lower envelope of the lines (of equals, the first)."""
    lines = {
        name: episode_cost for name, episode_cost in episode_costs.items() if episode_cost.expected_loss_cny is not None
    }
    ranges: list[CheapestRange] = []
    price = 0.0
    while lines:
        king = min(lines, key=lambda name: (lines[name].cost_cny(price), lines[name].harm))
        until = {name: at for name in lines if (at := _overtaken(lines[king], lines[name], price)) is not None}
        end = min(until.values(), default=None)
        ranges.append(CheapestRange(king, price, end))
        if end is None:
            break
        price, lines = (
            end,
            {name: episode_cost for name, episode_cost in lines.items() if episode_cost.harm < lines[king].harm},
        )
    return tuple(ranges)


def _overtaken(king: EpisodeCost, other: EpisodeCost, price: float) -> float | None:
    """The price beyond which the other is cheaper, None where there is none."""
    if other.harm >= king.harm or king.expected_loss_cny is None or other.expected_loss_cny is None:
        return None
    return max(price, (other.expected_loss_cny - king.expected_loss_cny) / (king.harm - other.harm))


def _harm(frame: pl.DataFrame, last_s: float) -> float:
    ended, outcome = pl.coalesce("done_s", "intended_s"), pl.col("outcome")
    wrong = outcome == Outcome.WRONGFUL_NO_CREDIT.value
    first_wrong = pl.col("ended").filter("wrong").min()
    asked = frame.lazy().filter("measured", "eligible").with_columns(ended=ended, wrong=wrong)
    people = asked.group_by("applicant").agg(
        wrong=first_wrong,
        right=pl.col("ended").filter(outcome.is_in(_RIGHT) & (pl.col("ended") > first_wrong)).min(),
        micro=(pl.col("segment") == Segment.MICRO_BUSINESS.value).any(),
        deferred=(outcome == Outcome.DEFERRED.value).any(),
        unavailable=(outcome == Outcome.UNAVAILABLE.value).any(),
    )
    minutes = (pl.coalesce("right", pl.lit(last_s)) - pl.col("wrong")).clip(lower_bound=0.0) / 60.0
    weight = (1.0 + (1.0 + minutes / 10.0).log()) * pl.when("micro").then(MICRO_BUSINESS).otherwise(1.0)
    lesser = DEFERRED * pl.col("deferred").sum() + UNAVAILABLE * pl.col("unavailable").sum()
    return float(people.select(weight.sum() + lesser).collect().item())


def _expected_loss_cny(answers: pa.Table, warm_up_s: float) -> float | None:
    if "truth_score" not in answers.column_names:
        return None
    rows = columns_of(answers, COLUMNS)
    right = pl.when(pl.col("truth") == Eligibility.ELIGIBLE.value).then(pl.col("truth_limit_cny")).otherwise(0)
    final = pl.col("attempt") == pl.col("attempt").max().over("session")
    granted = rows.filter(final & (pl.col("intended_s") >= warm_up_s), answer=Answer.APPROVED.value)
    beyond = granted.select("truth_score", over=pl.col("limit_cny") - right).filter(pl.col("over") > 0)
    if beyond["truth_score"].null_count():
        return None
    default = probability_of_default(beyond["truth_score"].to_numpy())
    return float(np.sum(default * LOSS_GIVEN_DEFAULT * beyond["over"].to_numpy()))
