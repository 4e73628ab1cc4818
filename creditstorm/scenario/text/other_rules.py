"""Other rules for a run that is over: its scenario as it was, with the thresholds of another file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from creditstorm.errors import ScenarioError
from creditstorm.language.problems import Problem
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import Draft, read_recorded

THRESHOLDS: Final = "thresholds"
_FORM: Final = "write `thresholds:` and rules below it, alone or in the scenario of the run"


@dataclass(frozen=True, slots=True)
class OtherRules:
    """The scenario of a run with the rules of another file; `source` names that file and what was in it."""

    draft: Draft
    scenario: Scenario
    source: str


def other_rules(file: Path, ran: Draft, overrides: Sequence[str] = ()) -> OtherRules:
    """The rules in a file, asked of the run of this scenario.

    The file has `thresholds:` alone, or a whole scenario that, with the `overrides` of the run, asks for the same in
    everything else: what is over cannot be asked otherwise. ScenarioError says what is wrong.
    """
    asked, text = read_recorded(file)
    if not isinstance(asked.plain, dict) or not isinstance(ran.plain, dict):
        raise TypeError("a draft is a mapping")
    if asked.plain.get(THRESHOLDS) in (None, {}):
        raise _wrong(asked, Problem(what="no rules are in it", remedy=_FORM))
    _must_be_the_same(asked, ran, overrides)
    own = {path: place for path, place in ran.written.items() if path[:1] != (THRESHOLDS,)}
    theirs = {path: place for path, place in asked.written.items() if path[:1] == (THRESHOLDS,)}
    plain = {**ran.plain, THRESHOLDS: asked.plain[THRESHOLDS]}
    draft = Draft(asked.name, plain, own | theirs, asked.odd)
    digest = sha256(text.encode()).hexdigest()
    return OtherRules(draft, draft.scenario(), f"{Path(asked.name).name}, sha256 {digest[:12]}")


def _must_be_the_same(asked: Draft, ran: Draft, overrides: Sequence[str]) -> None:
    """Whatever else the file says is what the run was asked."""
    assert isinstance(asked.plain, dict)  # noqa: S101 - looked at by the caller
    assert isinstance(ran.plain, dict)  # noqa: S101
    others = {key: value for key, value in asked.plain.items() if key != THRESHOLDS}
    if not others:
        return
    whole = replace(asked, plain={**ran.plain, **others}, written={**ran.written, **asked.written})
    meant, was = whole.scenario(overrides), ran.scenario()
    for name, field in Scenario.model_fields.items():
        if name != THRESHOLDS and getattr(meant, name) != getattr(was, name):
            what = "not what the run was asked, and only other rules can be asked of a run that is over"
            raise _wrong(whole, Problem(what=what, path=(field.alias or name,), remedy=_FORM))


def _wrong(draft: Draft, problem: Problem) -> ScenarioError:
    return ScenarioError("\n".join(problem.lines(draft.where(problem.path))))
