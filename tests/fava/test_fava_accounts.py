"""What our ledger works out of what was posted is what Fava works out of all entries, after each edit too."""

from __future__ import annotations

import datetime
import shutil
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from beancoop.loading.checks import Piece
from beancoop.loading.collector import without_collector
from beancoop.loading.summary import merged
from beancoop_fava import PAGES
from beancoop_fava.pages.loads import PutTogether
from beancoop_fava.server import fava_reports, postings
from beancoop_fava.server.fava_app import LedgerApp
from beancount.core.amount import Amount
from beancount.core.data import Cost, Open, Posting, Transaction
from fava.application import create_app
from fava.core import FavaLedger
from fava.core.accounts import AccountDict
from fava.core.attributes import AttributesModule
from fava.core.charts import ChartModule
from fava.core.charts import dumps as as_json
from fava.util.date import Month, Week, Year
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[2] / "ledgers"
LEDGER = """
option "title" "Books"
option "operating_currency" "EUR"
2025-01-01 custom "fava-option" "fiscal-year-end" "06-30"
2025-01-01 custom "budget" Expenses:Food "monthly" 10 EUR
2025-01-01 commodity USD
2025-01-01 price USD 0.90 EUR
2025-01-01 open Assets:Bank EUR, USD
  key: "value"
  fava-uptodate-indication: TRUE
2025-01-01 open Assets:Checked
  fava-uptodate-indication: TRUE
2025-01-01 open Assets:Wrong
  fava-uptodate-indication: TRUE
2025-01-01 open Assets:Silent
  fava-uptodate-indication: TRUE
2025-01-01 open Assets:Unasked
  fava-uptodate-indication: FALSE
2025-01-01 open Assets:Shares
2025-01-01 open Assets:Noted
2025-01-01 open Assets:Closed
2025-01-01 open Income:Sales
2025-01-01 open Expenses:Food
2025-01-01 open Expenses:Food:Bread
2025-03-02 * "Baker" "Bread" #food ^first
  Assets:Bank  -1.50 EUR
  Expenses:Food:Bread  1.50 EUR
2025-03-02 * "Grocer" "Apples" #food
  Assets:Bank  -3 EUR
  Expenses:Food  3 EUR
    note: "posting"
2025-07-02 * "Customer" "Sale" ^second
  Assets:Bank  100 EUR
  Income:Sales  -100 EUR
2025-07-03 * "Customer" "Back again" ^second
  Assets:Bank  -100.000 EUR
  Income:Sales  100.000 EUR
2025-07-04 * "Customer" "Again"
  Assets:Bank  20 EUR
  Income:Sales  -20 EUR
2025-08-02 * "Abroad"
  Assets:Bank  7.25 USD
  Income:Sales  -7.25 USD
2025-09-02 * "Broker" "Shares"
  Assets:Shares  2 ACME {3.5 USD, 2025-09-02}
  Assets:Bank  -7.0 USD
2026-01-03 U "Unrealized"
  Assets:Bank  1 EUR
  Income:Sales  -1 EUR
2026-01-04 note Assets:Noted "x" #noted ^linked
2026-01-05 custom "x" Assets:Noted
2026-01-05 balance Assets:Checked  0 EUR
2026-01-05 balance Assets:Wrong  5 EUR
2026-01-05 close Assets:Closed
2026-01-05 close Assets:Unknown
"""
PLAIN = """
option "title" "Plain"
option "operating_currency" "EUR"
2025-01-01 open Assets:Bank EUR
2025-01-01 open Income:Sales
2025-07-02 * "Customer" "Sale"
  Assets:Bank  100.00 EUR
  Income:Sales  -100.00 EUR
2025-08-02 * "Customer" "Sale"
  Assets:Bank  30.10 EUR
  Income:Sales  -30.10 EUR
"""
EDITS = {
    "a word": ('"Apples"', '"Pears"'),
    "another payee": ('"Grocer"', '"Baker"'),
    "an amount": ("1.50 EUR", "2.50 EUR"),
    "zeros": ("3 EUR", "3.00 EUR"),
    "a date": ("2025-07-04 *", "2025-10-04 *"),
    "an account": ("Expenses:Food:Bread  1.50", "Expenses:Food  1.50"),
    "an entry less": ('2025-08-02 * "Abroad"\n  Assets:Bank  7.25 USD\n  Income:Sales  -7.25 USD\n', ""),
    "an entry more": (
        "2026-01-03 U",
        '2026-01-02 * "New" "x" #new\n  Assets:Bank  1 EUR\n  Assets:Noted\n2026-01-03 U',
    ),
    "what a posting says": ('note: "posting"', 'note: "other"'),
    "a reopened account": ("2026-01-05 close Assets:Closed\n", ""),
}
ASKED = (
    "income_statement",
    "income_statement?interval=year",
    "income_statement?interval=month&conversion=units",
    "income_statement?conversion=EUR",
    "income_statement?conversion=at_value",
    "income_statement?time=2025-07",
    "income_statement?account=Expenses",
    "balance_sheet",
    "trial_balance",
    "account_report?a=Expenses:Food",
    "account_report?a=Assets:Bank&r=changes",
    "account_report?a=Assets&r=balances",
)


def answers(app: object, slug: str) -> dict[str, str]:
    client = Client(app)  # type: ignore[arg-type]
    found = {}
    for path in ASKED:
        answer = client.get(f"/{slug}/api/{path}")
        assert answer.status_code == 200, path
        found[path] = answer.get_data(as_text=True).partition(',"mtime"')[0]
    return found


def facts(ledger: FavaLedger) -> Iterator[object]:
    yield dict(ledger.accounts)
    yield ledger.accounts.all_balance_directives()
    attributes = ledger.attributes
    for name in ("accounts", "currencies", "payees", "links", "tags", "years", "narrations"):
        yield name, getattr(attributes, name)
    for payee in attributes.payees:
        yield attributes.payee_accounts(payee)
    for tree in (ledger.get_filtered().root_tree, ledger.get_filtered().root_tree_closed):
        yield [(name, node.has_txns, node.balance, node.balance_children) for name, node in tree.items()]


def compare(ours: LedgerApp, main: Path) -> None:
    """Compare with a Fava that has loaded it afresh."""
    stock = create_app([main], load=True, read_only=True)
    ((slug, theirs),) = stock.config["LEDGERS"].items()
    mine = ours._ledger
    theirs.fava_options.invert_income_liabilities_equity = mine.fava_options.invert_income_liabilities_equity
    for found, expected in zip(facts(mine), facts(theirs), strict=True):
        assert repr(found) == repr(expected)  # to the digit
    assert answers(ours, slug) == answers(stock, slug)


@pytest.mark.parametrize("text", [LEDGER, PLAIN, 'option "title" "Nothing"\n'])
@pytest.mark.parametrize("writes", [False, True])
def test_they_are_favas_own(tmp_path: Path, text: str, writes: bool) -> None:
    main = tmp_path / "main.beancount"
    main.write_text(text)
    compare(LedgerApp(main, lambda: None, writes=writes), main)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_they_are_favas_own_after_an_edit(tmp_path: Path, edit: tuple[str, str]) -> None:
    main, books = tmp_path / "main.beancount", tmp_path / "books.beancount"
    head, _, entries = LEDGER.partition("2025-03-02")
    main.write_text(f'{head}\ninclude "books.beancount"\n')
    books.write_text(f"2025-03-02{entries}")
    ours = LedgerApp(main, lambda: None)
    answers(ours, "books")  # so that all is known that can be
    assert edit[0] in books.read_text()
    books.write_text(books.read_text().replace(*edit))
    ours.refresh()
    compare(ours, main)


def test_they_are_favas_own_in_the_example(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "ledgers")
    main = tmp_path / "ledgers/main.beancount"
    ours = LedgerApp(main, lambda: None, PAGES)
    compare(ours, main)
    books = next(main.parent.glob("activities/*/books/2026.beancount"))
    books.write_text(books.read_text(encoding="utf-8").replace("EUR\n", "EUR \n"), encoding="utf-8")
    ours.refresh()
    compare(ours, main)


def test_what_did_not_change_is_not_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all this is for nothing, however right."""
    main, books = tmp_path / "main.beancount", tmp_path / "books.beancount"
    books.write_text(PLAIN)
    main.write_text(
        'include "books.beancount"\n2025-01-01 open Assets:Cash\n2025-01-01 open Expenses:Food\n'
        '2025-07-02 * "Baker" "x"\n  Assets:Cash  -1 EUR\n  Expenses:Food  1 EUR\n'
    )
    ours = LedgerApp(main, lambda: None)
    worked, work = [], postings._posted

    def posted(facts: postings.Facts) -> postings.Posted:
        worked.append(len(facts))
        return work(facts)

    monkeypatch.setattr(postings, "_posted", posted)
    main.write_text(main.read_text().replace("1 EUR", "2 EUR"))
    ours.refresh()
    assert worked == [3, 3]  # the two accounts of the file that was written, a posting each


def test_a_chart_is_written_again_only_where_it_says_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, books = tmp_path / "main.beancount", tmp_path / "books.beancount"
    head, _, entries = LEDGER.partition("2025-03-02")
    main.write_text(f'{head}\ninclude "books.beancount"\n')
    books.write_text(f"2025-03-02{entries}")
    ours, written = LedgerApp(main, lambda: None), []

    def dumps(balances: fava_reports.Balances) -> str:
        written.append(balances)
        return as_json(balances)

    monkeypatch.setattr(fava_reports, "dumps", dumps)
    for change, count in ((("", ""), 33), (("Apples", "Pears"), 0), (("3 EUR", "4 EUR"), 2)):
        assert change[0] in books.read_text()
        books.write_text(books.read_text().replace(*change))
        ours.refresh()
        del written[:]
        assert Client(ours).get("/books/api/income_statement?interval=month").status_code == 200  # type: ignore[arg-type]
        assert len(written) == count
    compare(ours, main)


def test_what_a_page_has_asked_for_is_given_back(tmp_path: Path) -> None:
    """Entries are handed out again once nobody has them; a query keeps none, whenever Python collects."""
    main, books = tmp_path / "main.beancount", tmp_path / "books.beancount"
    books.write_text(PLAIN.partition("2025-07-02")[2].join(("2025-07-02", "")))
    head = f'{PLAIN.partition("2025-07-02")[0]}include "books.beancount"\n'
    main.write_text(head)
    ours, shown = LedgerApp(main, lambda: None), []
    with without_collector():
        for number in range(4):
            for path in ("income_statement", "journal", "query?query_string=SELECT%20account"):
                assert Client(ours).get(f"/plain/api/{path}").status_code == 200
            shown.append([id(entry) for entry in ours._ledger.all_entries if isinstance(entry, Transaction)])
            main.write_text(f"{head}; {number}\n")
            ours.refresh()
    assert shown[0] == shown[2] != shown[1] == shown[3]


ACCOUNTS = ("Assets:Bank", "Income:Sales", "Income:Sales:Old", "Expenses:Food")
NUMBERS = st.decimals(-3, 3, allow_nan=False, places=0) | st.decimals(-3, 3, allow_nan=False, places=2)
COSTS = st.none() | st.builds(
    Cost, st.just(Decimal("1.5")), st.just("USD"), st.just(datetime.date(2025, 1, 1)), st.none()
)
POSTINGS = st.builds(
    Posting,
    st.sampled_from(ACCOUNTS),
    st.builds(Amount, NUMBERS, st.sampled_from(("EUR", "USD"))),
    COSTS,
    st.none(),
    st.none(),
    st.none(),
)
TRANSACTIONS = st.builds(
    Transaction,
    st.just({"filename": "x", "lineno": 1}),
    st.dates(datetime.date(2025, 1, 1), datetime.date(2025, 4, 1)),
    st.sampled_from("*!U"),
    st.sampled_from((None, "Baker", "Grocer")),
    st.just("x"),
    st.sampled_from((frozenset(), frozenset({"tag"}))),
    st.sampled_from((frozenset(), frozenset({"link"}))),
    st.lists(POSTINGS, max_size=4),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[FavaLedger, FavaLedger]:
    """Give a ledger of ours and one of Fava's, whose entries are to be set."""
    main = tmp_path_factory.mktemp("both") / "main.beancount"
    main.write_text(PLAIN)
    return LedgerApp(main, lambda: None)._ledger, FavaLedger(str(main))


def put_together(
    opens: list[Open], transactions: list[Transaction], in_books: list[bool], known: dict[tuple[int, ...], object]
) -> PutTogether:
    """Give entries as a load puts them together from files; a file that holds the same is known by the same."""
    pieces = []
    for is_books in (False, True):
        own = [each for each, place in zip(transactions, in_books, strict=True) if place is is_books]
        held: list[Any] = sorted([*(() if is_books else opens), *own], key=lambda entry: entry.date)
        known_by = known.setdefault(tuple(map(id, held)), object())
        pieces.append(Piece(known_by, [entry.date.toordinal() for entry in held], held))
    return PutTogether(merged([each.keys for each in pieces], [each.entries for each in pieces]), pieces)


@settings(max_examples=80, deadline=None)
@given(st.lists(TRANSACTIONS), st.lists(TRANSACTIONS), st.data())
def test_whatever_is_posted_they_are_favas_own(
    both: tuple[FavaLedger, FavaLedger], first: list[Transaction], more: list[Transaction], data: st.DataObject
) -> None:
    opens = [Open({"lineno": 1}, datetime.date(2025, 1, 1), account, None, None) for account in ACCOUNTS[:-1]]
    kept = data.draw(st.lists(st.sampled_from(first), unique_by=id)) if first else []
    is_together, known = data.draw(st.booleans()), dict[tuple[int, ...], object]()
    for transactions in (first, [*kept, *more]):
        said = []
        in_books = data.draw(st.lists(st.booleans(), min_size=len(transactions), max_size=len(transactions)))
        entries = put_together(opens, transactions, in_books, known)
        for ledger in both:
            ledger.all_entries = entries if is_together else list(entries)
            ledger.all_entries_by_type = ledger.group_entries_by_type(ledger.all_entries)
            ledger.get_filtered.cache_clear()
            ledger.accounts.load_file()
            ledger.attributes.load_file()
            said.append([*facts(ledger), *map(as_json, charts(ledger))])
        assert repr(said[0]) == repr(said[1])


def charts(ledger: FavaLedger) -> Iterator[object]:
    whole = ledger.get_filtered()
    for interval in (Week, Month, Year):
        for conversion in ("at_cost", "units", "USD"):
            for accounts in ("Income", ("Income", "Expenses"), "Income:Sales"):
                yield ledger.charts.interval_totals(whole, interval, accounts, conversion, invert=conversion == "units")


def test_what_is_relied_on_in_fava_is_there() -> None:
    """A release that does more in these calls, or is asked for more, has to be read before it is taken up."""
    assert {name for name in vars(AccountDict) if not name.startswith("__")} == {
        *("EMPTY", "setdefault", "load_file", "all_balance_directives")
    }
    assert {name for name in vars(AttributesModule) if not name.startswith("__")} == {
        *("load_file", "payee_accounts", "payee_transaction", "narration_transaction", "narrations")
    }
    assert {name for name in vars(ChartModule) if not name.startswith("__")} == {
        *("hierarchy", "interval_totals", "linechart", "net_worth")
    }
    assert FavaLedger._get_filtered.__code__.co_varnames[:4] == ("self", "account", "filter", "time")
