"""Where the Toxiproxy server comes from: what the person says, else the one bundled at install, else the PATH."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from creditstorm.errors import HarnessError

VARIABLE: Final = "CREDITSTORM_TOXIPROXY"
NAME: Final = "toxiproxy-server"
BIN: Final = Path(__file__).parents[2] / "_bin"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


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
            f"{VARIABLE}={setting}: no program to run there; give the path of {NAME} or http://127.0.0.1:8474"
        )
    return ServerBinary(path.absolute(), VARIABLE)


def _loopback_url(setting: str) -> str:
    parts = urlsplit(setting)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise HarnessError(
            f"{VARIABLE}={setting}: a running server has to be on this machine, because the services listen on loopback"
            " only; give a URL such as http://127.0.0.1:8474"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"http://{host}:{parts.port or 8474}"


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
