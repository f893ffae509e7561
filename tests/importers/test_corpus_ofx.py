"""Every public OFX sample: statements of accounts are read as their facts say, all else is refused for a reason."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.sources import read_statements
from beancount import loader
from beancount.core import data
from corpus import CORPUS, Verdict, ledger_of, must_be_there, samples

ACCEPTED = 10
SAMPLES = samples("ofx")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def verdict(path, facts) -> Verdict:
    """Compare what is read of a sample, or why it is refused, with its facts."""
    try:
        statements = read_statements(path)
    except Refused as refused:
        text = COMMENT.sub("", path.read_bytes().decode("latin-1"))
        return Verdict("refused" if is_reason(refused.message, text, facts) else "WRONG", refused.message)
    movements = [one for statement in statements for one in statement.movements]
    found = (
        [one.account for one in statements],
        [one.new_balance for one in statements],
        len(movements),
        sum((one.amount for one in movements), Decimal(0)),
    )
    balances = [Decimal(said.replace(",", ".")) if said.strip() else None for said in facts["led"]]
    expected = (facts["acct"], balances, facts["n"], Decimal(facts["tot"]))
    return Verdict("read" if found == expected and not facts["bad"] else "WRONG", str(found))


def is_reason(why, text, facts) -> bool:
    """Say whether the file bears out why it is refused."""
    statements = re.findall(r"<(?:CC)?STMTRS>.*?</(?:CC)?STMTRS>", text, re.DOTALL)
    movements = re.findall(r"<STMTTRN>.*?</STMTTRN>", text, re.DOTALL)
    reasons = {
        "statement of investments": "<INVSTMTRS>" in text,
        "answers with an error": bool(re.search(r"<SEVERITY>\s*ERROR", text)),
        "no OFX, or holds no statement": "STMTRS>" not in text,
        "does not name its account and currency": not all(
            re.search(r"<CURDEF>\s*[A-Z]{3}", one) and re.search(r"<ACCTID>\s*[^<\s]", one) for one in statements
        ),
        "has no DTPOSTED": any(not re.search(r"<DTPOSTED>\s*[0-9]", one) for one in movements),
        "has no FITID": any(not re.search(r"<FITID>\s*[^<\s]", one) for one in movements),
        "<OFX> is not closed": "</OFX>" not in text,
        "no bank statement": "<OFX>" not in text,
        "can be read in two ways": bool(re.search(r"AMT>[+-]?[0-9]{1,3}[.,][0-9]{3}\s*<", text)),
        "is no amount": bool(facts["bad"]),
        "(CORRECTFITID)": "<CORRECTFITID>" in text,
    }
    return any(said in why and holds for said, holds in reasons.items())


def read(path):
    try:
        return read_statements(path)
    except Refused:
        return ()


def test_the_corpus_is_there():
    must_be_there(SAMPLES)


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_reader_agrees_with_an_independent_one(path, facts):
    found = verdict(path, facts)
    assert found.kind != "WRONG", found.told


@pytest.mark.parametrize(("path", "facts"), [one for one in SAMPLES if read(one.values[0])])
def test_imported_twice(path, facts, tmp_path):
    main, statements = tmp_path / "main.beancount", read(path)
    ledger_of(main, statements)
    (first,) = import_files(main, [path])
    assert (first.refusal, first.booked, first.skipped) == (None, facts["n"], 0)
    unproved = [one for one in map(str, first.warnings) if "gives no balances to prove it" in one]
    assert len(unproved) == sum(bool(one.movements) for one in statements)
    after = main.read_text()
    asserted = [one.amount.number for one in loader.load_file(str(main))[0] if isinstance(one, data.Balance)]
    assert sorted(asserted) == sorted(one.new_balance for one in statements if one.new_balance is not None)
    (second,) = import_files(main, [path])
    assert (second.refusal, second.booked, second.skipped) == (None, 0, facts["n"])
    assert main.read_text() == after


@pytest.mark.skipif(not SAMPLES, reason=f"no public corpus at {CORPUS}")
def test_enough_samples_are_accepted():
    assert sum(verdict(*sample.values).kind == "read" for sample in SAMPLES) >= ACCEPTED
