"""Small faults are put into the code one at a time, and the near tests are asked whether they notice: `make mutants`.

Cosmic Ray makes the mutants and runs the tests. The modules of analysis, credit and engine have 19,589 of them that
could be seen (2026-11-27), in 4,328 places, which would take a core most of a day; three places a module, drawn by
`--seed`, take about half an hour (reckoned: 344 took 2.6 s of CPU each where Python was warm, and starting it takes
1.5 s). A mutant that a test fails for is told apart from one with which none can begin, and from one that never ends,
which no assertion has noticed. The work is done in a copy, so that an interruption leaves no mutant in the sources. Not
for CI: a survivor is a question to a person (a missing test, or a change that nobody could see).
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import io
import keyword
import random
import shutil
import sys
import tempfile
import time
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkItem, WorkResult

ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = ("creditstorm/analysis", "creditstorm/credit", "creditstorm/engine")
_DECIDING: Final = "credit/test_oracle.py mock_services/policies mock_services/deciding/test_decide.py"
_POLICY: Final = "credit/policies/test_presets.py mock_services/policies/test_{0}.py scenario/text/test_loader.py"
NEARER: Final = {
    "analysis/agreement/hops.py": "analysis/agreement/test_pairs.py runs/agreement/test_calibration.py",
    "analysis/agreement/seeds.py": "analysis/agreement/test_margins.py runs/agreement/test_side_by_side.py",
    "analysis/cube.py": "analysis/test_cube.py analysis/measures/test_rates.py",
    "analysis/frame.py": "analysis/test_frame.py analysis/validity",
    "analysis/run_data.py": "analysis/test_frame.py analysis/test_unsent.py",
    "analysis/unsent.py": "analysis/test_unsent.py analysis/test_frame.py analysis/validity",
    "analysis/detection.py": "analysis/test_incidents.py analysis/monitors/test_noticed.py",
    "analysis/drawn.py": "analysis/test_headline.py",
    "analysis/gate/readings.py": "analysis/gate analysis/monitors/test_noticed.py",
    "analysis/gate/verdict.py": "analysis/gate",
    "analysis/measures/complained.py": "analysis/measures/test_complained.py runs/test_complaints.py",
    "analysis/measures/scan.py": "analysis/measures/test_scan.py analysis/measures/test_recovery.py",
    "analysis/measures/spent.py": "analysis/measures/test_spent.py analysis/measures/test_latency.py",
    "analysis/monitors/live.py": "runs/test_alarms.py",
    "analysis/planning/held.py": "analysis/planning/test_held.py runs/edge/test_held_rate.py",
    "analysis/planning/in_use.py": "analysis/planning/test_in_use.py runs/edge/test_held_rate.py",
    "analysis/planning/one_peak.py": "analysis/planning/test_one_peak.py runs/edge/test_held_rate.py",
    "analysis/planning/swept.py": "analysis/planning/test_swept.py report/planning/test_curves.py",
    "analysis/planning/tally.py": "analysis/planning/test_tally.py runs/forecasting/test_forecast_runs.py",
    "analysis/statistics/intervals.py": "analysis/statistics/test_intervals.py analysis/statistics/test_paired.py",
    "analysis/statistics/memory.py": "analysis/statistics/test_memory.py analysis/statistics/test_seconds.py",
    "analysis/statistics/seconds.py": "analysis/statistics/test_seconds.py analysis/measures/test_spent.py",
    "analysis/summary.py": "analysis/test_summary.py analysis/test_analyse.py",
    "analysis/trust.py": "analysis/gate/test_verdict.py",
    "analysis/validity/honesty.py": "analysis/validity",
    "analysis/validity/starved.py": "analysis/validity",
    "credit/applicants.py": "credit/test_applicants.py credit/test_truth.py",
    "credit/case.py": _DECIDING,
    "credit/changes.py": "credit/test_oracle.py scenario/faults/test_kinds.py",
    "credit/decision.py": f"credit/test_outcomes.py {_DECIDING}",
    "credit/evidence.py": _DECIDING,
    "credit/policies/admission.py": _POLICY.format("admission"),
    "credit/policies/answer.py": _POLICY.format("answer"),
    "credit/policies/feedback.py": "mock_services/deferrals credit/policies/test_presets.py",
    "credit/policies/missing.py": _POLICY.format("missing"),
    "credit/policies/quality.py": _POLICY.format("quality"),
    "credit/policies/rollout.py": _POLICY.format("rollout"),
    "credit/policies/transport.py": "credit/policies/test_presets.py scenario/text/test_loader.py",
    "credit/policies/presets.py": "credit/policies/test_presets.py test_plugins.py",
    "credit/rules.py": f"credit/test_rules.py {_DECIDING}",
    "credit/scorecard.py": "credit/test_scorecard.py credit/test_imputation.py credit/test_oracle.py",
    "credit/sources.py": f"credit {_DECIDING}",
    "credit/strategy.py": f"credit {_DECIDING}",
    "credit/truth.py": "credit/test_truth.py credit/test_oracle.py",
}
"""The tests of a module, below `tests`, where neither its mirror nor that mirror's folder has them."""
TIMEOUT_S: Final = 60.0
SLOWER: Final = 10
"""A mutant may take this many times as long as its tests took without it, and `TIMEOUT_S` at least."""


def near(module: Path) -> str:
    """The tests that have to notice a mutant: the mirror of its module, else those beside which name it, else all."""
    if nearer := NEARER.get("/".join(module.parts[1:])):
        return " ".join(f"tests/{place}" for place in nearer.split())
    folder = Path("tests", *module.parts[1:-1])
    if (mirror := folder / f"test_{module.name}").exists():
        return str(mirror)
    beside = sorted(folder.glob("test_*.py"))
    named = ".".join(module.with_suffix("").parts)
    return " ".join(str(place) for place in [one for one in beside if named in one.read_text()] or beside)


def mutants(module: Path) -> list[MutationSpec]:
    """All mutants that could be seen: none of annotations (a limit in one can), of decorators, of a star by itself."""
    with use_db(":memory:") as database:
        init([module], database, {})
        every = [mutation for item in database.work_items for mutation in item.mutations]
    source = module.read_text()
    unseen = {*_without_behaviour(ast.parse(source)), *_stars(source)}
    return [one for one in every if one.start_pos not in unseen and "RemoveDecorator" not in one.operator_name]


def _without_behaviour(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if part is not None:
                called = {place for call in ast.walk(part) if isinstance(call, ast.Call) for place in _places(call)}
                yield from (place for place in _places(part) if place not in called)
        for decorator in getattr(node, "decorator_list", ()):
            yield from _places(decorator)


def _stars(source: str) -> Iterator[tuple[int, int]]:
    """Where a star stands that multiplies nothing: before it there is a bracket, a comma or a word of the language."""
    before = "("
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.string in {"*", "**"} and (before in "([{,:=" or keyword.iskeyword(before)):
            yield token.start
        if token.type not in {tokenize.NL, tokenize.COMMENT}:
            before = token.string.strip() or "("


def _places(node: ast.expr) -> Iterator[tuple[int, int]]:
    """Every column of the lines that this takes: of the first from where it begins, of the last to where it ends."""
    for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        first = node.col_offset if line == node.lineno else 0
        last = (node.end_col_offset or 0) if line == node.end_lineno else 200
        yield from ((line, column) for column in range(first, last))


def sample(module: Path, of: list[MutationSpec], most: int, seed: int) -> list[MutationSpec]:
    """One mutant each of `most` places: a comparison has eight in one place, which one missing test leaves alive."""
    drawn = random.Random(f"{seed} {module}")
    places = sorted({one.start_pos for one in of})
    chosen = drawn.sample(places, min(most, len(places)))
    return [drawn.choice([one for one in of if one.start_pos == place]) for place in sorted(chosen)]


@functools.cache
def _patience_s(command: str) -> float:
    began_s = time.monotonic()
    outcome, output = run_tests(command, 600)
    if outcome != TestOutcome.SURVIVED:
        raise SystemExit(f"without a mutant, this already fails: {command}\n{output}")
    return max(TIMEOUT_S, SLOWER * (time.monotonic() - began_s))


def outcome(result: WorkResult) -> str:
    """What became of a mutant: a test `failed`, no test could be set up (`load`), it `timed out`, or it `survived`."""
    if result.test_outcome == TestOutcome.SURVIVED:
        return "survived"
    if result.test_outcome != TestOutcome.KILLED:
        raise SystemExit(f"Cosmic Ray could not try this mutant: {result.output}")
    if result.output == "timeout":
        return "timed out"
    return "failed" if "FAILED " in result.output else "load"


def tried(module: Path, most: int, seed: int) -> Iterator[tuple[str, str]]:
    """What became of each mutant of a sample, with its diff."""
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider --timeout=0 {near(module)}"
    for mutant in sample(module, mutants(module), most, seed):
        result = mutate_and_test(WorkItem.single("", mutant).mutations, command, _patience_s(command))
        yield outcome(result), str(result.diff)


def main() -> None:
    """Print what became of the mutants of each module, every diff that no test failed for, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", type=Path, help="the modules to mutate, all of them if none is named")
    parser.add_argument("--most", type=int, default=3, help="mutants tried of one module")
    parser.add_argument("--seed", type=int, default=8, help="which of the mutants")
    options = parser.parse_args()
    sums: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "results", "build"))
        with contextlib.chdir(copy):
            for module in options.modules or sorted(file for room in ROOMS for file in Path(room).rglob("*.py")):
                sums["mutants"] += (there := len(mutants(module)))
                became = list(tried(module, options.most, options.seed))
                sums.update(kind for kind, _ in became)
                told = ", ".join(f"{n} {kind}" for kind, n in Counter(kind for kind, _ in became).items())
                print(f"{module!s:<50} {there:>4}: {told}", flush=True)
                print(*(f"{kind}: {diff}" for kind, diff in became if kind != "failed"), sep="\n", flush=True)
    print(dict(sums))


if __name__ == "__main__":
    main()
