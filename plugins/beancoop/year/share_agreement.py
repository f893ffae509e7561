"""What the register of shares and the ledger have on 110x and 111x, and what a member may be paid on shares."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.money import CENT, ZERO, amount_in
from beancoop.model.pcmn import SHARES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from beancoop.books.books import Books
    from beancoop.model.cooperative import CooperativeTerms
    from beancoop.year.shares import ShareRegister


class Right(NamedTuple):
    """What may be paid to a member at most for a year, in the operating currency, cut to the cent.

    Attributes:
        net: after withholding tax: the ceiling x what is paid up (royal decree of 8 January 1962, art. 1).
        gross: what that is before the tax.

    """

    net: Decimal
    gross: Decimal


class Gap(NamedTuple):
    """A day on which register and ledger part, or come together again.

    Attributes:
        date: the day.
        account: the PCMN number.
        register: what the register moves that day; before the first day of the ledger, all it moved so far.
        ledger: what the ledger moves.
        difference: by how much the ledger has more at the end of the day.

    """

    date: datetime.date
    account: str
    register: Decimal
    ledger: Decimal
    difference: Decimal


class Agreement(NamedTuple):
    """What register and ledger have on one PCMN number."""

    account: str
    register: Decimal
    ledger: Decimal

    @property
    def difference(self) -> Decimal:
        """What the ledger has more."""
        return self.ledger - self.register


def right(paid: Decimal, terms: CooperativeTerms) -> Right:
    """Give what may be paid at most to a member who has *paid* up so much; cut, as a cent above would be too much."""
    net = terms.dividend_ceiling * paid
    gross = net / (1 - terms.withholding) if terms.withholding < 1 else ZERO
    return Right(net.quantize(CENT, ROUND_DOWN), gross.quantize(CENT, ROUND_DOWN))


def agreements(books: Books, register: ShareRegister, last: datetime.date) -> list[Agreement]:
    """Compare register and ledger by PCMN number, at the end of the day *last*."""
    moves = _moves(books, register, last)
    sums = {
        account: [sum((amount for _, amount in own), ZERO) for own in both] for account, both in sorted(moves.items())
    }
    return [Agreement(account, *both) for account, both in sums.items() if any(both)]


def gaps(books: Books, register: ShareRegister, last: datetime.date) -> list[Gap]:
    """Give the days on which register and ledger move differently, up to *last*.

    What the register moved before the first day of the ledger counts on that day: an opening balance brings it in.
    """
    own = books.sorted.transactions
    first = own[0].date if own else last
    found: list[Gap] = []
    for account, (registered, booked) in sorted(_moves(books, register, last).items()):
        difference = ZERO
        by_day = [_by_day(max((day, amount), (first, amount)) for day, amount in side) for side in (registered, booked)]
        for day in sorted({*by_day[0], *by_day[1]}):
            register_, ledger = (side.get(day, ZERO) for side in by_day)
            if register_ != ledger:
                difference += ledger - register_
                found.append(Gap(day, account, register_, ledger, difference))
    return sorted(found)


def _by_day(moves: Iterable[tuple[datetime.date, Decimal]]) -> dict[datetime.date, Decimal]:
    found: dict[datetime.date, Decimal] = {}
    for day, amount in moves:
        found[day] = found.get(day, ZERO) + amount
    return found


Moves = tuple[list[tuple["datetime.date", Decimal]], list[tuple["datetime.date", Decimal]]]


def _moves(books: Books, register: ShareRegister, last: datetime.date) -> dict[str, Moves]:
    """Give what register and ledger move on each PCMN number up to *last*; positive where it is paid up."""
    found: defaultdict[str, Moves] = defaultdict(lambda: ([], []))
    for each in register.movements:
        if each.date <= last and each.paid:
            found[each.account][0].append((each.date, each.paid))
    for entry in books.sorted.on_equity:
        for posting in entry.postings:
            account = parse_account(posting.account)
            if account and account.unit and account.number.startswith(SHARES) and entry.date <= last:
                found[account.number][1].append((entry.date, -(amount_in(posting, books.currency) or ZERO)))
    return found
