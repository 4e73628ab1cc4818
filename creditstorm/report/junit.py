"""The gate as JUnit XML: a test case a threshold, and one for the run itself."""

import re
from io import BytesIO
from typing import Final

from junitparser import Error, Failure, IntAttr, JUnitXml, TestCase, TestSuite
from junitparser.junitparser import Attr
from creditstorm.analysis.summary import Verdict
from creditstorm.report.judgement import Judgement, Ruling

RUN: Final = "the run can be believed"
"""The test case that stands for the run itself: it holds the doubts, which make a run inconclusive without any rule."""
UNFINISHED: Final = "the run has not come to its end"
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RESULT: Final[dict[Verdict, type[Failure] | type[Error]]] = {Verdict.FAIL: Failure, Verdict.INCONCLUSIVE: Error}


class _Case(TestCase):
    """A test case that says where it was written."""

    file = Attr()
    line = IntAttr()


def junit_xml(judgement: Judgement) -> bytes:
    """The document: fail is `<failure>`, inconclusive is `<error>`, and every case holds its figures."""
    summary, manifest = judgement.summary, judgement.manifest
    suite = TestSuite(f"creditstorm.{_clean(summary.scenario_id)}")
    suite.timestamp = manifest.created[:19]
    said = {
        "run_id": manifest.run_id,
        "policy": summary.policy,
        "seed": str(summary.seed),
        "headline": summary.headline,
    }
    said |= {"thresholds_of": summary.rules_of} if summary.rules_of else {}
    for name, value in said.items():
        suite.add_property(name, _clean(value))
    suite.add_testcases([*(_rule(ruling, judgement) for ruling in judgement.rulings), _run(judgement)])
    return _document(suite, summary.duration_s)


def unfinished(scenario_id: str, why: str = UNFINISHED) -> bytes:
    """The document of a run without a summary, so that nobody reads an older one for it: its one case is an error."""
    case = _case(RUN, scenario_id)
    case.result = [_said(Error, UNFINISHED, "unfinished", why)]
    suite = TestSuite(case.classname)
    suite.add_testcase(case)
    return _document(suite, 0.0)


def _rule(ruling: Ruling, judgement: Judgement) -> TestCase:
    case = _case(ruling.name, judgement.summary.scenario_id)
    if ruling.file is not None and ruling.line is not None:
        case.file, case.line = _clean(ruling.file), ruling.line
    result = ruling.result
    lines = [f"measured {ruling.measured}", f"wanted {result.rule}", result.note]
    lines += [f"doubt: {doubt}" for doubt in ruling.doubts]
    lines += [judgement.settle] if result.more else []
    _judge(case, result.verdict, ruling.sentence, "\n".join(line for line in lines if line))
    return case


def _run(judgement: Judgement) -> TestCase:
    """Passed where the rules alone decide: a doubt, or a verdict that no rule explains, is an error."""
    case = _case(RUN, judgement.summary.scenario_id)
    doubts = [f"doubt: {doubt.text}" for doubt in judgement.summary.honesty.doubts]
    verdict = Verdict.PASS if judgement.believed else Verdict.INCONCLUSIVE
    _judge(case, verdict, judgement.of_the_run, "\n".join([judgement.of_the_run, *doubts]))
    return case


def _judge(case: TestCase, verdict: Verdict, message: str, text: str) -> None:
    if verdict in _RESULT:
        case.result = [_said(_RESULT[verdict], message, verdict.value, text)]
    case.system_out = _clean(text)


def _said(kind: type[Failure] | type[Error], message: str, word: str, text: str) -> Failure | Error:
    result = kind(_clean(message), word)
    result.text = _clean(text)
    return result


def _case(name: str, scenario_id: str) -> _Case:
    return _Case(_clean(name), f"creditstorm.{_clean(scenario_id)}")


def _document(suite: TestSuite, duration_s: float) -> bytes:
    document = JUnitXml("creditstorm")
    document.add_testsuite(suite)
    document.update_statistics()
    # Last, because counting sets them to the sum of the cases, which take no time of their own.
    document.time = suite.time = round(duration_s, 3)
    document.write(written := BytesIO())
    return written.getvalue()


def _clean(text: str) -> str:
    """The text without what no XML document may hold."""
    return _NOT_IN_XML.sub("�", text)
