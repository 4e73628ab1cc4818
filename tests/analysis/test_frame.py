"""The frame holds the same outcomes the load saw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from creditstorm.analysis.frame import _band, frame_of, judged_by_stable, lighter
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.credit.decision import Answer
from creditstorm.credit.outcomes import Outcome, Shown, classify, limit_band
from creditstorm.credit.reasons import Reason
from tests.analysis.builders import arrival, arrivals, manifest, marks, run, scenario

CAUSES = ("credit:score", "late:bureau", "data:identity", "error:scoring")
ROWS = st.builds(
    arrival,
    eligible=st.booleans(),
    answer=st.sampled_from([answer.value for answer in Answer]),
    limit_cny=st.none() | st.integers(0, 30_000) | st.sampled_from([9_500, 9_499, 10_500, 10_501]),
    reason=st.none() | st.sampled_from([reason.value for reason in Reason]),
    cause=st.none() | st.sampled_from(CAUSES),
)


@given(rows=st.lists(ROWS, min_size=1, max_size=30), failure_as=st.sampled_from(["error", "no_credit"]))
def test_outcomes_are_the_loads_own(rows: list[dict], failure_as: str) -> None:
    """Tabulated and joined back, the outcome of every row is what the load's scalar code says."""
    frame, _ = frame_of(run(rows, scenario=scenario(paints_failure_as=failure_as)))
    expected = [
        classify(
            Shown(
                eligible=row["truth"] == "eligible",
                answer=Answer(row["answer"]),
                limit=limit_band(row["limit_cny"] or 0, row["truth_limit_cny"]),
                reason=row["reason"],
                cause=row["cause"],
            ),
            failure_as=failure_as,
        ).value
        for row in rows
    ]
    assert frame["outcome"].to_list() == expected


def test_first_and_final_of_a_session() -> None:
    """The first attempt and the last one are marked, also where both are the same."""
    rows = [arrival(1, 1.0, attempt=1), arrival(1, 4.0, attempt=2), arrival(2, 2.0)]
    frame, _ = frame_of(run(rows))
    assert frame["first"].to_list() == [True, False, True]
    assert frame["final"].to_list() == [False, True, True]


def test_a_painted_failure_names_its_cause() -> None:
    """An error painted as "no credit" is wrongful, caused by how it failed; an unlogged denial is unexplained."""
    rows = [arrival(1, answer="timeout"), arrival(2, answer="no_credit", cause=None)]
    frame, _ = frame_of(run(rows, scenario=scenario(paints_failure_as="no_credit")))
    assert frame["outcome"].to_list() == [Outcome.WRONGFUL_NO_CREDIT.value] * 2
    assert frame["wrongful_cause"].to_list() == ["timeout:decision", "unexplained"]


def test_no_answers_at_all() -> None:
    """An empty record gives an empty frame with every column."""
    frame, phases = frame_of(run([]))
    assert frame.height == 0
    assert {"outcome", "phase", "measured", "first", "final", "eligible"} <= set(frame.columns)
    assert phases.end_s == 100.0


def told(number: int) -> dict[str, object]:
    """An arrival whose truth, stable truth and answer go through all their combinations."""
    truth = ("eligible", "ineligible")
    told = {"answer": "no_credit", "cause": "late:bureau"} if number % 3 else {}
    return arrival(number, 0.05 * number, eligible=bool(number & 1), truth_stable=truth[number >> 1 & 1], **told)


@pytest.mark.parametrize("missing", [0, 5])
def test_the_other_oracle_changes_what_became_of_them_and_nothing_else(missing: int) -> None:
    """Judged again it is the frame of a run whose truth is the stable one; who asked when is shared, not made anew."""
    data = run([told(number) for number in range(24)], manifest=manifest(planned=24 + missing), marks=marks())
    place = data.answers.schema.get_field_index("truth")
    swapped = data.answers.set_column(place, data.answers.schema.field(place), data.answers.column("truth_stable"))
    frame, phases = frame_of(data)
    wanted, _ = frame_of(replace(data, answers=swapped))
    found = judged_by_stable(lighter(data), frame)
    assert_frame_equal(found, wanted, check_column_order=False, categorical_as_str=True)
    assert not found.equals(frame)
    first, again = asked_of(frame, phases), asked_of(wanted, phases)
    shared = first.judged_again(found, phases)
    assert (shared.order is first.order, shared.person is first.person) == (True, True)
    assert_frame_equal(shared.cube, again.cube, categorical_as_str=True)
    for one in ("order", "person", "code", "cell", "seconds"):
        assert np.array_equal(getattr(shared, one), getattr(again, one))


def test_where_both_oracles_agree_no_answer_is_asked_for_again() -> None:
    """Of its columns two are left; of a run whose oracles differ, those that judging needs."""
    assert lighter(run(arrivals(3))).answers.column_names == ["truth", "truth_stable"]
    differing = lighter(run([told(number) for number in range(4)])).answers
    assert {"answer", "reason", "cause", "truth_stable"} <= set(differing.column_names)
    assert "bureau_status" not in differing.column_names


def test_a_limit_lies_where_the_outcomes_say() -> None:
    """By the column as by the function of one limit, to a yuan around and at the tolerance."""
    pairs = [(told, truth) for truth in (0, 1, 2, 100, 10_000) for told in range(max(0, truth - 3), truth + 4)]
    pairs += [(9_000, 10_000), (8_999, 10_000), (9_500, 10_000), (9_499, 10_000), (10_500, 10_000), (10_501, 10_000)]
    frame = pl.DataFrame(pairs, ["limit_cny", "truth_limit_cny"], orient="row")
    assert frame.select(_band()).to_series().to_list() == [limit_band(told, truth).value for told, truth in pairs]
