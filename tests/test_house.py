"""How the code is cut stays within its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.house import figures

MODULE = '''"""A module."""

from __future__ import annotations

LIMIT = 3


class Thing:
    """One."""

    def half(self) -> float:
        """Half of it."""
        return LIMIT / 2
'''


def test_every_figure_is_within_its_bound() -> None:
    """What `make house` prints, each with its bound."""
    found = figures()
    assert len(found) == 8
    beyond = [f"{one.name}: {one.value:g}, at most {one.at_most:g}: {one.detail}" for one in found if not one.holds]
    assert not beyond, "\n".join(beyond)


def test_the_figures_count_what_they_say(tmp_path: Path) -> None:
    """Two modules of 13 lines with 4 before the first definition, that share their name and their class."""
    for package in ("creditstorm", "mock_services"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "thing.py").write_text(MODULE)
        (tmp_path / package / "__init__.py").write_text("import os\n" * 50)
    assert [(figure.name, figure.value) for figure in figures(tmp_path)] == [
        ("header share, %", pytest.approx(100 * 4 / 13)),
        ("module names used more than once", 1),
        ("class names used more than once", 1),
        ("files in the widest folder", 1),
        ("files of 25 lines or fewer", 2),
        ("function length, median", 3),
        ("function length, p90", 3),
        ("function length, largest", 3),
    ]
