"""Quantities: what is read, what is refused, and that what is written reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15s", 15.0),
        ("250ms", 0.25),
        ("1.5min", 90.0),
        ("2m", 120.0),
        ("1h", 3600.0),
        ("2d", 172_800.0),
        (" 3 s ", 3.0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    """Durations are seconds."""
    assert units.duration_s(text) == seconds


@pytest.mark.parametrize(("text", "hz"), [("80/s", 80.0), ("600/min", 10.0), ("1800 /h", 0.5)])
def test_rates(text: str, hz: float) -> None:
    """Rates are events a second."""
    assert units.rate_hz(text) == hz


@pytest.mark.parametrize(("text", "size"), [("64B", 64), ("1.5KB", 1500), ("1KiB", 1024), ("2MB", 2_000_000)])
def test_sizes(text: str, size: int) -> None:
    """Sizes are bytes; K is a thousand and Ki is 1,024."""
    assert units.size_bytes(text) == size


@pytest.mark.parametrize(("text", "kb_s"), [("10KB/s", 10), ("1.5MB/s", 1500)])
def test_transfer_rates(text: str, kb_s: int) -> None:
    """Transfer rates are whole kilobytes a second, as Toxiproxy counts them."""
    assert units.speed_kb_s(text) == kb_s


@pytest.mark.parametrize(("value", "expected"), [(0.2, 0.2), ("20%", 0.2), ("0.5 %", 0.005), (1, 1.0), ("0", 0.0)])
def test_shares(value: object, expected: float) -> None:
    """Shares are numbers from 0 to 1 or percentages."""
    assert units.share(value) == expected


@pytest.mark.parametrize(
    "value", ["15", "s", "15 sec", "-5s", "1e3s", "٣s", "1..5s", 15, None, True, ["5s"], "9" * 50 + "s"]
)
def test_what_is_no_duration(value: object) -> None:
    """A duration without a unit, with an unknown one or below 0 is refused, with an example of a good one."""
    with pytest.raises(ValueError, match="a duration such as 15s"):
        units.duration_s(value)


@pytest.mark.parametrize("value", [-0.1, 1.1, True, "120%", "20 %%", float("nan"), float("inf"), 10**400, None, "x"])
def test_what_is_no_share(value: object) -> None:
    """A share outside [0, 1], or not a number, is refused."""
    with pytest.raises(ValueError, match="a share from 0 to 1"):
        units.share(value)


@pytest.mark.parametrize("value", ["1.5B", "10", "1TB", 10])
def test_what_is_no_size(value: object) -> None:
    """Half a byte, or a number without a unit, is refused."""
    with pytest.raises(ValueError, match="whole bytes"):
        units.size_bytes(value)


@given(st.floats(0, 1e12))
def test_a_duration_reads_back_to_the_bit(seconds: float) -> None:
    """The text of a duration is that duration exactly."""
    assert units.duration_s(units.duration_text(seconds)) == seconds


@given(st.floats(0, 1e12))
def test_a_rate_reads_back_to_the_bit(hz: float) -> None:
    """The text of a rate is that rate exactly."""
    assert units.rate_hz(units.rate_text(hz)) == hz


@given(st.integers(0, 10**12))
def test_a_size_reads_back(size: int) -> None:
    """The text of a size or transfer rate is that size or rate exactly."""
    assert units.size_bytes(units.size_text(size)) == size
    assert units.speed_kb_s(units.speed_text(size)) == size


@given(st.integers(0, 10**6))
def test_milliseconds_are_the_nearest_float(ms: int) -> None:
    """A duration in ms is the very float that the same number of seconds is."""
    assert units.duration_s(f"{ms}ms") == float(f"{ms}e-3")


@given(st.text())
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    """Whatever text comes, nothing but ValueError comes back."""
    try:
        seconds = units.duration_s(text)
    except ValueError:
        return
    assert seconds >= 0.0


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", '"a"'),
        ("x" * 70, '"' + "x" * 60 + '…"'),
        ("a\nb", '"a\\nb"'),
        (True, "true"),
        (5, "5"),
        (10**4000, "a number of more than 18 digits"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (None, "nothing"),
        ({}, "a mapping"),
        ([], "a list"),
        (b"", "a bytes"),
    ],
)
def test_a_value_in_a_message_is_short_and_printable(value: object, shown: str) -> None:
    """Whatever came in, a message stays one short line."""
    assert units.quoted(value) == shown


@pytest.mark.parametrize(
    ("text", "people"),
    [("100M", 10**8), ("1亿", 10**8), ("5000万", 50_000_000), ("1.5k", 1_500), ("16 K", 16_000), ("7", 7)],
)
def test_large_numbers(text: str, people: int) -> None:
    """In the words of those who count so."""
    assert units.many(text) == people


@pytest.mark.parametrize("text", ["", "many", "1.5", "-1", "1e8", "10亿亿", "100m", None, 5, True])
def test_large_numbers_are_whole_and_have_known_ends(text: object) -> None:
    """Neither a fraction of a person nor an end that nobody knows."""
    with pytest.raises(ValueError, match=r"100M|negative"):
        units.many(text)


@pytest.mark.parametrize(
    ("text", "hz"), [("16.7k/s", 16_700.0), ("1.67万/s", 16_700.0), ("1M/min", 1e6 / 60), ("80/s", 80.0)]
)
def test_large_rates(text: str, hz: float) -> None:
    """A second, a minute or an hour."""
    assert units.large_rate_hz(text) == pytest.approx(hz, rel=1e-15)
