"""The harness of the storms knows a starved machine when it sees one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from creditstorm.analysis.trust import Doubt, DoubtKind
from creditstorm.analysis.validity import doubts, starved
from creditstorm.record.folder import RunFolder
from tests.storm.harness import Done, sound, while_in_doubt

STARVED = doubts.GeneratorHealth(
    answers=900, unsent=100, unsent_share=0.1, lag_p99_s=0.3, generator_share=0.95, machine_share=0.95
)


def told(folder: Path, *found: Doubt) -> Done:
    """A run whose summary has these doubts."""
    run = Done(3, "", "", RunFolder(folder))
    run.folder.summary.write_text(json.dumps({"honesty": {"doubts": [asdict(doubt) for doubt in found]}}))
    return run


def test_each_doubt_about_the_machine_is_known_as_one(tmp_path: Path) -> None:
    """Unsent and late arrivals, a generator and a machine out of CPU, in the words of the analysis."""
    found = (*doubts.about_the_generator(STARVED), *starved.about_the_cpu(STARVED))
    assert len(found) == 4
    assert told(tmp_path, *found).machine_doubts == [doubt.text for doubt in found]


def test_a_doubt_about_the_code_is_no_excuse(tmp_path: Path) -> None:
    """A fault that nobody met, or a dead worker, fails a test and does not skip it."""
    unmet = Doubt(DoubtKind.FAULT, "no request met blackhole on bureau (bureau)", "bureau")
    sound(told(tmp_path, unmet, Doubt(DoubtKind.WORKER_DIED, "load worker 0 died: its arrivals are missing")))


def test_a_doubt_about_the_machine_skips_with_its_reason(tmp_path: Path) -> None:
    """The reason is the doubt itself, so that whoever reads what was skipped knows why."""
    found = tuple(starved.about_the_cpu(STARVED))
    with pytest.raises(pytest.skip.Exception, match=r"^one run on .*: the machine was out of CPU"):
        sound(told(tmp_path, found[-1]))
    with pytest.raises(pytest.skip.Exception, match=r"^3 runs on .*: the machine was out of CPU"):
        sound(while_in_doubt(lambda: told(tmp_path, found[-1]), tmp_path / "none"))


def test_a_run_without_a_doubt_is_judged(tmp_path: Path) -> None:
    """And so is one that never came to a summary."""
    sound(told(tmp_path), Done(4, "", "", RunFolder(tmp_path / "none")))
