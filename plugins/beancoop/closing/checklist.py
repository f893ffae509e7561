"""What an accountant looks at before a month is closed: none of it forbids the closing, all of it is easier now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.model.accounts import parse_account
from beancoop.model.findings import Finding
from beancoop.model.money import ZERO
from beancoop.model.months import Month
from beancoop.model.ownership import touches
from beancoop.model.pcmn import PURCHASES, SERVICES, SUSPENSE
from beancoop.model.periods import day_after
from beancoop.model.provenance import DOUBTFUL
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancoop.loading.ledger import Ledger
    from beancoop.words.messages import Text

BOUGHT = (PURCHASES, SERVICES)
"""The PCMN numbers that purchases are booked on: a document supports each of them."""
_DOCUMENT = "document"
_PIECE = re.compile(r"(.+-\d{4})-(\d+)")

WAITS = error("BC551", "{account} holds {amount} at the end of {month}; say what it is.")
NO_STATEMENT = error("BC552", "{account} has no balance on {day}; import the statement that ends {month}.")
NO_DOCUMENT = error(
    "BC553",
    "{count} purchase of {month} has no document; this is it.",
    "{count} purchases of {month} have no document; this is the first.",
)
NO_PIECE = error("BC554", 'piece: "{piece}" is not a journal, a year and a number, such as "VEN-2026-0001".')
PIECE_TWICE = error("BC555", "Piece {piece} is there twice; each piece has a number of its own.")
PIECE_MISSING = error("BC556", "Piece {missing} is missing before {piece}; books have no gaps.")
UNDECIDED = error(
    "BC558",
    'This entry of {month} is flagged "!"; see what it waits for before the month is closed, after which it keeps its '
    "flag.",
)
PIECE_EARLY = error("BC557", "Piece {piece} is dated before the piece ahead of it; numbers follow the dates.")


def checklist(ledger: Ledger, month: Month) -> list[Finding]:
    """Give what is still open at the end of *month*: errors, suspense, statements, documents, flags, pieces."""
    return [
        *ledger.findings,
        *not_empty(ledger.entries, (SUSPENSE,), month.last_day, str(month)),
        *no_balance(ledger.entries, month.last_day, str(month)),
        *_documents(ledger.entries, month),
        *(Finding.at(each, UNDECIDED(month=month)) for each in _of(ledger.entries, month) if each.flag == DOUBTFUL),
        *check_pieces(ledger.entries),
    ]


def not_empty(
    entries: Sequence[data.Directive], numbers: tuple[str, ...], last_day: datetime.date, period: str
) -> Iterator[Finding]:
    """Tell of each account of those *numbers* that is not empty at the end of a period, at the last entry on it."""
    sums: dict[tuple[str, str], Decimal] = {}
    last: dict[tuple[str, str], data.Transaction] = {}
    for entry in entries:
        if isinstance(entry, data.Transaction) and entry.date <= last_day:
            for posting in entry.postings:
                account = parse_account(posting.account)
                if account and account.number.startswith(numbers) and posting.units and posting.units.number:
                    key = posting.account, posting.units.currency
                    sums[key] = sums.get(key, ZERO) + posting.units.number
                    last[key] = entry
    for key, total in sorted(sums.items()):
        if total:
            yield Finding.at(last[key], WAITS(account=key[0], amount=Amount(total, key[1]), month=period))


def no_balance(entries: Sequence[data.Directive], last_day: datetime.date, period: str) -> Iterator[Finding]:
    """Tell of each bank account with an IBAN whose balance is not asserted at the end of a period."""
    day = day_after(last_day)
    done = {entry.account for entry in entries if isinstance(entry, data.Balance) and entry.date == day}
    done |= {entry.account for entry in entries if isinstance(entry, data.Close) and entry.date <= last_day}
    for entry in entries:
        if isinstance(entry, data.Open) and "iban" in entry.meta and entry.date < day and entry.account not in done:
            yield Finding.at(entry, NO_STATEMENT(account=entry.account, day=day, month=period))


def _documents(entries: Sequence[data.Directive], month: Month) -> Iterator[Finding]:
    """Tell how many purchases of the month no document supports, at the first of them."""
    bare = list(unsupported(entries, _of(entries, month)))
    if bare:
        yield Finding.at(bare[0], NO_DOCUMENT(count=len(bare), month=month))


def unsupported(entries: Iterable[data.Directive], among: Iterable[data.Transaction]) -> Iterator[data.Transaction]:
    """Give the purchases *among* some transactions that no document of all *entries* supports."""
    linked = {link for entry in entries if isinstance(entry, data.Document) for link in entry.links or ()}
    for entry in among:
        is_named = any(key.startswith(_DOCUMENT) for key in entry.meta)
        if not is_named and not entry.links & linked and touches(entry, BOUGHT):
            yield entry


def _of(entries: Sequence[data.Directive], month: Month) -> Iterator[data.Transaction]:
    return (entry for entry in entries if isinstance(entry, data.Transaction) and Month.of(entry.date) == month)


def check_pieces(entries: Sequence[data.Directive]) -> Iterator[Finding]:
    """Tell of gaps, repeats and disorder in the piece numbers: `piece: "VEN-2026-0001"`, one series a journal and year.

    Books are kept without blanks or gaps, in order of dates (Code de droit économique, art. III.88).
    """
    series, malformed = _numbered(entries)
    for entry in malformed:
        yield Finding.at(entry, NO_PIECE(piece=entry.meta["piece"]))
    for name, pieces in sorted(series.items()):
        own = sorted(pieces, key=lambda piece: (piece[0], piece[1].date))
        for position, message in _faults(name, [(number, entry.date.toordinal()) for number, entry in own]):
            yield Finding.at(own[position][1], message)


def pieces_of(entries: Iterable[data.Directive]) -> dict[str, list[tuple[int, int]]] | None:
    """Give the piece numbers of each series, each with the number of its day; None where one is no such number."""
    series, malformed = _numbered(entries)
    days = {name: [(number, entry.date.toordinal()) for number, entry in own] for name, own in series.items()}
    return None if malformed else days


def is_in_order(pieces: Iterable[tuple[int, int]]) -> bool:
    """Say whether nothing is to be told of the pieces of a series, as `pieces_of` gives them."""
    return next(_faults("", sorted(pieces)), None) is None


def _numbered(
    entries: Iterable[data.Directive],
) -> tuple[dict[str, list[tuple[int, data.Transaction]]], list[data.Transaction]]:
    """Give the numbered entries of each series with their numbers, and those whose piece is no such number."""
    series: dict[str, list[tuple[int, data.Transaction]]] = {}
    malformed: list[data.Transaction] = []
    for entry in entries:
        if isinstance(entry, data.Transaction) and (piece := entry.meta.get("piece")) is not None:
            match = _PIECE.fullmatch(str(piece))
            if match is None:
                malformed.append(entry)
            else:
                series.setdefault(match[1], []).append((int(match[2]), entry))
    return series, malformed


def _faults(name: str, pieces: Sequence[tuple[int, int]]) -> Iterator[tuple[int, Text]]:
    """Tell what is wrong with the sorted numbers of a series, each with the number of its day; and at which of them."""
    expected, day = 1, 0
    for position, (number, own) in enumerate(pieces):
        if number < expected:
            yield position, PIECE_TWICE(piece=f"{name}-{number:04}")
        elif number > expected:
            yield position, PIECE_MISSING(missing=f"{name}-{expected:04}", piece=f"{name}-{number:04}")
        elif own < day:
            yield position, PIECE_EARLY(piece=f"{name}-{number:04}")
        expected, day = max(expected, number + 1), max(day, own)
