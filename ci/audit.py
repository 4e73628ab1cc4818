"""Asks whether a weakness is known of any installed package; says so loudly where nobody answers.

The last line is the outcome, and it is `NOT AUDITED` wherever a package was not looked up: no such line reads like a
pass. On GitHub it is a warning of the job as well. It fails nothing, because no index in reach is no weakness.

pip-audit itself ends well where its index answers that it knows none of the packages, and then nothing was audited.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WITHIN_S: Final = 180.0
ON_GITHUB: Final = "GITHUB_ACTIONS"
EXCUSED: Final[Mapping[str, str]] = {}
"""Advisories that do not befall us, by their id, each with the reason."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found out: a line a known weakness, how many packages were looked up, why others were not."""

    weaknesses: tuple[str, ...]
    looked_up: int
    not_looked_up: tuple[str, ...]


def read(packages: Sequence[Mapping[str, Any]], excused: Mapping[str, str] = EXCUSED) -> Audit:
    """The audit in the `dependencies` of pip-audit's JSON."""
    skipped = tuple(f"{one['name']}: {one['skip_reason']}" for one in packages if "skip_reason" in one)
    known = [(one, weakness) for one in packages for weakness in one.get("vulns", ())]
    weaknesses = tuple(
        f"{one['name']} {one['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'none'}"
        for one, weakness in known
        if not {weakness["id"], *weakness.get("aliases", ())} & excused.keys()
    )
    return Audit(weaknesses, len(packages) - len(skipped), skipped)


def ask() -> Audit | str:
    """What pip-audit found out about this environment; where it found out nothing, its last words."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--skip-editable"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN_S)
    except subprocess.TimeoutExpired:
        return f"no answer within {WITHIN_S:g} s"
    try:
        return read(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return (done.stderr.strip() or "it said nothing").splitlines()[-1]


def main() -> int:
    """Print what is known; 1 where a weakness is."""
    audit = ask()
    if isinstance(audit, str):
        _not_audited(f"no index of known weaknesses in reach: {audit}")
        return 0
    for weakness in audit.weaknesses:
        print(f"{'::error::' if ON_GITHUB in os.environ else ''}known weakness: {weakness}")
    known = f"{audit.looked_up} packages audited, {len(audit.weaknesses)} known weaknesses"
    if audit.not_looked_up or not audit.looked_up:
        many = len(audit.not_looked_up)
        such_as = f", such as {audit.not_looked_up[0]}" if many else ""
        _not_audited(f"{many} of {many + audit.looked_up} packages{such_as}; {known}")
    else:
        print(known)
    return 1 if audit.weaknesses else 0


def _not_audited(why: str) -> None:
    print(f"{'::warning::' if ON_GITHUB in os.environ else ''}NOT AUDITED: {' '.join(why.split())}")


if __name__ == "__main__":
    sys.exit(main())
