"""What is still open in the books of an activity, and must be decided by a person before its account is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Transaction

from beancoop.books.open_items import open_items
from beancoop.closing.checklist import suspense
from beancoop.model.accounts import parse_account
from beancoop.model.findings import Finding
from beancoop.model.months import Month
from beancoop.model.ownership import unit_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from beancount.core.data import Directive
    from beancount.core.inventory import Inventory

    from beancoop.books.open_items import Item
    from beancoop.model.register import Register

_UNSETTLED = "!"
_UNDECIDED = "This entry is flagged !: decide what it waits for, and flag it *."


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
    own = [entry for entry in entries if isinstance(entry, Transaction) and unit_of(entry) == unit]
    return sorted(
        {
            *(_unpaid(item, register.currency) for item in open_items(own, register.currency, None, unit)),
            *suspense(own, Month.of(day)),
            *(
                _at(entry, "This entry is flagged !: decide what it waits for, and flag it *.")
                for entry in own
                if entry.flag == _UNSETTLED
            ),
            *_foreign(own, held, register.currency),
        }
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
    label = name.label if name else item.account
    who = " of ".join(filter(None, (item.name, item.payee))) or "an entry without a name"
    message = (
        f"{item.amount} {currency} of {who} are open on {label} since {item.date}; book the payment or the credit "
        "note, or write it off."
    )
    return _at(item.entry, message)


def _foreign(own: Sequence[Transaction], held: Mapping[str, Inventory], currency: str) -> Iterator[Finding]:
    """Tell of what is held in other currencies, whose worth somebody must say."""
    for account, inventory in held.items():
        strange = [str(each) for each in inventory.get_positions() if each.units.currency != currency or each.cost]
        entry = last_on(own, account)
        if strange and entry is not None:
            yield _at(entry, f"{account} holds {', '.join(strange)}; change it into {currency} first.")


def _at(entry: Directive, message: str) -> Finding:
    return Finding(str(entry.meta["filename"]), int(entry.meta["lineno"]), message)
