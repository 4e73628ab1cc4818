"""How many threads may be started, beside limits that are no limits of this test's user."""

from __future__ import annotations

import threading

import pytest
from creditstorm.startable import startable


def test_all_are_started_where_nobody_forbids_it_and_none_is_left() -> None:
    """Each has ended again."""
    before = threading.active_count()
    assert startable(20) == 20
    assert threading.active_count() == before


def test_as_many_as_the_system_lets_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python raises where the kernel refuses one is no error; those that were started end."""
    before, begin = threading.active_count(), threading.Thread.start

    def some(thread: threading.Thread) -> None:
        if threading.active_count() >= before + 3:
            raise RuntimeError("can't start new thread")
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", some)
    assert startable(20) == 3
    assert threading.active_count() == before
