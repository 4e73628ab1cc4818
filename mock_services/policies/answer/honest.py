"""The app has a third word, undetermined, with the cause, the next step and when to look again."""

from __future__ import annotations

from dataclasses import replace

from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.reasons import is_technical


class HonestVocabulary:
    """Never renders a technical cause as a credit decision; its reason stays the technical one."""

    def say(self, decision: Decision) -> Decision:
        """Undetermined where the cause is technical."""
        if not is_technical(decision.cause):
            return decision
        return replace(decision, answer=Answer.UNDETERMINED, limit_cny=0)
