"""The libraries that lay out a PDF: a test that needs them is skipped without them, but for where all are required."""

from __future__ import annotations

import os

import pytest

try:
    import weasyprint  # noqa: F401
except OSError:
    IS_THERE = False
else:
    IS_THERE = True

IS_REQUIRED = os.environ.get("BEANCOOP_REQUIRE_ALL") == "1"
needs_pango = pytest.mark.skipif(not IS_THERE and not IS_REQUIRED, reason="Pango is not installed")
PDF = pytest.param("pdf", marks=needs_pango)
