"""What was posted to each account, and what that comes to: worked out again only where it is not what it was.

A reload gives other entries, but of what has not changed the same dates, amounts and costs. So the postings of an
account are those of the load before where each of these is the very object it was, or is written as that was: what they
came to still holds.
"""

from __future__ import annotations

from collections import defaultdict
from operator import is_
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from beancount.core.data import Transaction
from fava.beans.account import get_entry_accounts
from fava.beans.flags import FLAG_UNREALIZED
from fava.core.inventory import CounterInventory
from fava.util.ranking import ExponentialDecayRanker

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

    def of(self, given: Mapping[str, Facts], make: Callable[[str], V]) -> dict[str, V]:
        """Give what is worked out of each of the facts *given*, and forget what is not asked for.

        Args:
            given: the facts, by name.
            make: works out what has a name, where that is not known.

        """
        before, self._known = self._known, {}
        for name, facts in given.items():
            known = before.get(name)
            self._known[name] = known if known is not None and same(known[0], facts) else (facts, make(name))
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


class Postings:
    """The postings of a load.

    Attributes:
        of_account: date, units and cost of each posting, one after the other, by account and in order of the entries.
        of_payee: the dates of the transactions with each payee.
        last: the last entry of each account that is not an unrealized gain.
        tags, links: all of them.

    """

    def __init__(self) -> None:
        """Hold nothing."""
        self.of_account: dict[str, Facts] = {}
        self._days: dict[datetime.date, datetime.date] = {}
        self.accounts: Mapping[str, Posted] = {}
        self.payees: Mapping[str, float] = {}
        self._posted, self._ranked = Kept[Posted](), Kept[float]()

    def take(self, entries: Sequence[Any]) -> None:
        """Hold the postings of a load, in lists of the load before where they are the same."""
        before = self.of_account
        of_account: defaultdict[str, Facts] = defaultdict(list)
        of_payee: defaultdict[str, Facts] = defaultdict(list)
        self.last: dict[str, Any] = {}
        self.tags: set[str] = set()
        self.links: set[str] = set()
        last, the_one = self.last, self._days.setdefault
        for entry in entries:
            if type(entry) is not Transaction:
                self.tags.update(getattr(entry, "tags", None) or ())
                self.links.update(getattr(entry, "links", None) or ())
                for account in get_entry_accounts(entry):
                    last[account] = entry
                continue
            _, date, flag, payee, _, tags, links, postings = entry
            date = the_one(date, date)  # whoever wrote it, a day is one object
            if tags:
                self.tags.update(tags)
            if links:
                self.links.update(links)
            if payee:
                of_payee[payee].append(date)
            for account, units, cost, _, _, _ in postings:
                of_account[account].extend((date, units, cost))
                if flag != FLAG_UNREALIZED:
                    last[account] = entry
        self.of_account = {account: _kept(before.get(account), facts) for account, facts in of_account.items()}
        self.accounts = self._posted.of(self.of_account, lambda account: _posted(self.of_account[account]))
        self.payees = self._ranked.of(of_payee, lambda payee: _score(of_payee[payee]))

    def of(self, start: str) -> dict[str, Facts]:
        """Give what was posted to each account whose name begins so."""
        return {account: facts for account, facts in self.of_account.items() if account.startswith(start)}

    def is_plain(self, start: str | tuple[str, ...]) -> bool:
        """Tell whether the postings to such accounts add up to the same digits in any order."""
        given = [each.digits for account, each in self.accounts.items() if account.startswith(start)]
        digits = frozenset().union(*(each for each in given if each is not None))
        return None not in given and len(digits) == len({currency for currency, _ in digits})


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
