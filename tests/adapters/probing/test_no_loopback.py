"""A machine without loopback, or without a free port, is told so and nobody searches for ever."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.adapters.probing import loopback
from creditstorm.errors import HarnessError

ROOT = Path(__file__).parents[3]
SEARCH = (
    "import random; from creditstorm.adapters.probing.loopback import free_ports; next(free_ports(random.Random(1)))"
)


def test_no_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two different things to mend."""
    monkeypatch.setattr(loopback, "is_free", lambda _port: False)
    with pytest.raises(HarnessError, match=r"2000 loopback ports .* all are busy\nend what fills them"):
        next(loopback.free_ports(random.Random(1)))
    monkeypatch.setattr(loopback, "loopback_is_up", lambda: False)
    with pytest.raises(HarnessError, match=r"loopback interface is down.*\nset it up: ip link set lo up"):
        next(loopback.free_ports(random.Random(1)))


def test_busy_ports_between_free_ones_are_no_reason_to_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many in a row are."""
    monkeypatch.setattr(loopback, "is_free", lambda port: port % 100 == 0)
    ports = loopback.free_ports(random.Random(1))
    assert [next(ports) % 100 for _ in range(60)] == [0] * 60


def test_a_network_of_its_own_has_no_loopback_at_first() -> None:
    """As in a container that was started without any network."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-n", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no network of its own can be made here")
    command = [unshare, "-n", sys.executable, "-c", SEARCH]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert "HarnessError: the loopback interface is down" in done.stderr
