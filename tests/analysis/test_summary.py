"""The names of what a summary tells of."""

from __future__ import annotations

import pytest
from creditstorm.analysis.summary import Recovery


@pytest.mark.parametrize(
    ("faults", "name"),
    [
        (("bureau",), "bureau"),
        (("bureau", "income"), "bureau and income"),
        (("bureau", "income", "social"), "bureau, 1 more and social"),
        (("bureau", "income", "scoring", "social"), "bureau, 2 more and social"),
    ],
)
def test_an_episode_is_called_by_its_first_and_last_fault(faults: tuple[str, ...], name: str) -> None:
    """Those between are counted."""
    assert Recovery(faults, None, 0.0).name == name
