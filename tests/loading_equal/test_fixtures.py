"""Every ledger in this repository, and those made of the public bank files, is loaded as Beancount loads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from beancoop.loading import load_file
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import coda
from beancount import loader
from corpus import CORPUS, ledger_of, must_be_there, samples
from loading_equal.comparison import compare, compare_and_spoil

ROOT = Path(__file__).parents[2]
GENERATE = ROOT / "tests" / "benchmarks" / "generate.py"
LEDGERS = sorted(
    path for folder in ("ledgers", "tests", "queries", "docs") for path in (ROOT / folder).rglob("*.beancount")
)
FAST = [ROOT / "ledgers" / "main.beancount", *sorted((ROOT / "ledgers" / "activities").glob("*/ledger.beancount"))]
SAMPLES = samples("coda")
ENOUGH = 20  # movements


def test_they_are_there():
    names = {path.relative_to(ROOT).as_posix() for path in LEDGERS}
    assert {
        "ledgers/main.beancount",
        "ledgers/activities/A001/ledger.beancount",
        "tests/golden/books/A001-2026.beancount",
    } <= names


@pytest.mark.parametrize("path", LEDGERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_ledger_of_this_repository(path):
    assert compare_and_spoil(path) is None
    assert compare(path) is None


@pytest.mark.parametrize("path", FAST, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_usual_is_not_left_to_beancount(path, monkeypatch):
    """Two loads by Beancount are equal, and prove nothing."""

    def refuse(*_):
        raise AssertionError("left to Beancount")

    monkeypatch.setattr(loader, "_load", refuse)
    entries, *_ = load_file(path)
    assert entries


def test_a_generated_cooperative(tmp_path):
    size = ["--activities", "4", "--months", "5", "--transactions", "4"]
    subprocess.run([sys.executable, GENERATE, tmp_path / "ledgers", *size], check=True)
    main = tmp_path / "ledgers" / "main.beancount"
    assert compare_and_spoil(main) is None
    assert compare(main) is None


def test_the_corpus_is_there():
    must_be_there(SAMPLES)


@pytest.mark.skipif(not SAMPLES, reason=f"no public corpus at {CORPUS}")
def test_ledgers_of_public_bank_statements(tmp_path):
    booked = 0
    for number, sample in enumerate(SAMPLES):
        path, _ = sample.values
        try:
            statements = coda.read(path.read_bytes())
        except Refused:
            continue
        main = tmp_path / f"{number}.beancount"
        ledger_of(main, statements)
        assert compare_and_spoil(main) is None, path
        booked += import_files(main, [path])[0].booked
        assert compare_and_spoil(main) is None, path
    assert booked > ENOUGH


def test_ledgers_of_the_corpus():
    assert not [difference for path in CORPUS.rglob("*.beancount") if (difference := compare(path))]
