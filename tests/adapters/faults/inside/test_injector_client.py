"""The control port of a service as the harness speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from creditstorm.adapters.faults.inside.injector import ControlClient, ControlError, ControlUnreachableError
from creditstorm.adapters.probing.loopback import is_free
from tests.adapters.faults.inside.fake_control import TOKEN, FakeControl, fake_control


@pytest.fixture
def control() -> Iterator[FakeControl]:
    """A control port."""
    with fake_control() as answering:
        yield answering


def test_a_fault_is_put_listed_and_deleted(control: FakeControl) -> None:
    """Parameters arrive as they are; receipts are counts by name; deleting says how many met it."""
    client = ControlClient("bureau", control.port, TOKEN)
    client.put("x", {"kind": "errors", "share": 0.5})
    control.met["x"] = 3
    assert control.on == {"x": {"kind": "errors", "share": 0.5}}
    assert client.receipts() == {"x": 3}
    assert client.delete("x") == 3
    assert client.receipts() == {}


def test_a_name_with_a_sign_in_it_is_one_name(control: FakeControl) -> None:
    """Nothing in a name is taken for a part of the path."""
    ControlClient("bureau", control.port, TOKEN).put("a/b", {"kind": "errors"})
    assert control.asked == [("PUT", "a%2Fb")]


def test_a_refusal_says_who_refused_what_and_why(control: FakeControl) -> None:
    """The service's own words reach the person."""
    with pytest.raises(ControlError, match=r"bureau refused PUT /v1/faults/x \(422\): kind: allowed here are none"):
        ControlClient("bureau", control.port, TOKEN).put("x", {"kind": "unknown"})


def test_the_wrong_token_is_refused(control: FakeControl) -> None:
    """Nobody without the token of the run changes anything."""
    with pytest.raises(ControlError, match="401"):
        ControlClient("bureau", control.port, "guess").put("x", {"kind": "errors"})
    assert control.on == {}


def test_nobody_at_the_port_is_said_so() -> None:
    """A dead service is an error of its own kind."""
    port = next(port for port in range(20_000, 32_000) if is_free(port))
    with pytest.raises(ControlUnreachableError, match="bureau does not answer"):
        ControlClient("bureau", port, TOKEN).receipts()


def test_the_token_is_in_no_message() -> None:
    """What is printed or logged of a client keeps the secret."""
    assert TOKEN not in repr(ControlClient("bureau", 1, TOKEN))
