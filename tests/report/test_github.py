"""What GitHub Actions reads: one workflow command a finding, whatever stands in it, and a summary that it keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.summary import Verdict
from creditstorm.analysis.trust import Doubt, DoubtKind
from creditstorm.report.github import LIMIT_BYTES, annotations, command, job_summary
from creditstorm.report.judgement import within
from tests.report.judged import FILE, LINES, judgement

FAIL, OPEN, PASS = Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS
LATE = Doubt(DoubtKind.LATE, "the load was sent late")
COMMAND = re.compile(r"::(\w+)(?: ([^:]*))?::(.*)", re.DOTALL)


def unescaped(text: str) -> str:
    """What GitHub makes of an escaped text."""
    for escape, sign in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Level, properties and message as GitHub reads them."""
    found = COMMAND.fullmatch(line)
    assert found, line
    pairs = (pair.partition("=") for pair in (found[2] or "").split(",") if pair)
    return found[1], {name: unescaped(value) for name, _, value in pairs}, unescaped(found[3])


def test_a_failed_rule_is_an_error_at_its_line() -> None:
    """The level is that of the verdict; a rule that passed says nothing."""
    (line,) = annotations(judgement(FAIL, PASS), None)
    level, where, message = read(line)
    assert (level, where["file"], where["line"]) == ("error", FILE, str(LINES["wrongful_no_credit_rate.people"]))
    assert message.startswith("wrongful_no_credit_rate.people < 0.5%: fail, measured 2.0 % [0.4–3.0] (n = 280")


def test_an_open_rule_is_a_warning_with_its_remedy() -> None:
    """The command that brings enough people stands below it."""
    lines = [read(line) for line in annotations(judgement(OPEN, FAIL), None)]
    assert [level for level, _, _ in lines] == ["warning", "error"]
    assert lines[0][2].endswith("creditstorm run 'a b.yaml' --set 'load.arrivals[0].for=13s' --set 'faults[0].at=13s'")


def test_a_doubt_that_no_rule_shows_is_a_warning_of_the_run() -> None:
    """Else the step would end in 3 and say nothing."""
    (line,) = annotations(judgement(PASS, PASS, doubts=(LATE,)), None)
    level, where, message = read(line)
    assert (level, where) == ("warning", {"title": "the run is in doubt"})
    assert message.endswith("the load was sent late")


def test_a_pass_says_nothing() -> None:
    """Nor does a rule without a file name one."""
    assert list(annotations(judgement(PASS, PASS), None)) == []
    (line,) = annotations(judgement(FAIL, PASS, name="<stdin>"), None)
    assert set(read(line)[1]) == {"title"}


def test_a_file_is_told_from_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that works in a folder below it still leads to the line; what lies elsewhere stays as it is."""
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    (line,) = annotations(judgement(FAIL, PASS), str(tmp_path))
    assert read(line)[1]["file"] == f"deep/{FILE}"
    assert within("/elsewhere/x.yaml", str(tmp_path)) == "/elsewhere/x.yaml"
    assert within("x.yaml", None) == "x.yaml"


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_in_a_message_is_read_as_something_else(message: str, title: str) -> None:
    """One line, one command; what comes out is what went in."""
    line = command("error", message, title=title)
    assert "\n" not in line
    assert "\r" not in line
    assert read(line) == ("error", {"title": title}, message)


@pytest.mark.parametrize("taken", [0, LIMIT_BYTES - 5000, LIMIT_BYTES - 60, LIMIT_BYTES, 2 * LIMIT_BYTES])
def test_the_summary_of_a_step_keeps_within_the_limit(taken: int) -> None:
    """What another command of the step wrote before counts; a summary that is cut says so."""
    text = "é line of a summary\n" * 1000
    shown = job_summary(text, taken)
    assert not shown or taken + len(shown.encode()) <= LIMIT_BYTES
    assert (shown == text) == (taken == 0)
    assert shown in ("", text) or shown.endswith("\n\n…cut: the summary of a step takes 1 MB\n")
    assert shown or taken >= LIMIT_BYTES - 60
