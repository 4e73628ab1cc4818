"""The folder of a planner's job: its names, and the journal of the points that are computed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from creditstorm.errors import UsageError
from creditstorm.record import journal
from creditstorm.record.folder import RunFolder, new_run_folder
from creditstorm.units import quoted

Result = Mapping[str, object]
"""What is known of a point: plain JSON."""
_REMEDY: Final = "restore the file or start anew with another --out"


@dataclass(frozen=True, slots=True)
class PointsFolder:
    """The paths of one job of a planner's verb."""

    root: Path
    verb: str

    @property
    def journal(self) -> Path:
        """The job, and each point that was computed, one JSON object a line."""
        return self.root / "points.jsonl"

    @property
    def table(self) -> Path:
        """What the job found, as JSON (derived)."""
        return self.root / f"{self.verb}.json"

    @property
    def page(self) -> Path:
        """The page (derived)."""
        return self.root / f"{self.verb}.html"

    @property
    def plots(self) -> Path:
        """The figures, SVG and PNG (derived)."""
        return self.root / "plots"

    def run(self, name: str) -> RunFolder:
        """The run folder of a point that was carried out live."""
        return RunFolder(self.root / name)


@dataclass(frozen=True, slots=True)
class JobIdentity:
    """What makes two jobs the same: whatever differs here would make other results of points of the same name."""

    verb: str
    scenario: str
    """The SHA-256 of the scenario as text."""
    asks: Mapping[str, object]
    code: Mapping[str, str]
    """The versions of all that computes."""

    def as_json(self) -> dict[str, object]:
        """The first line of the journal."""
        return {"job": {"verb": self.verb, "scenario": self.scenario, "asks": self.asks, "code": self.code}}


class PointsJournal:
    """The points that are known, by name; each new one is with the kernel before the next is waited for."""

    def __init__(self, file: IO[str], known: dict[str, tuple[str, Result]]) -> None:
        self._file = file
        self._known = known

    def result(self, name: str, scenario: str) -> Result | None:
        """What is known of the point, None where it is still to be computed.

        Raises UsageError where it was computed from another scenario.
        """
        known = self._known.get(name)
        if known is None:
            return None
        if known[0] != scenario:
            raise UsageError(f"{self._file.name}: {name} was computed from another scenario; name another --out")
        return known[1]

    def keep(self, name: str, scenario: str, result: Result) -> None:
        """Write down a point; `scenario` is the SHA-256 of its scenario."""
        journal.append(self._file, {"point": name, "scenario": scenario, "result": result})
        self._known[name] = (scenario, result)


@contextmanager
def open_folder(
    job: JobIdentity, scenario_id: str, *, now: datetime, wanted: Path | None
) -> Iterator[tuple[PointsFolder, PointsJournal]]:
    """A new folder for the job, or the one at `wanted` to go on with; nobody else can write there meanwhile.

    Raises UsageError where `wanted` holds another job or something else, or another process writes there.
    """
    folder = PointsFolder(wanted, job.verb) if wanted is not None else None
    if folder is None or not folder.journal.is_file():
        root = new_run_folder(scenario_id, job.verb, now=now, wanted=wanted).root
        folder = PointsFolder(root, job.verb)
    busy = f"{folder.root}: another creditstorm is at work in it\n  Wait for it, or name another --out."
    with journal.held(folder.journal, busy=busy) as file:
        RunFolder(folder.root).claim.unlink(missing_ok=True)
        known = _known(folder, job)
        if known is None:
            journal.append(file, job.as_json())
        yield folder, PointsJournal(file, known or {})


def _known(folder: PointsFolder, job: JobIdentity) -> dict[str, tuple[str, Result]] | None:
    """The points of the journal; None where it is empty, UsageError where it is another job's."""
    read = journal.lines(folder.journal, "a line of a planner's job", _REMEDY)
    first = next(read, None)
    if first is None:
        return None
    _must_be_the_same(folder, first[1].get("job"), job)
    return dict(_point(folder, number, line) for number, line in read)


def _must_be_the_same(folder: PointsFolder, was: object, job: JobIdentity) -> None:
    asked = job.as_json()["job"]
    if was == asked:
        return
    if not isinstance(was, Mapping) or not isinstance(asked, Mapping):
        raise UsageError(f"{folder.journal}:1: not a line of a planner's job (no job in it); {_REMEDY}")
    then, now = (dict(_leaves(side)) for side in (was, asked))
    key = next(key for key in [*now, *then] if then.get(key) != now.get(key))
    raise UsageError(
        f"{folder.root}: holds another job, so its points cannot stand beside these\n"
        f"  {key} then: {quoted(then.get(key))}\n  {key} now:  {quoted(now.get(key))}\n"
        "  Ask for the same as then, or name a new folder with --out."
    )


def _leaves(job: Mapping[str, object], path: str = "") -> Iterator[tuple[str, object]]:
    """What a job is, each with its path; a list is one value."""
    for key, value in job.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", str(value) if isinstance(value, list) else value


def _point(folder: PointsFolder, number: int, line: Mapping[str, object]) -> tuple[str, tuple[str, Result]]:
    name, scenario, result = line.get("point"), line.get("scenario"), line.get("result")
    if not isinstance(name, str) or not isinstance(scenario, str) or not isinstance(result, Mapping):
        raise UsageError(f"{folder.journal}:{number}: not a line of a planner's job (no point in it); {_REMEDY}")
    return name, (scenario, result)
