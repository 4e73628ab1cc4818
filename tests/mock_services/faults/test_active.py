"""ActiveFaults are switched on and off by name, in the order of effect, and bad ones say what is allowed."""

from __future__ import annotations

import pytest
from mock_services.faults.active import ActiveFaults, BadFaultError, Fault

HANDLE = ["what a service has"]


class Dark(Fault[list[str]]):
    """A kind of fault with a parameter and an effect."""

    depth: int = 1

    def begin(self, name: str, handle: list[str]) -> None:
        super().begin(name, handle)
        handle.append(f"{name} begins")

    def end(self) -> None:
        self._handle.append(f"{self._name} ends")

    def meet(self) -> None:
        self._met += 1


class Cold(Dark):
    """Another kind."""


def faults(handle: list[str] | None = None) -> ActiveFaults[Dark]:
    return ActiveFaults({"dark": Dark, "cold": Cold}, [] if handle is None else handle)


def test_a_fault_is_on_until_it_is_removed() -> None:
    """It begins when it is put and ends when it is removed, which tells the receipt."""
    handle: list[str] = []
    board = faults(handle)
    assert board.put("night", {"kind": "dark", "depth": 2}) == {"name": "night", "kind": "dark", "met": 0}
    assert [fault.depth for fault in board.on] == [2]
    board.on[0].meet()
    assert board.receipts() == {"night": {"kind": "dark", "met": 1}}
    assert (board.remove("night"), board.on, board.receipts()) == (1, (), {})
    assert handle == ["night begins", "night ends"]


def test_removing_what_is_not_there_is_fine() -> None:
    """Removal is idempotent: a fault that is not on was met by nobody."""
    assert faults().remove("night") == 0


def test_the_order_is_that_of_the_kinds_then_of_names() -> None:
    """Whoever is switched on first, the effects have one order."""
    board = faults()
    for name, kind in (("z", "cold"), ("b", "dark"), ("a", "cold"), ("c", "dark")):
        board.put(name, {"kind": kind})
    assert [fault._name for fault in board.on] == ["b", "c", "a", "z"]


def test_putting_the_same_again_changes_nothing() -> None:
    """A request that is repeated because its answer was lost keeps the fault and its receipt."""
    handle: list[str] = []
    board = faults(handle)
    board.put("night", {"kind": "dark"})
    board.on[0].meet()
    assert board.put("night", {"kind": "dark", "depth": 1})["met"] == 1
    assert handle == ["night begins"]


@pytest.mark.parametrize("other", [{"kind": "dark", "depth": 3}, {"kind": "cold"}])
def test_another_fault_of_the_name_replaces_the_first(other: dict[str, object]) -> None:
    """The first ends before the other begins with a new receipt."""
    handle: list[str] = []
    board = faults(handle)
    board.put("night", {"kind": "dark"})
    board.on[0].meet()
    assert board.put("night", other)["met"] == 0
    assert handle == ["night begins", "night ends", "night begins"]
    assert len(board.on) == 1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([], 'expected a JSON object such as {"kind": "errors", "share": 0.5}'),
        ({}, "kind: allowed here are dark, cold, got None"),
        ({"kind": "drak"}, "kind: allowed here are dark, cold, got 'drak'"),
        ({"kind": ["dark"]}, "kind: allowed here are dark, cold, got ['dark']"),
        ({"kind": "dark", "depth": "2"}, "depth: Input should be a valid integer, got '2'"),
        ({"kind": "dark", "width": 2}, "width: Extra inputs are not permitted, got 2"),
    ],
)
def test_bad_faults_say_what_is_allowed(asked: object, message: str) -> None:
    """The message names the parameter, what is allowed and what was given; nothing is switched on or off."""
    board = faults()
    board.put("night", {"kind": "dark"})
    with pytest.raises(BadFaultError) as bad:
        board.put("night", asked)
    assert (str(bad.value), [type(fault) for fault in board.on]) == (message, [Dark])


def test_a_service_may_know_no_fault() -> None:
    """Where nothing is allowed the message says so."""
    with pytest.raises(BadFaultError, match="allowed here are none, got 'errors'"):
        ActiveFaults[Dark]({}, HANDLE).put("any", {"kind": "errors"})
