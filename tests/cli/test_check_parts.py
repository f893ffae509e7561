"""`beancoop check` after an edit: the whole is judged from its parts, and never otherwise than when it is loaded."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from beancoop.loading.reading import Reader
from checked_books import (
    A003,
    A004,
    ACCOUNTS,
    BALANCES,
    BANK,
    COOP,
    EQUITY,
    EXAMPLE,
    FIRST,
    LEDGER,
    LIAISON,
    MAIN,
    SECOND,
    TERMS,
    VAT,
    Books,
    add,
    balance,
    entry,
    purchase,
    rent,
    replace,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    return folder, Books(shutil.copytree(EXAMPLE, folder / "ledgers"))


@pytest.fixture
def books(home, monkeypatch):
    folder, books = home
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    books.mend()
    assert books.check()[0] == 0
    return books


def test_an_edit_of_an_open_month_loads_no_whole(books, loaded):
    add(books.own("A003"), purchase())
    assert books.check() == books.check("--no-cache")
    assert len(loaded) == 1  # without what is kept
    assert books.check()[0] == 0
    add(books.own("A004"), "; a remark\n")
    add(books.own("A003"), purchase(day="2026-09-06"))
    assert books.check()[0] == 0
    assert len(loaded) == 1


def test_an_edit_of_the_structure_s_books_loads_no_whole(books, loaded, read):
    add(books.root / COOP, rent())
    assert books.check()[0] == 0
    books.check()
    for number, (path, text) in enumerate([(COOP, "; a remark\n"), (COOP, rent("2026-09-06")), (BALANCES, "; x\n")]):
        add(books.root / path, text)
        del read[:]
        assert books.check()[0] == 0
        assert not {path.parents[1].name for path in read if path.parent.name == "books"} or number == 0
    assert loaded == []
    assert books.check() == books.check("--no-cache")


def test_a_new_balance_of_the_bank_loads_no_whole(books, loaded, read):
    """The sums are asked of what is kept of each activity."""
    add(books.root / BALANCES, balance(number="1.00"))
    code, said = books.check()
    assert code == 1
    assert len(loaded) == 1
    (found,) = re.findall(r"and ([0-9,.]+) EUR are there", said)
    books.mend()
    add(books.root / BALANCES, balance(number=found.replace(",", "")))
    assert books.check()[0] == 0
    add(books.root / BALANCES, "; a remark\n")
    del read[:]
    assert books.check()[0] == 0
    assert not [path for path in read if path.parent.name == "books"]  # what was asked is known
    assert len(loaded) == 1
    assert books.check() == books.check("--no-cache")


@pytest.fixture
def read(monkeypatch):
    """Give the files that were parsed, or taken from what is kept of them."""
    names = []
    shelf_of = Reader.shelf_of

    def noted(self, filename):
        names.append(Path(filename))
        return shelf_of(self, filename)

    monkeypatch.setattr(Reader, "shelf_of", noted)
    return names


def test_of_the_other_activities_no_books_are_asked_for(books, loaded, read):
    for number, unit in enumerate(["A003", "A004", "A003", "A005"]):
        add(books.own(unit), f"; {number}\n")
        del read[:]
        assert books.check()[0] == 0
        own = {path.parents[1].name for path in read if path.parent.name == "books"}
        assert own == {unit} or number == 0  # when what an earlier test has edited was mended
    assert loaded == []


def test_with_the_stock_loader_the_whole_is_loaded(books, loaded, monkeypatch):
    add(books.own("A003"), "; a remark\n")
    monkeypatch.setenv("BEANCOOP_LOADER", "stock")
    assert books.check()[0] == 0
    assert len(loaded) == 1


def feign_a_document(books: Books) -> None:
    """Have the structure name a document that stands in the folder of an activity."""
    document = books.own("A003", "documents/bon.pdf")
    document.write_text("un")
    add(books.root / "coop/2026.beancount", '2026-09-05 * "x"\n  document: "../activities/A003/documents/bon.pdf"\n')


def of_a004(meta: str) -> str:
    return purchase(meta, unit="A004", bank="Assets:55:5500-Banque")


ADDED = {
    "an amount of a filed quarter": {A003: purchase(day="2026-05-04")},
    "less than there was in the bank": {A003: purchase(number="100000.00")},
    "what the bank has not": {A003: purchase(day="2026-08-25")},
    "an account of another": {A003: purchase(unit="A004")},
    "an account that nobody opened": {A003: purchase(bank="Assets:55:5599-Autre")},
    "half a cent": {A003: purchase(number="10.005")},
    "an amount left out": {A003: purchase().replace("-10.00 EUR", "")},
    "a piece without those before": {A003: purchase(SECOND)},
    "a piece of two": {A003: purchase(FIRST), A004: of_a004(FIRST)},
    "pieces in order of two": {A003: purchase(FIRST), A004: of_a004(SECOND)},
    "a piece that is none": {A003: purchase('piece: "7"')},
    "one side of a service": {
        A003: entry('2026-09-05 * "Service" ^PI-9', LIAISON, "Expenses:9:951-PrestationsInternes:A003")
    },
    "half of class 9": {A003: entry('2026-09-05 * "Versement"', LIAISON, BANK)},
    "a settlement of VAT": {A003: purchase().replace('"Vis"', '"Vis" ^vat-2026-Q1')},
    "what settles a year": {A003: purchase().replace('"Vis"', '"Vis" #inventory')},
    "an opening": {A003: purchase().replace('"Vis"', '"Vis" #opening')},
    "a document of another": {A003: purchase('document: "../../A004/documents/none.pdf"')},
    "a levy by hand": {
        A003: entry(
            '2026-09-05 * "Contribution" #contribution\n  unit: "A003"\n  period: "2026-09"',
            "Expenses:9:950-Contribution:A003",
            LIAISON,
        )
    },
    "a sale before the start": {
        A003: entry('2024-01-05 * "Vente"', "Assets:40:400-Clients:A003", "Income:70:700-VentesPrestations:A003")
    },
    "a file that the whole alone reads": {
        "activities/A003/apart.beancount": purchase(number="10.005"),
        MAIN: '\ninclude "activities/A003/apart.beancount"\n',
    },
    "the structure's books": {COOP: purchase(unit="COOP")},
    "the unit in the structure's books": {COOP: purchase()},
    "other terms": {TERMS: '\n2026-09-01 custom "activity-terms" "A003"\n  rate: 0.05\n'},
    "a seal": {TERMS: '\n2026-01-31 custom "closed" "2026-01" "A003"\n  entries: 1\n'},
    "an exit": {TERMS: '\n2026-03-01 custom "activity-exit" "A003" "stopped"\n'},
    "a plugin": {LEDGER: '\nplugin "beancount.plugins.noduplicates"\n'},
    "another currency": {LEDGER: '\noption "operating_currency" "USD"\n'},
    "a balance of what others hold": {A003: "\n2026-09-10 balance Assets:55:5500-Banque  0.00 EUR\n"},
    "less in a bank whose balance the structure asserts": {A004: of_a004("").replace("2026-09-05", "2026-08-05")},
    "a commodity": {A003: "\n2026-01-01 commodity EUR\n"},
    "a commodity that another has, too": {
        LEDGER: "\n2026-01-01 commodity ABC\n",
        "activities/A004/ledger.beancount": "\n2026-01-01 commodity ABC\n",
    },
    "another file of books": {"activities/A003/books/2026-b.beancount": purchase()},
    "an include of nothing": {LEDGER: '\ninclude "books/none.beancount"\n'},
    "an include of what is included": {LEDGER: '\ninclude "books/2026.beancount"\n'},
    "an account of nobody": {LEDGER: "\n2026-01-01 open Assets:55:5588-Autre EUR\n"},
    "a share in nothing": {LEDGER: "\n2026-01-01 open Assets:55:5588-Autre:A003 EUR\n"},
    "a syntax error": {A003: "\n2026-13-01 open x\n"},
    "an account closed": {LEDGER: f"\n2026-08-01 close {BANK}\n"},
}
ADDED |= {
    "the structure: an entry": {COOP: rent()},
    "the structure: in a month long past": {COOP: rent("2026-03-05")},
    "the structure: on the last day that is filed": {COOP: rent("2026-06-30")},
    "the structure: half a cent": {COOP: rent(number="10.005")},
    "the structure: a document with another hash": {
        COOP: '\n2026-09-05 document Assets:55:5500-Banque:COOP "shares.csv"\n  sha256: "00"\n'
    },
    "the structure: a levy that comes to nothing": {
        COOP: entry(
            '2026-09-05 * "Contribution" #contribution',
            "Expenses:9:950-Contribution:COOP",
            "Expenses:9:950-Contribution:COOP",
        )
    },
    "half a cent where the whole alone says the currency": {
        A003: purchase(number="10.005"),
        LEDGER: "; without its currency\n",
    },
    "the structure: an amount left out": {COOP: rent().replace("-10.00 EUR", "")},
    "the structure: out of balance": {COOP: rent().replace("-10.00", "-11.00")},
    "the structure: a piece without those before": {COOP: rent(meta=SECOND)},
    "the structure: a piece of two": {COOP: rent(meta=FIRST), A003: purchase(FIRST)},
    "the structure: pieces in order of two": {COOP: rent(meta=FIRST), A003: purchase(SECOND, day="2026-09-06")},
    "the structure: a piece that is none": {COOP: rent(meta='piece: "7"')},
    "the structure: a settlement of VAT": {COOP: rent(tail=" ^vat-2026-Q1")},
    "the structure: what settles a year": {COOP: rent(tail=" #inventory")},
    "the structure: an opening": {COOP: rent(tail=" #opening")},
    "the structure: half of class 9": {
        COOP: entry('2026-09-05 * "x"', "Assets:9:960-Liaison:COOP", "Assets:55:5500-Banque:COOP")
    },
    "the structure: both halves of class 9": {
        COOP: entry('2026-09-05 * "x"', "Assets:9:960-Liaison:COOP", "Assets:55:5500-Banque:COOP"),
        A003: entry('2026-09-05 * "x"', BANK, LIAISON),
    },
    "the structure: reserves that leave": {
        EQUITY: entry('2026-09-05 * "x"', "Equity:13:133-ReservesDisponibles:COOP", "Assets:55:5500-Banque:COOP")
    },
    "the structure: a share": {
        EQUITY: entry('2026-09-05 * "x"', "Assets:55:5500-Banque:COOP", "Equity:11:1109-ApportsDisponibles:COOP")
    },
    "the structure: a levy by hand": {
        COOP: entry(
            '2026-09-05 * "Contribution" #contribution\n  unit: "A003"\n  period: "2026-09"',
            "Assets:9:960-Liaison:COOP",
            "Expenses:9:950-Contribution:COOP",
        )
    },
    "the structure: an account more": {
        ACCOUNTS: "\n2026-09-01 open Expenses:61:6140-Divers:COOP EUR\n",
        COOP: rent().replace("610-Loyers", "6140-Divers"),
    },
    "the structure: an account that nobody opened": {COOP: rent().replace("610-Loyers", "6140-Divers")},
    "the structure: an account of nobody": {ACCOUNTS: "\n2026-09-01 open Assets:55:5588-Autre EUR\n"},
    "the structure: an account of nobody, with what is asserted": {
        ACCOUNTS: "\n2026-09-01 open Assets:55:5501-Banque EUR\n",
        BALANCES: balance("Assets:55:5501-Banque", number="1.00"),
    },
    "the structure: an account of another": {ACCOUNTS: "\n2026-09-01 open Assets:55:5588-Autre:A003 EUR\n"},
    "the structure: another balance": {BALANCES: balance("Assets:55:5500-Banque:COOP")},
    "the structure: a balance in another currency": {BALANCES: balance().replace("EUR", "USD")},
    "the structure: a balance of what others hold": {BALANCES: balance()},
    "the structure: a balance that tolerates": {BALANCES: balance(number="0.00 ~ 9999999.00")},
    "the structure: a balance in a month long past": {BALANCES: balance("Assets:55:5500-Banque:COOP", "2025-01-01")},
    "the structure: a commodity": {ACCOUNTS: "\n2026-09-01 commodity EUR\n"},
    "the structure: another commodity": {ACCOUNTS: "\n2026-09-01 commodity USD\n"},
    "the structure: a price": {ACCOUNTS: "\n2026-09-01 price USD  0.90 EUR\n"},
    "the structure: a note in a month long past": {ACCOUNTS: '\n2026-03-05 note Assets:55:5500-Banque "x"\n'},
    "the structure: a note": {ACCOUNTS: '\n2026-09-05 note Assets:55:5500-Banque "x"\n'},
    "the structure: a document that is not there": {
        ACCOUNTS: '\n2026-09-05 document Assets:55:5500-Banque:COOP "none.pdf"\n'
    },
    "the structure: a meeting": {
        "coop/meetings.beancount": '\n2026-09-05 custom "meeting" "monthly"\n  attended: "A003"\n'
    },
    "the structure: a seal": {COOP: '\n2026-08-31 custom "closed" "2026-08" "COOP"\n  entries: 1\n'},
    "the structure: other statutes": {
        COOP: '\n2026-09-01 custom "cooperative-terms" "Les Sources"\n  dividend-ceiling: 0.05\n'
    },
    "the structure: a pad": {ACCOUNTS: "\n2026-09-05 pad Assets:55:5500-Banque:COOP Expenses:61:610-Loyers:COOP\n"},
    "the structure: a lot": {COOP: rent().replace("10.00 EUR\n  Assets", "1 ABC {10.00 EUR}\n  Assets")},
    "the structure: a sale without VAT": {
        COOP: entry('2026-09-05 * "x"', "Assets:40:400-Clients:COOP", "Income:74:743-ProduitsDivers:COOP")
    },
    "the structure: another file": {"coop/2026-b.beancount": rent()},
    "the structure: a syntax error": {COOP: "\n2026-13-01 open x\n"},
    "the structure: where it says it stands": {COOP: rent(meta='filename: "x"')},
    "the structure: another plugin": {COOP: '\nplugin "beancount.plugins.noduplicates"\n'},
    "the structure: a tag pushed to the end": {COOP: "\npushtag #opening\n"},
}
REPLACED = {
    "the structure: a word in a month long past": (COOP, '"Loyer des bureaux, janvier"', '"Loyer"'),
    "the structure: a word in an open month": (COOP, '"Salaires nets d\'août"', '"Salaires"'),
    "the structure: a balance of a month long past less": (
        BALANCES,
        "2026-03-01 balance Assets:55:5500-Banque       83146.93 EUR\n",
        "",
    ),
    "the structure: a balance of an open month less": (
        BALANCES,
        "2026-09-01 balance Assets:55:5500-Banque      121066.21 EUR\n",
        "",
    ),
    "the structure: an amount of a return": (VAT, "grid-01: 18672.33", "grid-01: 18672.34"),
    "the structure: what settled a return": (VAT, "-489.75", "-489.76"),
    "the structure: when a return was paid": (VAT, "paid: 2026-07-24", "paid: 2026-07-25"),
    "the structure: an account less": (ACCOUNTS, "2025-01-01 open Expenses:61:610-Loyers:COOP", "; "),
    "the structure: an amount in an open month": (COOP, "19.75 EUR", "19.76 EUR"),
    "a blank more": (A003, "EUR", "EUR "),
    "a VAT code": (
        LEDGER,
        "601-Fournitures:A003                     EUR\n",
        '601-Fournitures:A003 EUR\n  vat: "P21"\n',
    ),
    "tolerance": (MAIN, '"tolerance_multiplier" "0"', '"title" "x"'),
    "a word that was counted": (A003, "2026-05", "2026-06"),
}
GOOD = {
    "a blank more",
    "pieces in order of two",
    "other terms",
    "the unit in the structure's books",
    "another file of books",
    "a share in nothing",
    "the structure: an entry",
    "the structure: pieces in order of two",
    "the structure: a settlement of VAT",
    "the structure: both halves of class 9",
    "the structure: a share",
    "the structure: an account more",
    "the structure: an account of nobody",
    "the structure: an account of another",
    "the structure: a balance in a month long past",
    "the structure: another commodity",
    "the structure: a price",
    "the structure: a note in a month long past",
    "the structure: a note",
    "the structure: a meeting",
    "the structure: a sale without VAT",
    "the structure: another file",
    "the structure: another plugin",
    "the structure: a word in a month long past",
    "the structure: a word in an open month",
    "the structure: a balance of a month long past less",
    "the structure: a balance of an open month less",
    "the structure: when a return was paid",
}
"""Of those, what nothing is wrong with."""


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", [*ADDED, *REPLACED])
def test_a_warm_answer_is_that_of_a_load(books, name):
    for path, text in ADDED.get(name, {}).items():
        add(books.root / path, text)
    if name in REPLACED:
        path, old, text = REPLACED[name]
        replace(books.root / path, old, text)
    if "the whole alone says the currency" in name:
        replace(books.root / LEDGER, 'option "operating_currency" "EUR"', "")
    warm = books.check("--format", "json")
    assert warm == books.check("--format", "json", "--no-cache")
    assert (warm[0] == 0) == (name in GOOD)


def test_what_the_structure_names_in_the_folder_of_an_activity(books, loaded):
    feign_a_document(books)
    assert books.check() == books.check("--no-cache")
    before = len(loaded)
    books.own("A003", "documents/bon.pdf").write_text("deux")
    assert books.check() == books.check("--no-cache")
    assert len(loaded) == before + 2


def test_without_a_cache_nothing_is_kept(books):
    kept = {path: path.read_bytes() for path in Path(os.environ["XDG_CACHE_HOME"]).rglob("*") if path.is_file()}
    add(books.root / COOP, rent())
    assert books.check("--no-cache")[0] == 0
    assert kept == {path: path.read_bytes() for path in kept}
    assert books.check()[0] == 0
