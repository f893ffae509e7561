"""The postings that a figure is made of, entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount.core.compare import hash_entry

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.provenance import OPENING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from decimal import Decimal
    from typing import TypeAlias

    from beancount.core.data import Directive, Posting, Transaction

    from beancoop.books.books import Books
    from beancoop.statements.meaning import Meaning

    Maker: TypeAlias = Callable[[Books, Meaning], "Made"]


class Line(NamedTuple):
    """What one entry adds to a figure.

    Attributes:
        entry: the entry; None for what no entry says, such as that a contribution is never below zero.
        amount: what it adds, unrounded.
        text: what is said of it in the entry's place; "" for what the entry says.

    """

    entry: Directive | None
    amount: Decimal
    text: str = ""


class Made(NamedTuple):
    """What a figure is made of, in the order of the books, and the figure itself; hours and amounts alike."""

    lines: Sequence[Line]
    total: Decimal

    def times(self, sign: int) -> Made:
        """Give the same with that sign."""
        return self if sign > 0 else Made([each._replace(amount=-each.amount) for each in self.lines], -self.total)

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Made:
        """Add *lines* up, rounded once."""
        own = list(lines)
        return cls(own, to_cent(sum((each.amount for each in own), ZERO)))

    @classmethod
    def together(cls, several: Iterable[Made]) -> Made:
        """Add up what was rounded each by itself."""
        parts = list(several)
        lines = [line for part in parts for line in part.lines]
        lines.sort(key=lambda line: (line.entry is None, line.entry.date if line.entry else None))
        return cls(lines, sum((part.total for part in parts), to_cent(ZERO)))


def is_entry(entry: Directive, meaning: Meaning) -> bool:
    """Say whether *entry* is the one that is meant, or any is."""
    return not meaning.entry or hash_entry(entry) == meaning.entry


def postings(books: Books, meaning: Meaning) -> Iterator[tuple[Transaction, Posting, Decimal]]:
    """Give the postings that are meant, each with its entry and its amount in the operating currency, in order."""
    wanted: dict[str, bool] = {}
    for entry in books.of(meaning.unit or None):
        if not (
            _is_of_part(entry, meaning) and meaning.party in {None, entry.payee or ""} and is_entry(entry, meaning)
        ):
            continue
        for position, posting in enumerate(entry.postings):
            account = posting.account
            if account not in wanted:
                wanted[account] = _is_meant(account, meaning)
            if wanted[account] and meaning.position in {None, position}:
                amount = _amount(posting, meaning, books.currency)
                if amount:
                    yield entry, posting, amount


def _is_of_part(entry: Transaction, meaning: Meaning) -> bool:
    """Say whether an entry is of the days that are meant, or of the part of them."""
    if meaning.part == "start":
        was_there = meaning.since is None or entry.date < meaning.since or OPENING in entry.tags
        return was_there and (meaning.until is None or entry.date <= meaning.until)
    return meaning.holds(entry.date) and not (meaning.part and OPENING in entry.tags)


def posted(
    books: Books, meaning: Meaning, counts: Callable[[Transaction, Posting], bool] | None = None
) -> Iterator[Line]:
    """Give a line for each entry whose postings that are meant, and *counts* lets through, come to something."""
    entry, amount = None, ZERO
    for each, posting, moved in postings(books, meaning):
        if counts is not None and not counts(each, posting):
            continue
        if each is not entry:
            if entry is not None and amount:
                yield Line(entry, amount)
            entry, amount = each, ZERO
        amount += moved
    if entry is not None and amount:
        yield Line(entry, amount)


def as_posted(books: Books, meaning: Meaning) -> Made:
    """Give what the postings that are meant come to."""
    return Made.of(posted(books, meaning))


def number_of(posting: Posting) -> str:
    """Give the PCMN number of a posting's account, "" where it has none."""
    name = parse_account(posting.account)
    return name.number if name else ""


def _is_meant(account: str, meaning: Meaning) -> bool:
    name = parse_account(account)
    if name is None or (meaning.unit and name.unit != meaning.unit):
        return False
    if meaning.roots and name.root not in meaning.roots:
        return False
    if meaning.numbers and not name.number.startswith(meaning.numbers):
        return False
    if meaning.but and name.number.startswith(meaning.but):
        return False
    return not meaning.accounts or any(account == one or account.startswith(f"{one}:") for one in meaning.accounts)


def _amount(posting: Posting, meaning: Meaning, currency: str) -> Decimal:
    if meaning.in_currency and posting.units is not None and posting.units.currency != currency:
        return ZERO
    amount = amount_in(posting, currency) or ZERO
    is_wrong = (meaning.side == "debit" and amount < ZERO) or (meaning.side == "credit" and amount > ZERO)
    return ZERO if is_wrong else amount
