"""How the museum says a figure: times as people say them, shares in per cent, and what is not known."""

from __future__ import annotations

from typing import Final

from creditstorm.analysis.monitors.kinds import MONITORS
from creditstorm.scenario.monitors import MonitorName

NOT_SAID: Final = "not said"
FAILED: Final[dict[str | None, str]] = {
    "refused": "refused",
    "undecided": "left without a decision",
    "slow": "slow",
    "score_off": "decided on a wrong score",
    None: "not decided rightly",
}
"""What happened to whoever was hit."""
_UNITS: Final = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"))


def clock(seconds: float) -> str:
    """A time in the two largest units that it has: 8 h 24 min, 48 min, 50 s."""
    parts = []
    for size, name in _UNITS:
        whole, seconds = divmod(round(seconds), size)
        if whole:
            parts.append(f"{whole:.0f} {name}")
    if seconds and len(parts) < 2 and not any(part.endswith(("d", "h")) for part in parts):
        parts.append(f"{seconds:.0f} s")
    return " ".join(parts[:2]) or "0 s"


def per_cent(share: float | None) -> str:
    """A whole share in per cent, one decimal where that says more."""
    return NOT_SAID if share is None else f"{100 * share:.3g} %"


def off(part: float | None) -> str:
    """How far from what was published, in per cent of it."""
    return "" if part is None else f" ({100 * part:+.0f} %)"


def monitors(noticed: dict[str, float | None]) -> str:
    """Each monitor with the seconds it took, the first one first; those that never noticed are left out."""
    timed = sorted((after_s, name) for name, after_s in noticed.items() if after_s is not None)
    return ", ".join(f"{MONITORS[MonitorName(name)].title} {after_s:.0f} s" for after_s, name in timed) or "nobody"
