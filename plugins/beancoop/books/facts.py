"""What all pages share: one ledger added up once per load, so that no page and no request goes over it again."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Balance, Transaction

from beancoop.books.open_items import OpenItems
from beancoop.books.sums import Series, Sums
from beancoop.contribution.explanation import explain
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import COMMON_PROPERTY, CONTRIBUTION, DIVIDENDS, DIVIDENDS_DUE, SHARES, SUSPENSE
from beancoop.model.provenance import PROVISIONAL, is_injected
from beancoop.model.register import read_register

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from beancount.core.data import Directive, Directives

    from beancoop.contribution.explanation import Explained
    from beancoop.model.activity import Activity

EQUITY = (*COMMON_PROPERTY, *SHARES, DIVIDENDS, DIVIDENDS_DUE)
"""What moves the reserves, the shares and the dividends."""

BANK_REFERENCE = "bank-ref"
"""The metadata of what a bank statement brought: `coda/<IBAN>/...` (docs/importing.md)."""


class _Place(NamedTuple):
    """What is to be remembered of the transactions that touch an account."""

    unit: str | None
    is_equity: bool
    is_waiting: bool
    is_levy: bool


class Facts:
    """One loaded ledger.

    Attributes:
        entries: its directives, in the order of dates.
        register: what its directives declare.
        sums: what its accounts moved.
        items: its customers and suppliers.
        books: the transactions of each unit.
        on_equity: the transactions that touch EQUITY.
        on_waiting: the transactions that touch SUSPENSE.
        provisional: by activity, what is levied in memory only.
        asserted: the balances that a bank, or somebody, has stated, by account.
        imported: what bank statements brought, by IBAN without blanks.

    """

    def __init__(self, entries: Directives, options: Mapping[str, Any]) -> None:
        """Add up *entries*, which are in the order of dates, as the loader gives them."""
        self.entries = entries
        self.register = read_register(entries, options)
        self.sums = Sums(entries, self.currency)
        self.items = OpenItems(entries, self.currency)
        self.books: defaultdict[str, list[Transaction]] = defaultdict(list)
        self.on_equity: list[Transaction] = []
        self.on_waiting: list[Transaction] = []
        self.provisional: defaultdict[str, Series] = defaultdict(Series)
        self.asserted: defaultdict[str, list[Balance]] = defaultdict(list)
        self.imported: defaultdict[str, list[Directive]] = defaultdict(list)
        self._places: dict[str, _Place] = {}
        self._explained: dict[str, list[Explained]] = {}
        for entry in entries:
            self._read(entry)

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.register.currency

    @property
    def activities(self) -> Mapping[str, Activity]:
        """The activities by code."""
        return self.register.activities

    @property
    def is_alone(self) -> bool:
        """Whether it is the sub-ledger of one activity, without the rest of the cooperative."""
        return len(self.activities) == 1 and not self.register.coop_is_open

    def explained(self, unit: str) -> Sequence[Explained]:
        """Give the levies of an activity month by month, each with the entries it comes from."""
        if unit not in self._explained:
            self._explained[unit] = explain(self.books.get(unit, []), self.register, unit)
        return self._explained[unit]

    def latest(self, unit: str) -> datetime.date:
        """Give the day of the last transaction of *unit*; without any, the day it starts."""
        books = self.books.get(unit)
        return books[-1].date if books else self.activities[unit].start

    def _read(self, entry: Directive) -> None:
        if isinstance(entry, Transaction):
            self._sort(entry)
        elif isinstance(entry, Balance):
            self.asserted[entry.account].append(entry)
        else:
            return
        reference = entry.meta.get(BANK_REFERENCE)
        if reference:
            _, _, rest = str(reference).partition("/")
            self.imported[rest.partition("/")[0]].append(entry)

    def _sort(self, entry: Transaction) -> None:
        places = [self._place(posting.account) for posting in entry.postings]
        for unit in {place.unit for place in places}:
            if unit is not None:
                self.books[unit].append(entry)
        if any(place.is_equity for place in places):
            self.on_equity.append(entry)
        if any(place.is_waiting for place in places):
            self.on_waiting.append(entry)
        if entry.tags and PROVISIONAL in entry.tags and is_injected(entry):
            self._levy(entry, places)

    def _levy(self, entry: Transaction, places: Iterable[_Place]) -> None:
        for posting, place in zip(entry.postings, places, strict=True):
            if place.is_levy and place.unit is not None:
                self.provisional[place.unit].add(entry.date, amount_in(posting, self.currency) or ZERO)

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            account = parse_account(name)
            number, unit = (account.number, account.unit) if account else ("", None)
            self._places[name] = _Place(
                unit, number.startswith(EQUITY), number.startswith(SUSPENSE), number.startswith(CONTRIBUTION)
            )
        return self._places[name]
