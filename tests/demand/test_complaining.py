"""Who complains, of what and when: keyed luck on the answer that ends a session."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.decision import Answer
from creditstorm.demand.complaining import Complaining, complaining_of
from creditstorm.demand.load_plan import Client, Complains
from creditstorm.demand.sessions import Exchange, ParsedReply, Tap
from tests.generator.lives import ELIGIBLE, plan


def left_with(answer: Answer, session: int = 1, done_s: float | None = 9.0) -> Exchange:
    """The last exchange of a session."""
    return Exchange(Tap(1.0, session, 1, ELIGIBLE), 1.0, done_s, ParsedReply(answer))


def complaining(rule: Complains, **client: object) -> Complaining:
    """Who complains by this rule."""
    found = complaining_of(plan(client=Client(complains=rule, **client)))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_nobody_complains_where_nobody_is_said_to() -> None:
    """It is off unless a scenario asks for it."""
    assert complaining_of(plan()) is None


@given(
    session=st.integers(0, 10_000),
    after_s=st.floats(0.0, 60.0),
    spread_s=st.floats(0.0, 60.0),
    answer=st.sampled_from(list(Answer)),
)
def test_who_always_complains_does_so_in_time_and_only_of_what_was_asked(
    session: int, after_s: float, spread_s: float, answer: Answer
) -> None:
    """Between `after` and `after` + `spread` seconds later, of a no and of a "not yet", never of anything else."""
    one = complaining(Complains(1.0, 1.0, after_s, spread_s))
    complaint = one.of(left_with(answer, session))
    assert (complaint is not None) == (answer in {Answer.NO_CREDIT, Answer.UNDETERMINED})
    if complaint is not None:
        assert 9.0 + after_s <= complaint.t_s <= 9.0 + after_s + spread_s
        assert (complaint.session, complaint.attempt, complaint.shown, complaint.told_s) == (session, 1, answer, 9.0)
        assert complaint == one.of(left_with(answer, session))


def test_so_many_complain_as_the_scenario_says() -> None:
    """A tenth of those refused, a fiftieth of those who wait."""
    one = complaining(Complains(no_credit=0.1, undetermined=0.02))
    for answer, share in ((Answer.NO_CREDIT, 0.1), (Answer.UNDETERMINED, 0.02)):
        heard = sum(one.of(left_with(answer, session)) is not None for session in range(20_000))
        assert heard / 20_000 == pytest.approx(share, abs=4 * (share / 20_000) ** 0.5)


def test_a_person_complains_of_what_the_app_shows() -> None:
    """An error that is painted as "no credit" is one to whoever reads it; a tap that nobody answered is none."""
    always = Complains(no_credit=1.0)
    assert complaining(always).of(left_with(Answer.ERROR)) is None
    painted = complaining(always, paints_failure_as="no_credit").of(left_with(Answer.ERROR))
    assert painted is not None
    assert painted.shown is Answer.NO_CREDIT
    assert complaining(always).of(left_with(Answer.NO_CREDIT, done_s=None)) is None
