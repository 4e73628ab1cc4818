"""What was tried, what held, what failed: counted in the tests, and shown as one table by `tests/conftest.py`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.abuse.attempts import Attempts


@pytest.fixture
def attempts(record_property: Callable[[str, object], None]) -> Callable[[str], Attempts]:
    """Counts the attempts of one class; what failed fails the test once all are made."""

    def begun(kind: str) -> Attempts:
        return Attempts(kind, record_property)

    return begun
