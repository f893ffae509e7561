"""Fava's reports of the whole ledger, from what was posted to each account.

Fava adds every posting up for the tree, and again for each chart. Here a chart is put together from what each account
comes to in each interval, which is kept as long as nothing is posted to it. The numbers are Fava's to the digit.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from fava.beans.helpers import slice_entry_dates
from fava.beans.prices import FavaPriceMap
from fava.core import FilteredLedger
from fava.core.charts import ChartModule, DateAndBalanceWithBudget, dumps
from fava.core.conversion import AT_COST, UNITS, conversion_from_str
from fava.core.inventory import CounterInventory, SimpleCounterInventory
from fava.core.tree import Tree
from simplejson import RawJSON

from beancoop_fava.server.postings import Kept, in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from decimal import Decimal

    from fava.core import FavaLedger
    from fava.core.conversion import Conversion
    from fava.util.date import DateRange, Interval

    from beancoop_fava.server.postings import Facts, Postings

Balances = dict[datetime.date, SimpleCounterInventory]
"""What an account comes to in each interval, by its first day."""

_NO_PRICES = FavaPriceMap([])
_PRICELESS = (AT_COST, UNITS)
"""The conversions that depend on nothing but what is converted."""

_MOST = 100
"""Fava shows no more intervals than the last hundred."""

_QUESTIONS = 9
"""How many are kept: what the accounts of a root come to, by interval, conversion, and whether inverted."""


class Told(RawJSON, Mapping[str, SimpleCounterInventory]):
    """What accounts come to in an interval; as JSON, which is most of what a chart costs, it is written once."""

    def __init__(self, balances: Mapping[str, SimpleCounterInventory]) -> None:
        """Take them, by account."""
        super().__init__(dumps(balances))
        self._balances = balances

    def __getitem__(self, account: str) -> SimpleCounterInventory:
        """Give what an account comes to."""
        return self._balances[account]

    def __iter__(self) -> Iterator[str]:
        """Give the accounts."""
        return iter(self._balances)

    def __len__(self) -> int:
        """Count them."""
        return len(self._balances)


class Whole(FilteredLedger):
    """A ledger without a filter."""

    def __init__(self, ledger: FavaLedger, postings: Postings) -> None:
        """Take what was posted from *postings*."""
        super().__init__(ledger)
        self._postings = postings

    @cached_property
    def root_tree(self) -> Tree:
        """All accounts with what they hold."""
        return self._tree()

    @cached_property
    def root_tree_closed(self) -> Tree:
        """The same, income and expenses carried to equity."""
        tree = self._tree()
        tree.cap(self.ledger.options)
        return tree

    def _tree(self) -> Tree:
        tree = Tree()
        for each in self.ledger.all_entries_by_type.Open:
            tree.get(each.account, insert=True)
        for account, posted in sorted(self._postings.accounts.items()):
            tree.insert(account, posted.balance)
        return tree


class Charts(ChartModule):
    """Fava's charts."""

    def __init__(self, ledger: FavaLedger, postings: Postings) -> None:
        """Take what was posted from *postings*."""
        super().__init__(ledger)
        self._postings = postings
        self._kept = lru_cache(_QUESTIONS)(lambda *_question: Kept[Balances]())
        self._told = lru_cache(_QUESTIONS)(lambda *_question: Kept[Told]())

    def interval_totals(
        self,
        filtered: FilteredLedger,
        interval: Interval,
        accounts: str | tuple[str, ...],
        conversion: str | Conversion,
        *,
        invert: bool = False,
    ) -> list[DateAndBalanceWithBudget]:
        """Give what some accounts come to in each interval, each and together; Fava's own where there is a filter."""
        conv = conversion_from_str(conversion)
        if not isinstance(filtered, Whole) or conv not in _PRICELESS:
            return super().interval_totals(filtered, interval, accounts, conv, invert=invert)
        by_first_day: defaultdict[datetime.date, dict[str, SimpleCounterInventory]] = defaultdict(dict)
        for account, balances in self._balances(accounts, interval, conv, is_inverted=invert).items():
            for first, balance in balances.items():
                by_first_day[first][account] = balance
        shown = filtered.interval_ranges(interval)[-_MOST:]
        told = self._told(accounts, interval, conv, invert).of(
            {str(days.begin): [*chain.from_iterable(by_first_day[days.begin].items())] for days in shown},
            lambda begin, _: Told(by_first_day[datetime.date.fromisoformat(begin)]),
        )
        is_plain = self._postings.is_plain(accounts)
        totals = []
        for days in shown:
            of_each = by_first_day[days.begin]
            total = (
                _sum(of_each.values())
                if is_plain
                else _sum_in_order(filtered, days, accounts, conv, is_inverted=invert)
            )
            totals.append(
                DateAndBalanceWithBudget(
                    days.end_inclusive, total, told[str(days.begin)], self._budgets(accounts, days, is_inverted=invert)
                )
            )
        return totals

    def _balances(
        self, accounts: str | tuple[str, ...], interval: Interval, conv: Conversion, *, is_inverted: bool
    ) -> dict[str, Balances]:
        """Give what each of some accounts comes to; that of a root's is kept."""
        first_day = cache(interval.get_prev)
        posted = self._postings.of_account

        def convert(account: str, before: Balances | None) -> Balances:
            found = _converted(posted[account], first_day, conv, is_inverted=is_inverted)
            return {first: _unless_same(balance, (before or {}).get(first)) for first, balance in found.items()}

        roots, found = self.ledger.root_accounts, dict[str, Balances]()
        for start in (accounts,) if isinstance(accounts, str) else accounts:
            kept = self._kept(start, interval, conv, is_inverted) if start in roots else Kept[Balances]()
            found |= kept.of(self._postings.of(start), convert)
        return found

    def _budgets(self, accounts: str | tuple[str, ...], days: DateRange, *, is_inverted: bool) -> dict[str, Decimal]:
        """Give the budgets of an account and those below; several have none, as in Fava."""
        if not isinstance(accounts, str):
            return {}
        found = self.ledger.budgets.calculate_children(accounts, days.begin, days.end)
        return {currency: -number if is_inverted else number for currency, number in found.items()}


def _converted(
    facts: Facts, first_day: Callable[[datetime.date], datetime.date], conv: Conversion, *, is_inverted: bool
) -> Balances:
    found: defaultdict[datetime.date, CounterInventory] = defaultdict(CounterInventory)
    for date, units, cost in in_turn(facts):
        found[first_day(date)].add_amount(units, cost)
    converted = {first: conv.apply(inventory, _NO_PRICES) for first, inventory in found.items()}
    return {first: -balance for first, balance in converted.items()} if is_inverted else converted


def _unless_same(balance: SimpleCounterInventory, before: SimpleCounterInventory | None) -> SimpleCounterInventory:
    """Give the object of before where it says the same to the last zero."""
    return before if before is not None and str(before) == str(balance) else balance


def _sum(balances: Iterable[SimpleCounterInventory]) -> SimpleCounterInventory:
    total: dict[str, Decimal] = {}
    for balance in balances:
        for currency, number in balance.items():
            total[currency] = total[currency] + number if currency in total else number
    return SimpleCounterInventory({currency: number for currency, number in total.items() if number})


def _sum_in_order(
    filtered: FilteredLedger, days: DateRange, accounts: str | tuple[str, ...], conv: Conversion, *, is_inverted: bool
) -> SimpleCounterInventory:
    """Add up as Fava does, posting by posting: how many zeros a sum ends with depends on what it went through."""
    inventory = CounterInventory()
    for entry in slice_entry_dates(filtered.entries, days.begin, days.end):
        for posting in getattr(entry, "postings", ()):
            if posting.account.startswith(accounts):
                inventory.add_position(posting)
    total = conv.apply(inventory, _NO_PRICES)
    return -total if is_inverted else total
