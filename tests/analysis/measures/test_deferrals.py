"""What became of those who were told "undetermined", session by session."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.measures.deferrals import median_s
from creditstorm.analysis.summary import Deferrals
from tests.analysis.builders import analysed, arrival, arrivals, notices, run, scenario


def undetermined(session: int, intended_s: float = 10.0, **changes: object) -> dict[str, object]:
    """An eligible person who is told undetermined, 0.1 s after the tap was sent without delay."""
    told = {"answer": "undetermined", "reason": "T_SOURCE", "cause": "late:bureau", "lag_s": 0.0}
    return arrival(session, intended_s, **{**told, **changes})


def notice(session: int, t_s: float, outcome: str = "correct", **changes: object) -> dict[str, object]:
    """A notice for this session."""
    said = {"answer": "approved", "limit_cny": 10_000, "reason": "granted", "worker": 0, "attempt": 1}
    return {
        "t_s": t_s,
        "applicant": session,
        "session": session,
        "outcome": outcome,
        "deferred_s": 10.1,
        **said,
        **changes,
    }


def referral(session: int, t_s: float) -> dict[str, object]:
    """What is said to a complaint that people are going to decide."""
    said = {"answer": "referred", "limit_cny": 0, "reason": None, "decided_s": None}
    return notice(session, t_s, "deferred", **said)


def deferrals(rows: list[dict[str, object]], *told: dict[str, object], **parts: object) -> Deferrals:
    """The deferrals of a run of 100 s with these answers and notices."""
    found = analysed(run(rows, notices=notices(*told), **parts)).deferrals
    assert found is not None
    return found


def test_a_run_that_notifies_nobody_says_nothing_about_it() -> None:
    """Runs of other policies, and of earlier versions, have no such figures."""
    assert analysed(run([undetermined(1)])).deferrals is None


def test_each_session_is_counted_where_it_ended() -> None:
    """Notified, decided about after a tap of their own, or still waiting."""
    rows = [undetermined(n) for n in range(6)] + [arrival(4, 20.0, attempt=2)]
    found = deferrals(rows, notice(0, 14.1), notice(1, 16.1), notice(2, 12.1, "wrongful_no_credit"))
    assert (found.deferred, found.notified, found.by_themselves, found.waiting) == (6, 3, 1, 2)
    assert found.resolved_correctly.value == pytest.approx(2 / 6)
    assert found.resolved_wrongly.value == pytest.approx(1 / 6)


def test_who_is_referred_waits_from_then_on_whatever_they_were_told_before() -> None:
    """A "no" ends the waiting for an answer; a complaint that is referred begins it again."""
    no = {"answer": "no_credit", "limit_cny": 0}
    rows = [arrival(1, **no), arrival(2, **no), undetermined(3), undetermined(4), arrival(4, 12.0, attempt=2, **no)]
    referred = [referral(session, 20.0) for session in (1, 2, 3, 4)]
    found = deferrals(rows, *referred, *(notice(session, 50.0) for session in (1, 3, 4)))
    assert (found.deferred, found.notified, found.by_themselves, found.waiting) == (4, 3, 0, 1)
    assert found.resolved_correctly.value == pytest.approx(3 / 4)
    assert found.median_s == pytest.approx(30.0)


def test_a_session_waits_from_its_first_undetermined_answer() -> None:
    """By the person's clock, not by that of the tap which the notice names."""
    rows = [undetermined(1), undetermined(1, 15.0, attempt=2)]
    found = deferrals(rows, notice(1, 20.1, attempt=2))
    assert (found.deferred, found.median_s) == (1, pytest.approx(10.0))


def test_only_eligible_people_outside_the_warm_up_count() -> None:
    """As for every other figure."""
    rows = [undetermined(1, 1.0), undetermined(2, eligible=False), undetermined(3), *arrivals(5, start=10)]
    found = deferrals(rows, notice(1, 2.0), notice(2, 12.0), scenario=scenario(warm_up_s=5.0))
    assert (found.deferred, found.notified, found.waiting) == (1, 0, 1)


def test_nobody_was_deferred() -> None:
    """No session, no shares, no median."""
    found = deferrals(arrivals(5))
    assert (found.deferred, found.resolved_correctly.value, found.median_s) == (0, None, None)


def test_those_who_still_wait_lengthen_the_median() -> None:
    """One notified after 2 s and two who waited until the end: the median was never reached."""
    rows = [undetermined(n) for n in range(3)]
    assert deferrals(rows, notice(0, 12.1)).median_s is None
    assert deferrals(rows[:1], notice(0, 12.1)).median_s == pytest.approx(2.0)


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=60))
def test_the_median_is_kaplan_meiers(waits: list[tuple[int, bool]]) -> None:
    """The first instant at which the curve of another library is at one half or below."""
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415 - heavy, and every process collects every test

    waited, notified = np.array([float(w) for w, _ in waits]), np.array([n for _, n in waits])
    if not notified.any():
        assert median_s(waited, notified) is None
        return
    curve = SurvfuncRight(waited, notified.astype(int))
    reached = [t for t, s in zip(curve.surv_times, curve.surv_prob, strict=True) if s <= 0.5 + 1e-12]
    assert median_s(waited, notified) == (reached[0] if reached else None)


def test_who_decided_themselves_first_was_not_notified() -> None:
    """A tap that was decided at 20.1 s: a notice before it ended the waiting, one after it came too late."""
    rows = [row for n in (1, 2) for row in (undetermined(n), arrival(n, 20.0, attempt=2, lag_s=0.0))]
    found = deferrals(rows, notice(1, 15.1), notice(2, 25.1, "wrongful_no_credit"))
    assert (found.deferred, found.notified, found.by_themselves, found.waiting) == (2, 1, 1, 0)
    assert (found.resolved_correctly.value, found.resolved_wrongly.value) == (0.5, 0.0)
