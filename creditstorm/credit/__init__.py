"""The domain: applicants, evidence, scorecard, strategy, decisions and truth, all pure functions."""

from creditstorm.credit.applicants import (
    COMMON_LOADING,
    OWN_LOADING,
    Applicant,
    File,
    Population,
    PopulationSpec,
    Segment,
)
from creditstorm.credit.changes import Change, ConsentRevoked, ProfileUpdate, StrategyChange, befalls, updated
from creditstorm.credit.decision import Answer, Decision, limit_for
from creditstorm.credit.evidence import USABLE, Evidence, EvidenceStatus
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.keyed import Keyed, draw, draw_many, normal_quantile
from creditstorm.credit.outcomes import (
    LIMIT_TOLERANCE,
    LimitBand,
    Outcome,
    Shown,
    classify,
    limit_band,
    painted,
    told_honestly,
)
from creditstorm.credit.reasons import DISCLOSURES, Disclosure, Family, Reason, Words, is_technical, reason_of
from creditstorm.credit.scorecard import FACTOR, NO_RECORD, PDO, WEIGHTS, probability_of_default
from creditstorm.credit.sources import CALM, SCALES, SCORED, SERVICES, SOURCES, ServiceProfile
from creditstorm.credit.strategy import STAND_IN_LIMIT_CNY, Strategy

__all__ = [
    "CALM",
    "COMMON_LOADING",
    "DISCLOSURES",
    "FACTOR",
    "LIMIT_TOLERANCE",
    "NO_RECORD",
    "OWN_LOADING",
    "PDO",
    "SCALES",
    "SCORED",
    "SERVICES",
    "SOURCES",
    "STAND_IN_LIMIT_CNY",
    "USABLE",
    "WEIGHTS",
    "Answer",
    "Applicant",
    "Change",
    "ConsentRevoked",
    "Decision",
    "Disclosure",
    "Evidence",
    "EvidenceStatus",
    "Family",
    "File",
    "Keyed",
    "LimitBand",
    "Outcome",
    "Population",
    "PopulationSpec",
    "ProfileUpdate",
    "Reason",
    "Segment",
    "ServiceProfile",
    "Shown",
    "Strategy",
    "StrategyChange",
    "Words",
    "befalls",
    "classify",
    "draw",
    "draw_many",
    "estimate_score",
    "is_technical",
    "limit_band",
    "limit_for",
    "normal_quantile",
    "painted",
    "probability_of_default",
    "reason_of",
    "told_honestly",
    "updated",
]
