"""The lines and files between our own processes: what is on the wire, and that it is read back as it was."""

from __future__ import annotations

import json

import pytest
from creditstorm import messages
from creditstorm.messages import Message, Order, Report

START = messages.StartOrder("bureau", {"profile": {"seen": None}}, "bureau.log")
AGAIN = messages.StartOrder("bureau", {}, "bureau.log", "the token", 8101, 8102)
HEAD = {"start": "bureau", "settings": {}, "log": "bureau.log"}


@pytest.mark.parametrize(
    ("order", "wire"),
    [
        (START, {"start": "bureau", "settings": {"profile": {"seen": None}}, "log": "bureau.log"}),
        (AGAIN, {**HEAD, "control_token": "the token", "port": 8101, "control_port": 8102}),
        (messages.SignalOrder("bureau", 19), {"signal": "bureau", "number": 19}),
    ],
)
def test_an_order_is_a_line(order: Order, wire: dict[str, object]) -> None:
    """What is not set is not on the wire, and the line is read as the same order."""
    line = messages.as_line(order)
    assert line == json.dumps(wire) + "\n"
    assert messages.parse_order(line) == order


@pytest.mark.parametrize(
    ("report", "wire"),
    [
        (messages.ReadyReport("bureau", 7, 8101), {"event": "ready", "service": "bureau", "pid": 7, "port": 8101}),
        (
            messages.ReadyReport("bureau", 7, 8101, 8102),
            {"event": "ready", "service": "bureau", "pid": 7, "port": 8101, "control_port": 8102},
        ),
        (messages.ExitReport("bureau", 7, -9), {"event": "exited", "service": "bureau", "pid": 7, "exit_code": -9}),
    ],
)
def test_a_report_is_a_line(report: Report, wire: dict[str, object]) -> None:
    """The line is read as the same report."""
    line = messages.as_line(report)
    assert line == json.dumps(wire) + "\n"
    assert messages.parse_report(line) == report


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (messages.WorkerReady(90, 7), {"planned": 90, "pid": 7}),
        (messages.LoadStart(12.5, "http://127.0.0.1:1"), {"t0_monotonic": 12.5, "host": "http://127.0.0.1:1"}),
        (
            messages.WorkerProgress(1.5, 4, 3, 2, 1),
            {"t_s": 1.5, "intended": 4, "answered": 3, "wrongful": 2, "in_flight": 1, "kept_s": 0.0},
        ),
        (
            messages.WorkerDone(4, 2, None, stopped=False),
            {"recorded": 4, "peak_in_flight": 2, "failure": None, "stopped": False},
        ),
    ],
)
def test_a_file_of_the_load_is_read_as_it_was_written(message: Message, wire: dict[str, object]) -> None:
    """Each field under its own name."""
    assert message.as_json() == wire
    assert type(message).parse(wire) == message


def test_a_message_of_another_kind_is_refused() -> None:
    """What it lacks is named."""
    with pytest.raises(ValueError, match="pid"):
        messages.WorkerReady.parse({"planned": 3})


def test_a_token_is_not_shown() -> None:
    """An order in a traceback or a log does not open a control port."""
    assert "the token" not in repr(AGAIN)
