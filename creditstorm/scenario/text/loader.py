"""From a YAML file to a `Scenario`, or one message that says where, what, what is allowed and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final

from pydantic import ValidationError
from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.errors import ScenarioError, UsageError
from creditstorm.language.problems import Path, Place, Problem, not_among
from creditstorm.language.quantities import FROM_TEXT
from creditstorm.language.store_url import starred
from creditstorm.scenario.catalogue import STDIN, STDIN_NAME
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.system import as_text
from creditstorm.scenario.text import overrides as options
from creditstorm.scenario.text.explain import problems_of
from creditstorm.scenario.text.overrides import Given
from creditstorm.scenario.text.raw_text import MAX_BYTES, UnreadableError, odd_blanks, text_of, too_large
from creditstorm.scenario.text.tree import BrokenError, child_of, read_tree
from creditstorm.scenario.thresholds import rule_paths
from creditstorm.units import printable, quoted

INTENDED: Final = "intended"
_MAX_SHOWN: Final = 10
_REMEDY: Final = (
    "`creditstorm schema` prints every key for your editor; `creditstorm scenarios show calm` is an example"
)


def load(path: FilePath, *, overrides: Sequence[str | Given] = ()) -> Scenario:
    """The scenario in a file, with overrides (of ``--set``, where they are text) applied; only raises ScenarioError."""
    return read(path).scenario(overrides)


def recorded(path: FilePath) -> Scenario:
    """The scenario that a run folder keeps, also one of a time when the password of a store was still kept there."""
    return read_recorded(path)[0].scenario()


def read_recorded(path: FilePath) -> tuple[Draft, str]:
    """What is in such a file, or on standard input for `STDIN`, without its passwords, and its text."""
    name = _name_of(path)
    text = starred(_text(path, name))
    return parse(text, name=name), text


def _text(path: FilePath, name: str) -> str:
    try:
        return text_of(path)
    except UnreadableError as error:
        where = name if error.line is None else f"{name}:{error.line}"
        raise _error([error.problem.lines(where)]) from error


def loads(text: str, *, name: str, overrides: Sequence[str | Given] = ()) -> Scenario:
    """The scenario in a text; `name` stands for the file in messages."""
    return parse(text, name=name).scenario(overrides)


def read(path: FilePath) -> Draft:
    """What is in the file, or on standard input for `STDIN`; it is read once and never again. Raises ScenarioError."""
    name = _name_of(path)
    return parse(_text(path, name), name=name)


def _name_of(path: FilePath) -> str:
    return STDIN_NAME if path == STDIN else printable(str(path)) or quoted("")


def parse(text: str, *, name: str) -> Draft:
    """What is in the text; `name` stands for the file in messages. Raises ScenarioError."""
    if len(text) > MAX_BYTES:
        raise _error([too_large().lines(name)])
    text = text.removeprefix("\ufeff")
    try:
        tree = read_tree(text)
    except BrokenError as broken:
        where = name if broken.line is None else f"{name}:{broken.line}"
        raise _error([[*broken.problem.lines(where), *_odd_near(broken.line, odd_blanks(text))]]) from broken
    if not isinstance(tree.plain, dict):
        what = "the file is empty" if tree.plain is None else f"expected a mapping of keys, got {quoted(tree.plain)}"
        raise _error([Problem(what=what, remedy=_REMEDY).lines(name)])
    return Draft(name, tree.plain, {path: Place(name, line) for path, line in tree.lines.items()}, odd_blanks(text))


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario as it was read, before overrides: plain values, and where each was written, a line or an option.

    `odd` is what is to be said of lines with a blank in them that is a letter to YAML.
    """

    name: str
    plain: object
    written: dict[Path, Place]
    odd: dict[int, str] = field(default_factory=dict)

    def scenario(self, overrides: Sequence[str | Given] = ()) -> Scenario:
        """The scenario with these overrides; the draft stays as it is. ScenarioError says what is wrong with it."""
        changed = self.changed(overrides)
        try:
            return Scenario.model_validate(changed.plain, context=FROM_TEXT, by_alias=True, by_name=False)
        except ValidationError as error:
            problems = problems_of(error, changed.plain)
            brought = self._brought_about(overrides)
            raise _error(changed.said(problem, brought.get(problem)) for problem in problems) from error

    def said(self, problem: Problem, given: str | Given | None) -> list[str]:
        """The message of a problem: where it was written, or the option that brought it about."""
        place = self.place_of(problem.path)
        if place.line is None:
            return problem.lines(str(place))
        if given is not None:
            return problem.lines(options.option(given))
        return [*problem.lines(str(place)), *_odd_near(place.line, self.odd)]

    def _brought_about(self, overrides: Sequence[str | Given]) -> dict[Problem, str | Given]:
        """The override with which each problem began; those that the file itself has are left out."""
        brought: dict[Problem, str | Given] = {}
        before = self.problems()
        for end, given in enumerate(overrides, start=1):
            after = self.changed(overrides[:end]).problems()
            brought |= dict.fromkeys(after - before, given)
            before = after
        return brought

    def problems(self) -> set[Problem]:
        """All that is wrong with it, in no order."""
        try:
            Scenario.model_validate(self.plain, context=FROM_TEXT, by_alias=True, by_name=False)
        except ValidationError as error:
            return set(problems_of(error, self.plain))
        return set()

    def threshold_places(self, overrides: Sequence[str | Given] = ()) -> tuple[Place, ...]:
        """Where each rule of the scenario with these overrides was written, in the order of its `thresholds`."""
        changed = self.changed(overrides)
        paths = rule_paths(child_of(changed.plain, "thresholds"))
        return tuple(changed.place_of(("thresholds", *path)) for path in paths)

    def changed(self, overrides: Sequence[str | Given]) -> Draft:
        """The draft with these overrides, each place they wrote being theirs; ScenarioError where one cannot be."""
        changed = Draft(self.name, deepcopy(self.plain), dict(self.written), self.odd)
        for override in overrides:
            changed._override(override)
        return changed

    def where(self, path: Path) -> str:
        """Where a key was written: file and line, or the option; of a key that nobody wrote, its nearest parent."""
        return str(self.place_of(path))

    def place_of(self, path: Path) -> Place:
        """Where the value at this path was written, or the innermost that holds it."""
        prefixes = (path[:depth] for depth in range(len(path), 0, -1))
        return next((self.written[prefix] for prefix in prefixes if prefix in self.written), Place(self.name))

    def policy_override(
        self, policy: str, given: Sequence[str | Given], *, option: str = "--policy", also: tuple[str, ...] = ()
    ) -> Given:
        """The override that chooses this policy by name, or by a mapping; ScenarioError names what is allowed.

        `intended` is the policy that the thresholds of the scenario are written for; UsageError where it names none.
        `option` is what the policy was given with, `also` the names that this option knows besides.
        """
        by = f"{option} {policy}"
        if policy == INTENDED:
            return Given(f"system.policy={json.dumps(as_text(self._intended(given, by)))}", by)
        known = (*PRESETS, INTENDED, *also)
        if policy not in known and not policy.startswith("{"):
            raise _error([not_among("a policy", policy, known).lines(option)])
        return Given(f"system.policy={policy}", by)

    def _intended(self, given: Sequence[str | Given], by: str) -> PolicySpec:
        wanted = self.scenario(given).intended
        if wanted is None:
            raise UsageError(f"{by}: {self.name} does not say which policy it is written for (key: intended)")
        return wanted

    def _override(self, given: str | Given) -> None:
        by = options.option(given)
        try:
            override = options.apply(self.plain, *options.texts([given]))
        except options.OverrideError as error:
            raise _error([error.problem.lines(by)]) from error
        depth = len(override.path)
        for path in [path for path in self.written if path[:depth] == override.path]:
            del self.written[path]
        self.written[override.path] = Place(by)


def _odd_near(line: int | None, odd: Mapping[int, str]) -> list[str]:
    """YAML often blames the line after the one that is wrong."""
    near = () if line is None else (line, line - 1, line + 1)
    return [f"  {odd[number]}" for number in near if number in odd][:1]


def _error(messages: Iterable[list[str]]) -> ScenarioError:
    texts = ["\n".join(lines) for lines in messages]
    more = [f"and {len(texts) - _MAX_SHOWN} more problems"] if len(texts) > _MAX_SHOWN else []
    return ScenarioError("\n".join([*texts[:_MAX_SHOWN], *more]))
