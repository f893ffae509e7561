"""Whose a movement is, and what it is for: what tells it, in this order.

1. A payment that came back (`returns`) is of the unit, and on the invoice, of the payment it undoes.
2. An invoice it names exactly (`matching`): the invoice's unit, its customer's or supplier's account.
3. On an account shared by the units, a counterparty known for one unit (`counterparties`) tells whose it is.
4. The accountant's rules (`rules`) tell what it is for, and whose where nothing else does.
5. What nothing tells waits on 499, COOP's where the account is shared.

One transaction touches one unit (contract, section 2): a payment for two units is one transaction in the books of each,
both with the `bank-ref` of the movement and together with its amount. Where an account that is needed is not open, or
the unit's month is closed, the movement waits on 499 and the reason is told.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.accounts import roots_for
from beancoop.months import Month
from beancoop.open_items import INVOICE
from beancount.core import data
from beancount.core.amount import Amount

from beancoop_importers.booking import FLAG, REFERENCE
from beancoop_importers.counterparties import Counterparties
from beancoop_importers.invoices import Invoices
from beancoop_importers.matching import Match, Part, match
from beancoop_importers.postings import number_of, units_of
from beancoop_importers.references import word_key
from beancoop_importers.returns import RETURNS, Original, Payments, reversed_postings
from beancoop_importers.rules import Facts, Rule, Rules, first_match
from beancoop_importers.statement import Refused
from beancoop_importers.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.register import Register

    from beancoop_importers.accounts import BankAccount, Registry
    from beancoop_importers.statement import Movement

DECIDED = "*"
MATCHED = frozenset({"invoice", "return"})
"""The ways by which a movement goes to an invoice."""

_CENT = Decimal("0.01")
RULE = "rule"
"""The metadata that names the rule an entry was made by."""


class Routed(NamedTuple):
    """What became of a movement.

    Attributes:
        movement: the movement.
        transactions: what is to be booked, one per unit.
        banks: for each of them the unit's share of the bank account.
        way: what told it: `invoice`, `return`, `rule`, `counterparty`, or `waits` where nothing did.
        why: what it was told by, or what a person has to decide.

    """

    movement: Movement
    transactions: tuple[data.Transaction, ...]
    banks: tuple[BankAccount, ...]
    way: str
    why: str

    @property
    def decided(self) -> bool:
        """Whether nothing is left to decide."""
        return all(one.flag == DECIDED for one in self.transactions)


class _Piece(NamedTuple):
    """What one unit gets of a movement: its share of the bank account, and the other side."""

    bank: BankAccount
    postings: list[data.Posting]
    links: frozenset[str] = frozenset()


class _Untold(Exception):  # noqa: N818 - nothing failed
    """What was told cannot be booked, and why."""


class Router:
    """Tells whose the movements are, and learns from each that is booked.

    Attributes:
        register: the units and their closed months.
        registry: the bank accounts, and what is open when.
        rules: the accountant's own.
        opens: whether accounts that are missing can be opened.
        invoices: what is open, and what was settled before.
        payments: what may come back.
        counterparties: whose the other parties are.

    """

    def __init__(
        self,
        entries: Sequence[data.Directive],
        register: Register,
        registry: Registry,
        rules: Rules,
        *,
        opens: bool = True,
    ) -> None:
        """Route into the ledger of *entries*."""
        self.register = register
        self.registry = registry
        self.rules = rules
        self.opens = opens
        self.invoices = Invoices(entries, register.currency)
        self.payments = Payments(entries)
        self.counterparties = Counterparties(entries, registry.own)

    def fork(self) -> Router:
        """Give a copy on which a file can be tried, and forgotten."""
        fork = copy.copy(self)
        fork.invoices, fork.payments = self.invoices.fork(), self.payments.fork()
        fork.counterparties = self.counterparties.fork()
        return fork

    def route(self, waiting: data.Transaction, movement: Movement, bank: BankAccount) -> Routed:
        """Tell what becomes of *movement*, which as *waiting* would go to 499."""
        routed = _Movement(self, waiting, movement, bank).route()
        for entry in routed.transactions:
            self.invoices.add(entry)
            self.payments.add(entry)
            self.counterparties.add(entry)
        return routed


class _Movement:
    """One movement on its way."""

    def __init__(self, router: Router, waiting: data.Transaction, movement: Movement, bank: BankAccount) -> None:
        self.router = router
        self.waiting = waiting
        self.movement = movement
        self.bank = bank
        self.amount, self.currency = number_of(waiting.postings[0]), units_of(waiting.postings[0]).currency
        self.doubts: list[str] = []

    def route(self) -> Routed:
        for way in (self._returned, self._matched, self._ruled):
            try:
                if routed := way():
                    return routed
            except _Untold as untold:
                self.doubts.append(str(untold))
        return self._waits(self.bank, "waits", "" if self.doubts else "nothing tells what it is for")

    def _returned(self) -> Routed | None:
        """Undo the payment that this one brings back."""
        if not self.movement.return_reason:
            return None
        reference = str(self.waiting.meta[REFERENCE])
        originals = self.router.payments.originals(self.movement, reference, self.bank.family)
        if len(originals) != 1:
            many = "several payments went out" if originals else "no payment of this account went out"
            raise _Untold(f"a payment that came back, but {many} with its reference")
        (original,) = originals
        what = f"the payment of {original.parts[0].date} that came back ({original.reference})"
        if original.settles and original.paid() == -self.amount:
            return self._undone(original, f"undoes {what}")
        reason = "was for another amount" if original.settles else "was not for an invoice"
        if len(original.units) != 1:
            raise _Untold(f"{what} {reason}")
        return self._waits(self._share(original.units[0]), "return", f"{what} {reason}")

    def _undone(self, original: Original, why: str) -> Routed:
        pieces = []
        for part in original.parts:
            postings = reversed_postings(part)
            bank = next(one for one in postings if original.moves(one))
            share = self._share(bank.account.rpartition(":")[2])
            pieces.append(_Piece(share, [one for one in postings if one is not bank], part.links))
        routed = self._booked(pieces, "return", why, DECIDED)
        marked = [one._replace(meta={**one.meta, RETURNS: original.reference}) for one in routed.transactions]
        return routed._replace(transactions=tuple(marked))

    def _matched(self) -> Routed | None:
        """Settle the invoices that the payment names."""
        if self.currency != self.router.register.currency:
            return None
        found = match(self.router.invoices, self.movement, None if self.bank.shared else self.bank.unit)
        self.doubts += found.doubts
        if not found.parts:
            return None
        units = list(dict.fromkeys(part.invoice.unit for part in found.parts))
        pieces = [self._settling(found, unit) for unit in units]
        if found.rest and len(units) == 1:
            pieces[0].postings.append(self._posting(pieces[0].bank.suspense, -found.rest))
        elif found.rest:
            pieces.append(_Piece(self.bank, [self._posting(self.bank.suspense, -found.rest)]))
        names = ", ".join(map(_named, found.parts))
        return self._booked(pieces, "invoice", f"names {names}", FLAG if found.doubts or found.rest else DECIDED)

    def _settling(self, found: Match, unit: str) -> _Piece:
        parts = [part for part in found.parts if part.invoice.unit == unit]
        postings = [self._posting(part.invoice.account, -part.amount, {INVOICE: part.invoice.name}) for part in parts]
        links = frozenset(part.invoice.name for part in parts if part.invoice.linked)
        return _Piece(self._share(unit), postings, links)

    def _ruled(self) -> Routed | None:
        """Take what is known of the counterparty, and what the accountant's rules say."""
        known = self.router.counterparties.unit_of(self.movement.counterparty_account, self.bank.opened.account)
        unit = self.bank.unit if not self.bank.shared else known or ""
        rule = first_match([one for one in self.router.rules.movements if _agrees(one, unit)], self._facts(unit))
        bank = self._share((rule.unit if rule else "") or unit or self.bank.unit)
        if rule and rule.account:
            account = self._account(rule.account, bank.unit)
            piece = _Piece(bank, [self._posting(account, -self.amount)])
            flag = FLAG if self.doubts else rule.flag
            return self._said_by(rule, self._booked([piece], "rule", f"rule {rule.name}", flag))
        if rule:
            return self._said_by(rule, self._waits(bank, "rule", f"rule {rule.name} tells whose it is, not what for"))
        if self.bank.shared and known:
            why = f"{self.movement.counterparty_account} is known for {known} alone; what it is for is not"
            return self._waits(bank, "counterparty", why)
        return None

    def _facts(self, unit: str) -> Facts:
        movement, structured = self.movement, self.movement.structured
        return Facts(
            unit=unit,
            iban=str(self.waiting.meta[REFERENCE]).split("/")[1],
            counterparty=clean(movement.counterparty),
            counterparty_account=movement.counterparty_account,
            text=clean(f"{movement.communication} {structured.value if structured else ''}"),
            amount=self.amount,
            code=movement.code,
        )

    def _said_by(self, rule: Rule, routed: Routed) -> Routed:
        (entry,) = routed.transactions
        meta = {**entry.meta, RULE: clean(rule.name)}
        if rule.narration:
            meta |= {"communication": entry.narration} if entry.narration else {}
            entry = entry._replace(narration=clean(rule.narration))
        return routed._replace(transactions=(entry._replace(meta=meta),))

    def _account(self, stem: str, unit: str) -> str:
        """Give the account of *unit* that a rule names, under the root that the ledger has it."""
        registry, day = self.router.registry, self.waiting.date
        names = [registry.roots.account(root, stem, unit) for root in roots_for(stem.partition("-")[0])]
        if usable := [name for name in names if registry.open_on(name, day)]:
            return usable[0]
        raise _Untold(f"a rule says {stem}, but {names[0]} is not open on {day}")

    def _share(self, unit: str) -> BankAccount:
        """Give *unit*'s share of the bank account, where something may be booked on it."""
        if unit == self.bank.unit:
            return self.bank
        day = self.waiting.date
        closed = self.router.register.last_closed(unit)
        if not self.router.register.knows(unit):
            raise _Untold(f"it is of {unit}, which is no unit of this ledger")
        if closed and Month.of(day) <= closed:
            raise _Untold(f"it is of {unit}, whose books are closed to the end of {closed}")
        try:
            share = self.router.registry.share(self.bank, unit, day, self.movement.line)
        except Refused as refused:
            raise _Untold(f"it is of {unit}, but {refused.message}") from None
        if not self.router.opens and not self.router.registry.open_on(share.share, day):
            raise _Untold(f"it is of {unit}, but {share.share} is not open; `beancoop import` opens it")
        return share

    def _posting(self, account: str, amount: Decimal, meta: Mapping[str, str] | None = None) -> data.Posting:
        day = self.waiting.date
        if meta and not self.router.registry.open_on(account, day):
            raise _Untold(f"{account} is not open on {day}")
        units = Amount(amount.quantize(_CENT) if amount == amount.quantize(_CENT) else amount, self.currency)
        return data.Posting(account, units, None, None, None, dict(meta) if meta else None)

    def _waits(self, bank: BankAccount, way: str, why: str) -> Routed:
        piece = _Piece(bank, [self._posting(bank.suspense, -self.amount)])
        return self._booked([piece], way, why, FLAG)

    def _booked(self, pieces: Sequence[_Piece], way: str, why: str, flag: str) -> Routed:
        by_unit: dict[str, _Piece] = {}
        for piece in pieces:
            there = by_unit.get(piece.bank.unit)
            by_unit[piece.bank.unit] = (
                _Piece(piece.bank, [*there.postings, *piece.postings], there.links | piece.links) if there else piece
            )
        entries = tuple(self._transaction(piece, flag) for piece in by_unit.values())
        banks = tuple(piece.bank for piece in by_unit.values())
        return Routed(self.movement, entries, banks, way, "; ".join(filter(None, [why, *self.doubts])))

    def _transaction(self, piece: _Piece, flag: str) -> data.Transaction:
        bank = self._posting(piece.bank.share, -sum(map(number_of, piece.postings), Decimal(0)))
        return self.waiting._replace(flag=flag, links=piece.links, postings=[bank, *piece.postings])


def _named(part: Part) -> str:
    """Say an invoice, and what names it where that is not its number."""
    name = part.invoice.name
    return name if part.reference == word_key(name) else f"{name} ({part.reference})"


def _agrees(rule: Rule, unit: str) -> bool:
    """Tell whether a rule leaves a movement with the unit that it is known to be of."""
    return not (unit and rule.unit) or rule.unit == unit
