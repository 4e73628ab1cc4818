"""Plain values out of YAML text that nobody vouches for, with the line of every key.

YAML is read as its core schema (YAML 1.2): `off` is a word and `1:30` is not a number. Tags, anchors, aliases, second
documents, deep nesting and huge documents are refused; the text is walked event by event, so nothing recurses.
"""

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import yaml
from creditstorm.language.problems import Path, Problem
from creditstorm.units import printable, quoted

MAX_DEPTH: Final = 20
MAX_NODES: Final = 20_000

_WORDS: Final = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_TRUTHS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TURNING: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Invisible, and what follows one of them is not read as it is written."""
_FAST: Final[type[yaml.SafeLoader] | None] = getattr(yaml, "CSafeLoader", None)
"""libyaml's reader, five times as fast, where PyYAML was built with it."""
_READ_APART: Final = re.compile(r"[\t?\ufeff]|[|>][-+0-9]*#")
"""What a text holds that the two readers take for different things: it was searched for among 150,000 spoilt texts."""
_SCOPED_KEY: Final = re.compile(r"^( *)([\w.-]+\{ *\w+ *: *[\w-]+ *\}) *:", re.MULTILINE)


class BrokenError(Exception):
    """The text cannot be read at all; `line` counts from 1, None where no line is to blame."""

    def __init__(self, problem: Problem, line: int | None) -> None:
        super().__init__(problem.what)
        self.problem = problem
        self.line = line


@dataclass(frozen=True, slots=True)
class Tree:
    """Plain values (mapping, list, text, number, truth, None) and the line of every key and list item."""

    plain: object
    lines: dict[Path, int | None]


def child_of(node: object, step: str | int) -> object:
    """What lies below this plain value under a key or a number; None where there is nothing."""
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None


def read_tree(text: str) -> Tree:
    """The one document of the text; BrokenError where there is none or it is hostile."""
    try:
        return _build(text)
    except BrokenError as broken:
        # `rate{window: bureau}: …` is how people write a threshold; strict YAML wants quotes around such a key.
        lenient = _SCOPED_KEY.sub(r'\1"\2":', text)
        if lenient == text or broken.problem.what.find("mapping values") < 0:
            raise
        try:
            return _build(lenient)
        except BrokenError as still:
            raise still from None


def read_scalar(text: str) -> object:
    """The value of a plain scalar: nothing, a truth, a number, or else the text itself."""
    if text in _WORDS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= 30 else _too_large(text)
    if _FLOAT.fullmatch(text):
        return value if math.isfinite(value := float(text)) else _too_large(text)
    return text


def _too_large(text: str) -> object:
    raise ValueError(f"{quoted(text)} is larger than any number here can be")


@dataclass(slots=True)
class _Open:
    """A mapping or list that is not closed yet; `key` is set between a mapping's key and its value."""

    values: dict[str, object] | list[object]
    path: Path
    key: str | None = None

    def place(self) -> Path:
        return (*self.path, len(self.values) if isinstance(self.values, list) else str(self.key))

    def put(self, value: object) -> None:
        if isinstance(self.values, list):
            self.values.append(value)
        else:
            self.values[str(self.key)] = value
            self.key = None


@dataclass(slots=True)
class _Builder:
    lines: dict[Path, int | None] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=lambda: [_Open([], ())])
    nodes: int = 0

    def node(self, event: yaml.NodeEvent) -> None:
        line = _line(event)
        self._refuse_hostile(event, line)
        parent = self.stack[-1]
        if isinstance(parent.values, dict) and parent.key is None:
            self._key(parent, event, line)
            return
        path = parent.place()
        self.lines.setdefault(path, line)
        if isinstance(event, yaml.ScalarEvent):
            parent.put(_scalar(event, path[1:], line))
            return
        values: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(values, path))

    def close(self) -> None:
        done = self.stack.pop()
        self.stack[-1].put(done.values)

    def _key(self, parent: _Open, event: yaml.NodeEvent, line: int | None) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _broken("a key must be text, not a list or a mapping", line, path=parent.path[1:])
        name = _text(event.value, parent.path[1:], line)
        if isinstance(parent.values, dict) and name in parent.values:
            path = (*parent.path, name)
            raise _broken(f"the key is given twice, first on line {self.lines[path]}", line, path=path[1:])
        parent.key = name
        self.lines[parent.place()] = line

    def _refuse_hostile(self, event: yaml.NodeEvent, line: int | None) -> None:
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _broken(
                "YAML anchors and aliases (& and *) are not read", line, remedy="write the value out, or quote it"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            what = f"YAML tags ({printable(tag, 60)}) are not read"
            raise _broken(what, line, remedy="remove the tag, or quote the text")
        if self.nodes > MAX_NODES:
            raise _broken(f"more than {MAX_NODES:,} values: this is not a scenario", line)
        if len(self.stack) > MAX_DEPTH:
            raise _broken(f"nested more than {MAX_DEPTH} deep: this is not a scenario", line)


def _build(text: str) -> Tree:
    """By the fast reader, and where that finds anything amiss by the other one, whose word and messages count."""
    if _FAST is not None and not _READ_APART.search(text):
        with suppress(BrokenError, yaml.YAMLError, ValueError, OverflowError):
            return _built(yaml.parse(text, Loader=_FAST))
    return _built(_events(text))


def _built(events: Iterable[yaml.Event]) -> Tree:
    builder = _Builder()
    documents = 0
    for event in events:
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            remedy = "keep one scenario a file; remove the line ---"
            raise _broken("a second YAML document begins here", _line(event), remedy=remedy)
        if isinstance(event, yaml.NodeEvent):
            builder.node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.close()
    held = builder.stack[0].values
    root = held[0] if isinstance(held, list) and held else None
    return Tree(root, {path[1:]: line for path, line in builder.lines.items() if len(path) > 1})


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        what = f"the character U+{error.character:04X} does not belong in a text file"
        raise _broken(what, text.count("\n", 0, error.position) + 1) from error
    try:
        while loader.check_event():
            yield loader.get_event()  # type: ignore[no-untyped-call]
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets these through for an escape beyond Unicode and for a %YAML directive of endless digits.
        raise _broken("not valid YAML: a number or an escape beyond all bounds", loader.line + 1) from error
    finally:
        loader.dispose()


def _syntax_error(error: yaml.MarkedYAMLError) -> BrokenError:
    mark = error.problem_mark or error.context_mark
    said = printable(error.problem or "")
    began = ""
    if error.context_mark and error.problem_mark and error.context_mark.line != error.problem_mark.line:
        began = f" ({error.context} that began on line {error.context_mark.line + 1})"
    hints = {
        "mapping values": 'quote text that holds ": ", and indent keys of one mapping alike',
        "'\\t'": "indent with spaces, not tabs",
        "'%'": "quote text that begins with %",
        "'@'": "quote text that begins with @",
        "'`'": "quote text that begins with `",
        "block end": "indent keys of one mapping alike, and quote text that holds a quote or a bracket",
        "',' or": "close the { or [ before the line ends, and put commas between its entries",
    }
    remedy = next((hint for sign, hint in hints.items() if sign in (error.problem or "")), None)
    return _broken(f"not valid YAML: {said}{began}", mark.line + 1 if mark else None, remedy=remedy)


def _line(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark else None


def _scalar(event: yaml.ScalarEvent, path: Path, line: int | None) -> object:
    text = _text(event.value, path, line)
    if not event.implicit[0]:
        return text
    try:
        return read_scalar(text)
    except ValueError as error:
        raise _broken(str(error), line, path=path) from error


def _text(text: str, path: Path, line: int | None) -> str:
    """The text without what no message or file could carry; JSON's pairs of surrogates become one character."""
    with suppress(UnicodeDecodeError):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    odd = next((c for c in text if (c < " " and c not in "\n\t") or "\ud800" <= c <= "\udfff" or c == "\x7f"), None)
    turn = next((c for c in text if c in _TURNING), None)
    if turn is not None:
        raise _broken(f"the text holds U+{ord(turn):04X}, which shows letters in another order", line, path=path)
    if odd is not None:
        raise _broken(f"the text holds the control character U+{ord(odd):04X}", line, path=path)
    return text


def _broken(what: str, line: int | None, *, path: Path = (), remedy: str | None = None) -> BrokenError:
    return BrokenError(Problem(what=what, path=path, remedy=remedy), line)
