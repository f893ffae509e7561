"""The entries of a ledger sorted out in one walk: whose they are, and what they touch."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Balance, Transaction

from beancoop.books.sums import Series
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import (
    APPROPRIATION,
    COMMON_PROPERTY,
    CONTRIBUTION,
    DIVIDENDS,
    DIVIDENDS_DUE,
    SHARES,
    SUSPENSE,
)
from beancoop.model.provenance import PROVISIONAL, is_injected
from beancoop.reserves import APPROPRIATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Directive

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
    is_appropriation: bool


class Sorted:
    """The entries of one ledger.

    Attributes:
        transactions: the transactions, in the order of dates.
        of_unit: those of each unit (`ownership.units_of`).
        on_equity: those that touch EQUITY.
        on_waiting: those that touch SUSPENSE.
        appropriating: those that touch APPROPRIATION, or say APPROPRIATES.
        provisional: by activity, what is levied in memory only.
        asserted: the balances that a bank, or somebody, has stated, by account.
        imported: what bank statements brought, by IBAN without blanks.

    """

    def __init__(self, entries: Iterable[Directive], currency: str) -> None:
        """Sort *entries*, which are in the order of dates, as the loader gives them."""
        self.transactions: list[Transaction] = []
        self.of_unit: defaultdict[str, list[Transaction]] = defaultdict(list)
        self.on_equity: list[Transaction] = []
        self.on_waiting: list[Transaction] = []
        self.appropriating: list[Transaction] = []
        self.provisional: defaultdict[str, Series] = defaultdict(Series)
        self.asserted: defaultdict[str, list[Balance]] = defaultdict(list)
        self.imported: defaultdict[str, list[Directive]] = defaultdict(list)
        self._currency = currency
        self._places: dict[str, _Place] = {}
        for entry in entries:
            self._read(entry)

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
        self.transactions.append(entry)
        places = [self._place(posting.account) for posting in entry.postings]
        units = {place.unit for place in places if place.unit}  # as `units_of`, each account looked at once
        for unit in units or ({COOP} if places else ()):
            self.of_unit[unit].append(entry)
        if any(place.is_equity for place in places):
            self.on_equity.append(entry)
        if any(place.is_waiting for place in places):
            self.on_waiting.append(entry)
        if APPROPRIATES in entry.meta or any(place.is_appropriation for place in places):
            self.appropriating.append(entry)
        if entry.tags and PROVISIONAL in entry.tags and is_injected(entry):
            self._levy(entry, places)

    def _levy(self, entry: Transaction, places: Iterable[_Place]) -> None:
        for posting, place in zip(entry.postings, places, strict=True):
            if place.is_levy and place.unit is not None:
                self.provisional[place.unit].add(entry.date, amount_in(posting, self._currency) or ZERO)

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            account = parse_account(name)
            number, unit = (account.number, account.unit) if account else ("", None)
            self._places[name] = _Place(
                unit,
                number.startswith(EQUITY),
                number.startswith(SUSPENSE),
                number.startswith(CONTRIBUTION),
                number.startswith(APPROPRIATION),
            )
        return self._places[name]
