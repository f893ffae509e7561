"""The texts of the folder that someone takes along, one file a language, for a translator to edit."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent / "export_texts"


@cache
def texts(language: str) -> Mapping[str, Any]:
    """Read the texts of one of the LANGUAGES."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
