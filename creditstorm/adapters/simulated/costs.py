"""What a simulated run takes from measurement: how long a message is under way, and what control takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds, all of them constant: no processor is shared here, so what a busy machine adds is not modelled.

    The defaults are medians of the committed example's calm (n = 787 answers; two cores, one run): latency of a call
    less its keyed service time for `call_s` and `scoring_s`, from the tap to the first call for `enter_s`, from the
    last evidence to the answer for `leave_s`. The 5th and 95th percentile of `call_s` were .5 and 4.1 ms. The others
    are round numbers of the order that was seen.
    """

    call_s: float = 0.0017
    """A call of a source through its proxy, there and back, beside the work of the source."""
    scoring_s: float = 0.0011
    """The same of scoring, which is called alone where sources are called six at a time."""
    enter_s: float = 0.0005
    """From the tap to where the lender takes it up."""
    leave_s: float = 0.0004
    """From the decision to the person."""
    store_s: float = 0.001
    """A round trip to the store."""
    control_s: float = 0.004
    """From the instant of a fault's step to where it is on, or off."""
    start_s: float = 0.35
    """From the start of a process to its first answer (0.2 to 0.7 s were seen, n = 9)."""
    grace_s: float = 1.0
    """How long a process that is asked to end has for the requests that it holds."""
