"""Whether a movement that the ledger holds stands where it belongs (contract, section 8).

Whoever writes a movement's `bank-ref` in her own books first would have it: an import passes over what is there. So a
reference is believed only where the routing, had the ledger not held it, would not say otherwise. An invoice, a payment
that came back and a rule of the accountant's tell whose a movement is; a counterparty that has been known for one unit
until now does not, since a customer of two activities is nobody's mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP, parse_account
from beancoop.model.findings import place
from beancoop.model.pcmn import SUSPENSE
from beancoop.words.messages import error
from beancount.core.data import Transaction

from beancoop_importers.bank.booking import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from beancoop.model.accounts import AccountName
    from beancoop.words.messages import Text
    from beancount.core import data

    from beancoop_importers.bank.accounts import BankAccount
    from beancoop_importers.model.statement import Movement
    from beancoop_importers.routing.route import Owner, Router

ELSEWHERE = error(
    "BC1243",
    "it is of {unit} ({reason}) and belongs in {target}, but {places} has it already, in the books of {holder}; "
    "nothing is booked: decide whose it is, and take the other entry away",
)


class Elsewhere(NamedTuple):
    """A movement that the ledger holds in the books of another unit than it is of.

    Attributes:
        movement: the movement.
        waiting: as it would go to 499.
        why: both places, and what tells whose it is.

    """

    movement: Movement
    waiting: data.Transaction
    why: Text


class Belonging:
    """Judges what a ledger holds."""

    def __init__(
        self,
        entries: Sequence[data.Directive],
        router: Callable[[Sequence[data.Directive]], Router],
        target: Callable[[BankAccount, int], object],
    ) -> None:
        """Begin; *router* routes into a ledger of some entries, *target* gives the file of a unit's year."""
        self._entries = list(entries)
        self._router, self._target = router, target
        self._blind: Router | None = None

    def add(self, entry: data.Transaction) -> None:
        """Take note of an invoice that has just been booked."""
        self._entries.append(entry)
        if self._blind:
            self._blind.add_invoice(entry)

    def judge(
        self, waiting: data.Transaction, movement: Movement, bank: BankAccount, held: Sequence[data.Transaction]
    ) -> Elsewhere | None:
        """Say where *movement* belongs, if it is not there that the ledger holds it, as *held*."""
        if not bank.shared or _waits(held):
            return None
        if self._blind is None:  # knows no movement at all: one look at the ledger for what nobody doubts
            self._blind = self._router([one for one in self._entries if not _bears(one)])
            self._blind.payments = self._router(self._entries).payments
        if not _strangers(held, self._blind.owner(waiting, movement, bank)):
            return None
        reference = {waiting.meta[REFERENCE]}
        owner = self._router([one for one in self._entries if not _bears(one, reference)]).owner(
            waiting, movement, bank
        )
        if not owner or not (strangers := _strangers(held, owner)):
            return None
        unit = owner.units[0]
        target = self._target(bank._replace(unit=unit, share=f"{bank.family}:{unit}"), waiting.date.year)
        why = ELSEWHERE(
            unit=list(owner.units),
            reason=owner.why,
            target=str(target),
            places=sorted(place(one.meta) for one in held),
            holder=sorted(strangers),
        )
        return Elsewhere(movement, waiting, why)


def _strangers(held: Iterable[data.Transaction], owner: Owner | None) -> set[str]:
    """Give the units that hold a movement and are not its owners; what an owner's payment leaves may be COOP's."""
    holders = set(_units(held))
    if owner is None or holders <= set(owner.units):
        return set()
    strangers = holders - set(owner.units)
    return strangers if holders == strangers else strangers - {COOP}


def _waits(held: Sequence[data.Transaction]) -> bool:
    """Say whether a movement waits with the structure for somebody to decide."""
    numbers = {name.number for one in held for name in _names(one)}
    return set(_units(held)) == {COOP} and SUSPENSE in numbers


def _units(held: Iterable[data.Transaction]) -> Iterator[str]:
    return (name.unit for one in held for name in _names(one) if name.unit)


def _names(entry: data.Transaction) -> Iterator[AccountName]:
    return filter(None, (parse_account(posting.account) for posting in entry.postings))


def _bears(entry: data.Directive, references: Collection[str] | None = None) -> bool:
    """Say whether an entry is a movement, of those with *references* where they are named."""
    if not isinstance(entry, Transaction) or REFERENCE not in entry.meta:
        return False
    return references is None or entry.meta[REFERENCE] in references
