"""The public bank files the readers are held to, where they are at hand."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("BEANCOOP_CORPUS", Path(__file__).parents[3] / "shared/corpus"))
REQUIRED = os.environ.get("BEANCOOP_REQUIRE_ALL") == "1"


def samples(form: str) -> list:
    """Give the files of a format, each with what an independent reader found in it."""
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["format"] == form]
    return [pytest.param(CORPUS / row["path"], json.loads(row["facts_computed"]), id=row["path"]) for row in rows]


def must_be_there(found: list) -> None:
    if not found and not REQUIRED:
        pytest.skip(f"no public corpus at {CORPUS}; set BEANCOOP_CORPUS")
    assert found, f"BEANCOOP_REQUIRE_ALL is set and there is no corpus at {CORPUS}"
