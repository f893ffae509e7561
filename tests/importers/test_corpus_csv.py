"""Every public CSV sample: read as its source states, or refused for a reason that is named."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.sources import read_statements
from beancount import loader
from beancount.core import data
from corpus import CORPUS, must_be_there

# What each source states of its file: the amounts of each account by date, what stood on it after, what is left out.
STATED = {
    "find_string-30477153946__belfius-nl-2020.csv": [("-9.68 -8.00 -123.45", None, 0)],
    "find_string-66503314261__belfius-fr-2026-preamble.csv": [("-12.50 -5000.00 2500.00 -44.97", None, 0)],
    "find_string-66503314261__ing-fr.csv": [("-2.90 -125.50 1500.00 -8.99", None, 0)],
    "find_string-57407656944__kbc-nl.csv": [("775.08 -775.08", "0.00", 0), ("-1000.00", "500.00", 0)],
    "find_string-21951653833__bnp-fr-2023.csv": [("-100.87 -33.60 27.00 -54.00 54.00 50.00 18.00", None, 0)],
    "find_string-57483596869__bnp-fr-2026-unbooked.csv": [("", None, 1)],
    "find_string-70699359246__crelan-nl.csv": [("1.00 -0.05", "0.95", 0)],
}
REFUSED = {  # what the bank answers to programs, and exports to nobody
    "pypi+beangulp_wise-0.1.2__fixture-eur.json": "this is no bank statement",
    "pypi+beangulp_wise-0.1.2__fixture-usd.json": "this is no bank statement",
}
HEAD = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'


def samples():
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        found = [row["path"] for row in csv.DictReader(file, delimiter="\t") if row["format"].startswith("csv-")]
    return [pytest.param(CORPUS / path, id=path) for path in found]


SAMPLES = samples()


def outcome(path):
    try:
        return read_statements(path)
    except Refused as refused:
        return str(refused)


def test_the_corpus_is_there():
    must_be_there(SAMPLES)


@pytest.mark.parametrize("path", SAMPLES)
def test_read_as_stated_or_refused_for_a_named_reason(path):
    found = outcome(path)
    if isinstance(found, str):
        assert REFUSED.get(path.name, "; ") in found
        assert path.name not in STATED
        return
    left_out = [[note for note in one.warnings if "left out" in note.text] for one in found]
    read = [
        (
            " ".join(str(move.amount) for move in one.movements),
            None if one.new_balance is None else str(one.new_balance),
            len(notes),
        )
        for one, notes in zip(found, left_out, strict=True)
    ]
    assert read == STATED.get(path.name, read)


@pytest.mark.parametrize("path", SAMPLES)
def test_imported_twice(path, tmp_path):
    found = outcome(path)
    if isinstance(found, str):
        return
    main = tmp_path / "main.beancount"
    accounts = "".join(
        f'2000-01-01 open Assets:55:55{number:02}-Banque {one.currency}\n  iban: "{one.account}"\n'
        f"2000-01-01 open Assets:55:55{number:02}-Banque:COOP\n"
        f'2000-01-02 * "Ouverture"\n  Assets:55:55{number:02}-Banque:COOP  {one.old_balance or 0:.2f} {one.currency}\n'
        f"  Equity:10:100-Capital:COOP  {-(one.old_balance or Decimal(0)):.2f} {one.currency}\n"
        for number, one in enumerate(found)
    )
    main.write_text(f"{HEAD}2000-01-01 open Equity:10:100-Capital:COOP\n{accounts}")
    (first,) = import_files(main, [path])
    assert first.refusal is None
    assert first.booked == sum(len(one.movements) for one in found)
    entries, errors, _ = loader.load_file(str(main))
    assert errors == []
    asserted = [str(one.amount.number) for one in entries if isinstance(one, data.Balance)]
    assert sorted(asserted) == sorted(str(one.new_balance) for one in found if one.new_balance is not None)
    after = main.read_text()
    (second,) = import_files(main, [path])
    assert (second.refusal, second.booked, second.skipped) == (None, 0, first.booked)
    assert main.read_text() == after


@pytest.mark.skipif(not SAMPLES, reason=f"no public corpus at {CORPUS}")
def test_every_bank_that_has_samples_is_read():
    read = {
        statement.format
        for sample in SAMPLES
        for statement in outcome(sample.values[0])
        if not isinstance(statement, str)
    }
    assert read >= {"csv-belfius", "csv-kbc", "csv-ing", "csv-bnp", "csv-crelan"}
