"""`beancoop check` of books that are closed, or that go back and forth: never otherwise than when all is loaded."""

from __future__ import annotations

import hashlib
import re
import shutil

import pytest
from beancoop.loading import load
from beancoop_cli.main import main
from checked_books import (
    A003,
    A004,
    ACCOUNTS,
    BALANCES,
    COOP,
    EXAMPLE,
    MAIN,
    Books,
    accrued,
    add,
    balance,
    purchase,
    rent,
    replace,
)
from click.testing import CliRunner


@pytest.fixture(scope="module")
def closed_home(tmp_path_factory):
    """Give the example with its first months closed; VAT returns are filed of many more."""
    folder = tmp_path_factory.mktemp("closed")
    books = Books(shutil.copytree(EXAMPLE, folder / "ledgers"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        for month in ("2025-01", "2025-02", LAST_CLOSED):
            words = ["close", month, "--ledger", str(books.root / MAIN)]
            assert CliRunner().invoke(main, words).exit_code == 0
    return folder, Books(books.root)


LAST_CLOSED = "2025-03"
OLD, CLOSED = "coop/2025.beancount", "coop/contributions-2025.beancount"
OPENED = "Expenses:61:6140-Divers:COOP"
IN_CLOSED: dict[str, tuple[bool, dict[str, str], tuple[str, str, str] | None]] = {
    "a word": (False, {}, (OLD, '"Loyer des bureaux, mars"', '"Loyer"')),
    "a word of an open month": (True, {}, (COOP, '"Salaires nets d\'août"', '"Salaires"')),
    "a comment": (True, {COOP: "; x\n", CLOSED: "; x\n"}, None),
    "an entry on the last closed day": (False, {COOP: accrued("2025-03-31")}, None),
    "an entry on a day that is open": (True, {COOP: accrued("2026-07-01")}, None),
    "a balance less": (False, {}, (BALANCES, "2025-03-01 balance Assets:55:5500-Banque       43601.69 EUR\n", "")),
    "a balance of an open month less": (
        True,
        {},
        (BALANCES, "2026-09-01 balance Assets:55:5500-Banque      121066.21 EUR\n", ""),
    ),
    "a note": (False, {ACCOUNTS: '\n2025-03-31 note Assets:55:5500-Banque "x"\n'}, None),
    "an account that opens on the last closed day": (True, {ACCOUNTS: f"\n2025-03-31 open {OPENED} EUR\n"}, None),
    "an account that opens then, and is used": (
        True,
        {ACCOUNTS: f"\n2025-03-31 open {OPENED} EUR\n", COOP: rent().replace("Expenses:61:610-Loyers:COOP", OPENED)},
        None,
    ),
    "an account that opens then, and is used at once": (
        False,
        {
            ACCOUNTS: f"\n2025-03-31 open {OPENED} EUR\n",
            COOP: accrued("2025-03-31").replace("Expenses:61:610-Loyers:COOP", OPENED),
        },
        None,
    ),
    "an account that opens before": (False, {ACCOUNTS: f"\n2025-03-30 open {OPENED} EUR\n"}, None),
    "a hash in a seal": (False, {}, (CLOSED, "  units: ", "  units: 0")),
    "a seal of another month": (False, {}, (CLOSED, '"2025-03" "COOP"', '"2025-04" "COOP"')),
    "a levy": (False, {}, (CLOSED, '"Contribution A001', '"Contribution A002')),
    "an account closed": (False, {ACCOUNTS: "\n2025-03-31 close Expenses:62:623-AutresFraisPersonnel:COOP\n"}, None),
    "in the books of an activity": (False, {A003: purchase(day="2025-03-31")}, None),
    "in the open books of an activity": (True, {A003: purchase()}, None),
    "what is both open and the structure's": (True, {A003: purchase(), COOP: rent()}, None),
}


@pytest.mark.parametrize("name", IN_CLOSED)
def test_a_warm_answer_is_that_of_a_load_of_closed_books(closed_home, monkeypatch, loaded, name):
    folder, books = closed_home
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    books.mend()
    assert books.check()[0] == 0
    is_good, added, replaced = IN_CLOSED[name]
    for path, text in added.items():
        add(books.root / path, text)
    if replaced:
        replace(books.root / replaced[0], *replaced[1:])
    del loaded[:]
    warm = books.check("--format", "json")
    assert bool(loaded) is not is_good or "account" in name  # accounts bear on all
    assert warm == books.check("--format", "json", "--no-cache")
    assert (warm[0] == 0) == is_good


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """Give the example, whose checks are each a process of its own, which knows what is kept and no more."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Books(shutil.copytree(EXAMPLE, tmp_path / "ledgers"))


def checked(books: Books) -> tuple[int, str]:
    load._MEMORY.clear()
    return books.check("--format", "json")


def fresh(books: Books) -> tuple[int, str]:
    load._MEMORY.clear()
    return books.check("--format", "json", "--no-cache")


def test_books_that_go_back_and_forth(alone):
    """What a file kept of an assertion long gone is not added to what another never was asked."""
    own, old, balances = (alone.root / name for name in (A004, A004.replace("2026", "2025"), BALANCES))
    second, first, asserted = (path.read_text(encoding="utf-8") for path in (own, old, balances))
    later = balance(day="2026-09-15", number="{}")

    def changed_elsewhere(number: int) -> None:
        for unit in ("A001", "A003", "A005", "A006", "A007", "A008"):
            add(alone.own(unit), f"; {number}\n")
        add(alone.root / ACCOUNTS, f"\n2026-09-01 open Expenses:61:614{number}-Divers:COOP EUR\n")

    own.write_text(f"{second}; v2\n", encoding="utf-8")
    old.write_text(f"{first}; z\n", encoding="utf-8")
    assert checked(alone)[0] == 0
    own.write_text(second, encoding="utf-8")
    old.write_text(first, encoding="utf-8")
    changed_elsewhere(7)
    assert checked(alone)[0] == 0
    old.write_text(f"{first}; z\n", encoding="utf-8")
    balances.write_text(asserted + later.format("121066.21"), encoding="utf-8")
    changed_elsewhere(8)
    assert checked(alone)[0] == 0
    own.write_text(f"{second}; v2\n", encoding="utf-8")
    balances.write_text(asserted, encoding="utf-8")
    assert checked(alone)[0] == 0
    for number in ("122620.70", "119511.72", "121066.21"):
        balances.write_text(asserted + later.format(number), encoding="utf-8")
        assert checked(alone) == fresh(alone)


@pytest.mark.parametrize("said", ["document: ", "sha256"])
def test_a_document_outside_the_folder_of_the_cooperative(alone, said):
    outside = alone.root.parent / "out.pdf"
    outside.write_text("un")
    digest = hashlib.sha256(b"un").hexdigest()
    if said == "sha256":
        account = "Assets:55:5500-Banque:COOP"
        add(alone.root / COOP, f'\n2025-01-05 document {account} "../../out.pdf"\n  sha256: "{digest}"\n')
    else:
        replace(alone.root / OLD, '"Loyer des bureaux, janvier"\n', '"Loyer"\n  document: "../../out.pdf"\n')
        words = ["close", "2025-01", "--ledger", str(alone.root / MAIN)]
        assert CliRunner().invoke(main, words).exit_code == 0
    assert checked(alone)[0] == checked(alone)[0] == 0
    outside.write_text("deux")
    assert checked(alone) == fresh(alone)
    assert checked(alone)[0] == 1


def test_a_return_that_is_filed_in_a_file_about_nobody(alone):
    """From then on what was counted has to stay, in the books of those, too, whose files are as they were."""
    ledger, expense = alone.own("A002", "ledger.beancount"), "Expenses:61:611-Deplacements:A002"
    opened = re.sub(r"2026-05-31 close \S*(411|440)\S*:A002\n", "", ledger.read_text(encoding="utf-8"))
    (expense,) = re.findall(r"open (Expenses:6[01]:\S*:A002)", opened)[:1]
    for account in ("Assets:41:411-TVARecuperable:A002", "Liabilities:44:440-Fournisseurs:A002"):
        opened += "" if account in opened else f"\n2025-01-01 open {account} EUR\n"
    ledger.write_text(opened, encoding="utf-8")
    before = alone.own("A002").read_text(encoding="utf-8")
    add(
        alone.own("A002"),
        f'\n2026-08-05 * "Fournisseur" "Frais"\n  {expense}  100.00 EUR\n'
        "  Assets:41:411-TVARecuperable:A002  21.00 EUR\n  Liabilities:44:440-Fournisseurs:A002  -121.00 EUR\n",
    )
    assert checked(alone)[0] == 0
    words = ["vat", "file", "2026-Q3", "--today", "2026-10-20", "--ledger", str(alone.root / MAIN)]
    assert CliRunner().invoke(main, words).exit_code == 0
    vat, elsewhere = alone.root / "coop/vat-2026.beancount", alone.root / "coop/returns.beancount"
    text = vat.read_text(encoding="utf-8")
    (filed,) = re.findall(r'^2026-10-\d\d custom "vat-return" "2026-Q3"\n(?:[ \t]+.*\n)+', text, re.MULTILINE)
    vat.write_text(text.replace(filed, ""), encoding="utf-8")
    elsewhere.write_text("; x\n", encoding="utf-8")
    assert checked(alone)[0] == 0
    elsewhere.write_text(filed, encoding="utf-8")
    assert checked(alone)[0] == 0
    alone.own("A002").write_text(before, encoding="utf-8")
    assert checked(alone) == fresh(alone)
    assert checked(alone)[0] == 1
