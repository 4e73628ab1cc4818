"""What is said of a recovery: when it was back, between which seconds, or why that cannot be told."""

from __future__ import annotations

import pytest
from creditstorm.analysis.summary import BadRequests, Recovery, Relapse
from creditstorm.report.words import back, bad

LATER = (Relapse(40.0, 55.0),)


@pytest.mark.parametrize(
    ("recovery", "said"),
    [
        (Recovery(("bureau",), 0.0, 60.0), "back to calm at once"),
        (Recovery(("bureau",), 1.0, 60.0), "back to calm after 1 s"),
        (Recovery(("bureau",), 4.0, 60.0, low_s=3.0), "back to calm after 4 s"),
        (Recovery(("bureau",), 17.0, 60.0), "back to calm within 17 s"),
        (Recovery(("bureau",), 17.0, 60.0, low_s=5.0), "back to calm after 5–17 s"),
        (Recovery(("bureau",), 4.0, 60.0, low_s=3.0, relapses=LATER), "back to calm after 4 s, worse again later"),
        (Recovery(("bureau",), None, 330.0, metastable=True, note="long"), "metastable: not back after 330 s"),
        (Recovery(("bureau",), None, 17.0, note="17 s of the 30 s needed seen"), "17 s of the 30 s needed seen"),
    ],
)
def test_how_a_recovery_ended(recovery: Recovery, said: str) -> None:
    """The second, the seconds between, a relapse, or the reason."""
    assert back(recovery) == said


def test_what_was_bad_is_told_by_kind() -> None:
    """Each kind that there was, as a share of the requests."""
    told = BadRequests(asked=200, wrongful_no_credit=2, undecided=170, wrong_limit=0)
    assert bad(told) == "1.0 % told “no credit”, 85.0 % undecided"
    assert bad(BadRequests(200, 0, 0, 0)) == "all decided rightly"
    assert bad(BadRequests(0, 0, 0, 0)) == bad(None) == "–"


@pytest.mark.parametrize(
    ("faults", "name"),
    [
        (("bureau",), "bureau"),
        (("bureau", "income"), "bureau and income"),
        (("a", "b", "c", "d"), "a, 2 more and d"),
    ],
)
def test_the_name_of_an_episode(faults: tuple[str, ...], name: str) -> None:
    """One fault by its name, several by the first and the last."""
    assert Recovery(faults, None, 0.0).name == name
