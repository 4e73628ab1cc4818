"""A run with a password is watched from outside, and leaves it nowhere."""

from __future__ import annotations

import os
import socket
import socketserver
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, Popen

import psutil
import pytest
from creditstorm.language.store_url import PASSWORD_VARIABLE
from creditstorm.record.folder import RunFolder
from creditstorm.record.mark_journal import read_marks
from tests.redis_server import redis_server
from tests.storm.harness import COMMAND, ROOT, scenario

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]

PARTS = ("mock_services", "toxiproxy-server", "creditstorm.generator", "figure_worker")
UDP = socket.SOCK_DGRAM
SECRET = "hunter2-and-more"  # noqa: S105


class _Doorman(socketserver.StreamRequestHandler):
    """Lets a connection through to a Redis once it has said the password, as a Redis that requires one does."""

    def handle(self) -> None:
        command = [self._word() for _ in range(int(self.rfile.readline()[1:]))]
        if command != [b"AUTH", b"me", SECRET.encode()]:
            self.wfile.write(b"-NOAUTH Authentication required.\r\n")
            return
        self.server.let_in += 1  # type: ignore[attr-defined]
        self.wfile.write(b"+OK\r\n")
        with socket.create_connection(("127.0.0.1", self.server.behind)) as behind:  # type: ignore[attr-defined]
            back = threading.Thread(target=_copy, args=(behind, self.connection), daemon=True)
            back.start()
            while arrived := self.rfile.read1(65536):  # type: ignore[attr-defined]
                behind.sendall(arrived)

    def _word(self) -> bytes:
        return self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2]


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while arrived := source.recv(65536):
            sink.sendall(arrived)


@contextmanager
def locked_redis() -> Iterator[socketserver.ThreadingTCPServer]:
    """A Redis behind a doorman."""
    with redis_server() as port, socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Doorman) as doorman:
        doorman.daemon_threads = True
        doorman.block_on_close = False
        doorman.let_in, doorman.behind = 0, port  # type: ignore[attr-defined]
        threading.Thread(target=doorman.serve_forever, daemon=True).start()
        yield doorman
        doorman.shutdown()


def readable(process: psutil.Process, harness: int) -> bytes:
    """What anybody of this user can read of a process: its command line and its environment.

    Nothing of one that is about to become a program of its own: until then it is the harness, under another number.
    """
    with suppress(OSError):
        words, variables = (Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
        return b"" if words == Path(f"/proc/{harness}/cmdline").read_bytes() else words + variables
    return b""


def listeners(process: psutil.Process) -> set[tuple[str, str, int]]:
    """Where a process listens now, under what it is, by any protocol but that of a file."""
    with suppress(psutil.Error):
        what = next((word for word in PARTS if word in " ".join(process.cmdline())), "harness")
        connections = process.net_connections("inet")
        open_to_calls = (c for c in connections if c.status == psutil.CONN_LISTEN or (not c.raddr and c.type == UDP))
        return {(what, c.laddr.ip, c.laddr.port) for c in open_to_calls if c.laddr}
    return set()


def refused(port: int) -> bool:
    """Whether a service tells a stranger nothing."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
    except urllib.error.HTTPError as error:
        return error.code == 404
    return False


def watched(place: Path) -> dict[str, object]:
    """One run with a store that wants a password; what its processes showed meanwhile, and what it left."""
    folder, shown, strangers, heard = place / "run", set(), {}, set()
    with locked_redis() as doorman:
        missing = {"kind": "last_known_good", "store": f"redis://me:***@127.0.0.1:{doorman.server_address[1]}/0"}
        asked = scenario(
            place,
            load={"arrivals": [{"for": "4s", "rate": "20/s"}], "warm_up": "1s"},
            system={"kind": "reference", "policy": {"preset": "last-known-good", "missing": missing}},
            faults=[{"kind": "latency", "target": "store", "at": "1s", "for": "1s", "latency": "300ms"}],
            thresholds={},
        )
        command = [*COMMAND, "run", str(asked), "--out", str(folder)]
        environ = {**os.environ, PASSWORD_VARIABLE: SECRET}
        with (
            (place / "err").open("wb") as log,
            Popen(command, cwd=ROOT, env=environ, stdout=DEVNULL, stderr=log) as run,
        ):
            while run.poll() is None:
                for child in psutil.Process(run.pid).children(recursive=True):
                    shown.add(readable(child, run.pid))
                    heard |= listeners(child)
                heard |= listeners(psutil.Process(run.pid))
                with suppress(OSError, ValueError):
                    ports = {mark.port for mark in read_marks(RunFolder(folder)) if hasattr(mark, "port")}
                    strangers |= {port: refused(port) for port in ports - strangers.keys()}
                time.sleep(0.1)
        return {
            "exit_code": run.returncode,
            "let_in": doorman.let_in,  # type: ignore[attr-defined]
            "shown": b"".join(shown),
            "strangers": strangers,
            "heard": heard,
            "said": (place / "err").read_bytes(),
            "left": {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()},
        }


def the_password_opens_the_store(seen: dict[str, object]) -> None:
    """The lender, the check before the run and the probes have it; else nothing here would mean anything."""
    assert seen["exit_code"] in {0, 3}, seen["said"]
    assert seen["let_in"] >= 3


def it_is_nowhere_else(seen: dict[str, object]) -> None:
    """Not in a file of the run, on the screen, or in the command line or the environment of any child."""
    assert b"creditstorm.generator" in seen["shown"]
    assert SECRET.encode() not in seen["shown"]
    assert PASSWORD_VARIABLE.encode() not in seen["shown"]
    assert SECRET.encode() not in seen["said"]
    assert len(seen["left"]) > 10
    assert [path for path, content in seen["left"].items() if SECRET.encode() in content] == []


def a_stranger_is_told_nothing(seen: dict[str, object]) -> None:
    """Every service of the run refuses who does not know its path; Toxiproxy's own port cannot."""
    assert len(seen["strangers"]) == 9
    assert list(seen["strangers"].values()).count(False) <= 1


def every_port_is_on_loopback(seen: dict[str, object]) -> None:
    """Of every process of the run, proxies and control ports too, from its start to its end."""
    ports = {what: {port for part, _, port in seen["heard"] if part == what} for what in PARTS}
    assert len(ports["mock_services"]) >= 16  # eight services, each with a control port
    assert len(ports["toxiproxy-server"]) >= 9  # six sources, scoring, the store, the API
    assert {ip for _, ip, _ in seen["heard"]} <= {"127.0.0.1", "::1"}
    assert ports["figure_worker"] == set()


def test_a_run_keeps_its_password_and_answers_no_stranger(tmp_path: Path) -> None:
    """All that a look from outside can tell, of one run."""
    seen = watched(tmp_path)
    the_password_opens_the_store(seen)
    it_is_nowhere_else(seen)
    a_stranger_is_told_nothing(seen)
    every_port_is_on_loopback(seen)
