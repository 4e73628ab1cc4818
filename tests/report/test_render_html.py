"""The page: one file, nothing to fetch, everything foreign escaped, readable by a machine that reads aloud."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from markupsafe import Markup
from creditstorm.analysis.detection import MonitorResult
from creditstorm.analysis.drawn import Timeline, Window
from creditstorm.analysis.summary import Summary, Verdict
from creditstorm.record.manifest import Ending, Manifest, Mode
from creditstorm.report import canvas
from creditstorm.report.canvas import inline
from creditstorm.report.figures import FIGURES
from creditstorm.report.render import InlineFigure, Page, html
from tests.report import builders

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)>'
VOID = {"meta", "br", "img", "link", "path", "use", "rect"}


class Outline(HTMLParser):
    """Tags with their attributes, headings in order, and whether every tag was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes the tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes the tag, which needs no end."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Closes the innermost tag, which must be this one."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def named(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of all tags of these names."""
        return [attributes for tag, attributes in self.tags if tag in names]


def drawn(summary: Summary, timeline: Timeline) -> dict[str, InlineFigure]:
    """The figures of a run, made part of a page."""
    with canvas.house_style():
        pictures = [draw(summary, timeline) for draw in FIGURES]
        return {each.name: InlineFigure(each.title, Markup(inline(each, canvas.svg(each)))) for each in pictures}  # noqa: S704


@cache
def figures(run: str) -> dict[str, InlineFigure]:
    """The figures of a synthetic run, drawn once."""
    summary, timeline = builders.RUNS[run]
    return drawn(summary(), timeline())


def page(run: str = "bureau", manifest: Manifest | None = None, **changes: object) -> str:
    """The page of a synthetic run."""
    summary = replace(builders.RUNS[run][0](), **changes)  # type: ignore[arg-type]
    return html(Page(summary, figures(run), "schema: 1\n", manifest or builders.manifest()))


@pytest.mark.parametrize("run", builders.RUNS)
def test_the_page_is_well_formed_and_asks_for_nothing(run: str) -> None:
    """Every tag is closed, no script, no address, nothing that loads."""
    text = page(run)
    outline = Outline(text)
    assert outline.open == []
    assert "://" not in text
    assert not outline.named("script", "link", "img", "iframe", "object", "base", "form")
    assert not re.search(r"@import|url\((?!#)", text)
    assert "default-src 'none'" in text


def test_ids_are_unique_and_labels_lead_to_them() -> None:
    """Sections and figures share no id, and each section is named by its heading."""
    outline = Outline(page())
    ids = [attributes["id"] for _, attributes in outline.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    assert {section["aria-labelledby"] for section in outline.named("section")} <= set(ids)


def test_the_page_reads_aloud() -> None:
    """Language, one first heading, no level skipped, headers in tables, words for every figure."""
    outline = Outline(page())
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h\d", tag)]
    assert outline.named("html")[0]["lang"] == "en"
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(head.get("scope") for head in outline.named("th"))
    assert [bool(svg.get("aria-label")) for svg in outline.named("svg")] == [True] * 7


def test_the_order_is_that_of_a_reader() -> None:
    """Headline, verdict, three figures, storm, who, why, how long, how fast, price, trust, asked, ran on, words."""
    text = page()
    wanted = ["verdict", "status", "storm", "who", "why", "how-long", "how-fast", "price", "honesty"]
    wanted += ["asked", "ran-on", "words"]
    assert re.findall(r'<h2 id="([^"]+)"', text) == wanted
    assert text.index("<h1>") < text.index("<h2")


def test_the_headline_and_the_people_are_said() -> None:
    """The first lines say how many people it was."""
    text = page()
    assert "1 in 4 creditworthy people was told" in text
    assert "826 of 3,264 creditworthy people" in text


def test_money_is_called_synthetic() -> None:
    """Nobody may take ¥38 million for a real loss."""
    text = page()
    assert "¥38,112,400" in text
    assert "Synthetic money" in text


def test_hostile_words_are_only_words() -> None:
    """Markup in a scenario, a fault, a cause, a rule or a note is shown, never run."""
    outage = builders.bureau_outage()
    window = Window(HOSTILE, "down", HOSTILE, 20.0, 35.0)
    summary = replace(
        outage,
        scenario_id=HOSTILE,
        why=HOSTILE,
        headline=HOSTILE,
        causes={f"late:{HOSTILE}": 1},
        slices=(*outage.slices, builders.part("window", HOSTILE, 0.999, 10, when=(20.0, 35.0))),
        thresholds=(replace(outage.thresholds[0], metric=HOSTILE, rule=HOSTILE, note=HOSTILE),),
    )
    manifest = builders.manifest(overrides=(HOSTILE,), run_id=HOSTILE)
    shown = drawn(summary, builders.timeline((window,)))
    outline = Outline(html(Page(summary, shown, f"why: {HOSTILE}\n</pre>", manifest)))
    assert outline.open == []
    assert not outline.named("script", "img")


def test_an_interrupted_run_says_so_at_the_top() -> None:
    """How a run ended is not hidden at the bottom."""
    ended = replace(builders.manifest().ended, how=Ending.INTERRUPTED, reason="Ctrl-C at 12 s")
    text = page(manifest=builders.manifest(ended=ended))
    assert text.index("This run is interrupted.") < text.index("<h2")


def test_a_verdict_is_a_word_and_not_only_a_colour() -> None:
    """Each badge carries its sign and its word."""
    assert re.search(r'class="badge inconclusive">\? inconclusive<', page(verdict=Verdict.INCONCLUSIVE))


def test_dark_is_for_screens_only() -> None:
    """Paper stays white whatever the reader's screen prefers."""
    text = page()
    assert "@media screen and (prefers-color-scheme: dark)" in text
    assert text.count("prefers-color-scheme") == 1


def test_a_change_of_rules_is_told_against_the_rules_before() -> None:
    """Where the two oracles differ the page says in a sentence, and in a table, what the stable one makes of it."""
    said = "Against the strategy before the change: 6.2"
    assert said in page("rolled_out")
    assert said not in page("calm")


def test_a_simulated_run_says_so_before_anything_else() -> None:
    """In the title and above the headline."""
    told = page(mode=Mode.SIMULATED)
    assert told.index("<strong>simulated</strong>") < told.index("<h1>")
    assert "simulated</title>" in told
    assert "simulated</strong>" not in page()


def test_what_is_so_of_every_monitor_is_said_once() -> None:
    """Before the table, which has a column of notes only where they differ."""
    alike = [MonitorResult(name, name, note="knows only 15 s of calm") for name in ("declines", "undecided")]
    for monitors, often, noted in ((alike, 1, False), ([alike[0], replace(alike[1], note="hears nothing")], 1, True)):
        text = page(monitors=tuple(monitors))
        table = text[text.index('id="noticed"') : text.index('id="how-fast"')]
        assert table.count("knows only 15") == often
        assert (">Note</th>" in table) is noted
