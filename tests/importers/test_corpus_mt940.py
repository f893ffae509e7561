"""Every public MT940 sample: what is consistent is read as its facts say, what is not is refused for its own reason."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from itertools import zip_longest

import mt940 as library
import pytest
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.charset import read_lines
from beancoop_importers.readers.sources import read_statements
from beancount import loader
from beancount.core import data
from corpus import CORPUS, Verdict, ledger_of, must_be_there, samples

ACCEPTED = 14
SAMPLES = samples("mt940")
MORE = "more_statements"


def verdict(path, facts) -> Verdict:
    """Compare what is read of a sample, or why it is refused, with its facts."""
    stated = [fact for fact in facts if MORE not in fact]
    try:
        statements = read_statements(path)
    except Refused as refused:
        return Verdict("refused" if is_reason(refused.message, stated, facts) else "WRONG", refused.message)
    expected = wholes(stated)
    found = [(one.account, one.old_balance, one.new_balance, len(one.movements)) for one in statements]
    if len(stated) < len(facts):
        expected, found = expected[:-1], found[: len(expected) - 1]  # the last may go on in what is not stated
    sound = all(fact["chain"] for fact in stated)
    return Verdict("read" if sound and expected == found else "WRONG", str(found))


def wholes(facts) -> list[tuple]:
    """Join the pages of a statement, which the facts give one by one."""
    found: list[tuple] = []
    before: dict = {}
    for fact in facts:
        old, new = Decimal(fact["old"]), Decimal(fact["new"])
        number, _, page = fact["no"].partition("/")
        if before and (fact["acct"], number, int(page or 1)) == (*before["name"], before["page"] + 1):
            account, first, last, moved = found.pop()
            assert last == old
            found.append((account, first, new, moved + fact["tx"]))
        else:
            found.append((fact["acct"], old, new, fact["tx"]))
        before = {"name": (fact["acct"], number), "page": int(page or 1)}
    return found


def is_reason(why, stated, facts) -> bool:
    """Say whether the facts bear out why a file is refused."""
    if re.search(r" make -?[0-9.,]+, but the new balance is", why):
        return any(fact["chain"] is False for fact in stated) or len(stated) < len(facts)
    if "no bank statement" in why or "first part is missing" in why:
        return all(fact["acct"] is None or fact["old"] is None for fact in stated)
    if "opening balance" in why:
        return any(fact["old"] is None for fact in stated)
    if "closing balance" in why or "is no balance" in why:
        return any(fact["new"] is None for fact in stated)
    return "second field :25:" in why and not all(fact["chain"] for fact in stated)


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


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_movements_agree_with_the_library(path, facts):
    """Where both read a file, each movement has the same amount and value date."""
    text = "\n".join(read_lines(path.read_bytes(), lambda _: True))
    try:
        found = library.parse_statements(io.StringIO(text), options=library.Options.all())
    except Exception:  # noqa: BLE001 - that it refuses some dialects is why it is not asked
        found = []
    theirs = [(one.data["date"], one.data["amount"].amount) for part in found for one in part.transactions]
    ours = [(one.value_date, one.amount) for statement in read(path) for one in statement.movements]
    for mine, other in zip_longest(ours, theirs) if ours and theirs else ():
        assert mine == other


@pytest.mark.parametrize(("path", "facts"), [one for one in SAMPLES if read(one.values[0])])
def test_imported_twice(path, facts, tmp_path):
    main, statements = tmp_path / "main.beancount", read(path)
    ledger_of(main, statements)
    (first,) = import_files(main, [path])
    moved = sum(len(one.movements) for one in statements)
    assert (first.refusal, first.booked + first.skipped) == (None, moved)
    after = main.read_text()
    entries, errors, _ = loader.load_file(str(main))
    assert errors == []
    asserted = {(one.account, one.amount.number) for one in entries if isinstance(one, data.Balance)}
    assert len({one.iban for one in statements}) == len({account for account, _ in asserted})
    assert {number for _, number in asserted} <= {one.new_balance for one in statements}
    (second,) = import_files(main, [path])
    assert (second.refusal, second.booked, second.skipped) == (None, 0, moved)
    assert main.read_text() == after


@pytest.mark.skipif(not SAMPLES, reason=f"no public corpus at {CORPUS}")
def test_enough_samples_are_accepted():
    assert sum(verdict(*sample.values).kind == "read" for sample in SAMPLES) >= ACCEPTED
