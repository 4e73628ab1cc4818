"""Complaints through a whole run: rows, figures, and a monitor that says live what the report says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.summary import Summary
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_answers, load_complaints
from creditstorm.report.words import complained, undecided_words
from creditstorm.runs.conclude import conclude
from creditstorm.runs.simulate import simulate, simulated_summary
from tests.runs.small import small_scenario
from tests.runs.test_alarms import DARK, Simulated, simulated, told_later, told_live

HEARD = "client.complains={no_credit: 60%, undetermined: 5%, after: 1s, spread: 1s}"
ONCE = "load.retap=off"


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """A bureau that goes dark for 8 s, under people who complain soon."""
    return simulated(tmp_path_factory.mktemp("complaints") / "heard", small_scenario(*DARK, ONCE, HEARD))


@pytest.fixture(scope="module")
def summary(heard: Simulated) -> Summary:
    """Its figures."""
    return conclude(heard.folder, pages=False)


def test_each_complaint_is_of_an_answer_that_was_shown(heard: Simulated) -> None:
    """The last one of its session, between one and two seconds before, and of what the row says."""
    rows, answers = load_complaints(heard.folder), load_answers(heard.folder)
    assert rows is not None
    told = pl.DataFrame(answers.select(["session", "attempt", "answer", "done_s"]))
    made = pl.DataFrame(rows).join(told, on=["session", "attempt"], how="left")
    assert made.height > 50
    assert made.select((pl.col("t_s") - pl.col("done_s")).is_between(0.99, 2.01).all()).item()
    assert made.select((pl.col("shown").cast(pl.String) == pl.col("answer").cast(pl.String)).all()).item()
    last = told.group_by("session").agg(pl.col("attempt").max().alias("last"))
    assert made.join(last, on="session").select((pl.col("attempt") == pl.col("last")).all()).item()
    assert made["session"].is_unique().all()


def test_they_are_counted_and_the_wronged_among_them(heard: Simulated, summary: Summary) -> None:
    """More complain in the dark than before it, most of them wronged."""
    told = summary.complaints
    assert told is not None
    assert 0 < told.wronged_people <= told.people <= told.made
    assert told.of_no_credit == told.made
    rows = load_complaints(heard.folder)
    assert rows is not None
    after = sum(t_s >= 2.0 for t_s in rows.column("t_s").to_pylist())
    assert told.made == after


def test_the_monitor_notices_and_says_live_what_the_report_says(heard: Simulated, summary: Summary) -> None:
    """After the declines that people complain of, and the same second by second."""
    found = {one.monitor: one for one in summary.monitors}
    complaints, declines = found["complaint_rate"].noticed[0], found["decline_rate"].noticed[0]
    assert complaints.after_s is not None
    assert declines.after_s is not None
    assert complaints.after_s > declines.after_s
    assert told_live(heard) == told_later(summary)


def test_without_complaints_nothing_is_said_of_any(tmp_path: Path) -> None:
    """No file, no figure, no monitor: a record of before reads as it did."""
    found = simulated_summary(small_scenario(*DARK, "load.arrivals=[{for: 30s, rate: 10/s}]"))
    assert found.complaints is None
    assert "complaint_rate" not in {one.monitor for one in found.monitors}
    assert load_complaints(RunFolder(tmp_path)) is None


def test_complaints_change_nothing_that_was_answered(heard: Simulated, tmp_path: Path) -> None:
    """Nobody hears of them yet: the same people get the same answers at the same instants."""
    quiet = simulated(tmp_path / "quiet", small_scenario(*DARK, ONCE))
    assert load_answers(quiet.folder).equals(load_answers(heard.folder))


def test_the_report_says_who_of_them_was_put_right() -> None:
    """Where the policy hears them; a lender that does not notifies nobody, and nothing is said of it."""
    policy = [one for one in DARK if not one.startswith("system.policy")]
    data = simulate(small_scenario(*policy, "system.policy=fail-closed-feedback", ONCE, HEARD))
    assert data.complaints is not None
    assert data.notices is not None
    wrong = {
        row["session"] for row in data.answers.to_pylist() if (row["truth"], row["answer"]) == ("eligible", "no_credit")
    }
    made = {row["session"]: row["t_s"] for row in data.complaints.to_pylist() if row["t_s"] >= 2.0}
    told = [row for row in data.notices.to_pylist() if row["session"] in wrong & set(made)]
    right = {row["applicant"] for row in told if row["outcome"] == "correct" and row["t_s"] >= made[row["session"]]}
    heard = figures_of(data)[0].complaints
    assert heard is not None
    assert heard.put_right == len(right) > 5
    assert f"{heard.put_right} of them were put right" in complained(heard)
    deaf = simulated_summary(small_scenario(*DARK, ONCE, HEARD)).complaints
    assert deaf is not None
    assert deaf.put_right is None
    assert "put right" not in complained(deaf)


REVIEW = "system.policy={preset: fail-closed, feedback: {kind: review, reviewers: 2, handling_time: 1s}}"


def test_the_folder_of_a_run_with_a_desk_says_who_was_referred(tmp_path: Path) -> None:
    """From the sealed rows, on the screen's line, and again when the report is made again."""
    run = simulated(tmp_path / "desk", small_scenario(*DARK, ONCE, HEARD, REVIEW))
    first, again = conclude(run.folder, pages=False), conclude(run.folder, pages=False)
    told = first.complaints
    assert told is not None
    assert 0 < told.reviewed < told.referred <= told.made
    assert again.complaints == told
    line = complained(told)
    assert f"{told.referred} referred, {told.reviewed} decided (median " in line
    assert f"{told.referred - told.reviewed} still undecided" in line
    assert undecided_words(first) == "“undetermined” or “referred”"
