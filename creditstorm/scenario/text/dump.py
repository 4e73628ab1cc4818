"""A scenario back as YAML, with every default spelled out: what a run folder keeps."""

from hashlib import sha256

import yaml
from creditstorm.language.quantities import AS_TEXT
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.tree import read_scalar


class _Dumper(yaml.SafeDumper):
    """Quotes all that either YAML 1.1 or the loader would take for something else than text."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    try:
        style = None if isinstance(read_scalar(text), str) else '"'
    except ValueError:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump(scenario: Scenario) -> str:
    """YAML that the loader reads as an equal scenario."""
    plain = scenario.model_dump(by_alias=True, exclude_none=True, context=AS_TEXT)
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)


def storm_digest(scenario: Scenario) -> str:
    """What tells one storm from another, whoever asks in it and whatever is demanded of it.

    The SHA-256 of the scenario without its seed, its thresholds, and the words about it.
    """
    same = {"seed": 0, "thresholds": (), "why": "", "cause": None, "intended": None, "sources": (), "published": None}
    return sha256(dump(scenario.model_copy(update=same)).encode()).hexdigest()
