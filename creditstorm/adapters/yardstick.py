"""How many answers a second this box holds now, from a measure of up to a second beside whatever else runs on it.

`python -I yardstick.py SECONDS` works off as many rounds as it can in so long and prints how many; one of them a core
at once is what the box has left. What was held last is remembered, so that a small load is never measured.
"""

import contextlib
import hashlib
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

FOR_S: Final = 1.0
GLANCE_S: Final = 0.3
CLEARLY: Final = 0.5
"""Who asks for less of what a glance at the box finds need not look at it for longer."""
ROUNDS_AN_ANSWER: Final = 515
"""58,000 rounds a second of CPU on the machine on which an answer of the whole system took 8.9 ms of it (n = 574)."""
FULL: Final = 0.9
"""Beyond this share of a machine queues grow without end."""
AT_ONCE: Final = 10
REMEMBERED: Final = "held.json"


def measured_hz(cores: float, for_s: float) -> float:
    """The answers a second that so many cores hold, measured for `for_s` seconds."""
    command = [sys.executable, "-I", __file__, str(for_s)]
    started = [
        subprocess.Popen(command, env={}, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very file
        for _ in range(math.ceil(cores))
    ]
    rounds = sum(float(process.communicate()[0]) for process in started)
    return FULL * rounds / for_s / ROUNDS_AN_ANSWER


def holds_hz(cores: float, asked_hz: float, measure: Callable[[float, float], float] = measured_hz) -> float:
    """The same, measured for no longer than it takes to see that `asked_hz` is well below it."""
    glance_hz = measure(cores, GLANCE_S)
    return glance_hz if asked_hz <= CLEARLY * glance_hz else measure(cores, FOR_S)


def last_held_hz(environ: Mapping[str, str] = os.environ) -> float | None:
    """The answers a second that were measured last, None where nothing is remembered."""
    try:
        told = json.loads((cache_folder(environ) / REMEMBERED).read_text(encoding="utf-8"))
        held_hz = float(told["answers_hz"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return held_hz if math.isfinite(held_hz) and held_hz > 0.0 else None


def remember(held_hz: float, environ: Mapping[str, str] = os.environ) -> None:
    """Keep it for the next time; no run ends because that cannot be written."""
    with contextlib.suppress(OSError):
        cache_folder(environ).mkdir(parents=True, exist_ok=True)
        (cache_folder(environ) / REMEMBERED).write_text(json.dumps({"answers_hz": held_hz}), encoding="utf-8")


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where what was measured of this machine is kept; FileNotFoundError for a user who has no home."""
    base = Path(environ.get("XDG_CACHE_HOME") or "~/.cache")
    try:
        return (base if base.is_absolute() else Path("~/.cache").expanduser()) / "creditstorm"
    except RuntimeError as problem:
        raise FileNotFoundError(str(problem)) from problem


def rounds_in(for_s: float) -> int:
    """The rounds of this process in so many seconds: JSON there and back, and a digest."""
    body: dict[str, object] = {"applicant": 1, "values": {str(index): index * 0.37 for index in range(40)}}
    done, over = 0, time.monotonic() + for_s
    while time.monotonic() < over:
        for _ in range(AT_ONCE):
            text = json.dumps(body)
            body = json.loads(text)
            hashlib.sha256(text.encode()).digest()
        done += AT_ONCE
    return done


if __name__ == "__main__":
    sys.stdout.write(str(rounds_in(float(sys.argv[1]))))
