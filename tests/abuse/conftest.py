"""What was tried, what held, what failed: counted in the tests, shown as one table at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from tests.abuse.attempts import PROPERTY, Attempts, table


@pytest.fixture
def attempts(record_property: Callable[[str, object], None]) -> Callable[[str], Attempts]:
    """Counts the attempts of one class; what failed fails the test once all are made."""

    def begun(kind: str) -> Attempts:
        return Attempts(kind, record_property)

    return begun


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table; the properties of a test reach it from other processes, too."""
    counted = [dict(report.user_properties) for report in _calls(terminalreporter)]
    rows = [properties[PROPERTY] for properties in counted if PROPERTY in properties]
    if rows:
        terminalreporter.section("abuse: tried, held, failed")
        for line in table(rows):
            terminalreporter.write_line(line)


def _calls(terminalreporter: pytest.TerminalReporter) -> Iterable[pytest.TestReport]:
    for word in ("passed", "failed"):
        yield from (one for one in terminalreporter.stats.get(word, ()) if getattr(one, "when", "") == "call")
