"""Whether a test may be left out."""

import os
from typing import Final

MAY_SKIP: Final = os.environ.get("CREDITSTORM_TESTS") != "all"
"""Not in CI, where a test that is left out would be a green light that nobody earned."""
