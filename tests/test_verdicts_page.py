"""`docs/verdicts.md` names a test for every kind, and each test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
ROWS: Final = re.findall(
    r"^\| (\w+) \| (.*)$", (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8"), re.MULTILINE
)
NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_kind_has_a_test() -> None:
    """Fifteen kinds, the record and the pipeline, each with a test."""
    assert [kind for kind, _ in ROWS] == [*map(str, range(1, 16)), "C", "D"]
    assert [kind for kind, row in ROWS if not NAMED.search(row)] == []


def test_every_test_that_is_named_is_there() -> None:
    """A renamed test is renamed here, too."""
    named = [found for _, row in ROWS for found in NAMED.findall(row)]
    assert [name for name in named if not _is_there(*name)] == []


def _is_there(file: str, test: str) -> bool:
    path = ROOT / file
    return path.is_file() and (not test or f"def {test}(" in path.read_text(encoding="utf-8"))
