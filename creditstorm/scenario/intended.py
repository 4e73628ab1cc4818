"""`--policy` as an override: a name, or `intended` for the policy that the thresholds of a scenario are written for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from creditstorm.errors import UsageError
from creditstorm.scenario.loader import load
from creditstorm.scenario.policy import as_text

INTENDED: Final = "intended"


def policy_override(policy: str, path: Path, given: Sequence[str]) -> str:
    """The override that chooses this policy; UsageError where the scenario names no intended one."""
    if policy != INTENDED:
        return f"system.policy={policy}"
    wanted = load(path, overrides=given).intended
    if wanted is None:
        raise UsageError(f"--policy {INTENDED}: {path} does not say which policy it is written for (key: intended)")
    return f"system.policy={json.dumps(as_text(wanted))}"
