"""The Toxiproxy server of one run: found, started by us and dying with us, or somebody else's that we leave alone."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil
from creditstorm.adapters.probing.loopback import LOOPBACK, free_ports
from creditstorm.adapters.probing.probe import Ask
from creditstorm.adapters.processes.child import Child, inherited_environment, last_lines, last_words, spawn
from creditstorm.adapters.processes.vitals import OpenFilesPart
from creditstorm.adapters.toxiproxy.client import ToxiproxyClient, ToxiproxyUnreachableError
from creditstorm.adapters.toxiproxy.janitor import hire
from creditstorm.adapters.watchdog import Address, AnsweringPart, ProcessPart, RunPart
from creditstorm.errors import HarnessError
from creditstorm.interrupts import how_it_ended
from creditstorm.units import printable

VARIABLE: Final = "CREDITSTORM_TOXIPROXY"
NAME: Final = "toxiproxy-server"
BIN: Final = Path(__file__).parents[2] / "_bin"
LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class ServerBinary:
    """A server to start ourselves; `found_in` says where it comes from."""

    path: Path
    found_in: str


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Somebody else's server that runs already; we may add to it and must clean up what we added."""

    url: str


def find_toxiproxy(environ: Mapping[str, str], *, bin_folder: Path = BIN) -> ServerBinary | RunningServer:
    """The server to use; HarnessError with the three ways to get one when there is none."""
    setting = environ.get(VARIABLE, "").strip()
    if setting:
        return _as_set(setting)
    if _runs(bin_folder / NAME):
        return ServerBinary(bin_folder / NAME, "installed with creditstorm")
    on_path = shutil.which(NAME, path=environ.get("PATH"))
    if on_path is not None:
        return ServerBinary(Path(on_path), "on the PATH")
    raise HarnessError(_three_ways(bin_folder))


def why_not_bundled(bin_folder: Path = BIN) -> str | None:
    """What the build setting when it failed at install, None if it left no word."""
    note = bin_folder / "BUILD-FAILED.txt"
    return note.read_text(encoding="utf-8").strip() if note.is_file() else None


def _as_set(setting: str) -> ServerBinary | RunningServer:
    if "://" in setting:
        return RunningServer(_loopback_url(setting))
    path = Path(setting).expanduser()
    if not _runs(path):
        raise HarnessError(
            f"{VARIABLE}={printable(setting)}: no program to run there;"
            f" give the path of {NAME} or http://127.0.0.1:8474"
        )
    return ServerBinary(path.absolute(), VARIABLE)


def _loopback_url(setting: str) -> str:
    try:
        parts = urlsplit(setting)
        port = 8474 if parts.port is None else parts.port
    except ValueError as problem:
        raise HarnessError(
            f"{VARIABLE}={setting}: no URL ({problem}); give one such as http://127.0.0.1:8474"
        ) from problem
    if parts.scheme != "http" or parts.hostname not in LOCAL_HOSTS:
        raise HarnessError(
            f"{VARIABLE}={printable(setting)}: a running server has to be on this machine, because the services listen"
            " on loopback only; give a URL such as http://127.0.0.1:8474"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"http://{host}:{port}"


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _three_ways(bin_folder: Path) -> str:
    failed = why_not_bundled(bin_folder)
    because = f"\nAt install {failed}" if failed else ""
    return (
        f"there is no Toxiproxy server.{because}\n"
        "Get one in any of three ways:\n"
        "  1. install creditstorm again with PyPI or Go 1.23+ in reach: pip install --force-reinstall --no-deps -v .\n"
        f"  2. put {NAME} 2.12.0 on the PATH, or its path into {VARIABLE}\n"
        f"  3. start one yourself and say where it listens: {VARIABLE}=http://127.0.0.1:8474"
    )


READY_WITHIN_S: Final = 5.0
ANSWER_WITHIN_S: Final = 5.0
BORROWED_WITHIN_S: Final = 1.0
"""Of somebody else's server nobody can see whether it stands still: it is when it is silent."""
ASK_EVERY_S: Final = 0.5
SWEPT_WITHIN_S: Final = 10.0
TRIES: Final = 5
BUSY: Final = b"address already in use"
STARTED_BY: Final = "CREDITSTORM_STARTED_BY"
"""In the environment of a server of ours: the process that has to be its parent."""
QUIET: Final = {"LOG_LEVEL": "error"}
"""At `info` the server writes a line a connection, at `warn` one for every connection that a fault breaks."""


@dataclass(frozen=True, slots=True)
class Toxiproxy:
    """A server that answers at `client.url`; `child` is None when it is not ours."""

    client: ToxiproxyClient
    version: str
    log: Path
    child: Child | None
    janitor: subprocess.Popen[bytes] | None

    def poll(self) -> int | None:
        """The exit code of our server if it has ended (negative: a signal), None while it runs."""
        return self.child.process.poll() if self.child else None

    def last_lines(self) -> tuple[str, ...]:
        """What it logged last."""
        return last_lines(self.log)

    @property
    def name(self) -> str:
        """What a person calls it."""
        return "toxiproxy" if self.child else f"the Toxiproxy server at {self.client.url}"

    def parts(self) -> list[RunPart]:
        """What has to go on: the process where it is ours, the answers either way."""
        own, where, name = self.child, urlsplit(self.client.url), self.name
        ask = Ask(answer_within_s=ANSWER_WITHIN_S if own else BORROWED_WITHIN_S)
        address = Address(where.hostname or LOOPBACK, where.port or 0, ask, ASK_EVERY_S)
        answering = AnsweringPart(name, lambda: address, self.last_lines)
        if own is None:
            return [answering]
        running = partial(int, own.process.pid)
        return [ProcessPart(name, running, self.last_lines), OpenFilesPart(name, running), answering]

    def stop(self) -> None:
        """End our server; of somebody else's, the janitor removes what is left of this run's proxies."""
        if self.child:
            self.child.stop()
        if self.janitor and self.janitor.stdin:
            self.janitor.stdin.close()
            try:
                self.janitor.wait(SWEPT_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.janitor.kill()
                self.janitor.wait()

    def kill(self) -> None:
        """The last resort against a server that hangs: every proxy and toxic goes with it. Not for somebody else's."""
        if self.child:
            self.child.process.kill()
            self.child.process.wait()


def require_toxiproxy(environ: Mapping[str, str] = os.environ) -> None:
    """HarnessError, with the remedy, where no server is to be had; nothing is started to find that out."""
    found = find_toxiproxy(environ)
    if isinstance(found, RunningServer):
        _reached(found)


def start_toxiproxy(
    *, log: Path, prefix: str, environ: Mapping[str, str] = os.environ, rng: random.Random | None = None
) -> Toxiproxy:
    """A server that answers. Call it in the main thread: the server dies with the thread that started it.

    `prefix` begins the name of every proxy of this run: with somebody else's server, a janitor removes those even if
    we are killed. Raises HarnessError when there is none, or when it does not come up (with its last log lines).
    """
    found = find_toxiproxy(environ)
    if isinstance(found, RunningServer):
        return _borrow(found, log=log, prefix=prefix)
    for port in islice(free_ports(rng or random.Random()), TRIES):
        started = _start(found, port, log)
        if started is not None:
            return started
    raise HarnessError(f"Toxiproxy found no free loopback port for its API: {TRIES} were busy")


def _borrow(running: RunningServer, *, log: Path, prefix: str) -> Toxiproxy:
    client, version = _reached(running)
    return Toxiproxy(client, version, log, None, hire(running.url, prefix, inherited_environment()))


def _reached(running: RunningServer) -> tuple[ToxiproxyClient, str]:
    client = ToxiproxyClient(running.url)
    try:
        return client, client.version()
    except ToxiproxyUnreachableError as error:
        raise HarnessError(f"{error} ({VARIABLE}): start it there, or unset {VARIABLE}") from error


def _start(found: ServerBinary, port: int, log: Path) -> Toxiproxy | None:
    """None when somebody else took the port: the server then logs that, and stays."""
    command = [str(found.path), "-host", LOOPBACK, "-port", str(port)]
    logged_before = log.stat().st_size if log.exists() else 0
    try:
        child = spawn("toxiproxy", command, log=log, env={**QUIET, STARTED_BY: str(os.getpid())})
    except OSError as error:
        raise HarnessError(f"{found.path} ({found.found_in}) cannot be started: {error}") from error
    with ExitStack() as undo:
        undo.callback(child.stop)
        if not _comes_up(found, child, port, logged_before):
            return None
        client = ToxiproxyClient(f"http://{LOOPBACK}:{port}")
        started = Toxiproxy(client, client.version(), log, child, None)
        undo.pop_all()
    return started


def _comes_up(found: ServerBinary, child: Child, port: int, logged_before: int) -> bool:
    """Whether this very process listens; False if its port is busy. HarnessError if it ends or takes too long."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        exit_code = child.process.poll()
        if exit_code is not None:
            words = last_words(last_lines(child.log))
            raise HarnessError(
                f"Toxiproxy, {found.path} ({found.found_in}), ended while starting ({how_it_ended(exit_code)}){words}\n"
                f"is that a Toxiproxy server? `{found.path} -version` says so"
            )
        if _listens(child.process.pid, port):
            return True
        if BUSY in child.log.read_bytes()[logged_before:]:
            return False
        time.sleep(0.01)
    words = last_words(last_lines(child.log))
    raise HarnessError(f"Toxiproxy, {found.path}, did not answer within {READY_WITHIN_S:g} s{words}")


def _listens(pid: int, port: int) -> bool:
    try:
        open_sockets = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in open_sockets)
