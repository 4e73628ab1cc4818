"""People who were told "undetermined" hear of the decision when the source is back, and the record says so."""

from __future__ import annotations

from typing import Any

import pytest
from creditstorm.record.seal import load_notices
from tests.storm.harness import Done, sound

pytestmark = pytest.mark.storm


def notices(done: Done) -> list[dict[str, Any]]:
    """The notices, by instant."""
    table = load_notices(done.folder)
    assert table is not None, done.out + done.err
    return table.to_pylist()


def test_people_are_notified_after_the_source_is_back(pushed: Done) -> None:
    """Many of those who were deferred, by both workers, hardly anybody before the fault cleared."""
    sound(pushed)
    (window,) = [part for part in pushed.summary["slices"] if part["kind"] == "window"]
    found = notices(pushed)
    assert len(found) > 10
    assert {row["worker"] for row in found} == {0, 1}
    assert sum(row["t_s"] > window["end_s"] for row in found) > 0.8 * len(found)


def test_what_they_are_told_is_right(pushed: Done) -> None:
    """Nobody creditworthy is refused in a notice, and nearly all of them are right to the yuan."""
    sound(pushed)
    outcomes = [row["outcome"] for row in notices(pushed)]
    assert "wrongful_no_credit" not in outcomes
    assert outcomes.count("correct") > 0.8 * len(outcomes)


def test_each_notice_answers_a_tap_of_that_worker(pushed: Done) -> None:
    """The tap was told "undetermined", at the instant that the notice names, and was the last of its session."""
    taps = {(row["session"], row["attempt"]): row for row in pushed.answers.to_pylist()}
    for row in notices(pushed):
        tap = taps[row["session"], row["attempt"]]
        assert (tap["answer"], tap["applicant"], tap["worker"]) == ("undetermined", row["applicant"], row["worker"])
        assert tap["done_s"] == row["deferred_s"] < row["t_s"]
        later = taps.get((row["session"], row["attempt"] + 1))
        assert later is None or later["sent_s"] < row["t_s"]


def test_the_summary_counts_them(pushed: Done) -> None:
    """Deferred people of the summary, and the line of the screen."""
    found = pushed.summary["deferrals"]
    assert found["deferred"] == found["notified"] + found["by_themselves"] + found["waiting"]
    sound(pushed)
    assert found["notified"] > 5
    assert found["resolved_wrongly"]["value"] == 0.0
    assert "notified" in pushed.out


def test_without_push_nothing_is_recorded_of_it(tri_state: Done) -> None:
    """A run of another policy has neither the file nor the figures, though it deferred people."""
    assert not tri_state.folder.notices.exists()
    assert tri_state.summary["deferrals"] is None


def test_who_complains_is_referred_and_decided_by_people(referred: Done) -> None:
    """Of a live bureau that is dark: told `referred`, then what is right, by as many as work there."""
    sound(referred)
    rows = notices(referred)
    decided = [row for row in rows if row["answer"] != "referred"]
    told = referred.summary["complaints"]
    assert 0 < len(decided) < len(rows)
    assert {row["outcome"] for row in decided} == {"correct"}
    assert {row["answer"] for row in decided} == {"approved", "no_credit"}
    assert 0 < told["reviewed"] <= told["referred"] <= told["made"]
    assert f"{told['referred']} referred" in referred.out
    at = sorted(row["decided_s"] for row in decided)
    assert all(later - first > 0.99 for first, later in zip(at, at[4:], strict=False))
