"""`--policy` as an override: a name, or `intended` for the policy that the thresholds of a scenario are written for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.errors import ScenarioError, UsageError
from creditstorm.language.problems import not_among
from creditstorm.scenario.policy import as_text
from creditstorm.scenario.text.loader import load
from creditstorm.scenario.text.overrides import Given

INTENDED: Final = "intended"


def policy_override(
    policy: str, path: Path, given: Sequence[str | Given], *, option: str = "--policy", also: tuple[str, ...] = ()
) -> Given:
    """The override that chooses this policy by name, or by a mapping; ScenarioError names what is allowed.

    `option` is what it was given with, `also` the names that this option knows besides. UsageError where the scenario
    names no intended policy.
    """
    by = f"{option} {policy}"
    if policy == INTENDED:
        return Given(f"system.policy={json.dumps(as_text(_intended(path, given, by)))}", by)
    known = (*PRESETS, INTENDED, *also)
    if policy not in known and not policy.startswith("{"):
        raise ScenarioError("\n".join(not_among("a policy", policy, known).lines(option)))
    return Given(f"system.policy={policy}", by)


def _intended(path: Path, given: Sequence[str | Given], by: str) -> PolicySpec:
    wanted = load(path, overrides=given).intended
    if wanted is None:
        raise UsageError(f"{by}: {path} does not say which policy it is written for (key: intended)")
    return wanted
