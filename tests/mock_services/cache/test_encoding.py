"""A good value survives being written, and what we did not write is nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from creditstorm.credit.sources import SERVICES
from mock_services.cache.layers import Remembered
from mock_services.cache.redis_client import field_of, read, written

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**9)
goods = st.builds(Remembered, numbers | st.none(), numbers, st.none() | st.text(), st.none() | numbers)
services = st.sampled_from(SERVICES)


@given(services, goods)
def test_what_is_written_is_read(service: str, good: Remembered) -> None:
    """To the bit: value or "no record", instant, version and sd."""
    assert read({field_of(service, good): written(good)}, service) == good


@given(services, goods, goods)
def test_a_value_comes_before_no_record(service: str, one: Remembered, other: Remembered) -> None:
    """As in the memory in process: a "no record", which may come from a source in trouble, never replaces a value."""
    fields = {field_of(service, good): written(good) for good in (one, other)}
    expected = one if other.value is None and one.value is not None else other
    assert read(fields, service) == expected


@given(services, st.binary())
def test_garbage_is_nothing(service: str, raw: bytes) -> None:
    """Whatever somebody else wrote there, nothing raises."""
    assert read({service.encode(): raw}, service) is None


def test_a_list_of_something_else_is_nothing() -> None:
    """JSON of the right shape with words for numbers."""
    assert read({b"bureau": b'["a", 1.0, null, null]'}, "bureau") is None
    assert read({b"bureau": b"[1.0, true, null, null]"}, "bureau") is None
    assert read({b"bureau": b"[1.0, 1.0, 7, null]"}, "bureau") is None


def test_services_do_not_mix() -> None:
    """Another service's value is not this one's."""
    good = Remembered(612.0, 100.0)
    assert read({field_of("income", good): written(good)}, "bureau") is None
