"""Whether the policies of a matrix really met the same people at the same instants, from the records."""

from __future__ import annotations

from collections.abc import Sequence

from creditstorm.analysis.matrix.cell import Cell


def sameness(cells: Sequence[Cell], *, closed: bool) -> tuple[bool, tuple[str, ...]]:
    """Whether every policy was asked by the same people at the same instants, and what to say about it."""
    by_repeat = {repeat: [c for c in cells if c.repeat == repeat] for repeat in sorted({c.repeat for c in cells})}
    differing = [said for group in by_repeat.values() if (said := _differing(group))]
    if differing:
        why = " (a closed load: who asks when depends on the answers)" if closed else ""
        return False, tuple(f"{said}: they cannot be compared person by person{why}" for said in differing)
    if len({cell.policy for cell in cells}) < 2:
        return True, ()
    counts = [group[0].asked.first_attempts for group in by_repeat.values()]
    if len(counts) == 1:
        return True, (f"the same {counts[0]:,} first attempts were intended under every policy, to the instant",)
    some = f"{min(counts):,} to {max(counts):,} a run"
    return True, (f"run by run the same first attempts were intended under every policy, to the instant ({some})",)


def _differing(group: Sequence[Cell]) -> str:
    first = group[0]
    others = [cell.policy for cell in group if cell.asked != first.asked]
    if not others:
        return ""
    under = f"{', '.join(others)} than under {first.policy}"
    return f"in run {first.repeat} other first attempts were intended under {under}"
