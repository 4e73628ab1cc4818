"""Run folders that were damaged: one message that names file and place, no traceback; what is sound is reported."""

from __future__ import annotations

import os
import random
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_answers, load_services
from tests.abuse import folders
from tests.abuse.attempts import Attempts, Told, command, wrong_with
from tests.abuse.folders import REFUSED, Damage

pytestmark = pytest.mark.usefixtures("figures_drawn_once")
FLIPS = 60


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, RunFolder]:
    """The same small run, unsealed and sealed."""
    return folders.sound(tmp_path_factory.mktemp("sound"))


def spoilt(damage: Damage, sound: tuple[RunFolder, RunFolder], root: Path) -> RunFolder:
    """A copy with the damage in it."""
    folder = RunFolder(root / "run")
    shutil.rmtree(folder.root, ignore_errors=True)
    shutil.copytree(sound[0 if damage.unsealed else 1].root, folder.root)
    damage.spoil(folder)
    if damage.told and not damage.drawn:
        folders.of("mine")(folder.plots)
    return folder


def wrong_with_report(damage: Damage, folder: RunFolder) -> str:
    """What is wrong with the report of a damaged folder; a sound part that is not told is wrong, too."""
    told = command("report", str(folder.root))
    nothing_drawn = damage.told and not damage.drawn
    wrong = wrong_with(told, REFUSED if nothing_drawn else damage.codes, (str(folder.root),), most=10)
    if not wrong and damage.told and "thresholds" not in told.out:
        return f"what is sound was not told: {told.err[-200:]}"
    if not wrong and nothing_drawn and len(told.heads) != 1 + (damage.codes == REFUSED):
        return f"beside that nothing can be drawn, it said: {told.err[-300:]}"
    return wrong


@pytest.mark.parametrize("kind", ["manifests", "marks", "rows", "beside", "plans", "streams", "places"])
def test_a_damaged_folder(
    kind: str, sound: tuple[RunFolder, RunFolder], tmp_path: Path, attempts: Callable[[str], Attempts]
) -> None:
    """Exit 2 and one message at the file, or a report where what is damaged does not matter."""
    made: Callable[[], Iterator[Damage]] = getattr(folders, kind)
    with attempts(f"damaged folders: {kind}") as counted:
        for damage in made():
            counted.made(damage.name, wrong_with_report(damage, spoilt(damage, sound, tmp_path)))


def test_there_are_enough() -> None:
    """The issue asks for 200."""
    assert sum(1 for _ in folders.every()) >= 200


def test_a_flipped_bit_is_never_a_figure(
    sound: tuple[RunFolder, RunFolder], tmp_path: Path, attempts: Callable[[str], Attempts]
) -> None:
    """Anywhere in the answers or the services: refused, or the very same rows."""
    rng = random.Random(folders.SEED)
    folder = spoilt(Damage("none", lambda folder: None), sound, tmp_path)
    with attempts("damaged folders: flipped bits") as counted:
        for path, load in ((folder.answers, load_answers), (folder.services, load_services)):
            whole, rows = path.read_bytes(), load(folder)
            for number in range(FLIPS):
                flipped = bytearray(whole)
                flipped[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
                path.write_bytes(flipped)
                try:
                    wrong = "" if load(folder).equals(rows) else "other rows than were written"
                except UsageError as error:
                    wrong = "" if str(error).startswith(str(path)) else str(error)
                counted.made(f"{path.name} {number}", wrong)
            path.write_bytes(whole)


def test_nothing_is_written_through_a_link(
    sound: tuple[RunFolder, RunFolder], tmp_path: Path, attempts: Callable[[str], Attempts]
) -> None:
    """Whatever a derived name points to is as it was afterwards."""
    victim, outside = tmp_path / "victim", tmp_path / "outside"
    outside.mkdir()
    victim.write_text("mine")
    with attempts("damaged folders: links") as counted:
        for name, target in (
            ("plots", outside),
            ("report.html", victim),
            ("summary.json", victim),
            ("summary.md", victim),
        ):
            folder = spoilt(
                Damage(name, lambda folder, n=name, t=target: (folder.root / n).symlink_to(t)), sound, tmp_path
            )
            told = command("report", str(folder.root))
            wrong = wrong_with(told, (1, 2, 3), (str(folder.root),), most=1)
            touched = victim.read_text() != "mine" or list(outside.iterdir())
            counted.made(name, wrong or ("written through the link" if touched else ""))


@pytest.fixture
def somebody() -> Iterator[Callable[[Path], None]]:
    """Become somebody who owns nothing here: root may write everywhere."""

    def become(path: Path) -> None:
        for each in (path, *path.parents[:-2]):
            each.chmod(0o755)
        for each in (path, *path.rglob("*")):
            each.chmod(0o555 if each.is_dir() else 0o444)
        if os.geteuid() == 0:
            os.seteuid(65534)

    yield become
    if os.getuid() == 0:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_still_told(
    sound: tuple[RunFolder, RunFolder], somebody: Callable[[Path], None], attempts: Callable[[str], Attempts]
) -> None:
    """The whole screen, then the place and the reason, exit 2."""
    with tempfile.TemporaryDirectory() as place, attempts("damaged folders: read-only") as counted:
        folder = spoilt(Damage("none", lambda folder: None), sound, Path(place))
        somebody(folder.root)
        told: Told = command("report", str(folder.root))
        os.seteuid(os.getuid())
        folder.root.chmod(stat.S_IRWXU)
        wrong = wrong_with(told, (2,), (str(folder.root),), most=1)
        counted.made("read-only", wrong or ("" if "thresholds" in told.out else "nothing was told"))
