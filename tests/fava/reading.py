"""Read a page again as its reader sees it, and ask the same books by queries."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import beanquery
from beancoop_fava.server.app import create_app
from beancount import loader
from books import loaded
from werkzeug.test import Client

if TYPE_CHECKING:
    from beancoop.books.books import Books as LedgerBooks
    from beancount.core.data import Directives

EXAMPLE = Path(__file__).parents[2] / "ledgers" / "main.beancount"
SLUG = "/les-sources-du-hoyoux-sc-coopérative-dactivités"
ZERO = Decimal(0)


class Moved(NamedTuple):
    """What a query says that the accounts of one number and unit moved on a day."""

    unit: str
    root: str
    number: str
    date: datetime.date
    amount: Decimal


class Books(NamedTuple):
    """A loaded ledger, its facts, a connection to ask it, and what one query says of all its accounts."""

    entries: Directives
    facts: LedgerBooks
    connection: beanquery.Connection
    moved: list[Moved]

    def total(
        self,
        unit: str | None,
        *numbers: str,
        end: datetime.date | None = None,
        begin: datetime.date | None = None,
        root: str = "",
    ) -> Decimal:
        """Add up what the query says of those numbers."""
        return sum(
            (
                each.amount
                for each in self.moved
                if unit in (None, each.unit)
                and each.number.startswith(numbers)
                and each.root.startswith(root)
                and (end is None or each.date < end)
                and (begin is None or each.date >= begin)
            ),
            ZERO,
        )

    def totals(self, key: str, condition: str) -> dict[str, Decimal]:
        """Add up the postings that a query finds, by what it says of each."""
        query = f"SELECT {key} AS k, sum(number) AS n WHERE {condition} GROUP BY k"
        return {str(name): amount for name, amount in self.connection.execute(query).fetchall() if amount}


EVERYTHING = """
SELECT leaf(account) AS unit, root(account, 1) AS root, grepn(':([0-9]+)-', account, 1) AS number, date,
    sum(number) AS amount
GROUP BY unit, root, number, date
"""


def load(ledger: Path) -> Books:
    """Load *ledger*, which has no error."""
    entries, errors, options = loader.load_file(str(ledger))
    assert not errors
    connection = beanquery.connect("beancount:", entries=entries, errors=[], options=options)
    moved = [Moved(*row) for row in connection.execute(EVERYTHING).fetchall()]
    return Books(entries, loaded(entries, options), connection, moved)


def client(ledger: Path) -> Client:
    """Serve *ledger*; the example, which never changes, once for all tests."""
    return _of_the_example() if ledger == EXAMPLE else Client(create_app(ledger, hosts=("localhost",)))


@cache
def _of_the_example() -> Client:
    return Client(create_app(EXAMPLE, hosts=("localhost",)))


def page(asking: Client, path: str, language: str = "fr", **parameters: str) -> str:
    """Give the text of a page; one of the example is asked for once."""
    give = _page_of_the_example if asking is _of_the_example() else _page
    return give(asking, path, language, **parameters)


def _page(asking: Client, path: str, language: str, **parameters: str) -> str:
    answer = asking.get(path, query_string=parameters, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


_page_of_the_example = cache(_page)


def tables(text: str) -> dict[str, list[list[str]]]:
    """Give the cells of each table of a page, by its key, row by row, headings included."""
    found = {}
    for key, body in re.findall(r'<section id="([^"]+)">(.*?)</section>', text, re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
        parts = [re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL) for row in rows]
        found[key] = [[unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in row] for row in parts]
    return found


def written(text: str) -> list[str]:
    """Give every figure in the tables of a page as it is written, without the digits of addresses and digests."""
    return re.findall(r'<td class="num"[^>]*>(?:<a [^>]*>)?([^<]*)<', text)


def amount(text: str) -> Decimal:
    """Read an amount, or a percentage, written in French."""
    return Decimal(text.replace("\u202f", "").replace(",", ".").removesuffix("\xa0%"))


def day(text: str) -> datetime.date:
    """Read a date."""
    return datetime.date.fromisoformat(text)
