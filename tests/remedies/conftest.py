"""The cooperative in which remedies are tried, laid out once a module and copied for each test."""

from __future__ import annotations

import shutil

import pytest
from trust.lab import laboratory


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return laboratory(tmp_path_factory.mktemp("template") / "lab").root


@pytest.fixture
def in_lab(template, tmp_path, monkeypatch):
    """Work in a copy."""
    monkeypatch.chdir(shutil.copytree(template, tmp_path / "lab"))
