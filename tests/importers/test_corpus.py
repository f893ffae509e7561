"""Every public CODA sample: what is consistent is booked as its facts say, what is not is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.identifiers import account_key
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import coda
from beancount import loader
from beancount.core import data
from corpus import CORPUS, must_be_there, samples

if TYPE_CHECKING:
    from pathlib import Path

ACCEPTED = 8

LEDGER = """option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2000-01-01 open Assets:55:5500-Banque
  iban: "{iban}"
2000-01-01 open Assets:55:5500-Banque:COOP
2000-01-01 open Assets:49:499-CompteAttente:COOP
2000-01-01 open Equity:10:100-Capital:COOP
2000-01-02 * "Ouverture"
  Assets:55:5500-Banque:COOP  {old} EUR
  Equity:10:100-Capital:COOP  -{old} EUR
"""


SAMPLES = samples("coda")


def test_the_corpus_is_there():
    must_be_there(SAMPLES)


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_reader_agrees_with_an_independent_one(path, facts):
    facts = [fact for fact in facts if "acct" in fact]
    if why := refusal(path):
        sound = all(fact["chain"] in (True, None) and fact["trailer"] == [True] * 3 for fact in facts)
        assert not sound or "the new balance is of account" in why or "version" in why
        return
    statements = coda.read(path.read_bytes())
    assert all(fact["chain"] is not False for fact in facts)
    assert [
        (one.iban, one.number, one.old_balance, one.new_balance, len(one.movements), counted(one.movements))
        for one in statements
    ] == [
        (
            account_key(fact["acct"]),
            fact["no"],
            Decimal(fact["old"]),
            fact["new"] and Decimal(fact["new"]),
            fact["tx"],
            fact["movements_incl_details"],
        )
        for fact in facts
    ]


def refusal(path: Path) -> str | None:
    try:
        coda.read(path.read_bytes())
    except Refused as refused:
        return str(refused)
    return None


def counted(movements) -> int:
    return sum(1 + counted(movement.details) for movement in movements)


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_imported_twice(path, facts, tmp_path):
    known = facts[0]["acct"] or "BE68539007547034"
    main = tmp_path / "main.beancount"
    main.write_text(LEDGER.format(iban=known, old=f"{Decimal(facts[0]['old'] or 0):.2f}"))
    before = main.read_text()
    (first,) = import_files(main, [path])
    if first.refusal:
        assert main.read_text() == before
        assert refusal(path)
        return
    after = main.read_text()
    assert (first.booked, first.skipped) == (facts[0]["tx"], 0)
    entries, errors, _ = loader.load_file(str(main))
    assert errors == []
    asserted = [entry.amount.number for entry in entries if isinstance(entry, data.Balance)]
    assert asserted == ([Decimal(facts[0]["new"])] if facts[0]["new"] else [])
    (second,) = import_files(main, [path])
    assert (second.booked, second.skipped, second.refusal) == (0, facts[0]["tx"], None)
    assert main.read_text() == after


@pytest.mark.skipif(not SAMPLES, reason=f"no public corpus at {CORPUS}")
def test_enough_samples_are_accepted():
    assert sum(refusal(sample.values[0]) is None for sample in SAMPLES) >= ACCEPTED
