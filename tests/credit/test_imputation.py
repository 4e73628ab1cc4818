"""Missing evidence is integrated out: exact when nothing is missing, calibrated when something is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import CORRELATION, Applicant, File, Population
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.scorecard import FACTOR, INTERCEPT, WEIGHTS, points
from creditstorm.credit.sources import SCALES, SCORED
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import truth_of

people = st.integers(0, 10**8 - 1)
lost = st.sets(st.sampled_from(SCORED))


def someone(person: int, thin: float = 0.25) -> Applicant:
    return Population(5, 10**8, thin_file=thin).applicant(person)


def answered(applicant: Applicant) -> dict[str, float | None]:
    """What the sources answer: a thin file's missing bureau record weighs nothing on its own scorecard."""
    return dict(applicant.values)


@given(people)
def test_complete_evidence_gives_the_true_score_to_the_bit(person: int) -> None:
    """The lender's path and the oracle's agree exactly, thick file or thin."""
    applicant = someone(person)
    estimate = estimate_score(applicant.file, answered(applicant))
    assert (estimate.mean, estimate.sd) == (truth_of(applicant, Strategy()).score, 0.0)


@given(people, lost, st.sampled_from(SCORED))
def test_losing_one_more_source_never_makes_the_score_surer(person: int, gone: set[str], one: str) -> None:
    """The standard deviation grows with every source that is not retrieved."""
    applicant = someone(person)
    some = {k: v for k, v in answered(applicant).items() if k not in gone}
    fewer = {k: v for k, v in some.items() if k != one}
    assert estimate_score(applicant.file, fewer).sd >= estimate_score(applicant.file, some).sd - 1e-9


@pytest.mark.parametrize("gone", [{"bureau"}, {"repayment", "income"}, set(SCORED)])
def test_the_imputation_is_calibrated(gone: set[str]) -> None:
    """Standardised errors over 20,000 thick files have mean 0 and standard deviation 1 (within 0.03)."""
    errors = []
    for person in range(20_000):
        applicant = someone(person, thin=0.0)
        estimate = estimate_score(File.THICK, {k: v for k, v in answered(applicant).items() if k not in gone})
        errors.append((truth_of(applicant, Strategy()).score - estimate.mean) / estimate.sd)
    assert abs(np.mean(errors)) < 0.03
    assert abs(np.std(errors) - 1.0) < 0.03


def test_no_record_and_not_retrieved_are_different_values() -> None:
    """A thick file without a record is a worse fact than a bureau that did not answer."""
    values = answered(someone(1, thin=0.0))
    no_record = estimate_score(File.THICK, values | {"bureau": None})
    not_retrieved = estimate_score(File.THICK, {k: v for k, v in values.items() if k != "bureau"})
    assert no_record.sd == 0.0
    assert not_retrieved.sd > 0.0
    assert no_record.mean < not_retrieved.mean


def test_no_record_counts_as_two_deviations_below() -> None:
    """On the scorecard of a thick file: from what the bureau did say to "no record", in points."""
    applicant = someone(1, thin=0.0)
    values = answered(applicant)
    said = SCALES["bureau"].characteristic(values["bureau"] or 0)
    fall = estimate_score(File.THICK, values).mean - estimate_score(File.THICK, values | {"bureau": None}).mean
    assert fall == pytest.approx(FACTOR * WEIGHTS[File.THICK]["bureau"] * (said + 2.0))


@given(people, st.sets(st.sampled_from(SCORED), min_size=1))
def test_what_is_missing_is_expected_as_by_its_covariances(person: int, gone: set[str]) -> None:
    """E = S12 S22^-1 x and Var = w' (S11 - S12 S22^-1 S21) w, of traits that are correlated alike in pairs."""
    values = answered(someone(person, thin=0.0))
    there, lacking = [s for s in SCORED if s not in gone], [s for s in SCORED if s in gone]
    x = np.array([SCALES[source].characteristic(values[source] or 0) for source in there])
    weights = WEIGHTS[File.THICK]
    w = np.array([weights[source] for source in lacking])
    between = np.full((len(lacking), len(there)), CORRELATION)
    within = np.full((len(there), len(there)), CORRELATION) + np.eye(len(there)) * (1.0 - CORRELATION)
    own = np.full((len(lacking), len(lacking)), CORRELATION) + np.eye(len(lacking)) * (1.0 - CORRELATION)
    slope = between @ np.linalg.inv(within) if there else between
    log_odds = (
        INTERCEPT + sum(weights[source] * value for source, value in zip(there, x, strict=True)) + w @ (slope @ x)
    )
    variance = w @ (own - slope @ between.T) @ w
    estimate = estimate_score(File.THICK, {source: values[source] for source in there})
    assert estimate.mean == pytest.approx(points(log_odds))
    assert estimate.sd == pytest.approx(FACTOR * np.sqrt(variance))
