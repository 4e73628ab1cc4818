"""Writes `docs/museum.md` and its pictures: `python -m benchmarks.museum`, or `make museum` (half a minute)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.museum.exhibits import exhibit, pieces
from benchmarks.museum.page import page
from benchmarks.museum.picture import draw
from creditstorm.report.canvas import house_style, png

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "museum.md"
PICTURES = DOCS / "images" / "museum"


def main() -> None:
    """Make every storm once."""
    exhibits = [exhibit(name) for name in pieces()]
    PICTURES.mkdir(exist_ok=True)
    with house_style():
        for one in exhibits:
            (PICTURES / f"{one.scenario.id}.png").write_bytes(png(draw(one)))
    PAGE.write_text(page(exhibits), encoding="utf-8")
    print(f"{PAGE} and {len(exhibits)} pictures written")


if __name__ == "__main__":
    main()
