"""Every module can be imported by itself, whichever other module is imported first elsewhere.

Only a module in an import circle can depend on who comes first; a package counts, because it is run before its modules.
So each module of a circle is imported by itself, and all others are imported once.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOPS = ("creditstorm", "mock_services", "locustfiles")
PATCHING = ("creditstorm.generator", "locustfiles")
"""What patches the process by gevent, and so gets an interpreter of its own."""

ALL = "import importlib, sys; [importlib.import_module(module) for module in sys.argv[1:]]"


@cache
def modules() -> dict[str, Path]:
    """Every module of the house by its dotted name; entry points, which run, are left out."""
    paths = sorted(
        path for top in ("creditstorm", "mock_services", "locustfiles") for path in (ROOT / top).rglob("*.py")
    )
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    return {name: path for name, path in named.items() if not name.endswith("__main__")}


@cache
def needed_by(module: str) -> frozenset[str]:
    """What of the house runs when this module does: its packages, what its top level imports, and their packages."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    names = {name for node in tree.body for name in _imported(node)} | {module}
    chains = (accumulate(name.split("."), "{}.{}".format) for name in names)
    return frozenset(name for chain in chains for name in chain if name in modules()) - {module}


def _imported(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def in_a_circle(module: str) -> bool:
    """Whether it needs, by whatever way, itself."""
    seen: set[str] = set()
    waiting = set(needed_by(module))
    while waiting:
        one = waiting.pop()
        seen.add(one)
        waiting |= needed_by(one) - seen
    return module in seen


def patches(module: str) -> bool:
    """Whether its import patches the process."""
    return module.startswith(PATCHING)


CIRCLES = [module for module in modules() if in_a_circle(module) and not patches(module)]


def import_of(names: Sequence[str], *, first: str = "") -> subprocess.CompletedProcess[str]:
    """An interpreter of its own that imports these, one after the other."""
    command = [sys.executable, "-c", first + ALL, *names]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("module", CIRCLES)
def test_each_module_of_a_circle_imports_by_itself(module: str) -> None:
    """In an interpreter that has imported nothing of ours."""
    done = import_of([module])
    assert done.returncode == 0, done.stderr


def test_circles_are_found() -> None:
    """A package whose modules import one another through it is one, so what is tried above is not nothing."""
    assert {"creditstorm.scenario.faults", "creditstorm.scenario.faults.base"} <= set(CIRCLES)


@pytest.mark.parametrize("patching", [False, True])
def test_every_module_imports(*, patching: bool) -> None:
    """Nothing that a module imports is missing, with locust and without."""
    done = import_of(
        [module for module in modules() if patches(module) == patching], first="import locust; " if patching else ""
    )
    assert done.returncode == 0, done.stderr
