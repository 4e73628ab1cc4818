"""What GitHub Actions reads of a run: annotations at the lines of the thresholds, and the summary of a job."""

from collections.abc import Iterator
from typing import Final

from creditstorm.analysis.summary import Verdict
from creditstorm.report.judgement import Judgement, Ruling, within

LIMIT_BYTES: Final = 1_000_000
"""GitHub drops the summary of a step as a whole where it is larger than 1 MiB."""
LEVELS: Final = {Verdict.FAIL: "error", Verdict.INCONCLUSIVE: "warning"}
_IN_DATA: Final = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTIES: Final = (*_IN_DATA, (":", "%3A"), (",", "%2C"))


def annotations(judgement: Judgement, checkout: str | None) -> Iterator[str]:
    """A workflow command for every rule that failed or is open, and one for the run where no rule says it all.

    `checkout` is the folder that paths of files are told from.
    """
    for ruling in judgement.rulings:
        if ruling.result.verdict in LEVELS:
            yield _at(ruling, judgement, checkout)
    if not judgement.believed:
        doubts = (doubt.text for doubt in judgement.summary.honesty.doubts)
        yield command("warning", "; ".join([judgement.of_the_run, *doubts]), title="the run is in doubt")


def command(level: str, message: str, **properties: str) -> str:
    """One workflow command, escaped so that nothing in a message or a property is read as another."""
    shown = ",".join(f"{name}={_escaped(value, _IN_PROPERTIES)}" for name, value in properties.items())
    return f"::{level}{' ' if shown else ''}{shown}::{_escaped(message, _IN_DATA)}"


def job_summary(text: str, taken_bytes: int) -> str:
    """The summary as far as it goes into a file that holds `taken_bytes`; empty where not even a sentence does."""
    room = LIMIT_BYTES - taken_bytes
    whole = text.encode()
    if len(whole) <= room:
        return text
    note = "\n\n…cut: the summary of a step takes 1 MB\n"
    kept = whole[: max(0, room - len(note.encode()))].decode(errors="ignore")
    lines, newline, _ = kept.rpartition("\n")
    return f"{lines}{note}" if newline else ""


def _at(ruling: Ruling, judgement: Judgement, checkout: str | None) -> str:
    where = {} if ruling.file is None else {"file": within(ruling.file, checkout), "line": str(ruling.line)}
    settle = f"\n{judgement.settle}" if ruling.result.more and judgement.settle else ""
    title = f"{judgement.summary.scenario_id}: {ruling.result.verdict.value}"
    return command(LEVELS[ruling.result.verdict], f"{ruling.sentence}{settle}", **where, title=title)


def _escaped(text: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for sign, escape in replacements:
        text = text.replace(sign, escape)
    return text
