"""Good scenarios with something spoilt in them: each is taken, or refused where and because of what it is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.tree import read_tree
from tests.abuse.attempts import Attempts, Told, command, wrong_with
from tests.scenario.bad_scenarios import GOOD

SEED = 20261126
TEXTS, VALUES, OPTIONS = 220, 260, 140
SHIPPED = [path.read_text(encoding="utf-8") for path in catalogue.paths()]
HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, 10**29, 2**63, 0.1, [], {}, [[]], [None], {"": ""}, {"kind": []}, [{}] * 3, ""),
    *(" ", "x", "x" * 5000, "-", "~", "null", "nan", ".inf", "-0s", "0s", "1ms", "0.000000001s", "7d", "8d", "1e9s"),
    *("100000/s", "0/s", "9" * 60 + "/s", "100%", "-1%", "calm", "--help", "../../etc/passwd", "${HOME}", "{{7*7}}"),
    *(
        "<script>alert(1)</script>",
        "%s%n",
        "a: b",
        "\u200b",
        "\u00a0",
        "10\u00a0s",
        "é" * 300,
        "🦀",
        "\ufffd",
        "bureau",
    ),
    *("redis://user:secret@127.0.0.1:6379/0", "kill", "latency", "default", "fail-closed", "p(99) < 1s", "> 5%"),
)
PIECES = (
    *"{}[]:,&*!|>%@`'\"#-?\t\n ~",
    *("\u00a0", "\u2028", "\ufeff", "\0", "\u202e", ": ", "- ", "<<: ", "---\n", "!!str ", "\\U"),
)


def texts(rng: random.Random) -> Iterator[tuple[str, str]]:
    """A text with a line lost, doubled, moved or indented, a stretch cut, or a piece put in."""
    for number in range(TEXTS):
        lines = rng.choice([GOOD, *SHIPPED]).splitlines(keepends=True)
        at = rng.randrange(len(lines))
        match number % 6:
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines.insert(rng.randrange(len(lines)), lines.pop(at))
            case 3:
                lines[at] = rng.choice([" ", "   ", "\t", "\u00a0"]) + lines[at]
            case 4:
                text = "".join(lines)
                lines = [text[: rng.randrange(len(text))]]
            case _:
                where = rng.randrange(len(lines[at]))
                lines[at] = lines[at][:where] + rng.choice(PIECES) + lines[at][where + rng.randrange(3) :]
        yield f"text {number}", "".join(lines)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys, however deep."""
    keys = list(node if isinstance(node, dict) else range(len(node)))
    return [
        *((node, key) for key in keys),
        *(p for key in keys if isinstance(node[key], dict | list) for p in places(node[key])),
    ]


def values(rng: random.Random) -> Iterator[tuple[str, str]]:
    """A scenario with a value replaced, lost, under another key, or what stands elsewhere in its place."""
    plain = [read_tree(text).plain for text in (GOOD, *SHIPPED)]
    for number in range(VALUES):
        tree: Any = deepcopy(rng.choice(plain))
        node, key = rng.choice(places(tree))
        match number % 5:
            case 0 if isinstance(node, dict):
                node[key[:-1] if rng.random() < 0.5 else f"{key}{rng.choice(key or 'x')}"] = node.pop(key)
            case 1:
                del node[key]
            case 2:
                other, its = rng.choice(places(tree))
                node[key] = deepcopy(other[its])
            case _:
                node[key] = rng.choice(HOSTILE)
        yield f"value {number}: {key}", json.dumps(tree, ensure_ascii=False)


def options(rng: random.Random) -> Iterator[str]:
    """A `--set` of some path, real or nearly so, to some value."""
    real = ("seed", "id", "why", "load.warm_up", "load.arrivals[0].rate", "load.arrivals", "faults.bureau.for")
    real += ("faults[0].at", "faults", "faults.income", "system.policy", "thresholds", "client.timeout", "population")
    odd = (
        "",
        ".",
        "[0]",
        "faults.",
        "faults.nobody.at",
        "faults[99]",
        "load..warm_up",
        "a" * 3000,
        "seed.seed",
        "é",
        "\u00a0",
    )
    for _ in range(OPTIONS):
        value = rng.choice(HOSTILE)
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"{rng.choice((*real, *odd))}{rng.choice(('=', '=', '=', ''))}{text}"


def dry(path: Path, text: str, *more: str) -> Told:
    """What `run --dry` makes of a text."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return command("run", str(path), "--dry", *more)


@pytest.mark.parametrize("made", [texts, values])
def test_a_spoilt_scenario(
    made: Callable[[random.Random], Iterator[tuple[str, str]]],
    tmp_path: Path,
    attempts: Callable[[str], Attempts],
) -> None:
    """Taken (exit 0), or refused (2) with every message at the file and its line."""
    path = tmp_path / "x.yaml"
    with attempts(f"scenario mutants: {made.__name__}") as counted:
        for name, text in made(random.Random(SEED)):
            counted.made(name, wrong_with(dry(path, text), (0, 2), (str(path),)))


def test_a_hostile_option(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """A mistake in an option is told of the option, never of the file, which has none."""
    path = tmp_path / "x.yaml"
    with attempts("scenario mutants: options") as counted:
        for option in options(random.Random(SEED)):
            counted.made(option[:60], wrong_with(dry(path, GOOD, "--set", option), (0, 2), ("--set",)))
