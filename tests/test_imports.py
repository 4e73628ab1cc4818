"""Every module can be imported by itself, whichever other module is imported first elsewhere.

Imports that never lead back to where they began have no order to depend on; and each module is really imported, in a
process that had imported nothing of ours before the module at whose import it comes along.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
TOPS = ("creditstorm", "mock_services", "locustfiles")
PATCHING = ("creditstorm.generator", "locustfiles")
"""What patches the process by gevent, and so gets an interpreter of its own."""

LIBRARIES = ("fastapi", "matplotlib.figure", "polars", "prometheus_client", "pyarrow.ipc", "pydantic", "redis.asyncio")
LIBRARIES += ("requests", "rich.console", "scipy.stats", "statsmodels.stats.proportion", "typer", "uvicorn", "yaml")
NURSERY = """
import importlib, os, sys, traceback
for library in sys.argv[1:]:
    importlib.import_module(library)
ours = [name for name in sys.modules if name.split(".")[0] in ("creditstorm", "mock_services", "locustfiles")]
print(*ours, flush=True)
for line in sys.stdin:
    if (child := os.fork()) == 0:
        try:
            importlib.import_module(line.strip())
        except BaseException:
            print(repr(traceback.format_exc()), flush=True)
        else:
            print(flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
"""Says what of ours it has imported, then of each module that it is given what is wrong with it, if anything."""


@cache
def modules() -> dict[str, Path]:
    """Every module of the house by its dotted name; entry points, which run, are left out."""
    paths = sorted(
        path for top in ("creditstorm", "mock_services", "locustfiles") for path in (ROOT / top).rglob("*.py")
    )
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    return {name: path for name, path in named.items() if not name.endswith("__main__")}


@cache
def needs() -> dict[str, frozenset[str]]:
    """What of the house is imported with each module, the packages that it lies in included, if they are others."""
    graph = grimp.build_graph(*TOPS, exclude_type_checking_imports=True, cache_dir=None)
    return {module: _with_packages(module, graph.find_modules_directly_imported_by(module)) for module in modules()}


def _with_packages(module: str, imported: Iterable[str]) -> frozenset[str]:
    begun = {module, *_packages(module)}  # their imports go on while the module is imported
    return frozenset(imported) | {package for one in imported for package in _packages(one) if package not in begun}


def _packages(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def first() -> list[str]:
    """The modules that no other one imports: with them all are imported."""
    imported = frozenset().union(*needs().values())
    return sorted(needs().keys() - imported)


def circle(graph: dict[str, frozenset[str]]) -> list[str]:
    """Modules that import each other in a circle; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def patches(module: str) -> bool:
    """Whether its import patches the process."""
    return module.startswith(PATCHING)


@pytest.fixture(scope="module")
def nursery() -> Iterator[subprocess.Popen[str]]:
    """A process that has the libraries and nothing of ours."""
    yield from _nursery(LIBRARIES)


@pytest.fixture(scope="module")
def patched_nursery() -> Iterator[subprocess.Popen[str]]:
    """The same where Locust is loaded, which patches the process."""
    yield from _nursery(("locust", *LIBRARIES))


def _nursery(libraries: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "ignore", "-c", NURSERY, *libraries]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "\n", "a library imported something of ours"
        yield process
        process.communicate(timeout=60)


def trouble(nursery: subprocess.Popen[str], module: str) -> str:
    """What goes wrong when this module is imported first; empty if nothing."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(module + "\n")
    nursery.stdin.flush()
    said = nursery.stdout.readline()
    return str(ast.literal_eval(said)) if said.strip() else ("" if said else f"{module} ended its process")


def test_no_imports_go_in_a_circle() -> None:
    """So it is no matter which is first."""
    assert circle(needs()) == []


def test_a_circle_is_seen() -> None:
    """Also one that goes through a package: the first that was found in this house did."""
    circular = {"a.b": _with_packages("a.b", {"c.d"}), "a": frozenset({"a.b"}), "c.d": _with_packages("c.d", {"a.e"})}
    assert {"a", "a.b", "c.d"} == set(circle(circular))
    assert circle({"a": frozenset({"a.b"}), "a.b": _with_packages("a.b", {"a.c"})}) == []


@pytest.mark.parametrize("module", [module for module in first() if not patches(module)])
def test_what_nothing_imports_imports_by_itself(nursery: subprocess.Popen[str], module: str) -> None:
    """And with it all that it needs."""
    assert trouble(nursery, module) == ""


@pytest.mark.parametrize("module", [module for module in first() if patches(module)])
def test_what_nothing_of_the_load_imports_imports_by_itself(
    patched_nursery: subprocess.Popen[str], module: str
) -> None:
    """Locust alone comes before it."""
    assert trouble(patched_nursery, module) == ""


def test_a_module_that_is_missing_is_told(nursery: subprocess.Popen[str]) -> None:
    """So silence above means something, and the nursery goes on."""
    assert "No module named 'creditstorm.nothing'" in trouble(nursery, "creditstorm.nothing")
    assert trouble(nursery, "creditstorm.errors") == ""
