"""Files, names and numbers that are none: an answer at once, and always of one kind."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from creditstorm.adapters import disk
from creditstorm.scenario.text.raw_text import UnreadableError, text_of
from tests.abuse.attempts import Attempts, command, wrong_with
from tests.abuse.folders import a_loop, a_pipe
from tests.scenario.bad_scenarios import GOOD

ANSWERED_S = 10.0
"""A pipe is given up after 5 s; the rest is the machine's."""


def _made(make: Callable[[Path], object]) -> Callable[[Path], str]:
    def called(root: Path) -> str:
        make(root / "x.yaml")
        return str(root / "x.yaml")

    return called


def _with(content: bytes) -> Callable[[Path], str]:
    return _made(lambda path: path.write_bytes(content))


def _named(name: str) -> Callable[[Path], str]:
    return lambda root: name


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100_000_000_000)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@contextmanager
def _here(root: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(before)


FILES: dict[str, tuple[int, Callable[[Path], str]]] = {
    "good": (0, _with(GOOD.encode())),
    "with a byte order mark": (0, _with(b"\xef\xbb\xbf" + GOOD.encode())),
    "of another system": (0, _with(GOOD.replace("\n", "\r\n").encode())),
    "UTF-16": (2, _with(GOOD.encode("utf-16"))),
    "Latin-1": (2, _with(GOOD.replace("A scenario", "Schl\xfcssel").encode("latin-1"))),
    "zeros": (2, _with(bytes(500))),
    "nothing": (2, _with(b"")),
    "a remark": (2, _with(b"# nothing\n")),
    "a page of the web": (2, _with(b"<!doctype html>\n<title>404</title>\n")),
    "a program": (2, _with(Path("/proc/self/exe").read_bytes()[:200_000])),
    "100 GB": (2, _made(_sparse)),
    "a folder": (2, _made(Path.mkdir)),
    "a loop": (2, _made(a_loop)),
    "a link to nothing": (2, _made(lambda path: path.symlink_to("nowhere"))),
    "a link to a folder": (2, _made(lambda path: path.symlink_to("/"))),
    "a socket": (2, _made(_socket)),
    "a file as a folder": (2, _named("/etc/passwd/x.yaml")),
    "no such file": (2, _named("nowhere.yaml")),
    "no such folder": (2, _named("nowhere/x.yaml")),
    "here": (2, _named(".")),
    "above": (2, _named("..")),
    "home": (2, _named("~")),
    "no name": (2, _named("")),
    "a blank": (2, _named(" ")),
    "a name of 300 letters": (2, _named("x" * 300)),
    "a name of 5,000 letters": (2, _named("x" * 5000)),
    "a path of 5,000 letters": (2, _named("x/" * 2500)),
    "a name over two lines": (2, _named("a\nb.yaml")),
    "a name that colours": (2, _named("\x1b[31m.yaml")),
    "a name that is no UTF-8": (2, _named("\udcff\udcfe.yaml")),
    "a name that turns around": (2, _named("\u202elmay.x")),
    "nothing at all": (2, _named("/dev/null")),
    "zeros without end": (2, _named("/dev/zero")),
    "noise without end": (2, _named("/dev/urandom")),
    "a full device": (2, _named("/dev/full")),
    "own memory": (2, _named("/proc/self/mem")),
    "own map": (2, _named("/proc/self/maps")),
    "own environment": (2, _named("/proc/self/environ")),
    "a figure of the kernel": (2, _named("/proc/uptime")),
    "a folder of the kernel": (2, _named("/proc/self/fd")),
    "a file that is gone": (2, _named("/proc/self/fd/999")),
}


def test_a_file_that_is_none(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """One message that begins with the name, exit 2, at once; a good file in any dress is fine."""
    with attempts("files that are none") as counted, _here(tmp_path):
        for number, (name, (code, make)) in enumerate(FILES.items()):
            place = tmp_path / str(number)
            place.mkdir()
            asked_s = time.monotonic()
            told = command("scenarios", "check", make(place))
            slow = "" if time.monotonic() - asked_s < ANSWERED_S else "it kept somebody waiting"
            counted.made(name, wrong_with(told, (code,), most=1) or slow)


def test_a_pipe_is_read_once_or_refused(tmp_path: Path) -> None:
    """With somebody at its other end it is a scenario; without, it is refused after a time and never waited for."""
    pipe = tmp_path / "pipe.yaml"
    a_pipe(pipe)
    with pytest.raises(UnreadableError, match=r"nothing came out of it within 0\.05 s"):
        text_of(pipe, patience_s=0.05)
    writer = threading.Thread(target=lambda: pipe.write_text(GOOD), daemon=True)
    writer.start()
    assert text_of(pipe) == GOOD
    writer.join()


def test_a_pipe_that_stops_in_the_middle(tmp_path: Path) -> None:
    """Half a scenario and then silence is refused, too."""
    pipe = tmp_path / "pipe.yaml"
    a_pipe(pipe)
    with ExitStack() as ends:
        ends.callback(os.close, os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        half = os.open(pipe, os.O_WRONLY)
        ends.callback(os.close, half)
        os.write(half, GOOD[:50].encode())
        with pytest.raises(UnreadableError, match="nothing came"):
            text_of(pipe, patience_s=0.05)


ODD: dict[str, tuple[str, ...]] = {
    "a million runs": ("matrix", "calm", "--policies", "retry", "--repeat", "1000000", "--dry"),
    "no run": ("matrix", "calm", "--policies", "retry", "--repeat", "0", "--dry"),
    "no policy": ("matrix", "calm", "--policies", ",", "--dry"),
    "a policy of 5,000 letters": ("matrix", "calm", "--policies", "x" * 5000, "--dry"),
    "a million processes": ("run", "calm", "--processes", "1000000", "--dry"),
    "no process": ("run", "calm", "--processes", "0", "--dry"),
    "a seed below 0": ("run", "calm", "--seed", "-1", "--dry"),
    "a seed of 400 digits": ("run", "calm", "--seed", "9" * 400, "--dry"),
    "a seed that is no number": ("run", "calm", "--seed", "lucky", "--dry"),
    "a policy that is a mapping of nothing": ("run", "calm", "--policy", "{", "--dry"),
    "a policy of another policy's name": ("run", "calm", "--policy", "{name: hedge, preset: retry}", "--dry"),
    "a report of a file": ("report", "/etc/passwd"),
    "a report of a device": ("report", "/dev/zero"),
    "a report of 5,000 letters": ("report", "x" * 5000),
    "a report of a name that colours": ("report", "\x1b[31m"),
    "a report of nothing": ("report", ""),
    "a report of the root": ("report", "/"),
    "an unknown schema": ("schema", "nothing"),
    "an unknown verb": ("storm",),
}


def test_a_number_or_a_name_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attempts: Callable[[str], Attempts]
) -> None:
    """Refused with exit 2 before anything is started."""
    monkeypatch.chdir(tmp_path)
    with attempts("options that are none") as counted:
        for name, words in ODD.items():
            counted.made(name, wrong_with(command(*words), (2,)))
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _standard_input(path: Path, content: bytes) -> Iterator[None]:
    """The first handle of this process, which is what a shell redirects."""
    path.write_bytes(content)
    before = os.dup(0)
    with path.open("rb") as file:
        os.dup2(file.fileno(), 0)
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


def test_a_refused_run_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without room, live and in virtual time: the next try may have the very same --out."""
    (tmp_path / "x.yaml").write_text(GOOD)
    monkeypatch.setattr(disk, "free_at", lambda _: 4096)
    for words in ((), ("--simulate",)):
        told = command("run", str(tmp_path / "x.yaml"), "--out", str(tmp_path / "run"), *words)
        assert wrong_with(told, (4,)) == ""
        assert told.err.splitlines()[-1].startswith("disk: 0 MiB are free at ")
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


def test_what_comes_on_standard_input(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """A scenario is taken; anything else is told as `<stdin>`."""
    given = {"good": GOOD.encode(), "nothing": b"", "zeros": bytes(99), "no UTF-8": b"\xff", "2 MB": b"#" * 2_000_000}
    with attempts("standard input") as counted:
        for name, content in given.items():
            with _standard_input(tmp_path / "given", content):
                told = command("scenarios", "check", "-")
            counted.made(name, wrong_with(told, (0,) if name == "good" else (2,), ("<stdin>",), most=1))


def test_an_empty_latest(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """The text file that stands for a link to the newest run, with something else in it."""
    latest = tmp_path / "latest"
    with attempts("latest that is none") as counted:
        for content in (b"", b"\n", b"../..", b"/etc", b"\xff\xfe", b"\0", b"nowhere", b"x" * 5000):
            latest.write_bytes(content)
            counted.made(repr(content[:20]), wrong_with(command("report", str(latest)), (2,), (str(tmp_path),), most=1))
