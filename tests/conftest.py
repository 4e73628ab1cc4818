"""What every test shares."""

from __future__ import annotations

import json
import os
import pickle
import signal
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from creditstorm.interrupts import INTERRUPTING

if TYPE_CHECKING:  # they load matplotlib, which most tests do without
    from creditstorm.analysis.drawn import Timeline
    from creditstorm.analysis.summary import Summary
    from creditstorm.report.canvas import Drawing

# These machines are shared and noisy: a deadline on one example would be a timed assertion.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Whoever starts the suite under nohup, or behind an `&` of a script, hands down signals that nobody hears; the tests of
# signals send them.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What this session and its children leave in cache and temporary folder goes with pytest's own folders.

    What this box was seen to hold is the tester's own affair, and no test but its own waits for a measure.
    """
    cache, scratch = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("scratch")
    (cache / "creditstorm").mkdir()
    (cache / "creditstorm" / "held.json").write_text(json.dumps({"answers_hz": 10_000}))
    os.environ |= {"XDG_CACHE_HOME": str(cache), "TMPDIR": str(scratch)}
    tempfile.tempdir = None  # looked up again


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """The command ends at once at a signal once it has said all; what it ran in goes on here, and hears them again."""
    before = {number: signal.getsignal(number) for number in INTERRUPTING if number != signal.SIGALRM}
    yield
    for number, handler in before.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of abuses: here, as who only hands tests to other processes knows no conftest of a folder below."""
    from tests.abuse.attempts import PROPERTY, table  # noqa: PLC0415 - loads the command line

    counted = [dict(report.user_properties) for report in _calls(terminalreporter)]
    rows = [properties[PROPERTY] for properties in counted if PROPERTY in properties]
    if rows:
        terminalreporter.section("abuse: tried, held, failed")
        for line in table(rows):
            terminalreporter.write_line(line)


def _calls(terminalreporter: pytest.TerminalReporter) -> Iterable[pytest.TestReport]:
    for word in ("passed", "failed"):
        yield from (one for one in terminalreporter.stats.get(word, ()) if getattr(one, "when", "") == "call")


@lru_cache(128)
def _drawn(which: int, told: bytes) -> Drawing:
    from creditstorm.report.figures import drawings  # noqa: PLC0415 - as above

    return drawings((which,), *pickle.loads(told))[0]  # noqa: S301 - our own words


@pytest.fixture
def figures_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of the very same numbers are not drawn again: a second for each report, and the same to the byte."""

    def drawings(which: Sequence[int], summary: Summary, timeline: Timeline) -> list[Drawing]:
        told = pickle.dumps((summary, timeline))
        return [_drawn(one, told) for one in which]

    monkeypatch.setattr("creditstorm.report.render.drawings", drawings)
