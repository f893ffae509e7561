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
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import INVOICE
from beancoop.words.messages import Text, error, phrase

from beancoop_importers.bank.booking import FLAG, REFERENCE
from beancoop_importers.matching.communication import word_key
from beancoop_importers.matching.counterparties import Counterparties
from beancoop_importers.matching.match import Match, Part, match
from beancoop_importers.matching.open_invoices import Invoices
from beancoop_importers.matching.returns import RETURNS, Original, Payments, reversed_postings
from beancoop_importers.model.postings import number_of
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Refused
from beancoop_importers.routing.splitting import DECIDED, Ground, Piece, Routed, Sharing
from beancoop_importers.rules.rules import Facts, Rule, Rules, first_match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.model.register import Register
    from beancount.core import data

    from beancoop_importers.bank.accounts import BankAccount, Registry
    from beancoop_importers.model.statement import Movement

UNTOLD = error("BC1230", "nothing tells what it is for")
RETURN_OF_SEVERAL = error("BC1231", "a payment that came back, but several payments went out with its reference")
RETURN_OF_NONE = error("BC1232", "a payment that came back, but no payment of this account went out with its reference")
RETURN_OF_OTHER_AMOUNT = error("BC1233", "the payment of {day} that came back ({reference}) was for another amount")
RETURN_OF_NO_INVOICE = error("BC1234", "the payment of {day} that came back ({reference}) was not for an invoice")
UNDOES = phrase("undoes the payment of {day} that came back ({reference})")
NAMES = phrase("names {invoices}")
RULED = phrase("rule {rule}")
RULE_TELLS_WHOSE = error("BC1241", "rule {rule} tells whose it is, not what for")
KNOWN_PARTY = error("BC1242", "{account} is known for {unit} alone; what it is for is not")


MATCHED = frozenset({"invoice", "return"})
"""The ways by which a movement goes to an invoice."""

RULE = "rule"
"""The metadata that names the rule an entry was made by."""


class Owner(NamedTuple):
    """Whose a movement is, and what tells it: an invoice, a payment that came back, or a rule."""

    units: tuple[str, ...]
    why: Text


class Router:
    """Tells whose the movements are, and learns from each that is booked.

    Attributes:
        ground: where movements are booked.
        rules: the accountant's own.
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
        """Route into the ledger of *entries*; *opens* tells whether accounts that are missing can be opened."""
        self.ground = Ground(register, registry, opens)
        self.rules = rules
        self.invoices = Invoices(entries, register.currency)
        self.payments = Payments(entries)
        self.counterparties = Counterparties(entries, registry.own)

    def fork(self) -> Router:
        """Give a copy on which a file can be tried, and forgotten."""
        fork = copy.copy(self)
        fork.invoices, fork.payments = self.invoices.fork(), self.payments.fork()
        fork.counterparties = self.counterparties.fork()
        return fork

    def add_invoice(self, entry: data.Transaction) -> None:
        """Take note of an invoice that has just been booked, which payments may settle."""
        self.invoices.add_invoice(entry)

    def route(self, waiting: data.Transaction, movement: Movement, bank: BankAccount) -> Routed:
        """Tell what becomes of *movement*, which as *waiting* would go to 499."""
        routed = _Movement(self, Sharing(self.ground, waiting, movement, bank)).route()
        for entry in routed.transactions:
            self.invoices.add(entry)
            self.payments.add(entry)
            self.counterparties.add(entry)
        return routed

    def owner(self, waiting: data.Transaction, movement: Movement, bank: BankAccount) -> Owner | None:
        """Tell whose *movement* is, whether or not it can be booked there; None where nothing tells."""
        return _Movement(self, Sharing(self.ground, waiting, movement, bank)).owner()


class _Movement:
    """One movement on its way."""

    def __init__(self, router: Router, sharing: Sharing) -> None:
        self.router = router
        self.sharing = sharing
        self.waiting, self.movement, self.bank = sharing.waiting, sharing.movement, sharing.bank
        self.amount, self.currency = sharing.amount, sharing.currency

    def route(self) -> Routed:
        for way in (self._returned, self._matched, self._ruled):
            try:
                if routed := way():
                    return routed
            except Refused as refused:
                self.sharing.doubts.append(refused.message)
        return self.sharing.waits(self.bank, "waits", None if self.sharing.doubts else UNTOLD())

    def _returned(self) -> Routed | None:
        """Undo the payment that this one brings back."""
        if not self.movement.return_reason:
            return None
        reference = str(self.waiting.meta[REFERENCE])
        originals = self.router.payments.originals(self.movement, reference, self.bank.family)
        if len(originals) != 1:
            raise Refused(RETURN_OF_SEVERAL() if originals else RETURN_OF_NONE())
        (original,) = originals
        what = {"day": original.parts[0].date, "reference": original.reference}
        if original.settles and original.paid() == -self.amount:
            return self._undone(original, UNDOES(**what))
        reason = RETURN_OF_OTHER_AMOUNT(**what) if original.settles else RETURN_OF_NO_INVOICE(**what)
        if len(original.units) != 1:
            raise Refused(reason)
        return self.sharing.waits(self.sharing.share(original.units[0]), "waits", reason)

    def owner(self) -> Owner | None:
        """Tell whose the movement is: by the first that tells, in the order of routing."""
        return self._owner_of_return() or self._owner_of_invoice() or self._owner_by_rule()

    def _owner_of_return(self) -> Owner | None:
        if not self.movement.return_reason:
            return None
        reference = str(self.waiting.meta[REFERENCE])
        found = self.router.payments.originals(self.movement, reference, self.bank.family)
        if len(found) != 1:
            return None
        what = {"day": found[0].parts[0].date, "reference": found[0].reference}
        return Owner(tuple(found[0].units), UNDOES(**what))

    def _owner_of_invoice(self) -> Owner | None:
        if self.currency != self.router.ground.register.currency:
            return None
        parts = match(self.router.invoices, self.movement, None).parts
        units = tuple(dict.fromkeys(part.invoice.unit for part in parts))
        return Owner(units, NAMES(invoices=[_named(part) for part in parts])) if parts else None

    def _owner_by_rule(self) -> Owner | None:
        rule = first_match(self.router.rules.movements, self._facts(""))
        return Owner((rule.unit,), RULED(rule=rule.name)) if rule and rule.unit else None

    def _undone(self, original: Original, why: Text) -> Routed:
        pieces = []
        for part in original.parts:
            postings = reversed_postings(part)
            bank = next(one for one in postings if original.moves(one))
            share = self.sharing.share(bank.account.rpartition(":")[2])
            others = [one for one in postings if one is not bank]
            pieces.append(Piece(share, [self._again(one) for one in others], part.links))
        routed = self.sharing.booked(pieces, "return", why, DECIDED)
        marked = [one._replace(meta={**one.meta, RETURNS: original.reference}) for one in routed.transactions]
        return routed._replace(transactions=tuple(marked))

    def _again(self, posting: data.Posting) -> data.Posting:
        return self.sharing.posting(posting.account, number_of(posting), posting.meta)

    def _matched(self) -> Routed | None:
        """Settle the invoices that the payment names."""
        if self.currency != self.router.ground.register.currency:
            return None
        found = match(self.router.invoices, self.movement, None if self.bank.shared else self.bank.unit)
        self.sharing.doubts += found.doubts
        if not found.parts:
            return None
        units = list(dict.fromkeys(part.invoice.unit for part in found.parts))
        pieces = [self._settling(found, unit) for unit in units]
        if found.rest and len(units) == 1:
            pieces[0].postings.append(self.sharing.posting(pieces[0].bank.suspense, -found.rest))
        elif found.rest:
            pieces.append(Piece(self.bank, [self.sharing.posting(self.bank.suspense, -found.rest)]))
        why = NAMES(invoices=[_named(part) for part in found.parts])
        return self.sharing.booked(pieces, "invoice", why, FLAG if found.doubts or found.rest else DECIDED)

    def _settling(self, found: Match, unit: str) -> Piece:
        parts = [part for part in found.parts if part.invoice.unit == unit]
        postings = [
            self.sharing.posting(part.invoice.account, -part.amount, {INVOICE: part.invoice.name}) for part in parts
        ]
        links = frozenset(part.invoice.name for part in parts if part.invoice.linked)
        return Piece(self.sharing.share(unit), postings, links)

    def _ruled(self) -> Routed | None:
        """Take what is known of the counterparty, and what the accountant's rules say."""
        known = self.router.counterparties.unit_of(self.movement.counterparty_account, self.bank.opened.account)
        unit = self.bank.unit if not self.bank.shared else known or ""
        rule = first_match([one for one in self.router.rules.movements if _agrees(one, unit)], self._facts(unit))
        bank = self.sharing.share((rule.unit if rule else "") or unit or self.bank.unit)
        if rule and rule.account:
            account = self.sharing.account(rule.account, bank.unit)
            piece = Piece(bank, [self.sharing.posting(account, -self.amount)])
            flag = FLAG if self.sharing.doubts else rule.flag
            return self._said_by(rule, self.sharing.booked([piece], "rule", RULED(rule=rule.name), flag))
        if rule:
            return self._said_by(rule, self.sharing.waits(bank, "rule", RULE_TELLS_WHOSE(rule=rule.name)))
        if self.bank.shared and known:
            why = KNOWN_PARTY(account=self.movement.counterparty_account, unit=known)
            return self.sharing.waits(bank, "counterparty", why)
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


def _named(part: Part) -> str:
    """Say an invoice, and what names it where that is not its number."""
    name = part.invoice.name
    return name if part.reference == word_key(name) else f"{name} ({part.reference})"


def _agrees(rule: Rule, unit: str) -> bool:
    """Tell whether a rule leaves a movement with the unit that it is known to be of."""
    return not (unit and rule.unit) or rule.unit == unit
