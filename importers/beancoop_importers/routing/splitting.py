"""What each unit gets of a movement: one transaction in its books, against its share of the bank account."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.months import Month
from beancoop.model.pcmn import roots_for
from beancoop.words.messages import Text, error, phrase
from beancount.core import data
from beancount.core.amount import Amount

from beancoop_importers.bank.booking import BOOKING_DATE, FLAG, VALUE_DATE
from beancoop_importers.model.postings import number_of, units_of
from beancoop_importers.model.statement import Refused, quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from beancoop.model.register import Register

    from beancoop_importers.bank.accounts import BankAccount, Registry
    from beancoop_importers.model.statement import Movement

NO_UNIT = error("BC1235", "it is of {unit}, which is no unit of this ledger")
UNIT_REFUSES = phrase("it is of {unit}, but cannot be booked there: {reason}")
SHARE_NOT_OPEN = error("BC1238", "it is of {unit}, but {account} is not open; `beancoop import` opens it")
RULE_NOT_OPEN = error("BC1239", "a rule says {stem}, but {account} is not open on {day}")
NOT_OPEN = error("BC1240", "{account} is not open on {day}")


DECIDED = "*"
_CENT = Decimal("0.01")


class Routed(NamedTuple):
    """What became of a movement.

    Attributes:
        movement: the movement.
        transactions: what is to be booked, one per unit.
        banks: for each of them the unit's share of the bank account.
        way: what told it: `invoice`, `return`, `rule`, `counterparty`, or `waits` where nothing did.
        reasons: what it was told by, and what a person has to decide.

    """

    movement: Movement
    transactions: tuple[data.Transaction, ...]
    banks: tuple[BankAccount, ...]
    way: str
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """The reasons in one."""
        return "; ".join(self.reasons)

    @property
    def decided(self) -> bool:
        """Whether nothing is left to decide."""
        return all(one.flag == DECIDED for one in self.transactions)


class Piece(NamedTuple):
    """What one unit gets: its share of the bank account, the other side, and the links."""

    bank: BankAccount
    postings: list[data.Posting]
    links: frozenset[str] = frozenset()


class Ground(NamedTuple):
    """Where movements are booked.

    Attributes:
        register: the units and their closed months.
        registry: the bank accounts, and what is open when.
        opens: whether accounts that are missing can be opened.

    """

    register: Register
    registry: Registry
    opens: bool


class Sharing:
    """Shares one movement out.

    Attributes:
        waiting: the movement as it would go to 499.
        movement: as the bank says it.
        bank: the account it is on.
        amount: what it moves.
        currency: of the amount.
        doubts: what a person has to decide or to know, in words.

    """

    def __init__(self, ground: Ground, waiting: data.Transaction, movement: Movement, bank: BankAccount) -> None:
        """Begin with nothing shared out."""
        self._ground = ground
        self.waiting = waiting
        self.movement = movement
        self.bank = bank
        self.amount, self.currency = number_of(waiting.postings[0]), units_of(waiting.postings[0]).currency
        self.doubts: list[str] = []

    def share(self, unit: str) -> BankAccount:
        """Give *unit*'s share of the bank account.

        Raises:
            Refused: nothing may be booked there.

        """
        if unit == self.bank.unit:
            return self.bank
        if not self._ground.register.knows(unit):
            raise Refused(NO_UNIT(unit=unit))
        day = self.day(unit)
        try:
            share = self._ground.registry.share(self.bank, unit, day, self.movement.line)
        except Refused as refused:
            raise Refused(quoted(refused.message, UNIT_REFUSES, unit=unit)) from None
        for account in (share.share, share.suspense):
            if not self._ground.opens and not self._ground.registry.is_open(account, day):
                raise Refused(SHARE_NOT_OPEN(unit=unit, account=account))
        return share

    def day(self, unit: str) -> datetime.date:
        """Give the day to book on in the books of *unit*: the bank's, or the first that is open."""
        own, closed = self.waiting.date, self._ground.register.last_closed(unit)
        return own if closed is None or Month.of(own) > closed else closed.next().first_day

    def account(self, stem: str, unit: str) -> str:
        """Give the account of *unit* whose number and label is *stem*, under the root that the ledger has it.

        Raises:
            Refused: it is not open.

        """
        registry, day = self._ground.registry, self.day(unit)
        names = [registry.roots.account(root, stem, unit) for root in roots_for(stem.partition("-")[0])]
        if usable := [name for name in names if registry.is_open(name, day)]:
            return usable[0]
        raise Refused(RULE_NOT_OPEN(stem=stem, account=names[0], day=day))

    def posting(self, account: str, amount: Decimal, meta: Mapping[str, str] | None = None) -> data.Posting:
        """Post *amount*; where *meta* says what for, the account must be open.

        Raises:
            Refused: it is not.

        """
        name = parse_account(account)
        day = self.day(name.unit if name and name.unit else self.bank.unit)
        if meta and not self._ground.registry.is_open(account, day):
            raise Refused(NOT_OPEN(account=account, day=day))
        units = Amount(amount.quantize(_CENT) if amount == amount.quantize(_CENT) else amount, self.currency)
        return data.Posting(account, units, None, None, None, dict(meta) if meta else None)

    def waits(self, bank: BankAccount, way: str, why: Text | None) -> Routed:
        """Leave all of it on the 499 of the unit whose share *bank* is."""
        piece = Piece(bank, [self.posting(bank.suspense, -self.amount)])
        return self.booked([piece], way, why, FLAG)

    def booked(self, pieces: Sequence[Piece], way: str, why: Text | None, flag: str) -> Routed:
        """Make one transaction of what each unit gets."""
        by_unit: dict[str, Piece] = {}
        for piece in pieces:
            there = by_unit.get(piece.bank.unit)
            by_unit[piece.bank.unit] = (
                Piece(piece.bank, [*there.postings, *piece.postings], there.links | piece.links) if there else piece
            )
        entries = tuple(self._transaction(piece, flag) for piece in by_unit.values())
        banks = tuple(piece.bank for piece in by_unit.values())
        return Routed(self.movement, entries, banks, way, (*((why,) if why else ()), *self.doubts))

    def _transaction(self, piece: Piece, flag: str) -> data.Transaction:
        bank = self.posting(piece.bank.share, -sum(map(number_of, piece.postings), Decimal(0)))
        entry = self.waiting._replace(flag=flag, links=piece.links, postings=[bank, *piece.postings])
        if (day := self.day(piece.bank.unit)) == entry.date:
            return entry
        meta = {**entry.meta, VALUE_DATE: entry.meta.get(VALUE_DATE, entry.date), BOOKING_DATE: entry.date}
        return entry._replace(date=day, meta=meta)
