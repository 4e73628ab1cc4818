"""A screen that is lost, full or has few letters ends nothing, and changes no exit code that is a verdict."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.cli.streams import LastingStream

LISTS = [sys.executable, "-m", "creditstorm", "scenarios", "list"]
ROOT = Path(__file__).parents[2]


def written(text: str, encoding: str) -> bytes:
    """What of the text comes out on a terminal of this encoding."""
    sink = io.BytesIO()
    stream = LastingStream(io.TextIOWrapper(sink, encoding=encoding))
    stream.write(text)
    stream.flush()
    return sink.getvalue()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("95 % · ≤ 2 pp – “no credit” …", b'95 % - <= 2 pp - "no credit" ...'),
        ("¥1,000 → é 信", b"CNY 1,000 -> e ?"),
        ("━━╸", b"---"),
        ("a\u202fb\u00a0c", b"a b c"),
    ],
)
def test_letters_that_a_terminal_does_not_have_become_plain(text: str, plain: bytes) -> None:
    """None is an error, and most can still be read."""
    assert written(text, "ascii") == plain


def test_letters_that_it_has_stay() -> None:
    """Latin-1 has some, UTF-8 all."""
    assert written("é ≤ · ¥", "latin-1") == "é <= · ¥".encode("latin-1")
    assert written("é ≤ · 信", "utf-8") == "é ≤ · 信".encode()


def test_a_file_name_goes_out_as_it_came_in() -> None:
    """Its bytes need not be text."""
    assert written(os.fsdecode(b"n\xff"), "utf-8") == b"n\xff"


def test_a_reader_who_went_away_is_not_missed() -> None:
    """What is written from then on goes nowhere, also what waited in the buffer."""
    reader, writer = os.pipe()
    pipe = os.fdopen(writer, "w")
    stream = LastingStream(pipe)
    os.close(reader)
    assert stream.write("x" * 100_000) == 100_000
    stream.flush()
    assert stream.missed is None
    assert not stream.isatty()
    stream.write("more")
    pipe.close()


def test_what_was_to_be_kept_on_a_full_disk_is_missed() -> None:
    """With the reason."""
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        stream = LastingStream(full)
        stream.write("kept?")
        stream.flush()
        assert stream.missed == "No space left on device"


@pytest.mark.parametrize(
    ("redirection", "exit_code", "said"),
    [
        ("> /dev/full", 4, "standard output: No space left on device: what was to be printed there is lost\n"),
        ("2> /dev/full", 0, ""),
        (">&-", 0, ""),
        (">&- 2>&- <&-", 0, ""),
        ("| true; exit ${PIPESTATUS[0]}", 0, ""),
    ],
)
def test_the_exit_code_with_a_screen_like_that(redirection: str, exit_code: int, said: str) -> None:
    """Of a verb that prints a page and could not care less whether somebody reads it."""
    done = subprocess.run(
        ["bash", "-c", f'"$@" {redirection}', "bash", *LISTS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (exit_code, said)
