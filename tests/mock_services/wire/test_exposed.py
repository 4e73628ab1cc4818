"""What Prometheus is told of decisions."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from creditstorm.credit import Answer, Decision, Evidence, EvidenceStatus, Reason
from mock_services.wire.exposed import DecisionCollector


def test_decisions_durations_and_ages_are_counted() -> None:
    """By answer and family of the reason; a value at a bound lies below it; evidence without an age has none."""
    collector, registry = DecisionCollector(), CollectorRegistry(auto_describe=False)
    registry.register(collector)
    evidence = {
        "bureau": Evidence(EvidenceStatus.OK, value=1.0, age_s=60.0),
        "income": Evidence(EvidenceStatus.LATE),
    }
    refused = next(reason for reason in Reason if reason is not Reason.SYSTEM_BUSY)
    for spent_s in (0.05, 0.3, 9.0):
        collector.decided(Decision(Answer.NO_CREDIT, 0, refused, "credit:score"), spent_s, evidence)
    collector.decided(Decision(Answer.UNDETERMINED, 0, Reason.SYSTEM_BUSY, "technical:busy"), 0.01, {})
    text = generate_latest(registry).decode()
    assert 'creditstorm_decisions_total{family="technical",outcome="undetermined"} 1.0' in text
    assert 'outcome="no_credit"} 3.0' in text
    assert 'creditstorm_decision_duration_seconds_bucket{le="0.05"} 2.0' in text
    assert 'creditstorm_decision_duration_seconds_bucket{le="+Inf"} 4.0' in text
    assert 'creditstorm_evidence_age_seconds_bucket{le="60.0",source="bureau"} 3.0' in text
    assert 'source="income"' not in text
