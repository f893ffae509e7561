"""What waits on 499: every movement that nobody has explained yet, until something settles it.

An item is what one unit's account 499 holds under one name: the reference that the import gave its entry (`bank-ref`,
`invoice-ref`), or what a later entry says that it decides (`decides:`). An entry without a name is called after its
day and its amount; one of the opposite amount settles it, and those without a reference are all settled where they sum
to zero. So the open amounts of an account always add up to its balance, and two movements that happen to cancel out
are still two that nobody has explained.

Before:

    2026-03-04 ! "Imprimerie" "Flyers"
      bank-ref: "coda/BE68539007547034/EUR/2026-03-04/012/0001.0000"
      Assets:55:5500-Banque:A001         -25.00 EUR
      Assets:49:499-CompteAttente:A001    25.00 EUR

Then 25.00 EUR wait, until:

    2026-03-04 * "Imprimerie" "Flyers"
      decides: "coda/BE68539007547034/EUR/2026-03-04/012/0001.0000"
      Assets:49:499-CompteAttente:A001   -25.00 EUR
      Expenses:61:616-Imprimes:A001       25.00 EUR
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount

from beancoop.books.sorting import BANK_REFERENCE
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import SUSPENSE
from beancoop.model.periods import precedes

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from beancount.core.data import Posting, Transaction

DECIDES = "decides"
"""The metadata that names what an entry settles: the name of an item."""
INVOICE_REFERENCE = "invoice-ref"
"""The metadata of what an e-invoice brought."""


class Waiting(NamedTuple):
    """What waits of one entry.

    Attributes:
        entry: the entry that brought it.
        unit: whose 499 it is on.
        account: that account.
        name: what a later entry calls it in `decides:`.
        number: what is still on 499 of it.
        currency: of that.
        amount: what that is worth in the operating currency, zero where nothing says so.

    """

    entry: Transaction
    unit: str
    account: str
    name: str
    number: Decimal
    currency: str
    amount: Decimal

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return self.account, self.currency, self.name

    @property
    def units(self) -> Amount:
        """What is still on 499 of it, with its currency."""
        return Amount(self.number, self.currency)

    def and_then(self, other: Waiting) -> Waiting:
        """Give what is left of it after *other*."""
        return self._replace(number=self.number + other.number, amount=self.amount + other.amount)


def waiting(entries: Iterable[Transaction], currency: str, end: datetime.date | None = None) -> list[Waiting]:
    """Give what waits on 499 at the beginning of the day *end* (None: after all), the oldest first.

    Args:
        entries: in the order of dates, as the loader gives them; of one day it may give a decision first.
        currency: the operating currency.
        end: the first day that does not count.

    """
    accounts: defaultdict[tuple[str, str], _OnOneAccount] = defaultdict(_OnOneAccount)
    posted = [each for entry in entries if precedes(entry.date, end) for each in _items(entry, currency)]
    for item, is_named in sorted(posted, key=lambda each: (each[0].entry.date, DECIDES in each[0].entry.meta)):
        accounts[item.account, item.currency].post(item, is_named=is_named)
    found = [each for one in accounts.values() for each in one.open()]
    return sorted(found, key=lambda each: (each.entry.date, each.unit))


class _OnOneAccount:
    """What is open on one account in one currency, by name."""

    def __init__(self) -> None:
        self._named: dict[str, Waiting] = {}
        self._nameless: dict[str, Waiting] = {}

    def open(self) -> Iterator[Waiting]:
        yield from self._named.values()
        yield from self._nameless.values()

    def post(self, item: Waiting, *, is_named: bool) -> None:
        if is_named:
            among = self._nameless if item.name in self._nameless else self._named
            self._put(among, item)
        elif settled := self._opposite(item):
            self._named.pop(settled, None)
            self._nameless.pop(settled, None)
        else:
            self._put(self._nameless, item._replace(name=self._own_name(item.name)))
        if not sum((each.number for each in self._nameless.values()), ZERO):
            self._nameless.clear()

    @staticmethod
    def _put(among: dict[str, Waiting], item: Waiting) -> None:
        there = among.get(item.name)
        after = there.and_then(item) if there else item
        among[item.name] = after
        if not after.number:
            del among[item.name]

    def _opposite(self, item: Waiting) -> str | None:
        """Find what an entry without a name settles: the oldest of the opposite amount, one without a name first."""
        both = (*self._nameless.values(), *self._named.values())
        return next((each.name for each in both if each.number == -item.number), None)

    def _own_name(self, name: str) -> str:
        """Tell an entry from others of its day and amount."""
        number, own = 1, name
        while own in self._nameless:
            number += 1
            own = f"{name}/{number}"
        return own


def _items(entry: Transaction, currency: str) -> Iterator[tuple[Waiting, bool]]:
    """Give what an entry posts to 499, and whether it has a name."""
    for posting in entry.postings:
        account = parse_account(posting.account)
        if account is None or account.unit is None or not account.number.startswith(SUSPENSE):
            continue
        number, held_in = posting.units or (None, "")
        if not number:
            continue
        name = _name(entry, posting)
        called = name or f"{entry.date}/{number}"
        worth = amount_in(posting, currency) or ZERO
        yield Waiting(entry, account.unit, account.name, called, number, held_in, worth), bool(name)


def _name(entry: Transaction, posting: Posting) -> str:
    """Give the name that an entry goes by, "" where it has none."""
    metas = (posting.meta or {}, entry.meta)
    named = (meta.get(key) for key in (DECIDES, BANK_REFERENCE, INVOICE_REFERENCE) for meta in metas)
    return next((str(name) for name in named if name), "")
