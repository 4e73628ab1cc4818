"""The store of last known good values: bounded, cold and poisoned."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass

import pytest
from creditstorm.credit import SERVICES
from mock_services.cache.layers import LayeredStore, Memory, PoisonedValues, Remembered
from tests.mock_services.cache.album import ASKED, LEARNT, OLD, Album
from tests.mock_services.policies.cases import PEOPLE, SEED, asked_by

OLDER = Remembered(612.0, 1.0)
NEWER = Remembered(640.0, 2.0)
NOTHING = Remembered(None, 3.0)


def test_the_newest_value_wins() -> None:
    """Learning again replaces."""
    memory = Memory()
    memory.learn(7, "bureau", OLDER)
    memory.learn(7, "bureau", NEWER)
    assert memory.recall(7, "bureau") == NEWER


@pytest.mark.parametrize(("first", "second", "kept"), [(OLDER, NOTHING, OLDER), (NOTHING, OLDER, OLDER)])
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


def test_as_many_people_as_a_service_has_room_for() -> None:
    """50,000, whoever comes first is forgotten first."""
    memory = Memory()
    for person in range(50_001):
        memory.learn(person, "bureau", OLDER)
    assert (len(memory), memory.recall(0, "bureau"), memory.recall(1, "bureau")) == (50_000, None, OLDER)


def test_what_is_remembered_of_a_person_costs_little() -> None:
    """At most 2 kB, so that a full memory is at most 100 MB; values and versions are objects of their own, as read."""
    people = 1_000
    memory = Memory(people)
    tracemalloc.start()
    try:
        for person in range(3 * people):
            for number, service in enumerate(SERVICES):
                version = f"version-{person}-{number}"
                memory.learn(person, service, Remembered(person + 0.5, number + 0.5, version, 0.0))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(memory) == people
    assert held / people < 2_000


def test_people_and_services_are_apart() -> None:
    """What is known of one says nothing of another."""
    memory = Memory()
    memory.learn(7, "bureau", OLDER)
    assert (memory.recall(8, "bureau"), memory.recall(7, "income")) == (None, None)


def test_the_person_not_met_for_longest_is_forgotten() -> None:
    """With room for two, meeting 1 again makes 2 the one to go."""
    memory = Memory(people=2)
    for person in (1, 2, 1, 3):
        memory.learn(person, "bureau", OLDER)
    assert [memory.recall(person, "bureau") is not None for person in (1, 2, 3)] == [True, False, True]
    assert len(memory) == 2


@dataclass
class Count:
    """How often it was called."""

    met: int = 0

    def __call__(self) -> None:
        self.met += 1


def store_with(*learnt: str) -> LayeredStore:
    store = LayeredStore(Memory(), Album())
    for service in learnt:
        store.learn(ASKED, service, LEARNT)
    return store


def test_what_was_learnt_comes_before_the_snapshot() -> None:
    """The newer value counts, and the snapshot where nothing was learnt."""
    store = store_with("bureau")
    assert (store.recall(ASKED, "bureau"), store.recall(ASKED, "income")) == (LEARNT, OLD)


def test_a_flushed_store_is_cold_and_fills_again() -> None:
    """Memory and snapshot are gone, live answers are learnt, and the snapshot is back at the end."""
    store, count = store_with("bureau"), Count()
    store.flush("flush", count)
    assert store.recall(ASKED, "bureau") is None
    store.learn(ASKED, "bureau", LEARNT)
    assert store.recall(ASKED, "bureau") == LEARNT
    store.warm("flush")
    store.warm("flush")
    assert (store.recall(ASKED, "income"), count.met) == (OLD, 1)


def test_a_flush_is_not_met_by_who_was_never_known() -> None:
    """A value that the snapshot does not have was not taken away."""
    store, count = LayeredStore(Memory(), Album(None)), Count()
    store.flush("flush", count)
    assert (store.recall(ASKED, "bureau"), count.met) == (None, 0)


@pytest.mark.parametrize(
    ("service", "value"), [("bureau", None), ("income", None), ("identity", 0.0), ("scoring", 0.0)]
)
def test_poison_is_what_a_failure_left_behind(service: str, value: float | None) -> None:
    """No record for a number that is scored, 0 for a yes and for the score; its age and version look good."""
    store, count = store_with(), Count()
    store.poison(PoisonedValues(SEED, "poison", 1.0, count))
    assert store.recall(ASKED, service) == Remembered(value, OLD.as_of, OLD.version)
    store.cure("poison")
    store.cure("poison")
    assert (store.recall(ASKED, service), count.met) == (OLD, 1)


def test_a_share_of_the_values_is_poisoned_always_the_same_ones() -> None:
    """By person and service, whenever they are recalled."""
    store, count = store_with(), Count()
    store.poison(PoisonedValues(SEED, "poison", 0.3, count))
    people = [asked_by(PEOPLE.applicant(n)) for n in range(2000)]
    spoilt = [[store.recall(asked, "bureau") != OLD for asked in people] for _ in range(2)]
    assert spoilt[0] == spoilt[1]
    assert sum(spoilt[0]) / 2000 == pytest.approx(0.3, abs=0.03)
    assert count.met == 2 * sum(spoilt[0])
    assert spoilt[0] != [store.recall(asked, "income") != OLD for asked in people]
