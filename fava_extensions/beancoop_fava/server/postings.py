"""What was posted to each account, and what that comes to: worked out again only where it is not what it was.

A reload gives other entries, but of what has not changed the same dates, amounts and costs. So the postings of an
account are those of the load before where each of these is the very object it was, or is written as that was: what they
came to still holds.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from operator import is_, itemgetter
from sys import intern
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from beancoop.loading.checks import Piece
from beancount.core.data import Transaction
from fava.beans.account import get_entry_accounts
from fava.beans.flags import FLAG_UNREALIZED
from fava.core.inventory import CounterInventory
from fava.util.ranking import ExponentialDecayRanker

from beancoop_fava.pages.loads import PutTogether

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal

V = TypeVar("V")

Facts = list[Any]
"""What a thing is worked out of: objects that nobody changes, so that being the same ones says that they are equal."""

_FACTS = 3
_LONG = 18


class Kept(Generic[V]):
    """What was worked out of some facts, by name."""

    def __init__(self) -> None:
        """Know nothing."""
        self._known: dict[str, tuple[Facts, V]] = {}

    def of(self, given: Mapping[str, Facts], make: Callable[[str, V | None], V]) -> dict[str, V]:
        """Give what is worked out of each of the facts *given*, and forget what is not asked for.

        Args:
            given: the facts, by name.
            make: works out what has a name, where that is not known; it may look at what it was before.

        """
        before, self._known = self._known, {}
        for name, facts in given.items():
            known = before.get(name)
            if known is None or not same(known[0], facts):
                known = facts, make(name, known and known[1])
            self._known[name] = known
        return {name: made for name, (_, made) in self._known.items()}


def same(some: Facts, others: Facts) -> bool:
    """Tell whether the same objects stand in two lists."""
    return some is others or (len(some) == len(others) and all(map(is_, some, others)))


class Posted(NamedTuple):
    """What the postings to an account come to.

    Attributes:
        score: how much it is in use, as Fava ranks it.
        balance: what it holds.
        currencies: those of the postings and of their costs.
        digits: each currency with the exponents of its numbers; None where numbers are long or there are costs, so that
            their sum may depend on the order in which they are added.

    """

    score: float
    balance: CounterInventory
    currencies: frozenset[str]
    digits: frozenset[tuple[str, int]] | None


class Place(NamedTuple):
    """Where an entry stands in a piece, and what orders it among all."""

    key: int
    place: int


class Moves(NamedTuple):
    """The postings of a piece to an account.

    Attributes:
        keys: what orders each.
        facts: date, units and cost of each, one after the other.

    """

    keys: list[int]
    facts: Facts


class Read:
    """What a piece of a load says.

    Attributes:
        moves: its postings, by account.
        payees: the dates of its transactions, by payee.
        first: the first transaction with each payee.
        last: the last entry of each account that is not an unrealized gain.
        tags, links: all of them.

    """

    def __init__(self, piece: Piece, the_one: Callable[[datetime.date, datetime.date], datetime.date]) -> None:
        """Walk over its entries once."""
        moves: dict[str, Moves] = {}
        payees: defaultdict[str, Facts] = defaultdict(list)
        first: dict[str, Place] = {}
        last: dict[str, Place] = {}
        self.tags: set[str] = set()
        self.links: set[str] = set()
        for place, (key, entry) in enumerate(zip(piece.keys, piece.entries, strict=True)):
            here = Place(key, place)
            if type(entry) is not Transaction:
                self.tags.update(getattr(entry, "tags", None) or ())
                self.links.update(getattr(entry, "links", None) or ())
                last.update(dict.fromkeys(get_entry_accounts(entry), here))
                continue
            _, date, flag, payee, _, tags, links, postings = entry
            date = the_one(date, date)  # whoever wrote it, a day is one object
            self.tags.update(tags or ())
            self.links.update(links or ())
            if payee:
                payees[payee].append(date)
                first.setdefault(payee, here)
            for account, units, cost, _, _, _ in postings:
                if account not in moves:
                    moves[intern(account)] = Moves([], [])
                keys, facts = moves[account]
                keys.append(key)
                facts += (date, units, cost)
                if flag != FLAG_UNREALIZED:
                    last[account] = here
        self.moves, self.payees, self.first, self.last = moves, dict(payees), first, last


class Postings:
    """The postings of a load.

    Attributes:
        of_account: date, units and cost of each posting, one after the other, by account and in order of the entries.
        accounts: what they come to.
        payees: how much each is in use, as Fava ranks it.
        last: the last entry of each account that is not an unrealized gain.
        known_last: what says of each of them that it is what it was.
        tags, links: all of them.

    """

    def __init__(self) -> None:
        """Hold nothing."""
        self.of_account: dict[str, Facts] = {}
        self.accounts: Mapping[str, Posted] = {}
        self.payees: Mapping[str, float] = {}
        self._days: dict[datetime.date, datetime.date] = {}
        self._read: dict[int, tuple[object, Read]] = {}
        self._joined, self._posted = Kept[Facts](), Kept[Posted]()
        self._dated, self._ranked = Kept[Facts](), Kept[float]()

    def take(self, entries: Sequence[Any]) -> None:
        """Hold the postings of a load, in lists of the load before where they are the same."""
        if isinstance(entries, PutTogether):
            pieces = entries.pieces
        else:
            pieces = (Piece(object(), range(len(entries)), list(entries)),)
        read = [self._read_of(piece) for piece in pieces]
        self._read = {id(piece.known_by): (piece.known_by, each) for piece, each in zip(pieces, read, strict=True)}
        self._join(read)
        self._rank(read)
        self._find_last(pieces, read)
        self.tags = set().union(*(each.tags for each in read))
        self.links = set().union(*(each.links for each in read))

    def _read_of(self, piece: Piece) -> Read:
        known = self._read.get(id(piece.known_by))
        return known[1] if known is not None else Read(piece, self._days.setdefault)

    def _join(self, read: Sequence[Read]) -> None:
        before = self.of_account
        given: defaultdict[str, Facts] = defaultdict(list)
        for each in read:
            for account, moves in each.moves.items():
                given[account].append(moves)
        joined = self._joined.of(given, lambda account, _: _joined(given[account]))
        self.of_account = {account: _kept(before.get(account), facts) for account, facts in joined.items()}
        self.accounts = self._posted.of(self.of_account, lambda account, _: _posted(self.of_account[account]))

    def _rank(self, read: Sequence[Read]) -> None:
        """Rank the payees; of those that score the same, Fava shows the one first that comes first."""
        given: defaultdict[str, Facts] = defaultdict(list)
        first: dict[str, tuple[int, int, int]] = {}
        for number, each in enumerate(read):
            for payee, dates in each.payees.items():
                given[payee].append(dates)
                key, place = each.first[payee]
                first[payee] = min((key, number, place), first.get(payee, (key, number, place)))
        dated = self._dated.of(given, lambda payee, _: sorted(chain.from_iterable(given[payee])))
        scores = self._ranked.of(dated, lambda payee, _: _score(dated[payee]))
        self.payees = {payee: scores[payee] for payee in sorted(scores, key=first.__getitem__)}

    def _find_last(self, pieces: Sequence[Piece], read: Sequence[Read]) -> None:
        found: dict[str, tuple[Place, Piece]] = {}
        for piece, each in zip(pieces, read, strict=True):
            for account, last in each.last.items():
                if account not in found or found[account][0].key <= last.key:
                    found[account] = last, piece
        self.last = {account: piece.entries[last.place] for account, (last, piece) in found.items()}
        self.known_last: dict[str, Facts] = {
            account: [piece.known_by, last] for account, (last, piece) in found.items()
        }

    def of(self, start: str) -> dict[str, Facts]:
        """Give what was posted to each account whose name begins so."""
        return {account: facts for account, facts in self.of_account.items() if account.startswith(start)}

    def is_plain(self, start: str | tuple[str, ...]) -> bool:
        """Tell whether the postings to such accounts add up to the same digits in any order."""
        given = [each.digits for account, each in self.accounts.items() if account.startswith(start)]
        digits = frozenset().union(*(each for each in given if each is not None))
        return None not in given and len(digits) == len({currency for currency, _ in digits})


def _joined(moves: Facts) -> Facts:
    """Put the postings of several pieces to one account in order."""
    if len(moves) == 1:
        facts: Facts = moves[0].facts
        return facts
    each = [(key, fact) for of_piece in moves for key, fact in zip(of_piece.keys, in_turn(of_piece.facts), strict=True)]
    return [fact for _, facts in sorted(each, key=itemgetter(0)) for fact in facts]


def _kept(before: Facts | None, facts: Facts) -> Facts:
    """Give the facts of before where these say the same: what the suite adds, it makes anew with each load."""
    if before is None or len(before) != len(facts):
        return facts
    return before if same(before, facts) or all(map(_say_the_same, before, facts)) else facts


def _say_the_same(one: Any, other: Any) -> bool:  # noqa: ANN401 - a day, an amount, a cost
    return one is other or (one == other and _is_written_alike(one.number, other.number))


def _is_written_alike(one: Decimal, other: Decimal) -> bool:
    return not one.compare_total(other)


def in_turn(facts: Facts) -> Iterator[tuple[Any, Any, Any]]:
    """Give the date, the units and the cost of each posting to an account."""
    return zip(facts[::_FACTS], facts[1::_FACTS], facts[2::_FACTS], strict=True)


def _posted(facts: Facts) -> Posted:
    balance = CounterInventory()
    currencies, digits, is_exact = set(), set(), True
    for _, units, cost in in_turn(facts):
        balance.add_amount(units, cost)
        currencies.add(units.currency)
        digits.add((units.currency, _exponent(units.number)))
        if cost is not None:
            currencies.add(cost.currency)
        is_exact = is_exact and cost is None and units.number.adjusted() < _LONG
    return Posted(_score(facts[::_FACTS]), balance, frozenset(currencies), frozenset(digits) if is_exact else None)


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _score(dates: Facts) -> float:
    ranker = ExponentialDecayRanker()
    for date in dates:
        ranker.update("", date)
    return ranker.get("")
