"""How our own processes fared a moment ago: whether this machine is the likely reason that a part is silent."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from creditstorm.strain import IN_WORDS

SPAN_S: Final = 15.0
"""Two questions to a part, each with its patience, are over within it."""
LATE_S: Final = 0.5
"""Who came round later than this, or waited so long a second for a core, had no machine to itself."""


@dataclass(frozen=True, slots=True)
class _Seen:
    at_s: float
    process: str
    late_s: float
    waited: float

    @property
    def came_late(self) -> str:
        return f"{self.process} came round {self.late_s:.1f} s late"

    @property
    def did_wait(self) -> str:
        return f"{self.process} waited {self.waited:.1f} s a second for a core"


@dataclass
class Lately:
    """Is told what was seen of each process, and tells who was late, or waited for a core, in the last `SPAN_S`."""

    now_s: Callable[[], float] = time.monotonic
    _seen: deque[_Seen] = field(default_factory=lambda: deque(maxlen=1000))
    _ran_out: tuple[float, str] | None = None

    def note(self, process: str, late_s: float | None, waited_s: float | None, over_s: float) -> None:
        """One process came round so late, and waited so long for a core, in the last `over_s`; None is unknown."""
        waited = (waited_s or 0.0) / max(1.0, over_s)
        self._seen.append(_Seen(self.now_s(), process, late_s or 0.0, waited))

    def ran_out(self, process: str, name: str) -> None:
        """One process was met by this machine's want of something, by its name in `strain.IN_WORDS`."""
        self._ran_out = (self.now_s(), f"{process} was {IN_WORDS[name]} ({name})")

    def likely_reason(self, silent: str) -> str:
        """Why this machine is the likely reason that the part `silent` is, empty where it is not.

        Who ran out of something has answered nobody, and is late for it besides.
        """
        if self._ran_out is not None and self._ran_out[0] >= self.now_s() - SPAN_S:
            return f"most likely because {self._ran_out[1]}"
        seen = tuple(self._against(silent))
        latest = max(seen, key=lambda one: one.late_s, default=None)
        longest = max(seen, key=lambda one: one.waited, default=None)
        late = [latest.came_late] if latest and latest.late_s >= LATE_S else []
        waited = [longest.did_wait] if longest and longest.waited >= LATE_S else []
        if not (late or waited):
            return ""
        return (
            f"most likely because this machine was too busy: {', '.join(late + waited)} "
            "(end what else runs here, or ask for less)"
        )

    def _against(self, silent: str) -> Iterator[_Seen]:
        """What was seen; that the silent part itself is late says nothing, that it waited for a core does."""
        since_s = self.now_s() - SPAN_S
        for seen in tuple(self._seen):
            if seen.at_s >= since_s:
                own = silent.startswith(seen.process)
                yield _Seen(seen.at_s, seen.process, 0.0 if own else seen.late_s, seen.waited)
