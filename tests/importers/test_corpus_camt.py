"""Every public CAMT sample: what is consistent is booked as its facts say, what is not is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.identifiers import account_key
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import camt
from beancount import loader
from beancount.core import data
from corpus import CORPUS, must_be_there, samples

ACCEPTED = 50
SAMPLES = samples("camt")
TWICE = [one for one in SAMPLES if re.search(r"multi\.statement|camt053-txdtls|2024-08-2[0-9]", one.id)]
CHAINED = [one for one in SAMPLES if re.search(r"Subite.*2024", one.id)]
HEAD = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'


def refusal(path) -> str | None:
    try:
        camt.read(path.read_bytes())
    except Refused as refused:
        return str(refused)
    return None


def stated(facts) -> list[dict]:
    return [statement for member in facts for statement in member.get("stmts", [])]


def ledger_of(main, facts):
    """Lay out a ledger with every account of *facts*, the shares of COOP beginning at the first old balance."""
    lines = [HEAD, "2000-01-01 open Assets:49:499-CompteAttente:COOP\n2000-01-01 open Equity:10:100-Capital:COOP\n"]
    known: dict[str, str] = {}
    for fact in facts:
        known.setdefault(fact["acct"], fact["old"])
    currency = next((ccy for fact in facts for ccy in fact["ccy"]), "EUR")
    for number, (account, old) in enumerate(known.items()):
        name, amount = f"Assets:55:550{number}-Banque", f"{Decimal(old):.2f}"
        lines.append(
            f'2000-01-01 open {name} {currency}\n  iban: "{account}"\n2000-01-01 open {name}:COOP\n'
            f'2000-01-02 * "Ouverture"\n  {name}:COOP  {amount} {currency}\n'
            f"  Equity:10:100-Capital:COOP  {-Decimal(amount)} {currency}\n"
        )
    main.write_text("".join(lines).replace('"EUR"', f'"{currency}"', 1))


def test_the_corpus_is_there():
    must_be_there(SAMPLES)


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_reader_agrees_with_an_independent_one(path, facts):
    found = stated(facts)
    versions = {member.get("version", "") for member in facts}
    if why := refusal(path):
        assert not found or not all(fact["chain"] for fact in found), why
        return
    assert all(version.startswith("camt.053") for version in versions)
    assert all(fact["chain"] is not False for fact in found)
    assert [
        (one.iban, one.old_balance, one.new_balance, len(one.movements)) for one in camt.read(path.read_bytes())
    ] == [
        (account_key(fact["acct"]), Decimal(fact["old"]), fact["new"] and Decimal(fact["new"]), fact["tx"])
        for fact in found
    ]


@pytest.mark.parametrize(("path", "facts"), [one for one in SAMPLES if re.search(r"camt05[24]", one.id)])
def test_what_is_no_statement_is_refused_for_its_own_reason(path, facts):
    assert re.search(r"camt\.05[24]\); ", refusal(path))


@pytest.mark.parametrize(("path", "facts"), TWICE)
def test_imported_twice(path, facts, tmp_path):
    main, facts = tmp_path / "main.beancount", stated(facts)
    ledger_of(main, facts)
    (first,) = import_files(main, [path])
    movements = sum(fact["tx"] for fact in facts)
    assert (first.refusal, first.booked, first.skipped) == (None, movements, 0)
    after = main.read_text()
    entries, errors, _ = loader.load_file(str(main))
    assert errors == []
    last = {fact["acct"]: Decimal(fact["new"]) for fact in facts}  # of one day only the last is asserted
    asserted = [entry.amount.number for entry in entries if isinstance(entry, data.Balance)]
    assert sorted(asserted) == sorted(last.values())
    (second,) = import_files(main, [path])
    assert (second.refusal, second.booked, second.skipped) == (None, 0, movements)
    assert main.read_text() == after


def test_half_a_year_of_daily_statements(tmp_path):
    must_be_there(CHAINED)
    facts = [fact for one in CHAINED for fact in stated(one.values[1])]
    main = tmp_path / "main.beancount"
    ledger_of(main, facts)
    results = import_files(main, [one.values[0] for one in reversed(CHAINED)])
    assert [result.refusal for result in results] == [None] * len(CHAINED)
    assert sum(result.booked for result in results) == sum(fact["tx"] for fact in facts)


@pytest.mark.skipif(not SAMPLES, reason=f"no public corpus at {CORPUS}")
def test_enough_samples_are_accepted():
    assert sum(refusal(sample.values[0]) is None for sample in SAMPLES) >= ACCEPTED
