"""Heights that were found before: known again, never of another calibration, and no trouble where they cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.analysis.monitors.cusum import Cusum, Usual
from creditstorm.runs import calibrations
from creditstorm.runs.calibrations import KEPT, kept_heights

DECLINES, ERRORS = Usual(0.35, 0.45, 40.0), Usual(0.005, 0.055, 40.0)


class Finder:
    """Finds heights, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[Usual] = []

    def __call__(self, usual: Usual) -> Cusum:
        """A height that no other calm has."""
        self.asked.append(usual)
        return Cusum(usual.calm, usual.risen, round(1_000 * usual.calm), 2.0 / 3.0)


def asked_again(root: Path, *calms: Usual) -> list[Usual]:
    """Which of these a new process would have to find; what it gets is what a finder says."""
    finder = Finder()
    known = kept_heights({"XDG_CACHE_HOME": str(root)}, finder)
    assert [known(usual) for usual in calms] == [Finder()(usual) for usual in calms]
    return finder.asked


def kept(root: Path) -> Path:
    """The file."""
    return root / "creditstorm" / KEPT


def test_a_height_is_found_once(tmp_path: Path) -> None:
    """The next process knows it to the bit, and finds what is new; nothing half written is left."""
    assert asked_again(tmp_path, DECLINES, ERRORS, DECLINES) == [DECLINES, ERRORS]
    assert asked_again(tmp_path, DECLINES, ERRORS) == []
    other = Usual(DECLINES.calm, DECLINES.risen, 44.0)
    assert asked_again(tmp_path, other, DECLINES) == [other]
    assert [path.name for path in kept(tmp_path).parent.iterdir()] == [KEPT]


def test_two_at_once_keep_what_both_found(tmp_path: Path) -> None:
    """Each read the file before the other wrote."""
    one, other = (kept_heights({"XDG_CACHE_HOME": str(tmp_path)}, Finder()) for _ in range(2))
    one(DECLINES), other(ERRORS)
    assert asked_again(tmp_path, DECLINES, ERRORS) == []


@pytest.mark.parametrize("part", ["cusum", "calm_chain"])
def test_another_calibration_knows_nothing_of_these(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """The key changes with the text of each part of the calibration."""
    asked_again(tmp_path, DECLINES)
    changed, module = tmp_path / f"{part}.py", getattr(calibrations, part)
    changed.write_text(Path(module.__file__).read_text() + "# another\n")
    monkeypatch.setattr(module, "__file__", str(changed))
    assert asked_again(tmp_path, DECLINES) == [DECLINES]


def test_what_is_wrong_in_the_file_is_found_anew(tmp_path: Path) -> None:
    """A height that was changed, or stands under another calm; no file at all; and then it is right again."""
    asked_again(tmp_path, DECLINES, ERRORS)
    whole = json.loads(kept(tmp_path).read_text())
    (first, height), (second, other) = whole["heights"].items()
    for wrong in (
        {first: [1, *height[1:]], second: other},
        {first: [float(height[0]), *height[1:]], second: other},
        {first: other, second: other},
        {first: "high", second: other},
        {first: [8, None], second: other},
    ):
        kept(tmp_path).write_text(json.dumps(whole | {"heights": wrong}))
        assert asked_again(tmp_path, DECLINES, ERRORS) == [DECLINES]
        assert asked_again(tmp_path, DECLINES, ERRORS) == []


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"[]", b'{"version": 1}', b'{"heights": [' * 5_000])
def test_a_damaged_file_is_written_anew(tmp_path: Path, damage: bytes) -> None:
    """Whatever is in it."""
    asked_again(tmp_path, DECLINES)
    kept(tmp_path).write_bytes(damage)
    assert asked_again(tmp_path, DECLINES) == [DECLINES]
    assert asked_again(tmp_path, DECLINES) == []


def test_a_cache_that_cannot_be_used_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the folder's place, a folder in the file's, nobody's home: every calm is found each time."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "creditstorm").write_text("")
    kept(tmp_path / "b").mkdir(parents=True)
    for root in (tmp_path / "a", tmp_path / "b"):
        assert asked_again(root, DECLINES, DECLINES)[:1] == [DECLINES]
        assert asked_again(root, DECLINES)[:1] == [DECLINES]

    def homeless(_path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert asked_again(Path("nowhere"), DECLINES) == [DECLINES]


def test_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest."""
    monkeypatch.setattr(calibrations, "MOST", 2)
    calms = [Usual(0.1, 0.2, rate) for rate in (1.0, 2.0, 3.0)]
    asked_again(tmp_path, *calms)
    assert asked_again(tmp_path, calms[1], calms[2]) == []
    assert asked_again(tmp_path, calms[0]) == [calms[0]]
