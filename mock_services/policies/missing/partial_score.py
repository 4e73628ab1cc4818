"""Decide by the expected score given what is known, however little that is."""

from __future__ import annotations

from mock_services.policies.missing.tri_state import TriStateRule


class PartialScoreRule(TriStateRule):
    """The tri-state rule without a margin: the mean of the score alone decides, so there is nothing in between.

    It errs in both directions, wrongful approvals included. Without identity or scoring it does not decide either, and
    without the income its limit is the stand-in one.
    """

    def __init__(self) -> None:
        super().__init__(z=0.0)
