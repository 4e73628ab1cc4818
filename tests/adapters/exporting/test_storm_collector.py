"""What Prometheus is told of a run under way, held against its record."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from creditstorm.adapters.exporting.storm_collector import StormCollector
from creditstorm.credit import DISCLOSURES, Reason
from creditstorm.engine.events import Event, HarnessStalled
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.manifest import Mode
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.marks import AlarmRaised
from creditstorm.record.seal import load_answers, load_complaints
from creditstorm.runs.execute import RunRequest, execute
from tests.runs.small import small_scenario
from tests.runs.test_alarms import DARK

Scrape = dict[str, dict[tuple[str, ...], float]]
OF_CREDIT: Final = [reason.value for reason in Reason if DISCLOSURES[reason].family == "credit"]
CI_PAGE: Final = Path(__file__).parents[3] / "docs" / "ci.md"


def scraped(collector: StormCollector) -> Scrape:
    """Every sample by its name and the values of its labels, in the order of their names."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    found: Scrape = defaultdict(dict)
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for one in family.samples:
            found[one.name][tuple(one.labels[name] for name in sorted(one.labels))] = one.value
    return found


class Told:
    """A simulated run with complaints: what a scrape says while the fault is on, and at the end."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.folder = RunFolder(root)
        self.collector = StormCollector(LiveFolder(self.folder.live), {"scenario": "dark", "policy": "fail-closed"})
        self.inside: Scrape = {}
        complains = "client.complains={no_credit: 60%, after: 1s, spread: 1s}"
        request = RunRequest(small_scenario(*DARK, complains), self.folder, mode=Mode.SIMULATED, pages=False)
        execute(request, self.hear)
        self.end = scraped(self.collector)
        self.rows = pl.DataFrame(load_answers(self.folder)).with_columns(pl.col(pl.Categorical).cast(pl.String))

    def hear(self, event: Event) -> None:
        """Scrape once, a second before the fault ends."""
        self.collector.take(event)
        if event.t_s >= 27.0 and not self.inside:
            self.inside = scraped(self.collector)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One run for all."""
    return Told(tmp_path_factory.mktemp("told") / "run")


def test_every_answer_is_counted(told: Told) -> None:
    """By answer, attempt, family of the reason and outcome, as many as there are rows of each."""
    counted = told.end["creditstorm_answers_total"]
    assert sum(counted.values()) == told.rows.height > 1000
    first_no = (pl.col("answer") == "no_credit") & (pl.col("attempt") == 1)
    of_credit = told.rows.filter(first_no & pl.col("reason").is_in(OF_CREDIT))
    wrongful = of_credit.filter(pl.col("outcome") == "wrongful_no_credit").height
    assert counted["no_credit", "first", "credit", "wrongful_no_credit"] == wrongful > 20
    assert told.end["creditstorm_taps_total"][()] == told.rows.height


def test_times_and_ages_are_counted(told: Told) -> None:
    """Each answer that came, in its bucket; evidence of a source by its age, where it had one."""
    spent = told.rows.select(spent=pl.col("done_s") - pl.col("sent_s")).drop_nulls()["spent"]
    buckets = told.end["creditstorm_answer_duration_seconds_bucket"]
    assert buckets["+Inf",] == len(spent)
    assert buckets["0.25",] == (spent <= 0.25).sum()
    assert 0 < buckets["0.25",] < buckets["0.5",] < len(spent)
    assert told.end["creditstorm_answer_duration_seconds_sum"][()] == pytest.approx(spent.sum())
    ages = told.end["creditstorm_answer_evidence_age_seconds_count"]
    assert ages["bureau",] == told.rows["bureau_age_s"].drop_nulls().len() > 0


def test_faults_and_alarms_are_told_while_they_are_on(told: Told) -> None:
    """1 inside, 0 after; how often an alarm was raised is what the marks say."""
    assert list(told.inside["creditstorm_fault_active"].values()) == [1.0]
    assert list(told.end["creditstorm_fault_active"].values()) == [0.0]
    assert told.inside["creditstorm_alarm_active"]["decline_rate",] == 1.0
    raised = [mark for mark in read_marks(told.folder) if isinstance(mark, AlarmRaised)]
    assert sum(told.end["creditstorm_alarms_total"].values()) == len(raised) > 1


def test_complaints_are_counted(told: Told) -> None:
    """As many as the record has."""
    rows = load_complaints(told.folder)
    assert rows is not None
    assert told.end["creditstorm_complaints_total"][()] == rows.num_rows > 20


def test_which_run_it_is_and_how_it_fares(tmp_path: Path) -> None:
    """Before the first answer, too."""
    collector = StormCollector(LiveFolder(tmp_path), {"scenario": "dark"})
    collector.take(HarnessStalled(t_s=1.0, seconds=3.0))
    found = scraped(collector)
    assert found["creditstorm_run_info"] == {("dark",): 1.0}
    assert found["creditstorm_harness_stalls_total"] == {(): 1.0}


def test_the_page_for_ci_knows_every_metric(told: Told) -> None:
    """By its whole name, and none that is not exported."""
    table = CI_PAGE.read_text(encoding="utf-8").split("| metric |", 1)[1].split("\n\n", 1)[0]
    named = set(re.findall(r"^\| `(creditstorm_\w+)", table, flags=re.MULTILINE))
    ends = ("_bucket", "_count", "_sum")
    exported = {name for name in told.end if not name.endswith(ends)}
    exported |= {name.removesuffix("_bucket") for name in told.end if name.endswith("_bucket")}
    assert named == exported
