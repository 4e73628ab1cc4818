"""`report.html`: the whole run on one page that asks for nothing, reads on a phone, at night and on paper."""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from creditstorm.analysis.summary import Summary
from creditstorm.record.manifest import Manifest
from creditstorm.report import console, numbers, style, words

TEMPLATE = "report.html.j2"


@dataclass(frozen=True, slots=True)
class InlineFigure:
    """A figure for the page: the sentence above it and its own SVG element."""

    title: str
    svg: Markup


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows."""

    summary: Summary
    figures: Mapping[str, InlineFigure]
    scenario: str
    manifest: Manifest


def html(page: Page) -> str:
    """The page as text; everything that is not our own markup is escaped."""
    return environment().get_template(TEMPLATE).render(
        summary=page.summary,
        figures=page.figures,
        scenario=page.scenario,
        manifest=page.manifest,
        when=words.when(page.summary),
        who=words.who(page.summary),
        stable=words.against_stable(page.summary),
        glossary=words.GLOSSARY,
        wronged_total=sum(page.summary.causes.values()),
    )  # fmt: skip


def environment() -> Environment:
    """Where every page is made: escaping, filters, and the colours of the figures."""
    environment = Environment(
        loader=PackageLoader("creditstorm.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (numbers.count, numbers.percent, numbers.interval, numbers.seconds, numbers.between, numbers.money)
    more = (
        numbers.plain,
        numbers.in_unit,
        numbers.interval_in,
        numbers.cause,
        numbers.tied,
        words.name,
        words.notified,
        console.back,
    )
    environment.filters |= {each.__name__: each for each in (*filters, *more)}
    environment.globals["light"] = {variable: colour for colour, variable in style.THEMED.items()}
    return environment
