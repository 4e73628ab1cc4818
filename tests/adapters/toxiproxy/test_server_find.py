"""Where the server comes from, in which order, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditstorm.adapters.toxiproxy.server import NAME, RunningServer, ServerBinary, find_toxiproxy
from creditstorm.errors import HarnessError


def program(folder: Path) -> Path:
    """A file that may be run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    path.write_text("")
    path.chmod(0o755)
    return path


def test_what_the_person_says_comes_first(tmp_path: Path) -> None:
    """The variable wins over the bundled server and the PATH."""
    said, bundled, on_path = program(tmp_path / "said"), program(tmp_path / "bin"), program(tmp_path / "path")
    environ = {"CREDITSTORM_TOXIPROXY": str(said), "PATH": str(on_path.parent)}
    assert find_toxiproxy(environ, bin_folder=bundled.parent) == ServerBinary(said, "CREDITSTORM_TOXIPROXY")


def test_the_bundled_server_comes_second(tmp_path: Path) -> None:
    """What was installed with creditstorm wins over the PATH."""
    bundled, on_path = program(tmp_path / "bin"), program(tmp_path / "path")
    found = find_toxiproxy({"PATH": str(on_path.parent)}, bin_folder=bundled.parent)
    assert found == ServerBinary(bundled, "installed with creditstorm")


def test_the_path_comes_last(tmp_path: Path) -> None:
    """Without a bundled server the one on the PATH will do; an empty variable says nothing."""
    on_path = program(tmp_path / "path")
    environ = {"CREDITSTORM_TOXIPROXY": "", "PATH": str(on_path.parent)}
    assert find_toxiproxy(environ, bin_folder=tmp_path / "none") == ServerBinary(on_path, "on the PATH")


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("http://127.0.0.1:8474", "http://127.0.0.1:8474"),
        ("http://localhost:1234/", "http://localhost:1234"),
        ("http://127.0.0.1", "http://127.0.0.1:8474"),
        ("http://[::1]:99", "http://[::1]:99"),
    ],
)
def test_running_server(said: str, url: str) -> None:
    """A URL means a server that runs already."""
    assert find_toxiproxy({"CREDITSTORM_TOXIPROXY": said}) == RunningServer(url)


@pytest.mark.parametrize("said", ["http://example.org:8474", "https://127.0.0.1:8474", "ftp://127.0.0.1"])
def test_running_server_elsewhere(said: str) -> None:
    """A server on another machine could not reach the services on loopback, so it is refused."""
    with pytest.raises(HarnessError, match="has to be on this machine"):
        find_toxiproxy({"CREDITSTORM_TOXIPROXY": said})


def test_said_and_not_there(tmp_path: Path) -> None:
    """A path where nothing is, is an error and not a reason to take another server."""
    program(tmp_path / "bin")
    with pytest.raises(HarnessError, match="no program to run there"):
        find_toxiproxy({"CREDITSTORM_TOXIPROXY": "/no/such/file"}, bin_folder=tmp_path / "bin")


NONE = """there is no Toxiproxy server.
At install the Toxiproxy server was not built: no network
Get one in any of three ways:
  1. install creditstorm again with PyPI or Go 1.23+ in reach: pip install --force-reinstall --no-deps -v .
  2. put toxiproxy-server 2.12.0 on the PATH, or its path into CREDITSTORM_TOXIPROXY
  3. start one yourself and say where it listens: CREDITSTORM_TOXIPROXY=http://127.0.0.1:8474"""


def test_none_at_all(tmp_path: Path) -> None:
    """Without any server the message has the reason from the install and the three ways to get one, and exits 4."""
    (tmp_path / "BUILD-FAILED.txt").write_text("the Toxiproxy server was not built: no network\n")
    with pytest.raises(HarnessError) as error:
        find_toxiproxy({"PATH": ""}, bin_folder=tmp_path)
    assert str(error.value) == NONE
    assert error.value.exit_code == 4
