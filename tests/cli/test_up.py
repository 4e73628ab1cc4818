"""`creditstorm up`: services and proxies by themselves."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from tests.storm.harness import COMMAND, ROOT, gone

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]


def test_up_answers_until_ctrl_c() -> None:
    """The printed entry answers a credit check through the proxies; Ctrl-C ends everything with exit 0."""
    with _up() as process:
        urls = dict(re.findall(r"^ +(.+?) {2,}(http://\S+)", _said(process), flags=re.MULTILINE))
        tree = psutil.Process(process.pid).children(recursive=True)
        assert len([name for name in urls if name.endswith(" proxy")]) == 7
        assert _ask(urls["entry"])["answer"] in ("approved", "no_credit", "action_needed")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    assert gone(tree)


@contextmanager
def _up() -> Iterator[subprocess.Popen[str]]:
    command = [*COMMAND, "up", "calm", "--policy", "tri-state"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("up;"):
            break
    return "".join(lines)


def _ask(entry: str) -> dict[str, object]:
    person = {"applicant": 1, "session": 1, "attempt": 1, "segment": "consumer", "file": "thick"}
    request = urllib.request.Request(f"{entry}/v1/credit-check", json.dumps(person).encode())  # noqa: S310 - loopback
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.loads(answer.read())
