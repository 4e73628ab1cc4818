"""Heights of alarms that were found before, so that neither a run nor a report works the same one out again.

They are in the user's cache, each under all that it depends on. What was found by another version of the calibration is
none of them; what is damaged is found anew.
"""

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from creditstorm.adapters.yardstick import cache_folder
from creditstorm.analysis.monitors import calm_chain, cusum
from creditstorm.analysis.monitors.cusum import Calibrate, Cusum, Usual, calibrated
from creditstorm.errors import UsageError
from creditstorm.record.files import read_raw, replace_json
from creditstorm.record.plain_json import parse_object

KEPT: Final = "calibrations.json"
MOST: Final = 2_000
"""Heights in the file: a scenario has seven, and its luck a few times as many."""
_LARGEST: Final = 1_000_000


def kept_heights(environ: Mapping[str, str] = os.environ, find: Calibrate = calibrated) -> Calibrate:
    """`find`, asked only for what is not in the user's cache; no run ends because that cannot be read or written."""
    try:
        heights = _Heights(cache_folder(environ) / KEPT)
    except FileNotFoundError:
        return find  # nobody has a home here

    def known(usual: Usual) -> Cusum:
        found = heights.get(usual)
        if found is None:
            found = find(usual)
            heights.put(usual, found)
        return found

    return known


def version() -> str:
    """What a height rests on beside its calm: the text of the calibration."""
    texts = (Path(path).read_bytes() for path in (calm_chain.__file__, cusum.__file__))
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


class _Heights:
    """The file, read once. What others keep meanwhile is found again when it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version = version()
        self._known = self._read()

    def get(self, usual: Usual) -> Cusum | None:
        """The sum for such a calm; None where it is not known, or what is written there is not what was kept."""
        match self._known.get(_key(usual)):
            case [int(height), float(false_alarms), str(proof)]:
                found = Cusum(usual.calm, usual.risen, height, false_alarms)
                return found if proof == self._proof(usual, found) else None
        return None

    def put(self, usual: Usual, found: Cusum) -> None:
        """Keep it, with the newest `MOST`."""
        kept = self._read() | {_key(usual): [found.height, found.false_alarms, self._proof(usual, found)]}
        self._known = dict(list(kept.items())[-MOST:])
        with contextlib.suppress(OSError, UsageError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_json(self._path, {"version": self._version, "heights": self._known})

    def _read(self) -> dict[str, object]:
        try:
            told = parse_object(read_raw(self._path, most=_LARGEST))
        except (OSError, ValueError, UsageError):
            return {}
        heights = told.get("heights")
        return heights if told.get("version") == self._version and isinstance(heights, dict) else {}

    def _proof(self, usual: Usual, found: Cusum) -> str:
        """A height that was changed, or stands under another calm, does not fit to this."""
        whole = f"{self._version} {_key(usual)} {found.height!r} {found.false_alarms!r}"
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _key(usual: Usual) -> str:
    return " ".join(map(repr, (usual.calm, usual.risen, usual.per_second)))
