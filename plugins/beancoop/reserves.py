"""The common property: reserves are indivisible, and what is paid on shares stays under the law's ceiling.

Judged by transaction, amounts net by PCMN number (contract, section 7). Indivisible reserves (1311, 1319) leave to one
another, or to absorb a loss that is there; what stands in the result (14) leaves as a remuneration that the meeting has
decided (694, 695, 697) alone; shares (110x, 111x) are paid back by a payment or a debt, and stay in credit. Dividends
that appropriate a year stay, after withholding tax, within the ceiling of the shares paid up at its end: art. 8:5 of
the Code des sociétés et des associations, royal decree of 8 January 1962, art. 1. What is tagged `#opening` brings
balances in, and is left alone; so is what takes an earlier entry back, under its link, while the years of both are not
sealed.

Before:

    2026-06-30 * "Partage interdit"
      Equity:13:1311-ReserveIndisponible:COOP      500.00 EUR
      Assets:55:5500-Banque:COOP                  -500.00 EUR

After, as errors:

    line 1: Indivisible reserves lose 500.00 EUR, of which 0.00 EUR goes to indivisible reserves or absorbs a loss. Book
        back what leaves them. [BC341]
"""

from __future__ import annotations

import datetime
import marshal
from collections import defaultdict
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from beancount.core.amount import Amount
from beancount.core.data import Transaction

from beancoop.loading.encoding import Decoder, encode_transactions
from beancoop.model import pcmn
from beancoop.model.accounts import COOP, AccountName, parse_account
from beancoop.model.findings import BeancoopError
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import APPROPRIATION, CARRIED, DIVIDENDS, FROM_RESERVES, RESERVES, RESULT, SHARES, TREASURY
from beancoop.model.periods import YEARS
from beancoop.model.provenance import OPENING
from beancoop.model.reversal import moved_by
from beancoop.rules import engine
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from beancount.core.data import Directives

    from beancoop.model.register import Register
    from beancoop.rules.part import Column, Part
    from beancoop.words.messages import Text

__plugins__ = ("reserves",)

INDIVISIBLE = (pcmn.STATUTORY_RESERVES, pcmn.OTHER_RESERVES)
OTHER_RESERVES = (pcmn.OWN_SHARES, pcmn.FINANCIAL_SUPPORT, pcmn.UNTAXED_RESERVES, pcmn.AVAILABLE_RESERVES)
RELEASED = (pcmn.FROM_UNTAXED_RESERVES,)
EARNED = (CARRIED, *RESULT)
REMUNERATIONS = (DIVIDENDS, pcmn.TO_DIRECTORS, pcmn.TO_OTHERS)
TOUCHING = (RESERVES, CARRIED, *SHARES, *REMUNERATIONS)
PAID = (pcmn.APPROPRIATION_DEBTS, pcmn.OTHER_DEBTS, TREASURY)
DECIDED_FOR = (pcmn.APPROPRIATION_DEBTS, pcmn.WITHHOLDINGS)
APPROPRIATES = "appropriates"
"""The metadata that says which financial year an appropriation is of."""

NOT_INDIVISIBLE = error(
    "BC341",
    "Indivisible reserves lose {lost}, of which {covered} goes to indivisible reserves or absorbs a loss. Book back "
    "what leaves them.",
)
NOT_RESERVES = error(
    "BC342",
    "Reserves lose {lost}, of which {covered} goes to reserves, absorbs a loss or is taken into the result. Book back "
    "what leaves them.",
)
NO_SUCH_LOSS = error(
    "BC343",
    "{absorbed} of reserves absorbs a loss, and the loss before this entry is {loss}. Absorb that much at most.",
)
RESULT_LEAVES = error(
    "BC344",
    "{left} of the result leaves the equity, and {decided} was decided as a remuneration (694, 695, 697). Book what "
    "the meeting decided.",
)
RESULT_ENTERS = error(
    "BC345",
    "{entered} enters the result brought forward (14) without having been a year's result. Book it as income, or as "
    '"#opening" where it brings balances in.',
)
REMUNERATION_ELSEWHERE = error(
    "BC346",
    "{number} stands against {account}; what is decided for members, directors and staff stands against 47x and 453 "
    "alone.",
)
SHARES_LEAVE = error(
    "BC347", "Shares lose {lost}, and {paid} is paid back or owed (47x, 48x, 5x). Book what the member receives."
)
SHARES_IN_DEBIT = error(
    "BC348", "{account} is {balance} in debit after this entry; shares cannot be less than nothing."
)
ABOVE_CEILING = error(
    "BC349",
    "Dividends of {year} come to {net} after withholding tax of {tax} per cent; the ceiling is {rate} per cent of the "
    "shares of {shares} paid up at its end, {most}. Reduce the distribution.",
)
NO_YEAR = error("BC350", "appropriates: {said} is no financial year; write the year's number alone, as in 2026.")


class Moves(NamedTuple):
    """What a transaction moves, net by PCMN number, in the operating currency.

    Attributes:
        by_number: debits positive.
        accounts: the first account of each number.

    """

    by_number: Mapping[str, Decimal]
    accounts: Mapping[str, str]

    @classmethod
    def of(cls, transaction: Transaction, currency: str) -> Moves:
        """Add up; units without a price in the operating currency are left out, which the margin's check tells."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        accounts: dict[str, str] = {}
        for posting in transaction.postings:
            account = parse_account(posting.account)
            if account is not None:
                sums[account.number] += amount_in(posting, currency) or ZERO
                accounts.setdefault(account.number, posting.account)
        return cls(sums, accounts)

    def debits(self, numbers: tuple[str, ...]) -> Decimal:
        """Add the net debits of *numbers*."""
        return sum((net for number, net in self.by_number.items() if net > 0 and number.startswith(numbers)), ZERO)

    def credits(self, numbers: tuple[str, ...]) -> Decimal:
        """Add the net credits of *numbers*."""
        return -sum((net for number, net in self.by_number.items() if net < 0 and number.startswith(numbers)), ZERO)

    def outside(self, numbers: tuple[str, ...]) -> Moves:
        """Give what moves on other numbers."""
        kept = {number: net for number, net in self.by_number.items() if not number.startswith(numbers)}
        return Moves(kept, self.accounts)


class Paid(NamedTuple):
    """A change of the shares."""

    date: datetime.date
    amount: Decimal


class Touching(NamedTuple):
    """What is kept of a part of the transactions on equity and dividends.

    Attributes:
        places: where they stand in the part.
        are_good: whether nothing is wrong with them, whatever else was earned, spent and moved.
        keys: what orders them in the whole, but for those of equal keys.
        entries: they themselves, as `loading.encoding` and `marshal` write them; None where they cannot.
        began: the number of the day of the first result of the part, if there is one.

    """

    places: tuple[int, ...]
    are_good: bool
    keys: tuple[int, ...]
    entries: bytes | None
    began: int | None


class Reserves(engine.Rule):
    """Judges, once the ledger has been read, the transactions on equity and dividends: few, and taken whole."""

    numbers = (*TOUCHING, *RESULT)

    def __init__(self, register: Register) -> None:
        """Start with nothing seen."""
        super().__init__(register)
        self.places: set[int] = set()
        self.began: int | None = None

    def watch(self, account: AccountName, column: Column) -> engine.Poster | None:
        """Watch reserves, results, shares and remunerations, and when there was a first result."""
        if account.number.startswith(TOUCHING):
            self.places.update(column.places)
        if account.number.startswith(RESULT):
            first = column.first.toordinal()
            self.began = first if self.began is None else min(self.began, first)
        return None

    def keep(self, part: Part) -> engine.Kept:
        """Keep the transactions, and whether by themselves they are good."""
        places = tuple(sorted(self.places))
        entries = [part.entries[place] for place in places]
        keys = tuple(part.rank(place)[0] for place in places)
        kept = Touching(places, _are_good(self.register, entries), keys, _encoded(entries), self.began)
        return engine.Kept(tuple(kept), ())

    @classmethod
    def conclude(
        cls, register: Register, shown: Sequence[engine.Shown], whole: Callable[[], Sequence[Any]]
    ) -> engine.Outcome:
        """Give one error for each transaction that touches the common property otherwise than it may."""
        kept = [(each, Touching(*each.facts)) for each in shown]
        own = [(each, touching) for each, touching in kept if touching.places]
        if len(own) < 2 and all(touching.are_good for _, touching in own):  # noqa: PLR2004 - nothing that others could change
            return (), ()
        is_partial = any(each.is_absent for each, _ in own)
        ranked = [found for each in own for found in (_by_key(*each) if is_partial else each[0].ranked(each[1].places))]
        if is_partial and len({key for key, _ in ranked}) < len(ranked):
            raise LookupError  # of equal keys the order is that of the files
        seen = [entry for _, entry in sorted(ranked, key=itemgetter(0))]
        began = min((touching.began for _, touching in kept if touching.began is not None), default=None)
        earned = _Earned(whole, register.currency, None if began is None else datetime.date.fromordinal(began))
        return (), list(_judge(register, earned, seen))


def _encoded(entries: Sequence[Transaction]) -> bytes | None:
    try:
        return marshal.dumps(encode_transactions(entries))
    except (TypeError, LookupError):  # what was not booked has no tolerances, and may have no units
        return None


def _by_key(shown: engine.Shown, touching: Touching) -> list[tuple[int, Transaction]]:
    """Give the transactions of a part that may be absent, each with what orders it.

    Raises:
        LookupError: they were not kept.

    """
    if not shown.is_absent:
        entries = [shown.part.entries[place] for place in touching.places]
    elif touching.entries is None:
        raise LookupError
    else:  # nobody else has written it, see `loading.cache`
        entries = Decoder(lambda _: None).transactions(marshal.loads(touching.entries))  # noqa: S302
    return [*zip(touching.keys, entries, strict=True)]


def _judge(register: Register, earned: _Earned, seen: Sequence[Transaction]) -> Iterator[BeancoopError]:
    left_alone = {id(each) for each in seen if OPENING in each.tags} | set(_taking_back(_unsealed(register, seen)))
    lock = _Lock(register, earned, seen)
    for each in seen:
        message = lock.judge(each)
        if message is not None and id(each) not in left_alone:
            yield BeancoopError(each.meta, message, each)


def _are_good(register: Register, seen: Sequence[Transaction]) -> bool:
    """Say whether nothing is wrong with some transactions, whatever else was earned and spent before them."""
    try:
        earned = _Earned(_nothing_else, register.currency, datetime.date.min)
        return not any(True for _ in _judge(register, earned, seen))
    except LookupError:
        return False


def _nothing_else() -> Sequence[Any]:
    """Stand for all entries where there is but one part to be seen.

    Raises:
        LookupError: always.

    """
    raise LookupError


def _unsealed(register: Register, seen: Iterable[Transaction]) -> list[Transaction]:
    """Give those of years that are not sealed: what stands in a sealed one is not taken back."""
    sealed = max((seal.date for seal in register.closed_years(COOP).values()), default=None)
    return [each for each in seen if sealed is None or each.date > sealed]


class _Earned:
    """What was earned and spent before the transaction that is judged; as they come by date, each is counted once."""

    def __init__(self, entries: Callable[[], Sequence[Any]], currency: str, began: datetime.date | None) -> None:
        self.entries = entries
        self.began = began
        self.ahead: Iterator[Any] | None = None
        self.here: object = None
        self.currency = currency
        self.loss = ZERO
        self.is_any = False

    def has_results_before(self, transaction: Transaction) -> bool:
        """Say whether there was any result: until then, what stands in 14 can only be brought in."""
        if self.began == transaction.date:
            self._count_to(transaction)
            return self.is_any
        return self.began is not None and self.began < transaction.date

    def loss_before(self, transaction: Transaction) -> Decimal:
        """Give the net debit of results and of what is brought forward."""
        self._count_to(transaction)
        return self.loss

    def _count_to(self, transaction: Transaction) -> None:
        """Count up to *transaction*, itself not included."""
        if self.ahead is None:
            self.ahead = iter(self.entries())
        while self.here is not transaction:
            if isinstance(self.here, Transaction):
                moves = Moves.of(self.here, self.currency)
                self.loss += _net(moves, EARNED)
                self.is_any |= any(number.startswith(RESULT) for number in moves.by_number)
            self.here = next(self.ahead)


class _Lock:
    """What holds of equity, with the balances that some of it needs."""

    def __init__(self, register: Register, earned: _Earned, seen: Iterable[Transaction]) -> None:
        self.register = register
        self.currency = register.currency
        self.earned = earned
        self.cooperative = register.cooperative
        self.balances: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.distributed: defaultdict[int, Decimal] = defaultdict(Decimal)
        self.all_shares = [Paid(each.date, -_net(Moves.of(each, self.currency), SHARES)) for each in seen]

    def judge(self, transaction: Transaction) -> Text | None:
        """Say what is wrong with *transaction*, if anything; all of them come by, in the order of dates."""
        moves = Moves.of(transaction, self.currency)
        shares, dividends = self._shares(moves), self._dividends(transaction, moves)  # both keep count
        return (
            _no_year(transaction)
            or self._reserves(transaction, moves)
            or self._result(transaction, moves)
            or _remuneration(moves)
            or shares
            or dividends
        )

    def _money(self, amount: Decimal) -> Amount:
        """Give an amount with the digits it needs, its cents at least."""
        exponent = amount.normalize().as_tuple().exponent
        digits = min(exponent if isinstance(exponent, int) else 0, -2)
        return Amount(amount.quantize(Decimal(1).scaleb(digits)), self.currency)

    def _reserves(self, transaction: Transaction, moves: Moves) -> Text | None:
        lost, lost_all = moves.debits(INDIVISIBLE), moves.debits((RESERVES,))
        if not lost_all:
            return None
        absorbed = moves.credits((FROM_RESERVES, CARRIED))
        covered = moves.credits(INDIVISIBLE) + absorbed
        if lost > covered:
            return NOT_INDIVISIBLE(lost=self._money(lost), covered=self._money(covered))
        covered += moves.credits(OTHER_RESERVES) + moves.credits(RELEASED)
        if lost_all > covered:
            return NOT_RESERVES(lost=self._money(lost_all), covered=self._money(covered))
        if lost_all > moves.credits((RESERVES,)) and absorbed:
            loss = max(self.earned.loss_before(transaction), ZERO)
            if absorbed > loss:
                return NO_SUCH_LOSS(absorbed=self._money(absorbed), loss=self._money(loss))
        return None

    def _result(self, transaction: Transaction, moves: Moves) -> Text | None:
        if not any(number.startswith(CARRIED) for number in moves.by_number):
            return None
        entered = sum(moves.outside((RESERVES, CARRIED, *APPROPRIATION)).by_number.values(), ZERO)
        decided = moves.debits(REMUNERATIONS)
        if -entered > decided:
            return RESULT_LEAVES(left=self._money(-entered), decided=self._money(decided))
        if entered > 0 and self.earned.has_results_before(transaction):
            return RESULT_ENTERS(entered=self._money(entered))
        return None

    def _shares(self, moves: Moves) -> Text | None:
        moved = {number: net for number, net in moves.by_number.items() if number.startswith(SHARES)}
        for number, net in moved.items():
            self.balances[number] += net
        lost, paid = moves.debits(SHARES), moves.credits((*PAID, *SHARES))
        if lost > paid:
            return SHARES_LEAVE(lost=self._money(lost), paid=self._money(paid))
        short = next((number for number, net in moved.items() if net > 0 and self.balances[number] > 0), None)
        if short is None:
            return None
        return SHARES_IN_DEBIT(account=moves.accounts[short], balance=self._money(self.balances[short]))

    def _dividends(self, transaction: Transaction, moves: Moves) -> Text | None:
        amount = _net(moves, (DIVIDENDS,))
        if not amount:
            return None
        year = appropriated_year(transaction, self.register)
        terms = self.cooperative.terms_on(transaction.date)
        self.distributed[year] += amount * (1 - terms.withholding)
        end = self.cooperative.year(year).last
        shares = sum((paid.amount for paid in self.all_shares if paid.date <= end), ZERO)
        most = terms.dividend_ceiling * shares
        if amount < 0 or self.distributed[year] <= most:
            return None
        return ABOVE_CEILING(
            year=str(year),
            net=self._money(self.distributed[year]),
            tax=(terms.withholding * 100).normalize(),
            rate=(terms.dividend_ceiling * 100).normalize(),
            shares=self._money(shares),
            most=self._money(most),
        )


def appropriated_year(transaction: Transaction, register: Register) -> int:
    """Give the financial year whose result *transaction* appropriates.

    What `appropriates:` says; without it, an entry dated the last day of a year is that year's, any other the year's
    before (contract, section 6).
    """
    said = transaction.meta.get(APPROPRIATES)
    if _is_year(said):
        return int(said)
    year = register.cooperative.year_of(transaction.date)
    return year if register.cooperative.year(year).last == transaction.date else year - 1


def _no_year(transaction: Transaction) -> Text | None:
    said = transaction.meta.get(APPROPRIATES)
    return None if said is None or _is_year(said) else NO_YEAR(said=str(said))


def _is_year(said: object) -> TypeGuard[Decimal]:
    return isinstance(said, Decimal) and said in YEARS


def _net(moves: Moves, numbers: tuple[str, ...]) -> Decimal:
    return sum((net for number, net in moves.by_number.items() if number.startswith(numbers)), ZERO)


def _remuneration(moves: Moves) -> Text | None:
    """Tell of what was decided for members, directors or staff and stands against anything else."""
    decided = next(
        (number for number, net in moves.by_number.items() if net and number.startswith(REMUNERATIONS)), None
    )
    if decided is None:
        return None
    rest = moves.outside((*DECIDED_FOR, RESERVES, CARRIED, *APPROPRIATION)).by_number
    against = next((number for number, net in rest.items() if net), None)
    return REMUNERATION_ELSEWHERE(number=decided, account=moves.accounts[against]) if against else None


def _taking_back(transactions: Sequence[Transaction]) -> Iterator[int]:
    """Give the identity of each entry that is the exact negative of an earlier one under the same link."""
    open_: dict[tuple[str, Any], list[int]] = {}
    for each in transactions:
        moved, turned = moved_by(each), moved_by(each, -1)
        found = next((link for link in sorted(each.links) if open_.get((link, turned))), None)
        if found is not None:
            open_[found, turned].pop()
            yield id(each)
            continue
        for link in each.links:
            open_.setdefault((link, moved), []).append(id(each))


def reserves(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check the common property; adds nothing."""
    return engine.run_plugin(__name__, (Reserves,), entries, options)
