"""Events as the journal keeps them."""

from __future__ import annotations

from creditstorm.engine.events import FaultCleared


def test_a_mark_has_a_count_only_where_somebody_counted() -> None:
    """Of a fault on the network nobody knows how many met it, and 0 is another thing."""
    words = {"t_s": 35.0, "fault": "x", "kind": "errors", "target": "bureau", "verified_by": "read-back"}
    plain = {"event": "fault_cleared", **words}
    assert FaultCleared(**words).as_json() == plain
    assert FaultCleared(**words, met=0).as_json() == {**plain, "met": 0}
