"""The register of fixed assets, read from the ledger: metadata `asset:` and `life:` (contract, section 10).

    2026-03-12 * "Outillage Renard" "Scie à ruban"
      Assets:23:230-InstallationsMachinesOutillage:A003   1200.00 EUR
        asset: "A003-01"
        life: 5
      ...

The posting that buys an asset says its number and its life in years. Whatever else moves it bears its number alone:
what is written down (2xx9), what it cost besides or less, and what it leaves with. An opening balance says since when
it is there (`since:`), and bears the number on what was written down before. When an activity leaves, the entry of its
exit takes all its assets along, to the structure, where they are numbered anew.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import SINCE
from beancoop.model.accounts import parse_account
from beancoop.model.findings import Finding, in_order, place
from beancoop.model.money import NOTHING, ZERO, amount_in, to_cent
from beancoop.model.pcmn import DEPRECIABLE, RESULT, WRITTEN_DOWN
from beancoop.model.provenance import OPENING, exit_link
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from beancount.core.data import Meta, Posting, Transaction

    from beancoop.books.books import Books
    from beancoop.model.accounts import AccountName
    from beancoop.words.messages import Text

ASSET, LIFE, TEXT = "asset", "life", "text"
"""The metadata: an asset's number, its life in years, and what it is where the entry does not tell it."""

NO_NUMBER = error(
    "BC380", "The number of the asset is missing here, or is no text; write it on this posting, as in asset: {example}."
)
NOT_A_LIFE = error(
    "BC381",
    "life: {said} is not the life of an asset; write its years, a number above zero that makes whole months, as in "
    "life: 5 or life: 2.5.",
)
TWIN = error("BC383", "{asset} is bought at {place} already; give one of the two another number.")
WRONG_ACCOUNT = error(
    "BC384",
    "{asset} stands on {account}; what is written down by its life stands on an account of 20 to 26, and what is "
    "written down of it on the one that ends in 9.",
)
NO_LIFE = error(
    "BC385", "{asset} is nowhere bought with a life; say it on the posting that buys it, in years, as in life: 5."
)
OTHER_UNIT = error("BC386", "{asset} is of {unit}, by {place}, and this posting is of {other}; correct one of the two.")
TOO_MUCH = error(
    "BC387",
    "{asset}: on {day}, {depreciated} are written down of a cost of {cost}. What is written down leaves with the "
    "asset, and is never more than it cost; correct this entry.",
)
NOT_ON_POSTING = error(
    "BC388", "{key}: stands on the transaction; write it on the posting that it is about, below it and further in."
)
NOT_BOUGHT = error(
    "BC389", "life: stands on a posting of {amount}, which buys nothing; write it on the one that debits the asset."
)


class Move(NamedTuple):
    """What one posting does to an asset.

    Attributes:
        day: its day.
        amount: what it adds to the cost, or to what is written down; both positive.
        is_depreciation: which of the two it is.
        is_opening: whether it brings in what was so before the books began.
        account: the account.

    """

    day: datetime.date
    amount: Decimal
    is_depreciation: bool
    is_opening: bool
    account: AccountName


class Asset(NamedTuple):
    """A fixed asset.

    Attributes:
        number: what it is called, such as `A003-01`.
        unit: whose it is.
        account: where it stands.
        text: what was bought, as the posting (`text:`) or else the entry says.
        bought: the day it was bought, or since when it is there (`since:`).
        life: its life, in months.
        meta: where it is bought, in the user's own text.
        moves: what moved it, by day.

    """

    number: str
    unit: str
    account: AccountName
    text: str
    bought: datetime.date
    life: int
    meta: Meta
    moves: Sequence[Move]

    def cost(self, last: datetime.date) -> Decimal:
        """Give what it cost, at the end of the day *last*; 0 once it has left."""
        return sum((move.amount for move in self.moves if not move.is_depreciation and move.day <= last), ZERO)

    def depreciated(self, last: datetime.date) -> Decimal:
        """Give what is written down of it at the end of the day *last*."""
        return sum((move.amount for move in self.moves if move.is_depreciation and move.day <= last), ZERO)

    @property
    def left(self) -> datetime.date | None:
        """The day on which nothing of its cost is left, as it was sold or thrown away; None while it is there."""
        costs = [move for move in self.moves if not move.is_depreciation]
        sums = accumulate(move.amount for move in costs)
        gone = [move.day for move, total in zip(costs, sums, strict=True) if total <= ZERO]
        return gone[-1] if gone and costs[-1].day == gone[-1] else None

    def months(self, last: datetime.date) -> int:
        """Give the months of its life that have begun by the end of *last*, that of the purchase counted whole."""
        passed = (last.year - self.bought.year) * 12 + last.month - self.bought.month + 1
        return min(max(passed, 0), self.life)

    def planned(self, last: datetime.date) -> Decimal:
        """Give what is to be written down by the end of *last*: cost x months so far / months of life, half up."""
        return to_cent(self.cost(last) * self.months(last) / self.life)

    def due(self, last: datetime.date) -> Decimal:
        """Give what is still to be written down by the end of *last*: what is planned, less what is booked.

        What is booked later counts too, so that an earlier year is not written down twice; what an asset takes along
        when it leaves stays booked. Never below zero: nothing is written up.
        """
        booked = list(accumulate((move.amount for move in self.moves if move.is_depreciation), initial=ZERO))
        before = sum(move.is_depreciation and move.day <= last for move in self.moves)
        return max(NOTHING, to_cent(self.planned(last) - max(booked[before:])))


class Unnumbered(NamedTuple):
    """A posting on a fixed asset that names none."""

    entry: Transaction
    account: AccountName
    amount: Decimal


class AssetRegister:
    """The fixed assets of one loaded ledger.

    Attributes:
        assets: the assets, by number.
        unnumbered: the postings on accounts of fixed assets that name none, by day.
        findings: what is wrong, by file and line.

    """

    def __init__(self, books: Books) -> None:
        """Read the postings."""
        self._currency = books.currency
        self._said: list[Finding] = []
        self._bought: dict[str, Asset] = {}
        self._moves: defaultdict[str, list[tuple[Move, Meta]]] = defaultdict(list)
        self.unnumbered: list[Unnumbered] = []
        for entry in books.sorted.transactions:
            for key in (ASSET, LIFE):
                if key in entry.meta:
                    self._said.append(Finding.at(entry, NOT_ON_POSTING(key=key)))
            for posting in entry.postings:
                self._read(entry, posting)
        self.unnumbered = [rest for each in self.unnumbered for rest in self._handed_over(each)]
        self.assets = [self._whole(asset) for _, asset in sorted(self._bought.items())]
        self.findings = in_order([*self._said, *self._wrong()])

    def _read(self, entry: Transaction, posting: Posting) -> None:
        meta, name = posting.meta or {}, parse_account(posting.account)
        number, amount = meta.get(ASSET), amount_in(posting, self._currency) or ZERO
        is_fixed = name is not None and name.unit is not None and name.number.startswith(DEPRECIABLE)
        if ASSET not in meta and LIFE not in meta:
            if is_fixed and name is not None:
                self.unnumbered.append(Unnumbered(entry, name, amount))
            return
        if not isinstance(number, str) or not number.strip():
            unit = name.unit if name and name.unit else "A003"
            self._tell(meta, NO_NUMBER(example=f'"{unit}-01"'))
            return
        if name is None or name.unit is None or not name.number.startswith(DEPRECIABLE):
            if LIFE in meta or name is None or not name.number.startswith(RESULT):  # which may name it as well
                self._tell(meta, WRONG_ACCOUNT(asset=number, account=posting.account))
            return
        is_depreciation = is_contra(name.number)
        if LIFE in meta:
            self._buy(entry, posting, name, amount)
        move = Move(entry.date, -amount if is_depreciation else amount, is_depreciation, OPENING in entry.tags, name)
        self._moves[number].append((move, meta))

    def _handed_over(self, posting: Unnumbered) -> Iterator[Unnumbered]:
        """Let the assets of an activity that leaves go with the entry of its exit, and give what that moves besides."""
        entry, name, amount = posting
        if exit_link(str(name.unit)) not in entry.links:
            yield posting
            return
        sign = -1 if is_contra(name.number) else 1
        for moves in self._moves.values():
            held = sum((move.amount for move, _ in moves if move.account == name and move.day <= entry.date), ZERO)
            if held:
                moves.append((Move(entry.date, -held, sign < 0, is_opening=False, account=name), entry.meta))
                amount += held * sign
        if amount:
            yield Unnumbered(entry, name, amount)

    def _buy(self, entry: Transaction, posting: Posting, name: AccountName, amount: Decimal) -> None:
        meta = posting.meta or {}
        number, months = str(meta[ASSET]), _months(meta[LIFE])
        first = self._bought.get(number)
        if is_contra(name.number):
            self._tell(meta, WRONG_ACCOUNT(asset=number, account=name.name))
        elif months is None:
            self._tell(meta, NOT_A_LIFE(said=str(meta[LIFE])))
        elif amount <= ZERO:
            self._tell(meta, NOT_BOUGHT(amount=amount))
        elif first is not None:
            self._tell(meta, TWIN(asset=number, place=place(first.meta)))
        else:
            since = meta.get(SINCE)
            day = since if isinstance(since, datetime.date) else entry.date
            text = str(meta.get(TEXT) or ", ".join(filter(None, (entry.payee, entry.narration))))
            self._bought[number] = Asset(number, str(name.unit), name, text, day, months, meta, ())

    def _tell(self, meta: Meta, message: Text) -> None:
        self._said.append(Finding.where(meta, message))

    def _whole(self, asset: Asset) -> Asset:
        own = [move for move, _ in self._moves[asset.number] if move.account.unit == asset.unit]
        return asset._replace(moves=tuple(own))

    def _wrong(self) -> Iterator[Finding]:
        refused = {(finding.file, finding.line) for finding in self._said}
        for number, moves in self._moves.items():
            asset = self._bought.get(number)
            if asset is None:
                if not refused & {(meta["filename"], meta["lineno"]) for _, meta in moves}:
                    yield Finding.where(moves[0][1], NO_LIFE(asset=number))
                continue
            for move, meta in moves:
                if move.account.unit != asset.unit:
                    unit, other = asset.unit, str(move.account.unit)
                    yield Finding.where(meta, OTHER_UNIT(asset=number, unit=unit, other=other, place=place(asset.meta)))
            yield from _too_much(asset, moves)


def _too_much(asset: Asset, moves: Iterable[tuple[Move, Meta]]) -> Iterator[Finding]:
    """Tell of the first day at whose end more is written down than it cost, or less than nothing."""
    last = {move.day: meta for move, meta in moves if move.account.unit == asset.unit}
    whole = asset._replace(moves=tuple(move for move, _ in moves if move.account.unit == asset.unit))
    for day, meta in last.items():
        cost, depreciated = whole.cost(day), whole.depreciated(day)
        if not ZERO <= depreciated <= cost:
            yield Finding.where(meta, TOO_MUCH(asset=asset.number, day=day, depreciated=depreciated, cost=cost))
            return


def is_contra(number: str) -> bool:
    """Say whether an account of that number holds what is written down of fixed assets: 2309, 2409, 229.

    >>> is_contra("2409"), is_contra("240"), is_contra("29")
    (True, False, False)
    """
    return number.startswith(DEPRECIABLE) and len(number) > 2 and number.endswith(WRITTEN_DOWN)  # noqa: PLR2004 - 29 is a class


def _months(life: object) -> int | None:
    """Give a life in months; None where it is no number above zero that makes whole ones."""
    if not isinstance(life, Decimal) or not life.is_finite() or life <= ZERO or life * 12 % 1:
        return None
    return int(life * 12)
