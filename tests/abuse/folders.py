"""A small sound run folder, and the ways in which one is found damaged: each takes a copy of it and spoils it."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from creditstorm.adapters.processes.vitals import Strain
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.manifest import scenario_digest
from creditstorm.record.schema import ANSWERS, NOTICES, SERVICES_SCHEMA
from creditstorm.record.seal import load_answers, seal
from creditstorm.record.stream import LiveWriter, plain

EXAMPLE: Final = RunFolder(Path(__file__).parents[2] / "results" / "example")
SEED: Final = 20261126
REFUSED: Final = (2,)
TOLD: Final = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class Damage:
    """A way to spoil a folder; `codes` are the exit codes of a report on it, `told` says that what is sound is told.

    With figures only where it is `drawn` too: they take a second and a half, and are of the same rows each time.
    """

    name: str
    spoil: Callable[[RunFolder], object]
    codes: tuple[int, ...] = REFUSED
    unsealed: bool = False
    told: bool = False
    drawn: bool = False


def sound(root: Path) -> tuple[RunFolder, RunFolder]:
    """The first eight seconds of the example as a run that was interrupted: unsealed, and sealed."""
    rows = load_answers(EXAMPLE).cast(plain(ANSWERS))
    early = rows.filter(pc.less(rows["intended_s"], 8.0)).combine_chunks()
    live = RunFolder(root / "live")
    live.live.mkdir(parents=True)
    for path in (EXAMPLE.scenario, EXAMPLE.marks):
        shutil.copy(path, live.root)
    plain_manifest = json.loads(EXAMPLE.manifest.read_text(encoding="utf-8"))
    plain_manifest["ended"] = {"how": "interrupted", "reason": "SIGINT"}
    plain_manifest["scenario_sha256"] = scenario_digest(live)
    live.manifest.write_text(json.dumps(plain_manifest), encoding="utf-8")
    streams = LiveFolder(live.live)
    with LiveWriter(streams.answers(0), ANSWERS) as writer:
        writer.write([tuple(row.values()) for row in early.to_pylist()])
    with LiveWriter(streams.services, SERVICES_SCHEMA) as writer:
        writer.write([(t_s + 0.5, "machine", 1, 0, 1, 0, 0.1, *Strain(), None) for t_s in range(8)])
    sealed = RunFolder(root / "sealed")
    shutil.copytree(live.root, sealed.root)
    seal(sealed)
    return live, sealed


# What somebody finds in the place of a file.


def a_folder(path: Path) -> None:
    """A folder of the file's name."""
    path.unlink(missing_ok=True)
    path.mkdir()


def a_pipe(path: Path) -> None:
    """A pipe that nobody writes to: whoever opens it waits."""
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def a_loop(path: Path) -> None:
    """A link to itself."""
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)


def of(content: bytes | str) -> Callable[[Path], object]:
    """A file with other content."""
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


INSTEAD: Final[dict[str, Callable[[Path], object]]] = {
    "a folder": a_folder,
    "a pipe": a_pipe,
    "a loop": a_loop,
    "not UTF-8": of(b"\xff\xfe\x00\x80" * 9),
    "zeros": of(bytes(300)),
    "half of it": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "other text": of("<html>404 not found</html>\n\n"),
}


def in_place_of(part: str) -> Iterator[Damage]:
    """Something else where the run has a file."""
    for name, make in INSTEAD.items():
        yield Damage(f"{part}: {name}", lambda folder, make=make: make(getattr(folder, part)))


# Values that are of another type, or of no size that a run has.

NUMBERS: Final[tuple[Any, ...]] = (None, "x", [], {}, -1e300, 10**400, float("nan"), float("inf"), [[[]]])
WORDS: Final[tuple[Any, ...]] = (None, 7, [], {}, "\x1b[31m", "x" * 5000)
MANIFEST: Final[dict[str, tuple[Any, ...]]] = {
    **dict.fromkeys(("seed", "processes", "planned", "duration_s", "schema_version"), NUMBERS),
    **dict.fromkeys(("scenario_id", "policy", "created"), WORDS),
    "run_id": WORDS[:4],
    "host": (None, 7, "x", [], {}, {"cores": "many"}, {"system": "L", "machine": "x", "cores": 0, "memory_gib": 1}),
    "clock": (None, "now", [], {}, {"unix_s": float("nan"), "monotonic_s": 0}, {"unix_s": 1e300, "monotonic_s": 0}),
    "ended": (None, "well", [], {}, {"how": "somehow", "reason": ""}, {"how": None}, {"how": "completed", "reason": 7}),
    "git": (7, "abc", [], {}, {"commit": [], "dirty": False}, {"commit": "a", "dirty": "perhaps"}),
    "versions": (None, 7, [], {"python": {}}, {"python": None}),
    "dead_workers": (7, "x", {}, ["one"], [None], [[0]]),
    "overrides": (7, "x", {}, [7], [None], [{}]),
}


def _deep(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def with_manifest(**changed: Any) -> Callable[[RunFolder], object]:
    """The manifest with these keys."""

    def spoil(folder: RunFolder) -> None:
        content = json.loads(folder.manifest.read_text(encoding="utf-8"))
        folder.manifest.write_text(json.dumps({**content, **changed}), encoding="utf-8")

    return spoil


def manifests() -> Iterator[Damage]:
    """Each key with each of its wrong values, lost keys, and no manifest at all."""
    for key, values in MANIFEST.items():
        for value in values:
            yield Damage(f"manifest {key}: {str(value)[:20]}", with_manifest(**{key: value}))
    for key in ("seed", "scenario_id", "policy", "host", "clock", "ended", "versions", "planned", "duration_s"):
        yield Damage(f"manifest without {key}", lambda folder, key=key: _without(folder, key))
    yield Damage("manifest of another seed", with_manifest(seed=1))
    yield Damage("manifest of another scenario", with_manifest(scenario_id="calm"))
    yield Damage("manifest of another policy", with_manifest(policy="tri-state"))
    yield Damage("manifest gone", lambda folder: folder.manifest.unlink())
    for text in ("", "{", "[]", "7", '"x"', "null", _deep(100_000), '{"a": NaN}', '{"schema_version": 1e999}', "\0"):
        yield Damage(f"manifest is {text[:12]}", lambda folder, text=text: of(text)(folder.manifest))
    yield from in_place_of("manifest")


def _without(folder: RunFolder, key: str) -> None:
    content = json.loads(folder.manifest.read_text(encoding="utf-8"))
    del content[key]
    folder.manifest.write_text(json.dumps(content), encoding="utf-8")


LINES: Final = (
    *(
        "{",
        "[]",
        "7",
        "null",
        '"word"',
        "",
        "\0\0",
        _deep(100_000),
        '{"t_s": 1}',
        '{"event": "x"}',
        '{"t_s": 1, "event": 7}',
    ),
    *(
        f'{{"t_s": {t_s}, "event": "load_finished"}}'
        for t_s in ("NaN", "Infinity", "1e999", "1e15", "-1e15", "9" * 400)
    ),
    *(f'{{"t_s": {t_s}, "event": "load_finished"}}' for t_s in ("true", '"soon"', "null", "[]", "{}")),
    '{"t_s": 1, "event": "fault_effective", "fault": 7}',
    '{"t_s": 1, "event": "fault_effective", "fault": null}',
    '{"t_s": 1, "event": "fault_cleared", "fault": "bureau", "met": "many"}',
    '{"t_s": 1, "event": "fault_cleared", "fault": "bureau", "met": 1e400}',
    '{"t_s": 1, "event": "harness_stalled", "seconds": "long"}',
    '{"t_s": 1, "event": "harness_stalled", "seconds": NaN}',
    '{"t_s": 1, "event": "child_died", "child": "x", "exit_code": {}, "last_lines": []}',
    '{"t_s": 1, "event": "run_ended", "how": "somehow"}',
    '{"t_s": 1, "event": "load_started", "planned": [], "ends_s": 1}',
)


def marks() -> Iterator[Damage]:
    """A line that is no mark before those of the run."""
    for line in LINES:
        codes = REFUSED if line else TOLD
        yield Damage(f"mark {line[:50]}", lambda folder, line=line: _first(folder, line), codes=codes, told=not line)
    yield Damage(
        "mark of another version", lambda folder: _first(folder, '{"t_s": 1, "event": "moved"}'), TOLD, told=True
    )
    yield Damage("last mark torn", lambda folder: _append(folder, '{"t_s": 8, "ev'), TOLD, told=True)
    yield from (damage for damage in in_place_of("marks") if damage.name != "marks: half of it")


def _first(folder: RunFolder, line: str) -> None:
    folder.marks.write_text(f"{line}\n{folder.marks.read_text(encoding='utf-8')}", encoding="utf-8")


def _append(folder: RunFolder, text: str) -> None:
    with folder.marks.open("a", encoding="utf-8") as file:
        file.write(text)


# Rows.


def with_rows(change: Callable[[pa.Table], pa.Table], part: str = "answers") -> Callable[[RunFolder], object]:
    """The Parquet of this part with its rows changed."""

    def spoil(folder: RunFolder) -> None:
        path = getattr(folder, part)
        found = pq.read_table(path)
        pq.write_table(change(found).replace_schema_metadata(found.schema.metadata), path)

    return spoil


def with_value(column: str, value: Any) -> Callable[[RunFolder], object]:
    """The third row with another value in a column."""

    def change(rows: pa.Table) -> pa.Table:
        found = rows.column(column)
        kind = found.type.value_type if pa.types.is_dictionary(found.type) else found.type
        values = found.to_pylist()
        values[2] = value
        return rows.set_column(rows.schema.get_field_index(column), column, pa.array(values, kind))

    return with_rows(change)


def of_type(column: str, kind: pa.DataType) -> Callable[[RunFolder], object]:
    """A column of another type, its values what that type makes of their place."""

    def change(rows: pa.Table) -> pa.Table:
        values = (
            pa.array([f"x{n}" for n in range(rows.num_rows)]) if kind == pa.string() else pa.nulls(rows.num_rows, kind)
        )
        return rows.set_column(rows.schema.get_field_index(column), column, values)

    return with_rows(change)


INSTANTS: Final = (float("nan"), float("inf"), -float("inf"), 1e15, -1e9, None)
ROWS: Final[dict[str, Callable[[RunFolder], object]]] = {
    **{f"intended_s {value}": with_value("intended_s", value) for value in INSTANTS},
    **{f"done_s {value}": with_value("done_s", value) for value in INSTANTS[:-1]},
    **{f"{column} of no word": with_value(column, "perhaps") for column in ("answer", "truth", "segment", "file")},
    **{f"{column} of no word": with_value(column, "perhaps") for column in ("truth_stable", "bureau_status")},
    **{f"{column} of nothing": with_value(column, None) for column in ("answer", "truth", "session", "attempt")},
    **{f"{column} below": with_value(column, -1) for column in ("session", "attempt", "applicant", "limit_cny")},
    **{f"without {name}": with_rows(lambda t, name=name: t.drop_columns([name])) for name in ("intended_s", "answer")},
    **{
        f"without {name}": with_rows(lambda t, name=name: t.drop_columns([name]))
        for name in ("truth", "bureau_began_s")
    },
    **{
        f"{name} as text": of_type(name, pa.string()) for name in ("intended_s", "session", "attempt", "bureau_began_s")
    },
    **{f"{name} as list": of_type(name, pa.list_(pa.int8())) for name in ("intended_s", "answer", "applicant")},
    "answer as bytes": of_type("answer", pa.binary()),
    "rows twice": with_rows(lambda rows: pa.concat_tables([rows, rows])),
    "one row twice": with_rows(lambda rows: pa.concat_tables([rows, rows.slice(0, 1)])),
    "a column twice": with_rows(lambda rows: rows.append_column("answer", rows["answer"])),
    "of a newer schema": lambda folder: _labelled(folder, b"99"),
    "of no schema": lambda folder: _labelled(folder, None),
    "of schema -1": lambda folder: _labelled(folder, b"-1"),
    "of schema \\xff": lambda folder: _labelled(folder, b"\xff"),
    "rows of services": lambda folder: shutil.copy(folder.services, folder.answers),
    "gone": lambda folder: folder.answers.unlink(),
}


def _labelled(folder: RunFolder, version: bytes | None) -> None:
    rows = pq.read_table(folder.answers)
    pq.write_table(
        rows.replace_schema_metadata(None if version is None else {b"creditstorm_schema": version}), folder.answers
    )


def _flipped(folder: RunFolder, rng: random.Random) -> None:
    content = bytearray(folder.answers.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    folder.answers.write_bytes(content)


def rows() -> Iterator[Damage]:
    """Answers that no run has written, and a file that was cut short."""
    yield from (Damage(f"answers {name}", spoil) for name, spoil in ROWS.items())
    rng = random.Random(SEED)
    for number in range(12):
        share = rng.random()
        yield Damage(f"answers cut {number}", lambda folder, share=share: _cut(folder.answers, share))
    yield from in_place_of("answers")


def _cut(path: Path, share: float) -> None:
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * share))


# What beside the answers may be lost, and the report still be made.


def beside() -> Iterator[Damage]:
    """Services and notices: exit 2 and a message, and what is sound is reported."""
    yield Damage("services cut", lambda folder: _cut(folder.services, 0.6), told=True, drawn=True)
    yield Damage("services a folder", lambda folder: a_folder(folder.services), told=True)
    yield Damage("services without cpu", with_rows(lambda t: t.drop_columns(["cpu"]), "services"), told=True)
    yield Damage("notices of something else", lambda folder: of("PAR1")(folder.notices), told=True, drawn=True)
    empty = pa.Table.from_pylist([], schema=plain(NOTICES))
    yield Damage("notices without a version", lambda folder: pq.write_table(empty, folder.notices), told=True)


def plans() -> Iterator[Damage]:
    """The scenario of the run."""
    yield Damage("scenario gone", lambda folder: folder.scenario.unlink())
    yield Damage("scenario of another seed", lambda folder: _replaced(folder, "seed: 20261111", "seed: 1"))
    yield Damage("scenario that is none", lambda folder: of("id: x\n")(folder.scenario))
    yield from in_place_of("scenario")


def _replaced(folder: RunFolder, old: str, new: str) -> None:
    text = folder.scenario.read_text(encoding="utf-8")
    assert old in text
    folder.scenario.write_text(text.replace(old, new), encoding="utf-8")


# A run that was killed.


def streams() -> Iterator[Damage]:
    """What a killed run left, torn (reported), or damaged in a way that no kill does."""
    stream = lambda folder: LiveFolder(folder.live).answers(0)  # noqa: E731 - the place, by folder

    def killed(
        name: str, spoil: Callable[[RunFolder], object], codes: tuple[int, ...] = REFUSED, **more: bool
    ) -> Damage:
        return Damage(f"stream {name}", spoil, codes, unsealed=True, **more)

    yield killed("torn", lambda folder: _cut(stream(folder), 0.9), TOLD, told=True, drawn=True)
    yield killed("of nothing", lambda folder: of("")(stream(folder)), TOLD, told=True)
    yield killed("doubled", lambda folder: shutil.copy(stream(folder), LiveFolder(folder.live).answers(1)))
    yield killed("a folder", lambda folder: a_folder(stream(folder)))
    yield killed("a pipe", lambda folder: a_pipe(stream(folder)))
    yield killed("without columns", lambda folder: _stream(stream(folder), pa.schema([("intended_s", pa.float64())])))
    yield killed(
        "of text", lambda folder: _stream(stream(folder), pa.schema([(name, pa.string()) for name in ANSWERS.names]))
    )
    yield killed("place a file", lambda folder: (shutil.rmtree(folder.live), of("x")(folder.live)))
    yield killed("place a loop", lambda folder: (shutil.rmtree(folder.live), a_loop(folder.live)))
    yield killed("and no manifest", lambda folder: folder.manifest.unlink())


def _stream(path: Path, schema: pa.Schema) -> None:
    labelled = schema.with_metadata({"creditstorm_schema": "4"})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, labelled) as out:
        out.write_batch(pa.record_batch([pa.nulls(1, field.type) for field in schema], schema=labelled))


# Where nothing can be written.


def places() -> Iterator[Damage]:
    """A derived file that cannot be made: what it says is still on the screen."""
    yield Damage("plots a file", lambda folder: of("mine")(folder.plots), told=True, drawn=True)
    yield Damage("plots a loop", lambda folder: a_loop(folder.plots), told=True, drawn=True)
    yield Damage("report a folder", lambda folder: folder.report.mkdir(), told=True, drawn=True)
    yield Damage("summary a folder", lambda folder: folder.summary.mkdir(), told=True, drawn=True)


def every() -> Iterator[Damage]:
    """All of them."""
    for kind in (manifests, marks, rows, beside, plans, streams, places):
        yield from kind()
