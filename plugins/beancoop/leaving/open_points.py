"""What is still open in the books of an activity, and must be decided by a person before its account is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.amount import Amount
from beancount.core.data import Transaction

from beancoop.books.open_items import open_items
from beancoop.closing.checklist import not_empty
from beancoop.model.accounts import parse_account
from beancoop.model.findings import Finding, in_order
from beancoop.model.months import Month
from beancoop.model.ownership import units_of
from beancoop.model.pcmn import SUSPENSE
from beancoop.model.provenance import DOUBTFUL
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from beancount.core.data import Directive
    from beancount.core.inventory import Inventory
    from beancount.core.position import Position

    from beancoop.books.open_items import Item
    from beancoop.model.register import Register

INVOICE_OF = error(
    "BC916",
    "{amount} of {invoice} of {payee} are open on {account} since {since}; book the payment or the credit note, or "
    "write it off.",
)
UNPAID = error(
    "BC917",
    "{amount} of {who} are open on {account} since {since}; book the payment or the credit note, or write it off.",
)
UNNAMED = error(
    "BC918",
    "{amount} of an entry without a name are open on {account} since {since}; book the payment or the credit note, or "
    "write it off.",
)
UNDECIDED = error("BC919", "This entry is flagged !: decide what it waits for, and flag it *.")
FOREIGN = error("BC929", "{account} holds {amounts}; change it into {currency} first.")


def loose_ends(
    entries: Sequence[Directive], held: Mapping[str, Inventory], register: Register, unit: str, day: datetime.date
) -> list[Finding]:
    """Give what is open in the books of *unit* at the end of *day*, and what to do about each.

    Args:
        entries: those of the ledger, in the order of dates.
        held: what the accounts of its balance sheet hold.
        register: the register of the ledger.
        unit: the activity.
        day: the day of the settlement, after all its entries.

    """
    own = [entry for entry in entries if isinstance(entry, Transaction) and unit in units_of(entry)]
    month = Month.of(day)
    return in_order(
        [
            *(_unpaid(item, register.currency) for item in open_items(own, register.currency, None, unit)),
            *not_empty(own, (SUSPENSE,), month.last_day, str(month)),
            *(Finding.at(entry, UNDECIDED()) for entry in own if entry.flag == DOUBTFUL),
            *_foreign(own, held, register.currency),
        ]
    )


def last_on(entries: Sequence[Directive], account: str) -> Transaction | None:
    """Give the last transaction on *account*."""
    return next(
        (
            entry
            for entry in reversed(entries)
            if isinstance(entry, Transaction) and any(posting.account == account for posting in entry.postings)
        ),
        None,
    )


def _unpaid(item: Item, currency: str) -> Finding:
    name = parse_account(item.account)
    values = {
        "amount": Amount(item.amount, currency),
        "account": name.label if name else item.account,
        "since": item.date,
    }
    match item.name, item.payee:
        case str(invoice), str(payee) if invoice and payee:
            message = INVOICE_OF(invoice=invoice, payee=payee, **values)
        case invoice, payee if invoice or payee:
            message = UNPAID(who=invoice or payee, **values)
        case _:
            message = UNNAMED(**values)
    return Finding.at(item.entry, message)


def _foreign(own: Sequence[Transaction], held: Mapping[str, Inventory], currency: str) -> Iterator[Finding]:
    """Tell of what is held in other currencies, whose worth somebody must say."""
    for account, inventory in held.items():
        strange = [
            _written(each) for each in sorted(inventory.get_positions()) if each.units.currency != currency or each.cost
        ]
        entry = last_on(own, account)
        if strange and entry is not None:
            yield Finding.at(entry, FOREIGN(account=account, amounts=strange, currency=currency))


def amounts_of(inventory: Inventory | None) -> list[Amount | str]:
    """Give what is held as a message writes it; a nought where nothing is."""
    return [str(0)] if inventory is None else [_written(each) for each in sorted(inventory.get_positions())]


def _written(position: Position) -> Amount | str:
    return str(position) if position.cost else position.units
