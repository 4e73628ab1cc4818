"""How the code is cut, in figures: what share of it is file headers, which names mean two things, how wide folders are.

`make house` prints them with the bound that each is held to (`tests/test_house.py` fails beyond it). A header is every
line of a file before its first class, function or constant: what a reader passes over. `__init__.py` counts as no file.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SOURCE: Final = ("creditstorm", "mock_services", "locustfiles")
SMALL_LINES: Final = 25
_DEFINITIONS: Final = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign)


@dataclass(frozen=True)
class SourceFile:
    """One module: its path, its lines, and its syntax tree."""

    path: Path
    lines: int
    tree: ast.Module

    @property
    def header(self) -> int:
        """Lines before the first definition."""
        first = next((node for node in self.tree.body if isinstance(node, _DEFINITIONS)), None)
        decorators = getattr(first, "decorator_list", [])
        return 0 if first is None else min(node.lineno for node in (first, *decorators)) - 1

    @property
    def classes(self) -> list[str]:
        """The names of its classes, nested ones too."""
        return [node.name for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    @property
    def functions(self) -> list[int]:
        """The length of each function in lines, decorators left out."""
        return [
            (node.end_lineno or node.lineno) - node.lineno + 1
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]


@dataclass(frozen=True)
class Figure:
    """One figure of the house, and the bound that it is held to."""

    name: str
    value: float
    at_most: float
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is within its bound."""
        return self.value <= self.at_most


def files(root: Path = ROOT) -> Iterator[SourceFile]:
    """Every module of the product, by path, the `__init__.py` of folders left out."""
    for package in SOURCE:
        for path in sorted((root / package).rglob("[!_]*.py")):
            text = path.read_text(encoding="utf-8")
            yield SourceFile(path.relative_to(root), text.count("\n"), ast.parse(text))


def figures(root: Path = ROOT) -> list[Figure]:
    """All figures, in the order in which a reader meets them."""
    modules = list(files(root))
    functions = sorted(length for file in modules for length in file.functions)
    names = _repeated(file.path.stem for file in modules)
    classes = _repeated(name for file in modules for name in file.classes)
    folders = Counter(str(file.path.parent) for file in modules)
    widest = max(folders, key=lambda folder: folders[folder])
    small = [file for file in modules if file.lines <= SMALL_LINES]
    share = 100 * sum(file.header for file in modules) / sum(file.lines for file in modules)
    p90 = functions[int(0.9 * len(functions))]
    return [
        Figure("header share, %", share, 13.0, f"{len(modules)} files, {sum(f.lines for f in modules)} lines"),
        Figure("module names used more than once", len(names), 15, ", ".join(names)),
        Figure("class names used more than once", len(classes), 5, ", ".join(classes)),
        Figure("files in the widest folder", folders[widest], 15, widest),
        Figure(f"files of {SMALL_LINES} lines or fewer", len(small), 15, ", ".join(str(f.path) for f in small)),
        Figure("function length, median", statistics.median(functions), 6, f"{len(functions)} functions"),
        Figure("function length, p90", p90, 20),
        Figure("function length, largest", functions[-1], 60),
    ]


def folders(root: Path = ROOT) -> Iterator[str]:
    """A line a folder: its files, its lines, and the share of them that are headers."""
    by_folder: dict[str, list[SourceFile]] = {}
    for file in files(root):
        by_folder.setdefault(str(file.path.parent), []).append(file)
    for folder, own in by_folder.items():
        lines, header = sum(file.lines for file in own), sum(file.header for file in own)
        yield f"{folder:<40} {len(own):>3} files {lines:>6} lines {100 * header / lines:>5.1f} % header"


def _repeated(names: Iterator[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def main() -> None:
    """Print the figures, with their details where a bound is broken or `-v` asks for them."""
    for figure in figures():
        held = "ok" if figure.holds else "OVER"
        print(f"{held:<6}{figure.name:<34} {figure.value:>6.4g}  (at most {figure.at_most:g})")
        if figure.detail and (not figure.holds or "-v" in sys.argv):
            print(f"        {figure.detail}")
    if "-v" in sys.argv:
        print(*folders(), sep="\n")


if __name__ == "__main__":
    main()
