"""Why the kernel may have killed a process: it counts whom it kills for want of memory, and knows of limits of CPU."""

import resource
from dataclasses import dataclass, field
from signal import SIGKILL
from typing import Final

from creditstorm.adapters.cores import killed_for_memory
from creditstorm.interrupts import how_it_ended

BY_SOMEBODY: Final = "by hand, or by another program"


@dataclass(frozen=True, slots=True)
class Kills:
    """What is known of kills since this was made; the counters are those of our control group, or of the machine."""

    before: int | None = field(default_factory=killed_for_memory)
    cpu_s: int = field(default_factory=lambda: resource.getrlimit(resource.RLIMIT_CPU)[1])
    """How much CPU time a process may take before it is killed."""

    def for_memory(self) -> str:
        """That the kernel killed for want of memory since then; empty where it did not, or nobody knows."""
        now = killed_for_memory()
        more = 0 if now is None or self.before is None else now - self.before
        return f"because memory ran out: the kernel counts {more} killed for it since the run began" if more > 0 else ""

    def how_it_ended(self, exit_code: int | None) -> str:
        """How a child ended, for a person; of one that was killed also the likely reason."""
        if exit_code != -SIGKILL:
            return how_it_ended(exit_code)
        if because := self.for_memory():
            return f"killed by SIGKILL: {because}"
        limited = self.cpu_s != resource.RLIM_INFINITY
        cpu = f", or because its {self.cpu_s} s of CPU time were used up (ulimit -t)" if limited else ""
        if self.before is None:
            return f"{how_it_ended(exit_code)}{cpu}"
        return f"killed by SIGKILL: {BY_SOMEBODY}{cpu}; the kernel counts nobody killed for want of memory"
