"""`beancoop check` after an edit: the whole is judged from its parts, and never otherwise than when it is loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from beancoop.loading.reading import Reader
from beancoop_cli import judging_whole
from beancoop_cli.main import main
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers"


class Books:
    """The example in a folder of its own, all of which was found good."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sound = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def mend(self) -> None:
        """Have all be as it was found good."""
        for path in [each for each in self.root.rglob("*") if each.is_file()]:
            if path not in self.sound:
                path.unlink()
        for path, held in self.sound.items():
            if not path.exists() or path.read_bytes() != held:
                path.write_bytes(held)

    def check(self, *options: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["check", "--ledger", str(self.root / "main.beancount"), *options])
        return done.exit_code, done.output

    def own(self, unit: str, name: str = "books/2026.beancount") -> Path:
        return self.root / "activities" / unit / name


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


@pytest.fixture
def loaded(monkeypatch):
    """Give how often the whole was loaded."""
    seen = []
    judge_whole = vars(judging_whole)["judge_whole"]

    def noted(*given):
        seen.append(given)
        return judge_whole(*given)

    monkeypatch.setattr(judging_whole, "judge_whole", noted)
    monkeypatch.setattr("beancoop_cli.check._apart", lambda _ledger, work, *given: work(*given))
    return seen


def add(path: Path, text: str) -> None:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + text, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def purchase(
    meta: str = "",
    day: str = "2026-09-05",
    unit: str = "A003",
    number: str = "10.00",
    bank: str = "Assets:55:5501-Banque",
) -> str:
    said = f"  {meta}\n" if meta else ""
    return (
        f'\n{day} * "Quincaillerie" "Vis"\n{said}'
        f"  Expenses:60:601-Fournitures:{unit}  {number} EUR\n  {bank}:{unit}  -{number} EUR\n"
    )


def test_an_edit_of_an_open_month_loads_no_whole(books, loaded):
    add(books.own("A003"), purchase())
    assert books.check() == books.check("--no-cache")
    assert len(loaded) == 1  # without what is kept
    assert books.check()[0] == 0
    add(books.own("A004"), "; a remark\n")
    add(books.own("A003"), purchase(day="2026-09-06"))
    assert books.check()[0] == 0
    assert len(loaded) == 1


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


A003, A004 = "activities/A003/books/2026.beancount", "activities/A004/books/2026.beancount"
LEDGER, TERMS = "activities/A003/ledger.beancount", "activities/A003/terms.beancount"
FIRST, SECOND = 'piece: "ACH-2026-0001"', 'piece: "ACH-2026-0002"'
MAIN, COOP = "main.beancount", "coop/2026.beancount"


def of_a004(meta: str) -> str:
    return purchase(meta, unit="A004", bank="Assets:55:5500-Banque")


def entry(head: str, debit: str, credit: str) -> str:
    return f"\n{head}\n  {debit}  5.00 EUR\n  {credit}  -5.00 EUR\n"


LIAISON, BANK = "Assets:9:960-Liaison:A003", "Assets:55:5501-Banque:A003"
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
REPLACED = {
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
}
"""Of those, what nothing is wrong with."""


@pytest.mark.parametrize("name", [*ADDED, *REPLACED])
def test_a_warm_answer_is_that_of_a_load(books, name):
    for path, text in ADDED.get(name, {}).items():
        add(books.root / path, text)
    if name in REPLACED:
        path, old, text = REPLACED[name]
        replace(books.root / path, old, text)
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
