"""Stored books say every amount, to the cent, and tolerate nothing.

An amount left out is filled in so that the entry balances, whatever was meant; a tolerance lets a balance pass that the
bank's statement denies. Loading accepts them, as Beancount does; `beancoop check` does not (contract, section 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import data

from beancoop.model.findings import Finding
from beancoop.model.money import to_cent
from beancoop.model.register import is_tolerant
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from beancoop.loading.ledger import Ledger

_FILLED_IN = "__automatic__"  # Beancount's own mark

TOLERANT_LEDGER = error("BC221", 'The ledger lets differences pass; add the line: option "tolerance_multiplier" "0".')
TOLERANT_BALANCE = error("BC222", "This balance tolerates {tolerance}; assert the statement's own, to the cent.")
LEFT_OUT = error("BC223", "{account} has no amount of its own; write it, {amount} if that is what is meant.")
TOO_FINE = error("BC224", "{account} has {amount}, finer than a cent; write it to the cent.")


def inexact(ledger: Ledger) -> Iterator[Finding]:
    """Give a finding for each amount of *ledger* that is left out, tolerated or finer than a cent."""
    if is_tolerant(ledger.options):
        yield Finding(str(ledger.path), 1, TOLERANT_LEDGER())
    yield from inexact_in(ledger.entries, ledger.options["operating_currency"])


def inexact_in(entries: Iterable[data.Directive], currencies: Collection[str]) -> Iterator[Finding]:
    """Give one for each of some entries; an amount in any but those *currencies* may be as fine as it likes."""
    for entry in entries:
        if isinstance(entry, data.Balance) and entry.tolerance:
            yield Finding.where(entry.meta, TOLERANT_BALANCE(tolerance=entry.tolerance))
        elif isinstance(entry, data.Transaction):
            for posting in entry.postings:
                if reason := _reason(posting, currencies):
                    yield Finding.where(posting.meta or entry.meta, reason)


def left_out(ledger: Ledger) -> Iterator[Finding]:
    """Give a finding for each amount of *ledger* that somebody left out."""
    for entry in ledger.entries:
        for posting in entry.postings if isinstance(entry, data.Transaction) else ():
            if reason := _left_out(posting):
                yield Finding.where(posting.meta or entry.meta, reason)


def _left_out(posting: data.Posting) -> str | None:
    if posting.meta and _FILLED_IN in posting.meta:
        return LEFT_OUT(account=posting.account, amount=str(posting.units))
    return None


def _reason(posting: data.Posting, currencies: Collection[str]) -> str | None:
    if reason := _left_out(posting):
        return reason
    units = posting.units
    if units is None or units.number is None or units.currency not in currencies:
        return None
    if units.number != to_cent(units.number):
        return TOO_FINE(account=posting.account, amount=units)
    return None
