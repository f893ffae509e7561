"""What breaks in silence with a release of Fava: the places of its templates that are mended."""

from __future__ import annotations

from pathlib import Path

import fava
import pytest
from beancoop_fava.server.template_patches import MENDED

TEMPLATES = sorted((Path(fava.__file__).parent / "templates").glob("*.html"))


@pytest.mark.parametrize("said", MENDED)
def test_what_is_mended_stands_in_a_template_of_fava(said: str) -> None:
    """Else the mending does nothing, and nobody is told: look at the template, and mend what it says now."""
    assert any(said in template.read_text(encoding="utf-8") for template in TEMPLATES), f"Fava no longer says {said!r}"


@pytest.mark.parametrize("mended", MENDED.values())
def test_fava_has_not_mended_it_itself(mended: str) -> None:
    assert not any(mended in template.read_text(encoding="utf-8") for template in TEMPLATES)
