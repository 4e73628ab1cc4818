"""The gate as JUnit XML: what a pipeline shows is what the gate said."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.summary import Verdict
from creditstorm.analysis.trust import Doubt, DoubtKind
from creditstorm.report.judgement import Judgement
from creditstorm.report.junit import RUN, junit_xml, unfinished
from tests.report.judged import FILE, LINES, judgement

LATE = Doubt(DoubtKind.LATE, "the load was sent late: generator lag p99 80 ms, at most 50 ms may be")
AGAIN = "creditstorm run 'a b.yaml' --set 'load.arrivals[0].for=13s' --set 'faults[0].at=13s'"
FAIL, OPEN, PASS = Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS


@cache
def schema() -> Any:
    """The schema of JUnit's own documents."""
    import xmlschema  # noqa: PLC0415 - heavy, and every process collects every test

    return xmlschema.XMLSchema(Path(__file__).parent / "junit.xsd")


def read(document: bytes) -> ET.Element:
    """The suite of a valid document."""
    suites = ET.fromstring(document)  # noqa: S314 - our own
    schema().validate(ET.ElementTree(suites))
    suite = suites.find("testsuite")
    assert suite is not None
    counted = {"failures": "failure", "errors": "error", "tests": "testcase"}
    for attribute, tag in counted.items():
        assert suites.get(attribute) == suite.get(attribute) == str(len(list(suite.iter(tag))))
    return suite


def ends(suite: ET.Element) -> dict[str, str]:
    """How each case ended: the tag of its finding, or pass."""
    found = {}
    for case in suite.iter("testcase"):
        tags = [part.tag for part in case if part.tag in ("failure", "error", "skipped")]
        found[str(case.get("name"))] = tags[0] if tags else "pass"
    return found


CASES = [
    ((PASS, PASS), (), ["pass", "pass", "pass"]),
    ((FAIL, PASS), (), ["failure", "pass", "pass"]),
    ((OPEN, FAIL), (), ["error", "failure", "pass"]),
    ((PASS, PASS), (LATE,), ["pass", "pass", "error"]),
    ((FAIL, OPEN), (LATE,), ["failure", "error", "error"]),
]


@pytest.mark.parametrize(("verdicts", "doubts", "ended"), CASES)
def test_a_case_a_threshold_and_one_for_the_run(
    verdicts: tuple[Verdict, ...], doubts: tuple[Doubt, ...], ended: list[str]
) -> None:
    """Fail is a failure, inconclusive an error; a doubt that no rule shows is the error of the run."""
    found = ends(read(junit_xml(judgement(*verdicts, doubts=doubts))))
    names = ["wrongful_no_credit_rate.people < 0.5%", "answer_latency p(99) < 2500ms", RUN]
    assert found == dict(zip(names, ended, strict=True))


@given(st.lists(st.sampled_from(list(Verdict)), min_size=2, max_size=2), st.booleans())
def test_green_is_a_pass_and_nothing_else(verdicts: list[Verdict], doubted: bool) -> None:
    """Every case passed exactly where the gate passes: no verdict of a run hides behind green cases."""
    made = judgement(*verdicts, doubts=(LATE,) if doubted else ())
    green = set(ends(read(junit_xml(made))).values()) == {"pass"}
    assert green == (made.summary.verdict is PASS)


def test_a_case_says_where_the_rule_stands_and_what_was_measured() -> None:
    """File and line of the rule, the value, the interval, n, its doubts, and the command that settles it."""
    case = next(read(junit_xml(judgement(OPEN, PASS, doubts=(LATE,), why="too few"))).iter("testcase"))
    assert (case.get("file"), case.get("line")) == (FILE, str(LINES["wrongful_no_credit_rate.people"]))
    error = case.find("error")
    assert error is not None
    assert "measured 2.0 % [0.4–3.0] (n = 280, made up): too few" in str(error.get("message"))
    assert str(error.text).splitlines()[1:] == [
        "wanted < 0.5%",
        "too few",
        f"doubt: {LATE.text}",
        f"about 600 more people would settle what is open, if they fare like these: {AGAIN}",
    ]


def test_a_passed_case_says_what_was_measured_too() -> None:
    """A figure that is only shown where it is wrong cannot be watched."""
    out = next(read(junit_xml(judgement(PASS, PASS))).iter("system-out"))
    assert out.text == "measured 2.0 % [0.4–3.0] (n = 280, made up)\nwanted < 0.5%"


@pytest.mark.parametrize(
    "made",
    [
        judgement(FAIL, PASS, name="<stdin>"),
        judgement(FAIL, PASS, overrides=("thresholds={recovery_time: < 9s, answer_latency: p(99) < 2s}",)),
    ],
)
def test_a_rule_that_stands_in_no_file_names_none(made: Judgement) -> None:
    """On standard input, or given to --set, there is no line to lead to."""
    cases = list(read(junit_xml(made)).iter("testcase"))
    assert [(case.get("file"), case.get("line")) for case in cases] == [(None, None)] * 3


def test_a_run_without_a_summary_is_an_error() -> None:
    """What stands in the file until the run is concluded, or where it never began."""
    suite = read(unfinished("calm", "toxiproxy died"))
    assert ends(suite) == {RUN: "error"}
    assert "toxiproxy died" in [found.text for found in suite.iter("error")]


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_whatever_stands_in_a_note_the_document_is_valid(note: str) -> None:
    """Markup and characters that XML cannot hold break nothing."""
    assert len(ends(read(junit_xml(judgement(FAIL, PASS, why=note))))) == 3
    assert ends(read(unfinished(note, note))) == {RUN: "error"}
