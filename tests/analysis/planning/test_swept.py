"""A point keeps a rule by its whole interval; a result is read as it was kept."""

from __future__ import annotations

import pytest
from creditstorm.analysis.planning.regions import Region
from creditstorm.analysis.planning.swept import Rule, SeedResult, Sweep, SweptPoint, repeated_of
from creditstorm.analysis.summary import Estimate
from creditstorm.record.manifest import Mode
from creditstorm.scenario.threshold import Unit


@pytest.mark.parametrize(
    ("low", "value", "high", "below", "kept"),
    [
        (0.001, 0.005, 0.009, True, True),
        (0.001, 0.005, 0.010, True, False),
        (None, 0.005, None, True, True),
        (None, None, None, True, False),
        (0.011, 0.020, 0.030, False, True),
        (0.009, 0.020, 0.030, False, False),
        (None, None, None, False, False),
        (0.001, 0.005, 0.009, None, False),
    ],
)
def test_a_rule_is_kept_by_the_whole_interval(
    low: float | None, value: float | None, high: float | None, below: bool | None, kept: bool
) -> None:
    """One without an interval by its value; no rule and no figure are never kept."""
    rule = None if below is None else Rule("x", 0.01, below=below)
    point = SweptPoint((0,), "retry", 2, {"x": Estimate(value, low, high, 2, "")}, {}, None)
    sweep = Sweep("x", "y", 1, 2, Mode.SIMULATED, "x", Unit.SHARE, rule, (), ("retry",), (point,), {})
    assert sweep.keeps(point) is kept


def test_a_result_is_read_as_a_journal_keeps_it() -> None:
    """Figures, region and doubts; what has no figures is another thing."""
    plain = {"figures": {"x": 0.5, "y": None}, "region": "stable", "doubts": ["late"]}
    assert SeedResult.read(plain) == SeedResult({"x": 0.5, "y": None}, Region.STABLE, ("late",))
    assert SeedResult.read({**plain, "region": None}).region is None
    for wrong in ({"figures": 0.5}, {"doubts": None}):
        with pytest.raises(TypeError, match="figures and doubts"):
            SeedResult.read({**plain, **wrong})


def test_an_error_is_simulated_minus_live_where_both_have_a_figure() -> None:
    """What one of the two cannot say has none, and 0 is a figure."""
    simulated = SeedResult({"a": 0.0, "b": 0.5, "c": None, "d": None}, None)
    live = SeedResult({"a": 0.25, "b": None, "c": 0.5, "d": None}, None, ("late",))
    repeated = repeated_of((0,), "retry", 3, simulated, live)
    assert repeated.errors == {"a": -0.25, "b": None, "c": None, "d": None}
    assert (repeated.seed, repeated.doubts) == (3, ("late",))
