"""What a simulated cell showed, as counts: who was told what in each part of it, by mask where that can be.

A person counts once in a part, with all their taps in it. Where the first tap there was decided on true evidence or
none, what it said is left to the mask: `everybody` says how many of all people that would wrong. What later taps added,
and whatever was decided otherwise (no answer, values that were not the person's, another strategy), is counted as seen.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.phases import Phases, window_column
from creditstorm.analysis.planning.masks import MaskRules, Traits, traits_of
from creditstorm.analysis.replay import REMEMBERED, SAID
from creditstorm.analysis.run_data import COLUMNS as ANALYSED
from creditstorm.analysis.run_data import RunData, columns_of
from creditstorm.credit import SCALES, SCORED, SERVICES, USABLE, Answer, EvidenceStatus, File, Outcome, Strategy
from creditstorm.scenario.threshold import Phase

_EVIDENCE: Final = ("rejected", "null_field", "value", "filled_by", "filled_value")
COLUMNS: Final = (
    *ANALYSED,
    *("cut_off", "pdo", "grace"),
    *(f"{service}_{name}" for service in SERVICES for name in _EVIDENCE),
)
"""The columns of the answers that are read here."""

ALL: Final = "people"
"""The part that is the whole measured run."""
KINDS: Final = {
    "wronged": (Outcome.WRONGFUL_NO_CREDIT, True),
    "deferred": (Outcome.DEFERRED, True),
    "unavailable": (Outcome.UNAVAILABLE, True),
    "approved": (Outcome.WRONGFUL_APPROVAL, False),
}
"""What may be told whom: the outcome, and whether it is counted among the eligible."""
BY_MASK: Final = ("wronged", "deferred", "approved")
"""What a decision, and therefore a mask, can tell."""
_NEAR: Final = 1e-6
SCORING: Final = 1 << SERVICES.index("scoring")


def tally(run: RunData) -> dict[str, object]:
    """The counts of one simulated run whose answers have `COLUMNS`."""
    frame, phases = frame_of(run)
    decided = _Decided(run, frame.height)
    rows = frame.select("applicant", "intended_s", "measured", "phase", "eligible", "attempt", "outcome").with_columns(
        frame.select(window_column(index) for index in range(len(phases.windows))),
        by_mask=pl.Series(decided.by_mask),
        thin=pl.Series(decided.thin),
        mask=pl.Series(decided.mask),
    )
    rows = rows.sort("applicant", "intended_s")
    took_s = (frame["done_s"] - frame["intended_s"]).filter(frame["measured"]).drop_nulls()
    return {
        "parts": {name: _part(rows.filter(scope)) for name, scope in _scopes(phases)},
        "seconds": _seconds(frame, decided),
        "windows": {w.name: [w.start_s, w.end_s] for w in phases.windows},
        "p99_s": None if took_s.is_empty() else float(took_s.quantile(0.99) or 0.0),
        "answers": frame.height,
        "other_than_the_rule": decided.mistaken,
    }


def _scopes(phases: Phases) -> Iterator[tuple[str, pl.Expr]]:
    yield ALL, pl.col("measured")
    yield Phase.CALM.value, pl.col("phase") == Phase.CALM.value
    for index, window in enumerate(phases.windows):
        yield window.name, pl.col("measured") & pl.col(window_column(index))
    if phases.faults:
        yield Phase.RECOVERY.value, pl.col("phase") == Phase.RECOVERY.value


def _part(rows: pl.DataFrame) -> dict[str, object]:
    """The counts of one part, of eligible and ineligible people apart."""
    eligible, ineligible = rows.filter("eligible"), rows.filter(~pl.col("eligible"))
    return {"eligible": _group(eligible, of_eligible=True), "ineligible": _group(ineligible, of_eligible=False)}


def _group(rows: pl.DataFrame, *, of_eligible: bool) -> dict[str, object]:
    """`n` people; `masks`: thin, mask, people, and of them told so at first; `beside`: told besides; `seen`: all."""
    kinds = [kind for kind, (_, counted) in KINDS.items() if counted is of_eligible]
    said = {kind: pl.col("outcome") == KINDS[kind][0].value for kind in kinds}
    people = rows.group_by("applicant", maintain_order=True).agg(
        pl.col("attempt").first(),
        pl.col("by_mask", "thin", "mask").first(),
        *(hit.first().alias(f"first_{kind}") for kind, hit in said.items()),
        *(hit.any().alias(f"ever_{kind}") for kind, hit in said.items()),
    )
    people = people.with_columns(by_mask=pl.col("by_mask") & (pl.col("attempt") == 1))
    masked = [kind for kind in kinds if kind in BY_MASK]
    masks = (
        people.filter("by_mask")
        .group_by("thin", "mask")
        .agg(pl.len().alias("n"), *(pl.col(f"first_{kind}").sum() for kind in masked))
        .sort("thin", "mask")
    )
    besides = {
        kind: people.select((pl.col(f"ever_{kind}") & ~(pl.col("by_mask") & pl.col(f"first_{kind}"))).sum()).item()
        for kind in kinds
    }
    return {
        "n": people.height,
        "masks": [[int(value) for value in row] for row in masks.iter_rows()],
        "beside": {kind: int(n) for kind, n in besides.items()},
        "seen": {kind: int(people[f"ever_{kind}"].sum()) for kind in kinds},
    }


def _seconds(frame: pl.DataFrame, decided: "_Decided") -> dict[str, object]:
    """Per second of the intended instant: eligible taps, those told no credit, and whose evidence was missing."""
    second = frame["intended_s"].fill_null(0.0).floor().cast(pl.Int64).to_numpy()
    size = int(second.max(initial=0)) + 1
    eligible = frame["eligible"].to_numpy()
    wronged = (frame["outcome"] == Outcome.WRONGFUL_NO_CREDIT.value).to_numpy() & eligible

    def a_second(flags: NDArray[np.bool_]) -> list[int]:
        return [int(n) for n in np.bincount(second[flags], minlength=size)]

    return {
        "eligible": a_second(eligible),
        "wronged": a_second(wronged),
        "decided": a_second(decided.said),
        "lost": {s: a_second(decided.said & ((decided.mask >> i & 1) == 1)) for i, s in enumerate(SERVICES)},
    }


class _Decided:
    """Row by row: the mask, and whether it and the person alone say what was told."""

    def __init__(self, run: RunData, height: int) -> None:
        self._answers = run.answers
        recorded = len(run.answers)
        population = run.scenario.population.people(run.scenario.seed)
        ids = self._column("applicant").to_numpy().astype(np.uint64)
        traits = traits_of(population, ids)
        lost = {service: ~self._usable(service) for service in SERVICES}
        mask = np.zeros(recorded, dtype=np.int64)
        for place, service in enumerate(SERVICES):
            mask |= lost[service].astype(np.int64) << place
        rules = MaskRules(run.scenario.system.policy)
        said = self._words("answer", [answer.value for answer in SAID])
        true = said & self._by_the_usual_rule() if rules.known else np.zeros(recorded, dtype=np.bool_)
        for service in SERVICES:
            true &= self._true(service, traits, lost[service])
        true &= self._truly_scored(rules, traits, mask)
        told = _told(rules, traits, mask)
        wrong = true & (told != self._column("answer").cast(pl.String).to_numpy())
        self.mistaken = int(wrong.sum())
        """Rows that the rule says otherwise of: none, or the rule here is not the lender's."""
        more = height - recorded  # arrivals that nobody recorded stand at the end of the frame
        self.said = np.pad(said, (0, more))
        self.by_mask = np.pad(true, (0, more))
        self.thin = np.pad(traits.thin, (0, more))
        self.mask = np.pad(mask, (0, more))

    def _column(self, name: str) -> pl.Series:
        return columns_of(self._answers, [name]).to_series()

    def _flag(self, name: str) -> NDArray[np.bool_]:
        return np.asarray(self._column(name).fill_null(value=False).to_numpy())

    def _words(self, name: str, words: list[str]) -> NDArray[np.bool_]:
        return np.asarray(self._column(name).cast(pl.String).is_in(words).fill_null(value=False).to_numpy())

    def _usable(self, service: str) -> NDArray[np.bool_]:
        status = self._words(f"{service}_status", [status.value for status in USABLE])
        remembered = self._words(f"{service}_filled_by", [REMEMBERED])
        return status & ~(self._flag(f"{service}_rejected") & ~remembered)

    def _by_the_usual_rule(self) -> NDArray[np.bool_]:
        base = Strategy()
        usual = (self._column("cut_off") == base.cut_off) & (self._column("pdo") == base.pdo)
        return np.asarray((usual & (self._column("grace") == 0.0)).fill_null(value=False).to_numpy())

    def _used(self, service: str) -> NDArray[np.float64]:
        filled = self._column(f"{service}_filled_by").is_not_null()
        value = self._column(f"{service}_value").zip_with(~filled, self._column(f"{service}_filled_value"))
        return np.asarray(value.fill_null(float("nan")).to_numpy())

    def _true(self, service: str, traits: Traits, lost: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether it said the truth about the person, or nothing for a reason that is not the person's."""
        honest = ~self._words(f"{service}_status", [EvidenceStatus.REFUSED.value]) & ~self._flag(
            f"{service}_null_field"
        )
        if service == "scoring":
            return honest
        used = self._used(service)
        if service == "identity":
            return np.asarray(honest & (lost | (used == traits.verified)))
        scale, own = SCALES[service], traits.characteristics[SCORED.index(service)]
        right = np.abs(used - (scale.centre + scale.spread * own)) < _NEAR
        if service == "bureau":
            right = np.where(traits.thin, np.isnan(used), right)
        return np.asarray(honest & (lost | right))

    def _truly_scored(self, rules: MaskRules, traits: Traits, mask: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the score is the one that this evidence gives, where there is one."""
        score, _ = _by_line(rules, traits, mask & ~SCORING)
        scored = ((mask & SCORING) != 0) | (np.abs(self._used("scoring") - score) < _NEAR)
        return np.asarray(scored)


def _told(rules: MaskRules, traits: Traits, mask: NDArray[np.int64]) -> NDArray[np.str_]:
    """What the rule says of each person under each mask."""
    score, bounds = _by_line(rules, traits, mask)
    told = np.where(score < bounds[0], Answer.NO_CREDIT.value, rules.between.value)
    told = np.where(score >= bounds[1], Answer.APPROVED.value, told)
    unverified = ~traits.verified & (mask >> SERVICES.index("identity") & 1 == 0)
    return np.where(unverified, Answer.ACTION_NEEDED.value, told)


def _by_line(
    rules: MaskRules, traits: Traits, mask: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The score of each person on what is there, and the two bounds that decide about them."""
    score, bounds = np.zeros(len(mask)), np.zeros((2, len(mask)))
    if not rules.known:
        return score, bounds
    for thin in (False, True):
        for one in np.unique(mask[traits.thin == thin]):
            where = (traits.thin == thin) & (mask == one)
            line = rules.line(File.THIN if thin else File.THICK, int(one))
            score[where] = line.score(traits.characteristics[:, where])
            bounds[:, where] = [[line.deny_below], [line.approve_from]]
    return score, bounds
