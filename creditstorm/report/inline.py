"""A figure made part of a page: ids of its own, the page's colours, no title (the page writes it), no addresses."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from creditstorm.report import style
from creditstorm.report.canvas import TITLE_GID, Picture

_UNITS_AN_INCH: Final = 72
_ROOT: Final = re.compile(r"^.*?<svg [^>]*>", re.DOTALL)
_SIZE: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_METADATA: Final = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_TITLE: Final = re.compile(rf'\s*<g id="{TITLE_GID}">.*?</g>', re.DOTALL)
_COMMENT: Final = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_ID: Final = re.compile(r'\bid="([^"]+)"')
_REFERENCE: Final = re.compile(r'url\(#([^)]+)\)|(?:xlink:)?href="#([^"]+)"')
_FAMILY: Final = re.compile(r"(font: [^;\"]*?px) [^;\"]+")


def inline(picture: Picture, text: str) -> str:
    """The SVG element of the picture for a page, from its own SVG `text`."""
    size = _SIZE.search(text)
    width, height = (float(size[1]), float(size[2])) if size else (1.0, 1.0)
    top = picture.title_in * _UNITS_AN_INCH
    body = _ROOT.sub("", _TITLE.sub("", _COMMENT.sub("", _METADATA.sub("", text))), count=1)
    view = f"0 {top:g} {width:g} {height - top:g}"
    label = escape(picture.alt, quote=True)
    return f'<svg class="figure" role="img" aria-label="{label}" viewBox="{view}">{_own(body, picture.name)}'


def _own(body: str, name: str) -> str:
    body = _ID.sub(lambda match: f'id="{name}-{match[1]}"', body)
    body = _REFERENCE.sub(lambda match: f"url(#{name}-{match[1]})" if match[1] else f'href="#{name}-{match[2]}"', body)
    body = _FAMILY.sub(r"\1 sans-serif", body)
    for colour, variable in style.THEMED.items():
        body = body.replace(colour, f"var({variable})")
    return body.strip()
