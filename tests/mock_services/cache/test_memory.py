"""Memory is bounded and keeps values rather than their absence."""

from __future__ import annotations

import pytest

from mock_services.cache.layers import Memory, Remembered

OLD = Remembered(612.0, 1.0)
NEW = Remembered(640.0, 2.0)
NOTHING = Remembered(None, 3.0)


def test_the_newest_value_wins() -> None:
    """Learning again replaces."""
    memory = Memory()
    memory.learn(7, "bureau", OLD)
    memory.learn(7, "bureau", NEW)
    assert memory.recall(7, "bureau") == NEW


@pytest.mark.parametrize(("first", "second", "kept"), [(OLD, NOTHING, OLD), (NOTHING, OLD, OLD)])
def test_no_record_never_replaces_a_value(first: Remembered, second: Remembered, kept: Remembered) -> None:
    """A source in trouble that says "no record" cannot wipe out what was known."""
    memory = Memory()
    memory.learn(7, "bureau", first)
    memory.learn(7, "bureau", second)
    assert memory.recall(7, "bureau") == kept


def test_a_true_no_record_is_remembered() -> None:
    """A thin file's "no record" is a good answer too."""
    memory = Memory()
    memory.learn(7, "bureau", NOTHING)
    assert memory.recall(7, "bureau") == NOTHING


def test_people_and_services_are_apart() -> None:
    """What is known of one says nothing of another."""
    memory = Memory()
    memory.learn(7, "bureau", OLD)
    assert (memory.recall(8, "bureau"), memory.recall(7, "income")) == (None, None)


def test_the_person_not_met_for_longest_is_forgotten() -> None:
    """With room for two, meeting 1 again makes 2 the one to go."""
    memory = Memory(people=2)
    for person in (1, 2, 1, 3):
        memory.learn(person, "bureau", OLD)
    assert [memory.recall(person, "bureau") is not None for person in (1, 2, 3)] == [True, False, True]
    assert len(memory) == 2
