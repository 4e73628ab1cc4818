"""A real matrix of two policies: killed in its second run, gone on with, compared."""

from __future__ import annotations

import json
import re

import pytest
from tests.storm.harness import TRIES, sound
from tests.storm.verbs import KilledMatrix

pytestmark = pytest.mark.storm


def test_a_killed_matrix_goes_on_where_it_was(killed_matrix: KilledMatrix) -> None:
    """Kill -9 in the second run leaves nothing behind; the first run is kept, the second run again."""
    before, after = killed_matrix.kept
    assert after == before
    assert killed_matrix.started == ["fail-closed-0", "tri-state-0", "tri-state-0"]
    assert "run 2 of 2: tri-state-0" in killed_matrix.said


def test_its_folder_is_kept_for_its_scenario(killed_matrix: KilledMatrix) -> None:
    """Another seed is another matrix."""
    refused = killed_matrix.refused()
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "then: seed: 11" in refused.stderr


def test_a_matrix_shows_what_helps(killed_matrix: KilledMatrix) -> None:
    """Both policies are compared on the same people, on screen, in JSON and on a page whose links lead somewhere."""
    sound(*killed_matrix.last.runs, tries=TRIES)
    folder = killed_matrix.folder
    told = json.loads(folder.table.read_text())
    assert told["same_people"]
    bad, good = (policy["wrongful_in_windows"] for policy in told["policies"])
    assert bad["n"] > 50
    assert bad["value"] >= 0.95
    assert good["value"] < 0.02
    against = told["policies"][1]["against_first"]
    assert against["only_first"] > against["only_this"]
    assert against["p_holm"] < 0.05
    assert all(policy["calls_per_person"] > 3 for policy in told["policies"])
    assert "first attempts were intended under every policy" in killed_matrix.last.screen
    for link in re.findall(r'href="([^"#]+)"', folder.page.read_text()):
        assert (folder.root / link).is_file()
