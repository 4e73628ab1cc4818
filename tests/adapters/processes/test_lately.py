"""Whether this machine is the likely reason that a part is silent."""

from __future__ import annotations

from creditstorm.adapters.processes.lately import SPAN_S, Lately


class At:
    """A clock that a test sets."""

    now_s = 0.0


def seen(*rows: tuple[str, float | None, float | None], over_s: float = 1.0) -> Lately:
    """What was seen of these processes at 0 s."""
    lately = Lately(lambda: At.now_s)
    At.now_s = 0.0
    for process, late_s, waited_s in rows:
        lately.note(process, late_s, waited_s, over_s)
    return lately


def test_who_was_late_beside_the_silent_part_is_named() -> None:
    """The worst of them."""
    said = seen(("locust", 0.7, 0.0), ("harness", 2.34, None), ("bureau", None, None)).likely_reason("decision")
    assert said.startswith("most likely because this machine was too busy: harness came round 2.3 s late (end ")


def test_of_who_waited_for_a_core_the_longest_is_named_beside_the_latest() -> None:
    """The harness cannot say of itself that it waited; that it is late alone might be its own fault."""
    said = seen(("harness", 6.5, None), ("locust", 0.1, 0.6), ("scoring", 0.3, 0.9)).likely_reason("decision")
    assert "harness came round 6.5 s late, scoring waited 0.9 s a second for a core (end " in said


def test_that_the_silent_part_itself_is_late_is_no_excuse() -> None:
    """It may hang by its own fault; that it waited for a core is an excuse."""
    assert seen(("decision", 9.0, 0.1)).likely_reason("decision") == ""
    assert seen(("locust", 9.0, 0.1)).likely_reason("locust worker 1") == ""
    assert "decision waited 0.8 s a second for a core" in seen(("decision", 9.0, 0.8)).likely_reason("decision")


def test_waiting_is_counted_for_a_second() -> None:
    """Over a look that came late it adds up."""
    assert seen(("bureau", 0.0, 2.0), over_s=5.0).likely_reason("decision") == ""
    assert "bureau waited 0.8 s a second" in seen(("bureau", 0.0, 4.0), over_s=5.0).likely_reason("decision")


def test_what_is_usual_or_long_ago_is_no_reason() -> None:
    """A machine that has time answers for nothing."""
    lately = seen(("bureau", 0.2, 0.3))
    assert lately.likely_reason("decision") == ""
    lately.note("bureau", 3.0, 0.0, 1.0)
    At.now_s = SPAN_S + 1.0
    assert lately.likely_reason("decision") == ""


def test_who_ran_out_of_something_is_the_reason_before_who_was_late() -> None:
    """For a while: what a process has no files for it answers to nobody."""
    lately = seen(("locust", 9.0, 0.0))
    lately.ran_out("decision", "EMFILE")
    assert lately.likely_reason("bureau") == "most likely because decision was out of open files (EMFILE)"
    At.now_s = SPAN_S + 1.0
    assert lately.likely_reason("bureau") == ""
