"""Foreign currency that is gone, and has left a value behind: the exchange difference that nobody has booked.

An account holds foreign currency at the price of each posting. Once it is emptied, what was paid for the currency and
what it was sold for differ, and the difference stays on the account until it is booked: a loss on 654, a gain on 754
(PCMN, annex 1 of the royal decree of 21 October 2018).

Before, 100 USD were bought at 0.90 and sold at 0.95, so that -5.00 EUR are left on an account without a dollar:

    2025-02-02 * "Achat de dollars"
      Assets:55:5509-BanqueUSD:COOP         100.00 USD @ 0.90 EUR
      Assets:55:5500-Banque:COOP            -90.00 EUR
    2025-03-02 * "Vente de dollars"
      Assets:55:5509-BanqueUSD:COOP        -100.00 USD @ 0.95 EUR
      Assets:55:5500-Banque:COOP             95.00 EUR

After, with the entry that `emptied_with_value` gives; it moves no dollar, and no euro that the bank would know of:

    2025-12-31 * "Écart de change : compte soldé en USD"
      Assets:55:5509-BanqueUSD:COOP            100 USD @ 1.00 EUR
      Assets:55:5509-BanqueUSD:COOP           -100 USD @ 0.95 EUR
      Income:75:754-DifferencesChange:COOP   -5.00 EUR
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Posting, Transaction, new_metadata

from beancoop.books.inventories import holdings
from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.pcmn import EXCHANGE_GAINS, EXCHANGE_LOSSES, INTERNAL, OFF_BALANCE, RESULT
from beancoop.model.periods import day_after, precedes
from beancoop.storage.new_account import account_for
from beancoop.words.messages import Text, error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from beancoop.books.books import Books
    from beancoop.books.sums import Account
    from beancoop.model.accounts import AccountName

EMPTIED = error(
    "BC414",
    "{account} holds no more {currency}, and {value} is left of what it was worth; book the exchange difference on "
    "{counterpart}.",
)


NARRATION = "Écart de change : compte soldé en {}"
"""What the entry says: the books are in French, whoever writes them."""
_RATE = Decimal("0.000001")


class Emptied(NamedTuple):
    """An account of the balance sheet without foreign currency, and with a value of it left.

    Attributes:
        account: the account.
        unit: whose it is.
        currency: the currency that it held last.
        value: what is left, in the operating currency, to the cent; positive for a loss, negative for a gain.
        last: the last entry that moved that currency.
        entry: the entry that books the difference, dated the day asked for, in the books of the account's unit. Its
            account of 654 or 754 is the first of that unit that is open; where none is, it must be opened.

    """

    account: str
    unit: str
    currency: str
    value: Decimal
    last: Transaction
    entry: Transaction

    @property
    def message(self) -> Text:
        """What to tell an accountant."""
        other = self.entry.postings[-1]
        return EMPTIED(account=self.account, currency=self.currency, value=other.units, counterpart=other.account)

    @property
    def finding(self) -> Finding:
        """The same, at the last entry that moved the currency."""
        return Finding.at(self.last, self.message)


def emptied_with_value(books: Books, day: datetime.date) -> list[Emptied]:
    """Give the accounts that have run out of foreign currency by the end of *day* and keep a value of it, by name."""
    end = day_after(day)
    kept = [account for account in books.sums.accounts.values() if _keeps_value(account, end)]
    if not kept:
        return []
    held = holdings(books.ledger.entries, end)
    return [
        _emptied(books, account, day)
        for account in kept
        if account.name.name not in held or held[account.name.name].currencies() <= {books.currency}
    ]


def _keeps_value(account: Account, end: datetime.date) -> bool:
    return not account.name.number.startswith((*RESULT, INTERNAL, OFF_BALANCE)) and bool(
        to_cent(account.foreign.before(end))
    )


def _emptied(books: Books, account: Account, day: datetime.date) -> Emptied:
    name, moves = account.name, list(_moves(books, account.name, day))
    last, posting = moves[-1]
    assert posting.units is not None  # noqa: S101 - it moved a value
    assert posting.price is not None  # noqa: S101
    currency = posting.units.currency
    value = to_cent(account.foreign.before(day_after(day)))
    most = max(abs(each.units.number or ZERO) for _, each in moves if each.units and each.units.currency == currency)
    number = _power_of_ten(most)
    low = (posting.price.number or ZERO).quantize(_RATE).normalize()
    high = low + abs(value) / number
    enters, leaves = (low, high) if value > ZERO else (high, low)
    unit, difference = name.unit or COOP, EXCHANGE_LOSSES if value > ZERO else EXCHANGE_GAINS
    postings = [
        _posting(name.name, Amount(number, currency), Amount(enters, books.currency)),
        _posting(name.name, Amount(-number, currency), Amount(leaves, books.currency)),
        _posting(account_for(books.register, unit, difference, day), Amount(value, books.currency)),
    ]
    entry = Transaction(
        new_metadata("<emptied>", 0), day, "*", None, NARRATION.format(currency), frozenset(), frozenset(), postings
    )
    return Emptied(name.name, unit, currency, value, last, entry)


def _moves(books: Books, name: AccountName, day: datetime.date) -> Iterator[tuple[Transaction, Posting]]:
    """Give the movements of foreign currency on an account that have a value."""
    for entry in books.of(name.unit):
        if precedes(entry.date, day_after(day)):
            for posting in entry.postings:
                is_foreign = posting.units is not None and posting.units.currency != books.currency
                if posting.account == name.name and is_foreign and amount_in(posting, books.currency) is not None:
                    yield entry, posting


def _power_of_ten(amount: Decimal) -> Decimal:
    """Give the power of ten that is at least *amount*, and 100: by it, a value in cents divides exactly.

    >>> _power_of_ten(Decimal("100.00")), _power_of_ten(Decimal("1234.56"))
    (Decimal('100'), Decimal('10000'))
    """
    number = Decimal(100)
    while number < amount:
        number *= 10
    return number


def _posting(account: str, units: Amount, price: Amount | None = None) -> Posting:
    return Posting(account, units, None, price, None, None)
