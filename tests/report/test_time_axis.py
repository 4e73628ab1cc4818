"""Names of windows above an axis meet no other name and stay on the paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.drawn import Window
from creditstorm.report.figures.time_axis import MOST_LANES, name_places, shares, short
from tests.report import builders

SPANS = st.lists(
    st.builds(
        lambda name, start_s, length_s: Window(name, "latency", "bureau", start_s, start_s + length_s),
        st.text("abc-", min_size=1, max_size=60),
        st.floats(0.0, 75.0),
        st.floats(0.0, 75.0),
    ),
    max_size=12,
)


@given(SPANS)
def test_names_in_one_lane_do_not_meet(windows: list[Window]) -> None:
    """Two names in the same lane never overlap."""
    places = name_places(windows, 0.0, 75.0, 5.4)
    for a in places:
        assert not [
            b for b in places if b is not a and b.lane == a.lane and a.start_s < b.end_s and b.start_s < a.end_s
        ]


@given(SPANS)
def test_a_name_does_not_leave_the_axes_on_the_right(windows: list[Window]) -> None:
    """A name that would run over the right end stands left of its mark."""
    assert all(place.end_s <= 75.0 + 1e-9 for place in name_places(windows, 0.0, 75.0, 5.4))


def test_two_overlapping_windows_fit_the_lanes() -> None:
    """The usual overlap of two faults needs no more lanes than there are."""
    places = name_places(builders.overlapping().windows, 0.0, 75.0, 5.4)
    assert max(place.lane for place in places) < MOST_LANES


def test_shares_of_a_bin_sum_to_one_where_somebody_asked() -> None:
    """Stacks reach 100 % wherever there is an answer."""
    total = sum(shares(builders.timeline().outcomes).values())
    assert abs(total - 1.0).max() < 1e-12


def test_a_long_name_is_cut() -> None:
    """The cut is marked and keeps to the length."""
    assert short("x" * 99, 10) == "x" * 9 + "…"
