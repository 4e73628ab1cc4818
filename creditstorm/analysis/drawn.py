"""What the figures of a run draw, as frozen values: bins of time and the windows of faults."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Window:
    """A fault's window between its two verified marks, in seconds; `end_s` is the end of the run if never cleared."""

    name: str
    kind: str
    target: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Timeline:
    """One row a bin of `bin_s` seconds: what the figures draw.

    `outcomes` maps an outcome to its count of answers by the second they were *intended*; `wrongful` are the
    eligible share with its Wilson band (nan where nobody eligible asked); `quantiles_s` maps (intended|sent, "p50"…) to
    seconds (nan where n is too small); `statuses` maps (service, status) to counts.
    """

    bin_s: float
    t_s: NDArray[np.float64]
    intended: NDArray[np.int64]
    sent: NDArray[np.int64]
    answered: NDArray[np.int64]
    outcomes: dict[str, NDArray[np.int64]]
    wrongful: NDArray[np.float64]
    wrongful_low: NDArray[np.float64]
    wrongful_high: NDArray[np.float64]
    quantiles_s: dict[tuple[str, str], NDArray[np.float64]]
    statuses: dict[tuple[str, str], NDArray[np.int64]]
    windows: tuple[Window, ...]
    warm_up_s: float
