"""A figure as it is kept, apart from what draws it: who only writes it loads no matplotlib."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawing:
    """One figure: its sentence, its SVG element for a page, and its two files."""

    name: str
    title: str
    element: str
    svg: bytes
    png: bytes
