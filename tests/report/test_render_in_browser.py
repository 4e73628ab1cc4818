"""The page in a real browser, where there is one: right in light, in dark and on a phone, and it prints."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from creditstorm.record.matrix import MatrixFolder
from creditstorm.report.matrix.page import render_matrix
from creditstorm.report.render import render
from creditstorm.scenario.text.loader import load
from tests.analysis.matrix.cells import everything
from tests.report import builders

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SCENARIO = Path(__file__).parents[2] / "scenarios" / "bureau-outage-at-peak.yaml"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CREDITSTORM_BROWSER") != "required", reason="no Chromium on the PATH"
)


def report(root: Path) -> Path:
    """The page of the outage."""
    folder = builders.run_folder(root)
    render(folder, builders.bureau_outage(), builders.timeline(), load(SCENARIO), builders.manifest())
    return folder.report


def matrix(root: Path) -> Path:
    """The page of ten policies."""
    folder = MatrixFolder(root)
    render_matrix(folder, everything())
    return folder.page


@pytest.fixture(scope="module", params=[report, matrix])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page, rendered once for all who look at it."""
    made: Callable[[Path], Path] = request.param
    return made(tmp_path_factory.mktemp(made.__name__))


def browse(page: Path, profile: Path, *options: str) -> None:
    """Open a page with these options, in a browser that has seen nothing before."""
    assert CHROMIUM, "CREDITSTORM_BROWSER=required, and there is no Chromium on the PATH"
    command = [CHROMIUM, *QUIET, f"--user-data-dir={profile}", *options, page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize(("scheme", "paper"), [("1", (255, 255, 255)), ("0", (13, 17, 23))])
def test_the_page_follows_the_scheme(scheme: str, paper: tuple[int, int, int], page: Path, tmp_path: Path) -> None:
    """White by day, dark at night, and in both there is ink on it, on a screen as narrow as a phone's."""
    shot = tmp_path / "shot.png"
    browse(
        page,
        tmp_path / "profile",
        f"--blink-settings=preferredColorScheme={scheme}",
        "--window-size=500,1600",
        f"--screenshot={shot}",
    )
    with Image.open(shot) as image:
        colours = image.convert("RGB").getcolors(maxcolors=2**24) or []
    commonest = max(colours)[1]
    assert commonest == paper
    assert len(colours) > 100


def test_the_page_prints(page: Path, tmp_path: Path) -> None:
    """A PDF of several pages."""
    pdf = tmp_path / "page.pdf"
    browse(page, tmp_path / "profile", f"--print-to-pdf={pdf}")
    assert pdf.read_bytes().count(b"/Type /Page") >= 3
