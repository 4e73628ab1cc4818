"""Planned arrivals that no worker recorded, as `unsent` rows of the frame.

They have the person, the instant and the truth of the schedule, which is a pure function; without one they are
eligible in the proportion of the recorded firsts.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.combinations import distinct
from creditstorm.analysis.run_data import IN_FORCE, RunData
from creditstorm.credit import Answer
from creditstorm.credit.truth import Eligibility
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.demand.sessions import Crowd
from creditstorm.demand.taps import schedule
from creditstorm.record.manifest import Ending

OF_AN_ARRIVAL: Final = ("intended_s", "applicant", "session", "segment", "file", IN_FORCE, "truth_limit_cny")
"""What is known of an arrival before anybody answers."""


def unsent_of(run: RunData, frame: pl.DataFrame, truth: str) -> pl.DataFrame:
    """The planned first attempts without a row; none in a run that was stopped, whose later ones never came.

    `truth` names the column of the answers whose oracle judges them.
    """
    if run.manifest.ended.how is not Ending.COMPLETED:
        return frame.clear()
    if run.plan is not None and run.plan.arrivals is not None:
        return _missing_by_id(run.plan, frame, truth)
    return _missing_by_count(frame, run.manifest.planned - distinct(frame["session"].to_numpy()))


def _missing_by_id(plan: LoadPlan, frame: pl.DataFrame, truth: str) -> pl.DataFrame:
    planned = schedule(plan.arrivals or (), seed=plan.seed, people=plan.population.size)
    recorded = frame["session"].filter(frame["attempt"] == 1).to_numpy()
    missing = unrecorded(recorded, len(planned.session))
    crowd = Crowd(plan.oracle, planned.applicant[missing], planned.intended_s[missing])
    people = [crowd.person(place) for place in range(len(missing))]
    rows = pl.DataFrame(
        {
            "intended_s": planned.intended_s[missing],
            "applicant": [person.applicant for person in people],
            "session": missing,
            "segment": [person.segment for person in people],
            "file": [person.file for person in people],
            IN_FORCE: [person.truth if truth == IN_FORCE else person.truth_stable for person in people],
            "truth_limit_cny": [person.truth_limit_cny for person in people],
        },
        schema={name: frame.schema[name] for name in OF_AN_ARRIVAL},
    )
    return _unsent(rows, frame)


def unrecorded(sessions: NDArray[np.int64], planned: int) -> NDArray[np.int64]:
    """The numbers below `planned` that are not among `sessions`, ascending."""
    there = np.zeros(planned, dtype=np.bool_)
    there[sessions[(sessions >= 0) & (sessions < planned)]] = True
    return np.flatnonzero(~there)


def _missing_by_count(frame: pl.DataFrame, missing: int) -> pl.DataFrame:
    known = int((frame["first"] & (frame["truth"] == Eligibility.ELIGIBLE.value)).sum())
    missing = max(0, missing)
    eligible = round(missing * known / max(1, int(frame["first"].sum())))
    number = -1 - pl.int_range(missing, dtype=pl.Int64)
    truth = pl.when(number >= -eligible).then(pl.lit(Eligibility.ELIGIBLE.value))
    rows = pl.select(
        applicant=number,
        session=number,
        truth=truth.otherwise(pl.lit(Eligibility.INELIGIBLE.value)).cast(frame.schema["truth"]),
    )
    return _unsent(rows, frame)


def _unsent(rows: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        attempt=pl.lit(1, pl.Int16),
        answer=pl.lit(Answer.UNSENT.value, frame.schema["answer"]),
        first=pl.lit(value=True),
        final=pl.lit(value=True),
    )
