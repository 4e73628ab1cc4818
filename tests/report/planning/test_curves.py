"""The picture of one varied value: both panels over one axis, and no panel without a figure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditstorm.analysis.planning.run_figures import HARM, SLOW
from creditstorm.analysis.planning.swept import Axis, Rule, Sweep, SweptPoint
from creditstorm.analysis.summary import Estimate
from creditstorm.record.manifest import Mode
from creditstorm.report import canvas
from creditstorm.report.planning import curves, sweep_page, sweep_words
from creditstorm.scenario.threshold import Unit

AXIS = Axis("system.replicas", ("1", "2", "3"), (1.0, 2.0, 3.0), "", log=False)


def swept(harm: tuple[float, ...], slow: tuple[float | None, ...], half: float = 0.001) -> Sweep:
    """A sweep of one policy whose figures are given."""
    points = tuple(
        SweptPoint(
            (place,),
            "retry",
            2,
            {HARM: Estimate(share, share - half, share + half, 2, ""), SLOW: Estimate(late, None, None, 2, "")},
            {},
            None,
        )
        for place, (share, late) in enumerate(zip(harm, slow, strict=True))
    )
    rule = Rule(f"{HARM} < 1%", 0.01, below=True)
    return Sweep("x", "y", 1, 2, Mode.SIMULATED, HARM, Unit.SHARE, rule, (AXIS,), ("retry",), points, {"retry": None})


@pytest.mark.parametrize(("slow", "panels"), [((1.0, 2.0, 3.0), 2), ((None, 2.0, 3.0), 2), ((None, None, None), 1)])
def test_panels_share_their_axis(slow: tuple[float | None, ...], panels: int) -> None:
    """A gap in one does not shift it against the other, and what has no figure is not drawn empty."""
    with canvas.house_style():
        drawn = curves.draw(swept((0.2, 0.1, 0.001), slow)).figure.axes
    assert len(drawn) == panels
    assert len({axes.get_xlim() for axes in drawn}) == 1
    assert len({tuple(axes.get_xticks()) for axes in drawn}) == 1


@pytest.mark.parametrize(
    ("harm", "half", "said"),
    [
        ((0.2, 0.1, 0.001), 0.001, "is kept from 3 on"),
        ((0.001, 0.1, 0.2), 0.001, "is kept up to 1"),
        ((0.2, 0.001, 0.2), 0.001, "is kept at 1 of 3 values"),
        ((0.001, 0.001, 0.001), 0.001, "is kept everywhere"),
        ((0.2, 0.1, 0.009), 0.005, "is kept nowhere (open at 1 of 3 values)"),
    ],
)
def test_a_rule_is_kept_by_the_whole_interval(harm: tuple[float, ...], half: float, said: str) -> None:
    """A middle below the bound with an interval across it is not enough."""
    assert sweep_words.headline(swept(harm, (1.0, 1.0, 1.0), half)).endswith(f"{said} (simulated)")


@pytest.mark.parametrize(("seeds", "said"), [(2, "seeds 1 to 2"), (1, "seed 1")])
def test_one_seed_is_no_range_of_seeds(seeds: int, said: str) -> None:
    """The screen and the page name it once."""
    one = replace(swept((0.2, 0.1, 0.001), (1.0, 1.0, 1.0)), seeds=seeds)
    assert next(iter(sweep_words.table(one))) == f"x · sweep · simulated · {said}"
    assert f"· simulated · {said}<" in sweep_page.page(one, {})


def test_a_point_keeps_the_rule_breaks_it_or_leaves_it_open() -> None:
    """By its interval; where nothing was measured there is nothing to say."""
    one = swept((0.2, 0.012, 0.001), (1.0, 1.0, 1.0), 0.005)
    assert [sweep_words.rule_text(one, point) for point in one.points] == ["broken", "open", "kept"]
    blank = replace(one.points[0], figures={HARM: Estimate(None, None, None, 0, "")})
    assert sweep_words.rule_text(one, blank) == "–"


def test_several_policies_are_told_one_after_another() -> None:
    """The figure is named once; over the page stands only who keeps the rule where."""
    one = swept((0.2, 0.1, 0.001), (1.0, 1.0, 1.0))
    other = tuple(replace(point, policy="hedge") for point in swept((0.2, 0.1, 0.05), (1.0, 1.0, 1.0)).points)
    both = replace(one, policies=("retry", "hedge"), points=(*one.points, *other), knees={"retry": None, "hedge": None})
    kept = f"{HARM} < 1% is kept from 3 on under retry, nowhere under hedge (simulated)"
    ranges = f"{HARM}: retry from 0.1 % at 3 to 20.0 % at 1; hedge from 5.0 % at 3 to 20.0 % at 1"
    assert sweep_words.headline(both) == f"{ranges}; {kept}"
    assert sweep_words.in_short(both) == kept
    unruled = replace(both, rule=None)
    assert sweep_words.in_short(unruled) == sweep_words.headline(unruled) == f"{ranges} (simulated)"
    once = replace(one, seeds=1)
    assert sweep_words.in_short(once).endswith("is kept from 3 on (simulated, one run a point)")
