"""What a run ran on: versions, git, host, clock; and what computes here."""

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import psutil
import creditstorm
from creditstorm import plugins, steady
from creditstorm.adapters.cores import usable_cores
from creditstorm.language.store_url import without_password
from creditstorm.record.manifest import ClockAnchor, GitState, Host

_PACKAGES: Final = ("creditstorm", "locust", "fastapi", "uvicorn", "aiohttp", "toxiproxy-python", "polars", "pyarrow")


@dataclass(frozen=True, slots=True)
class Provenance:
    """The manifest's fields that describe the machine and the moment."""

    created: str
    versions: dict[str, str]
    git: GitState | None
    host: Host
    clock: ClockAnchor


def provenance() -> Provenance:
    """The present machine and moment; its code is what children of ours load from now on."""
    return _at_this_moment(*_code_now())


def provenance_of_loaded() -> Provenance:
    """The same of a run without children: its code is what this process had loaded when it was first asked.

    Thousands of simulated runs need not each ask git.
    """
    return _at_this_moment(*_code_at_first())


def _at_this_moment(versions: dict[str, str], git: GitState | None) -> Provenance:
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        versions=dict(versions),
        git=git,
        host=Host(
            system=platform.system(),
            machine=platform.machine(),
            cores=len(usable_cores()),
            memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        ),
        clock=ClockAnchor(unix_s=steady.unix_s(), monotonic_s=time.monotonic()),
    )


def _code_now() -> tuple[dict[str, str], GitState | None]:
    return {"python": platform.python_version(), **_versions()}, _git()


_code_at_first: Final = cache(_code_now)


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return {**found, **{plugin.package: plugin.version for group in plugins.GROUPS for plugin in plugins.found(group)}}


def _git() -> GitState | None:
    """The commit of the folder a person works in, None outside a checkout or without git."""
    commit = _ask_git("rev-parse", "HEAD")
    return GitState(commit, dirty=bool(_ask_git("status", "--porcelain"))) if commit else None


def _ask_git(*words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            ["git", *words],  # noqa: S607 - the git a person uses
            env=without_password(os.environ),
            capture_output=True,
            text=True,
            check=False,
            timeout=5,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def code() -> dict[str, str]:
    """What computes here, by name: equal on two machines, equal results of a pure function.

    `code` is a digest of our own source, which tells two checkouts of one version apart.
    """
    numeric = {package: version(package) for package in ("numpy", "scipy", "polars", "pyarrow")}
    return {"python": platform.python_version(), **_versions(), **numeric, "code": _digest()}


def _digest() -> str:
    beside = Path(creditstorm.__file__).parent.parent
    whole = sha256()
    for path in sorted(
        path for package in ("creditstorm", "mock_services") for path in (beside / package).rglob("*.py")
    ):
        whole.update(f"{path.relative_to(beside)}\0".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]
