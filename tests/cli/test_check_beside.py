"""What `beancoop check` answers of what stands beside the books, or is said there: never otherwise than afresh."""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import contextmanager
from operator import attrgetter

import pytest
from beancoop.loading import load
from beancoop_cli.main import main
from checked_books import add, entry, found_cooperative, replace
from click.testing import CliRunner

SALE = """
2026-01-10 * "Client" "Vente" ^V1
  Assets:40:400-Clients:A001  121.00 EUR
  Income:70:700-VentesPrestations:A001  -100.00 EUR
  Liabilities:45:451-TVAPayer:A001  -21.00 EUR
"""
COST = """
2026-01-20 * "Frais" ^F1
  Expenses:61:614-AnnoncesPublicite:A001  10.00 EUR
  Assets:40:400-Clients:A001  -10.00 EUR
"""
RENT, BANK = "Expenses:61:610-LoyersCharges:COOP", "Assets:55:5500-Banque:COOP"


def invoke(*words) -> tuple[int, str]:
    load._MEMORY.clear()
    done = CliRunner().invoke(main, list(map(str, words)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def answer(ledger) -> int:
    """Ask twice, with what is remembered and without, and give the one exit status."""
    warm, fresh = (invoke("check", "--ledger", ledger, "--format", "json", *how) for how in ((), ("--no-cache",)))
    assert warm == fresh
    return warm[0]


def done(*words) -> None:
    status, said = invoke(*words)
    assert status == 0, said


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    ledgers = found_cooperative(tmp_path_factory.mktemp("beside"), ["A002"], "--enterprise", "0999888767")
    add(ledgers / "activities/A001/books/2026.beancount", COST)
    return ledgers


@pytest.fixture
def coop(founded, tmp_path, monkeypatch):
    """Give a cooperative in which nothing is wrong, and nothing remembered of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return shutil.copytree(founded, tmp_path / "coop/ledgers")


@pytest.fixture
def closed(coop):
    """Give one whose first month is closed."""
    done("close", "2026-01", "--ledger", coop / "main.beancount")
    assert answer(coop / "main.beancount") == 0
    return coop


@pytest.fixture
def filed(coop):
    """Give one whose first return is filed."""
    add(coop / "activities/A001/books/2026.beancount", SALE)
    done("vat", "file", "2026-Q1", "--today", "2026-04-10", "--ledger", coop / "main.beancount")
    add(coop / "main.beancount", '\ninclude "coop/more/*.beancount"\n')
    return coop


def the_whole_reads_a_file_more(coop):
    (coop / "activities/A001/documents").mkdir(exist_ok=True)
    add(coop / "activities/A001/documents/x.txt", COST)
    add(coop / "main.beancount", '\ninclude "activities/A001/documents/x.txt"\n')


def the_sub_ledger_reads_a_book_less(coop):
    replace(coop / "activities/A001/ledger.beancount", "books/*.beancount", "books/2026.beancount")
    add(coop / "activities/A001/books/more.beancount", COST)
    add(coop / "main.beancount", '\ninclude "activities/A001/books/more.beancount"\n')


def a_comment_says_that_the_sub_ledger_reads_it(coop):
    the_sub_ledger_reads_a_book_less(coop)
    add(coop / "activities/A001/ledger.beancount", '; include "books/*.beancount"\n')


def the_whole_reads_books_less(coop):
    folder = coop / "activities/A001"
    ledger = (folder / "ledger.beancount").read_text()
    opened = re.compile(r"^2026-01-01 open .*\n", re.MULTILINE)
    (folder / "books/accounts.beancount").write_text("".join(opened.findall(ledger)))
    (folder / "ledger.beancount").write_text(opened.sub("", ledger))
    own = ("A001/terms.beancount", "A001/closed/*.beancount", "A001/books/accounts.beancount", "A002/ledger.beancount")
    named = "\n".join(f'include "activities/{each}"' for each in own)
    replace(coop / "main.beancount", 'include "activities/*/ledger.beancount"', named)


def a_plugin_changes_what_is_sealed(coop):
    (coop.parent / "changes.py").write_text(
        "__plugins__ = ('change',)\n"
        "def change(entries, _):\n"
        "    named = [each for each in entries if getattr(each, 'narration', '') == 'Frais']\n"
        "    return [each._replace(narration='x') if each in named else each for each in entries], []\n"
    )
    add(coop / "main.beancount", '\nplugin "changes"\n')


@pytest.mark.parametrize(
    "change",
    [
        the_whole_reads_a_file_more,
        the_sub_ledger_reads_a_book_less,
        a_comment_says_that_the_sub_ledger_reads_it,
        the_whole_reads_books_less,
        a_plugin_changes_what_is_sealed,
    ],
)
def test_a_seal_holds_in_the_whole_only_where_the_whole_reads_what_the_sub_ledger_does(closed, change, monkeypatch):
    monkeypatch.syspath_prepend(closed.parent)
    change(closed)
    assert answer(closed / "main.beancount") == 1
    assert "BC522" in invoke("check", "--ledger", closed / "main.beancount")[1]
    sys.modules.pop("changes", None)


def test_lots_are_sealed_as_they_are_booked(coop):
    account = "Assets:34:340-StockMarchandises:A001"
    books = coop / "activities/A001/books/2026.beancount"
    add(books, f'\n2026-01-12 * "Achat" ^1\n  {account}  2 X {{10.00 EUR}}\n  Assets:40:400-Clients:A001  -20.00 EUR\n')
    sold = "Expenses:60:604-Marchandises:A001  10.00 EUR"
    add(books, f'\n2026-01-15 * "Sortie" ^2\n  {account}  -1 X {{10.00 EUR}}\n  {sold}\n')
    done("close", "2026-01", "--ledger", coop / "main.beancount")
    assert answer(coop / "main.beancount") == 0
    main_file = coop / "main.beancount"
    main_file.write_text('option "booking_method" "NONE"\n' + main_file.read_text())
    assert answer(main_file) == 1
    assert "BC522" in invoke("check", "--ledger", main_file)[1]


def test_the_folder_of_a_sub_ledger_becomes_a_link(coop):
    assert answer(coop / "main.beancount") == 0
    folder = coop / "activities/A001"
    folder.rename(coop.parent / "elsewhere")
    folder.symlink_to(coop.parent / "elsewhere")
    assert answer(coop / "main.beancount") == 1
    assert answer(folder / "ledger.beancount") == 1


@pytest.mark.parametrize("until", ["", "2026-01"])
def test_the_order_of_postings_that_a_return_has_counted(coop, until):
    books = coop / "activities/A001/books/2026.beancount"
    one, other = (
        "  Income:70:700-VentesPrestations:A001  -60.00 EUR\n",
        "  Income:70:708-RemisesAccordees:A001  -40.00 EUR\n",
    )
    add(
        books,
        '\n2026-01-10 * "Client" "Deux taux" ^V2\n  vat-1: "S 21 60.00 12.60"\n  vat-2: "S 6 40.00 2.40"\n'
        f"  Assets:40:400-Clients:A001  115.00 EUR\n{one}{other}  Liabilities:45:451-TVAPayer:A001  -15.00 EUR\n",
    )
    done("vat", "file", "2026-Q1", "--today", "2026-04-10", "--ledger", coop / "main.beancount")
    if until:
        done("close", until, "--ledger", coop / "main.beancount")
    assert answer(coop / "main.beancount") == 0
    replace(books, one + other, other + one)
    assert answer(coop / "main.beancount") == 1


TWO_RATES = '2026-01-10 * "Client" "Deux taux" ^{}\n  vat-1: "S 21 60.00 12.60"\n  vat-2: "S 6 40.00 2.40"\n'
SOLD, OWED = "  Assets:40:400-Clients:A001  115.00 EUR\n", "  Liabilities:45:451-TVAPayer:A001  -15.00 EUR\n"
SALES = "  Income:70:700-VentesPrestations:A001  -60.00 EUR\n", "  Income:70:708-RemisesAccordees:A001  -40.00 EUR\n"
PRICED = tuple(f"  Income:70:700-VentesPrestations:A001  -100.00 USD @ {price} EUR\n" for price in ("0.60", "0.40"))


def counted(link, lines):
    return "\n" + TWO_RATES.format(link) + SOLD + "".join(lines) + OWED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (counted("X", PRICED), counted("X", PRICED[::-1])),
        (counted("X", SALES) + counted("Y", SALES[::-1]), counted("Y", SALES) + counted("X", SALES[::-1])),
    ],
)
def test_whose_postings_stand_in_which_order_that_a_return_has_counted(coop, before, after):
    books, ledger = (coop / f"activities/A001/{name}.beancount" for name in ("books/2026", "ledger"))
    ledger.write_text(re.sub(r"(open Income:70:700-VentesPrestations:A001) +EUR", r"\1", ledger.read_text()))
    text = books.read_text()
    books.write_text(text + before)
    done("vat", "file", "2026-Q1", "--today", "2026-04-10", "--ledger", coop / "main.beancount")
    for month in ("2026-01", "2026-02", "2026-03"):
        done("close", month, "--ledger", coop / "main.beancount")
    assert answer(coop / "main.beancount") == 0
    books.write_text(text + after)
    assert answer(coop / "main.beancount") == 1


def test_a_return_moves_away_from_what_was_frozen_with_it(filed):
    vat, elsewhere, further = (filed / f"coop/{each}.beancount" for each in ("vat-2026", "more", "more/x"))
    text = vat.read_text()
    (said,) = re.findall(r'^2026-04-10 custom "vat-return" "2026-Q1"\n(?:[ \t]+.*\n)+', text, re.MULTILINE)
    vat.write_text(text.replace(said, ""))
    elsewhere.write_text(said)
    further.parent.mkdir()
    further.write_text("; x\n")
    assert answer(filed / "main.beancount") == 0
    elsewhere.write_text("; none\n")
    further.write_text(said)
    assert answer(filed / "main.beancount") == 1


@pytest.mark.parametrize("speaker", ["coop/nobody.beancount", "activities/A001/ledger.beancount"])
def test_another_file_says_the_currency(coop, speaker):
    for path in coop.rglob("*.beancount"):
        path.write_text(path.read_text().replace('option "operating_currency" "EUR"\n', ""))
    add(coop / "coop/2026.beancount", entry('2026-02-01 * "x"', RENT, BANK).replace("5.00 EUR", "10.005 USD"))
    add(coop / "coop/nobody.beancount", "; nothing\n")
    assert answer(coop / "main.beancount") == 0
    named = coop / speaker
    named.write_text('option "operating_currency" "USD"\n' + named.read_text())
    assert answer(coop / "main.beancount") == 1


def test_a_plugin_that_is_edited(coop, monkeypatch):
    monkeypatch.syspath_prepend(coop.parent)
    plugin = coop.parent / "finder.py"
    text = "__plugins__ = ('find',)\ndef find(entries, _):\n    return entries, [{}]\n"
    told = "__import__('beancount').loader.LoadError({'filename': 'x', 'lineno': 1}, 'x', None)"
    add(coop / "main.beancount", '\nplugin "finder"\n')
    for found, status in (("", 0), (told, 1)):
        plugin.write_text(text.format(found))
        shutil.rmtree(coop.parent / "__pycache__", ignore_errors=True)
        sys.modules.pop("finder", None)
        assert answer(coop / "main.beancount") == status
    sys.modules.pop("finder")


def test_documents_of_a_folder_elsewhere(coop):
    folder = coop.parent / "docs"
    folder.mkdir()
    add(coop / "main.beancount", '\noption "documents" "../docs"\n')
    add(coop / "coop/accounts.beancount", "\n2026-08-01 open Assets:55:5599-Autre:COOP EUR\n")
    assert answer(coop / "main.beancount") == 0
    early = folder / "Assets/55/5599-Autre/COOP/2026-02-01.x.pdf"
    early.parent.mkdir(parents=True)
    early.write_text("x")
    assert answer(coop / "main.beancount") == 1


def test_an_include_that_comes_to_match_a_file_elsewhere(coop):
    add(coop / "extra.beancount", "; nothing\n")
    add(coop / "main.beancount", '\ninclude "../*/extra.beancount"\n')
    assert answer(coop / "main.beancount") == 0
    (coop.parent / "other").mkdir()
    add(coop.parent / "other/extra.beancount", "2026-01-01 nonsense\n")
    assert answer(coop / "main.beancount") == 1
    add(coop / "activities/A001/books/2026.beancount", "; x\n")
    assert answer(coop / "main.beancount") == 1


@pytest.mark.parametrize(
    ("pattern", "here", "elsewhere"),
    [
        (r"\../*/extra.beancount", "extra.beancount", "../other/extra.beancount"),
        ("**/../extra.beancount", "coop/x/extra.txt", "../extra.beancount"),
        (".*/*.beancount", ".h/x.beancount", ".git/y.beancount"),
    ],
)
def test_an_include_that_reaches_out_and_does_not_look_so(coop, pattern, here, elsewhere):
    (coop / ".git").mkdir()
    (coop / here).parent.mkdir(exist_ok=True)
    add(coop / here, "; nothing\n")
    if "**" in pattern:
        replace(coop / "main.beancount", "coop/*.beancount", "coop/[!e]*.beancount")
        add(coop / "coop/extra.beancount", "; nothing\n")
    add(coop / "main.beancount", f'\ninclude "{pattern}"\n')
    assert answer(coop / "main.beancount") == 0
    (coop / elsewhere).parent.mkdir(exist_ok=True)
    add(coop / elsewhere, "2026-01-01 nonsense\n")
    assert answer(coop / "main.beancount") == 1
    add(coop / "activities/A001/books/2026.beancount", "; x\n")
    assert answer(coop / "main.beancount") == 1


def test_an_include_that_goes_up_from_where_a_link_leads(coop):
    (coop.parent / "a").mkdir()
    (coop.parent / "a/link").symlink_to(coop)
    (coop.parent / "link").mkdir()
    for folder in (coop, coop.parent / "link"):
        add(folder / "e1.beancount", "; x\n")
    add(coop / "e2.beancount", "2026-01-01 nonsense\n")
    add(coop / "main.beancount", '\ninclude "../link/e*.beancount"\n')
    named = coop.parent / "a/link/main.beancount"
    assert answer(named) == 0
    add(coop.parent / "link/e2.beancount", "")
    assert answer(named) == 1


@pytest.mark.parametrize(
    "line", ['; include "coop"', '2026-01-05 event "x" "y" ; we include "coop"', '* include "coop"']
)
def test_what_a_comment_includes_is_not_looked_for(coop, line):
    add(coop / "main.beancount", f"\n{line}\n")
    assert answer(coop / "main.beancount") == 0


def test_what_switches_the_checks_of_beancount_off_is_told(coop):
    main_file = coop / "main.beancount"
    main_file.write_text('option "plugin_processing_mode" "raw"\n' + main_file.read_text())
    assert answer(main_file) == 1
    assert "BC295" in invoke("check", "--ledger", main_file)[1]


@pytest.mark.parametrize("turned", ["alias", "now"])
def test_a_document_of_a_sub_ledger_is_named_within_it(coop, turned):
    """Or a link above, that leads elsewhere one day, would make it another."""
    folder = coop / "activities/A001/documents"
    folder.mkdir(exist_ok=True)
    (folder / "b.pdf").write_text("one")
    link = coop.parent / turned
    link.symlink_to(coop)
    named = "../../../../alias/activities/A001/documents/b.pdf" if turned == "alias" else folder / "b.pdf"
    add(coop / "activities/A001/books/2026.beancount", COST.replace("^F1\n", f'^F2\n  document: "{named}"\n'))
    main_file = (coop if turned == "alias" else link) / "main.beancount"
    assert answer(main_file) == 1
    assert "BC639" in invoke("check", "--ledger", main_file)[1]


def test_a_file_moves_to_where_its_document_is_another(coop):
    add(coop / "main.beancount", '\ninclude "coop/x/**/e.beancount"\n')
    rent = entry('2026-01-10 * "Loyer"\n  document: "../../activities/A001/documents/b.pdf"', RENT, BANK)
    (coop / "coop/x/y").mkdir(parents=True)
    add(coop / "coop/x/y/e.beancount", rent)
    for folder in (coop / "activities/A001/documents", coop / "coop/activities/A001/documents"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "b.pdf").write_text("one")
    done("close", "2026-01", "--ledger", coop / "main.beancount")
    assert answer(coop / "main.beancount") == 0
    (coop / "coop/x/y/e.beancount").rename(coop / "coop/x/e.beancount")
    answer(coop / "main.beancount")
    (coop / "activities/A001/documents/b.pdf").write_text("two")
    assert answer(coop / "main.beancount") == 1


def test_a_path_that_goes_up_behind_a_link(coop):
    """It is the folder of that name, as for Beancount, and not what stands above where the link leads."""
    (coop.parent / "far/away").mkdir(parents=True)
    (coop.parent / "link").symlink_to(coop.parent / "far/away")
    shutil.copytree(coop, coop.parent / "far/ledgers")
    named = f"{coop.parent}/link/../ledgers/main.beancount"
    assert answer(named) == 0
    (coop.parent / "far/ledgers/activities/A001/x.py").write_text("")
    assert answer(named) == 0
    (coop / "activities/A001/x.py").write_text("")
    assert answer(named) == 1


def test_a_document_that_is_named_from_above_a_link(coop):
    above = coop.parent / "a/b"
    above.mkdir(parents=True)
    (above / "link").symlink_to(coop)
    named = above / "link/main.beancount"
    add(coop / "coop/2026.beancount", entry('2026-01-10 * "Loyer"\n  document: "../../link/coop/b.pdf"', RENT, BANK))
    (coop / "coop/b.pdf").write_text("x")
    (coop.parent / "link/coop").mkdir(parents=True)
    (coop.parent / "link/coop/b.pdf").write_text("one")
    done("close", "2026-01", "--ledger", named)
    assert answer(named) == 0
    (coop.parent / "link/coop/b.pdf").write_text("two")
    assert answer(named) == 0  # the one that is named stands among the books, and is as it was
    (coop / "coop/b.pdf").write_text("three")
    assert answer(named) == 1


def test_a_folder_with_a_name_that_stands_for_others(coop, monkeypatch):
    folder = coop.rename(coop.parent / "ledgers*")
    assert answer(folder / "main.beancount") == 0
    (coop.parent / "ledgers2/coop").mkdir(parents=True)
    add(coop.parent / "ledgers2/coop/z.beancount", "2026-01-01 nonsense\n")
    answer(folder / "main.beancount")
    folder = folder.rename(coop.parent / "ledgers$HERE")
    answer(folder / "main.beancount")
    monkeypatch.setenv("HERE", "there")
    answer(folder / "main.beancount")


def test_the_order_in_which_a_folder_lists_its_files(coop, monkeypatch):
    """It decides between entries of one day on one line, where one pays in what another pays back."""
    (share,) = re.findall(r"open (Equity:1[01]\S*:COOP)", (coop / "coop/accounts.beancount").read_text())[:1]
    add(coop / "coop/za.beancount", entry('2026-02-01 * "Apport"', BANK, share))
    add(coop / "coop/zb.beancount", entry('2026-02-01 * "Remboursement"', share, BANK))
    real, found = os.scandir, []
    for backwards in (False, True, False):

        @contextmanager
        def listed(path=".", *, backwards=backwards):
            with real(path) as entries:
                yield iter(sorted(entries, key=attrgetter("name"), reverse=backwards))

        monkeypatch.setattr(os, "scandir", listed)
        found.append(answer(coop / "main.beancount"))
    assert found == [0, 1, 0]
