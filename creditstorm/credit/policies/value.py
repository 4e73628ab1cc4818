"""A value of a policy axis that another package brings, in one file: its parameters, and how it is built."""

from typing import Any, ClassVar

from creditstorm.language.quantities import Spec


class PolicyValue(Spec):
    """Its fields are what a scenario may ask for, `kind` the word for it, `axis` the axis that it is a value of.

    The lender builds it by `build`; a value that has the methods of its axis itself need not say how.
    """

    axis: ClassVar[str]
    kind: str

    def build(self, context: Any) -> Any:  # noqa: ANN401, ARG002 - the lender's own types, which no scenario knows
        """What does the work, as `mock_services.policies.axes` wants it; `context` is that of the policy registry."""
        return self
