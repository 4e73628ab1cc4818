"""Where measured costs may be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditstorm.errors import HarnessError, UsageError
from creditstorm.runs.agreement.calibration import require_place


def test_a_place_that_will_not_do_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    """What would be lost is a usage error, what cannot be written one of the machine."""
    (tmp_path / "mine.yaml").write_text("id: mine\n")
    with pytest.raises(UsageError, match=r"--out .*mine\.yaml: holds something else"):
        require_place(tmp_path / "mine.yaml")
    with pytest.raises(UsageError, match=r"--out .*: is a folder"):
        require_place(tmp_path)
    with pytest.raises(HarnessError, match=r"--out .*: cannot be written \(.*\); name another file"):
        require_place(tmp_path / "mine.yaml" / "costs.json")


def test_costs_of_before_are_replaced(tmp_path: Path) -> None:
    """And a folder that is not there yet is made."""
    (tmp_path / "costs.json").write_text("{}")
    require_place(tmp_path / "costs.json")
    require_place(tmp_path / "new" / "costs.json")
    assert list((tmp_path / "new").iterdir()) == []
