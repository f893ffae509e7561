"""The books that statements are drawn from in tests: the example, and ledgers written on the spot."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import beanquery
from beancoop.books.books import Books
from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.words.language import current
from beancount import loader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from beancount.core.data import BeancountError, Directives

EXAMPLE = Path(__file__).parents[1] / "ledgers" / "main.beancount"


@cache
def example() -> Books:
    """Give the books of the example cooperative; nothing changes them."""
    books = Books(load_ledger(EXAMPLE))
    assert not books.ledger.errors
    return books


_UNCHANGING = [EXAMPLE.parent]


def never_changes(ledgers: Path) -> None:
    """Promise that no test changes a file of the cooperative in this folder, so that one load of it serves all."""
    _UNCHANGING.append(ledgers)


def load_once(patch: Callable[[object, str, object], object]) -> None:
    """Have this process load a ledger that never changes, the example first, once in each language.

    Args:
        patch: such as `setattr`.

    """
    afresh = loader.load_file

    def load(path: str, **others: object) -> tuple[Directives, list[BeancountError], dict[str, Any]]:
        if others or not any(map(Path(path).is_relative_to, _UNCHANGING)):
            return afresh(path, **others)
        entries, errors, options = _kept(afresh, path, current())
        return [*entries], [*errors], {**options}

    patch(loader, "load_file", load)


@cache
def _kept(
    load: Callable[[str], tuple[Directives, list[BeancountError], dict[str, Any]]], path: str, _: str
) -> tuple[Directives, list[BeancountError], dict[str, Any]]:
    return load(path)


def books_of(text: str) -> Books:
    """Give the books of a ledger from its text."""
    entries, errors, options = loader.load_string(text)
    return loaded(entries, options, errors)


def loaded(entries: Directives, options: dict[str, Any], errors: Sequence[BeancountError] = ()) -> Books:
    """Give the books of what Beancount has loaded."""
    return Books(Ledger(Path("/main.beancount"), entries, list(errors), options))


def asked(books: Books, days: str, *numbers: str, unit: str | None = None) -> Decimal:
    """Give what beanquery computes on the same entries: the sum of the accounts whose numbers begin so.

    Args:
        books: the books.
        days: a condition on the postings, such as `date <= 2026-03-31`.
        numbers: regular expressions.
        unit: the only unit asked for.

    """
    wanted = re.compile(rf"[^:]+:\d+:(?:{'|'.join(numbers)}).*{f':{unit}' if unit else ''}")
    return sum((amount for account, amount in _sums(books, days) if wanted.fullmatch(account)), Decimal(0))


@lru_cache(maxsize=64)
def _sums(books: Books, days: str) -> list[tuple[str, Decimal]]:
    source = {"entries": books.ledger.entries, "errors": [], "options": books.ledger.options}
    query = f"SELECT account, sum(number) WHERE {days} GROUP BY account"
    return beanquery.connect("beancount:", **source).execute(query).fetchall()
