"""The names inside a run folder, spelt nowhere else; and a fresh folder under a name that tells what it holds."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.files import PRIVATE_FOLDER, replace_file
from creditstorm.units import printable, quoted


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run. Raw files are never rewritten; derived ones may be deleted."""

    root: Path

    @property
    def scenario(self) -> Path:
        """The resolved scenario, as YAML."""
        return self.root / "scenario.yaml"

    @property
    def claim(self) -> Path:
        """Made by the one process that may begin here; gone once there is a file that says so better."""
        return self.root / ".claimed"

    @property
    def manifest(self) -> Path:
        """Versions, seed, host, clock anchor, policy, how the run ended."""
        return self.root / "manifest.json"

    @property
    def marks(self) -> Path:
        """Every event of the engine, one JSON object a line."""
        return self.root / "marks.jsonl"

    @property
    def answers(self) -> Path:
        """The sealed answers."""
        return self.root / "answers.parquet"

    @property
    def services(self) -> Path:
        """The sealed per-second figures of the services."""
        return self.root / "services.parquet"

    @property
    def notices(self) -> Path:
        """The sealed notices; only a run whose policy pushes has any."""
        return self.root / "notices.parquet"

    @property
    def complaints(self) -> Path:
        """The sealed complaints; only a run whose people may complain has any."""
        return self.root / "complaints.parquet"

    @property
    def live(self) -> Path:
        """Arrow streams of an unsealed run, one a writer."""
        return self.root / "live"

    @property
    def logs(self) -> Path:
        """What each child process printed, a file a process."""
        return self.root / "logs"

    def log(self, child: str) -> Path:
        """What this child process printed."""
        return self.logs / f"{child}.log"

    @property
    def summary(self) -> Path:
        """All figures, as JSON (derived)."""
        return self.root / "summary.json"

    @property
    def report(self) -> Path:
        """The page (derived)."""
        return self.root / "report.html"

    @property
    def summary_text(self) -> Path:
        """The summary, as Markdown (derived)."""
        return self.root / "summary.md"

    @property
    def plots(self) -> Path:
        """The figures, SVG and PNG (derived)."""
        return self.root / "plots"


@dataclass(frozen=True, slots=True)
class LiveFolder:
    """The paths inside `live/`. Each JSON file is replaced in one step, so a reader never meets half of one."""

    root: Path

    def make(self) -> "LiveFolder":
        """The folder, made where there is none; nobody but its owner can look into it."""
        self.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return self

    def answers(self, worker: int) -> Path:
        """The stream of answers of one worker."""
        return self.root / f"answers-{worker}.arrows"

    def all_answers(self) -> list[Path]:
        """The streams of answers there are, in the order of the workers."""
        return self._streams("answers-")

    def notices(self, worker: int) -> Path:
        """The stream of the notices that reached the people of one worker."""
        return self.root / f"notices-{worker}.arrows"

    def complaints(self, worker: int) -> Path:
        """The stream of the complaints of the people of one worker."""
        return self.root / f"complaints-{worker}.arrows"

    def all_complaints(self) -> list[Path]:
        """The streams of complaints there are, in the order of the workers."""
        return self._streams("complaints-")

    def all_notices(self) -> list[Path]:
        """The streams of notices there are, in the order of the workers."""
        return self._streams("notices-")

    def _streams(self, prefix: str) -> list[Path]:
        # Asked for twice a second while a run goes on: a glob would cost ten times as much.
        try:
            names = os.listdir(self.root)  # noqa: PTH208 - Path.iterdir makes a path of each
        except FileNotFoundError:
            return []
        return [self.root / name for name in sorted(names) if name.startswith(prefix) and name.endswith(".arrows")]

    @property
    def services(self) -> Path:
        """The stream of the per-second figures of the services."""
        return self.root / "services.arrows"

    def lag(self, process: str) -> Path:
        """How late the loop of this process came round, a line of seconds each second."""
        return self.root / f"lag-{process}.txt"

    @property
    def load(self) -> Path:
        """The plan of the load, written before its workers start."""
        return self.root / "load.json"

    @property
    def start(self) -> Path:
        """``{"t0_monotonic", "host"}``: instant 0; every worker waits for it."""
        return self.root / "start.json"

    def ready(self, worker: int) -> Path:
        """``{"planned", "pid"}``: this worker's schedule is prepared and it waits for the start file."""
        return self.root / f"worker-{worker}.ready"

    def progress(self, worker: int) -> Path:
        """``{"t_s", "intended", "answered", "wrongful", "in_flight"}``, replaced every second."""
        return self.root / f"worker-{worker}.progress"

    def done(self, worker: int) -> Path:
        """Every row of this worker is in its stream; a worker that died leaves none."""
        return self.root / f"worker-{worker}.done"


LONGEST_NAME: Final = 255
"""Letters that no file system takes more of in a name."""
LATEST: Final = "latest"
"""In `results/`: a link to the newest run folder there, or a text file with its name where no link can be made."""


def find_run(path: Path) -> RunFolder:
    """The run folder at the path, also where that is the text file that stands for a link to it.

    Raises UsageError where the path cannot be one, or such a text file names no folder beside it.
    """
    must_be_spelt(path)
    try:
        if not path.is_file() or path.name != LATEST:
            return RunFolder(path)
        named = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else problem
        raise UsageError(f"{printable(str(path), 80)}: cannot be read ({why}). Name a run folder.") from problem
    if not named or Path(named).name != named or len(named) > LONGEST_NAME:
        raise UsageError(f"{path}: names no run folder beside it, but {quoted(named)}. Name the run folder itself.")
    return RunFolder(path.parent / named)


def mark_latest(folder: RunFolder) -> None:
    """Let `results/latest` be this folder, in one step, where it lies in `results/`; any other place is the user's own.

    It is a convenience, and no run ends because it cannot be written.
    """
    latest, name = Path(RESULTS) / LATEST, folder.root.resolve().name
    own = latest.is_dir() and not latest.is_symlink()
    if own or folder.root.resolve().parent != latest.parent.resolve():
        return
    with suppress(OSError):
        try:
            replace_file(latest, lambda fresh: fresh.symlink_to(name))
        except OSError:
            replace_file(latest, lambda fresh: fresh.write_text(f"{name}\n", encoding="utf-8"))


RESULTS: Final = "results"
"""Where run folders are made, in the current directory."""


def new_run_folder(scenario_id: str, policy: str, *, now: datetime, wanted: Path | None = None) -> RunFolder:
    """Make the folder `wanted`, or ``results/<time>-<scenario>-<policy>`` with a number if that is taken.

    Only who started the run can look into a folder that is made; one that was there keeps its mode. Raises UsageError
    if `wanted` already holds something (nothing is overwritten), HarnessError if it cannot be made.
    """
    must_be_spelt(wanted or Path(RESULTS))
    try:
        return _wanted(wanted) if wanted is not None else _numbered(f"{now:%Y%m%d-%H%M%S}-{scenario_id}-{policy}")
    except OSError as problem:
        remedy = "Name a folder you may write to with --out."
        raise HarnessError(f"cannot make the run folder: {problem.strerror}: {problem.filename}\n  {remedy}") from None


def _wanted(path: Path) -> RunFolder:
    if path.exists() and not path.is_dir():
        raise UsageError(f"--out {path} is a file, and a run needs a folder\n  Name a new folder with --out.")
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    taken = UsageError(f"{path} is not empty, and a run never overwrites one\n  Name a new folder with --out.")
    claim = RunFolder(path).claim
    try:
        # Of two who come at once, one makes it; whoever comes later finds it, or what its maker wrote, and goes.
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise taken from None
    if any(entry != claim for entry in path.iterdir()):
        claim.unlink()
        raise taken
    return RunFolder(path)


def must_be_spelt(path: Path) -> None:
    """UsageError where the whole path is no text: the record says where it lies, and Arrow opens no such file."""
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        told = os.fsencode(path.absolute()).decode(errors="replace")
        raise UsageError(f"{told}: a run folder needs a path of UTF-8\n  Rename it, or name another.") from None


def _numbered(name: str) -> RunFolder:
    base = Path(RESULTS)
    base.mkdir(exist_ok=True)
    for number in count(1):
        path = base / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir(mode=PRIVATE_FOLDER)
        except FileExistsError:
            continue
        return RunFolder(path)
    raise AssertionError("count() never ends")
