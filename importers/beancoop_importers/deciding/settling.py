"""The entry that settles what waits: a transaction of its own in the books of whom it concerns.

The entry that waits stays as it was written: it may be sealed, it is known by its `bank-ref`, and its file is somebody
else's. What is decided later is an entry of its own, dated as the movement, or on the first open day where its month is
closed; `decides:` names what it settles, so that nothing is left of that on 499. An invoice is named by `invoice:` on
the posting, and by its link. No VAT is posted and no code is written: what waits within an invoice that may still
change is settled in its place (see `replacing`), since what stands there has a part in the return.

Before:

    2026-03-04 ! "Imprimerie" "Flyers"
      bank-ref: "coda/BE68539007547034/EUR/2026-03-04/012/0001.0000"
      Assets:55:5500-Banque:A001         -25.00 EUR
      Assets:49:499-CompteAttente:A001    25.00 EUR

After, in `books/decisions-2026.beancount`:

    2026-03-04 * "Imprimerie" "Flyers"
      decides: "coda/BE68539007547034/EUR/2026-03-04/012/0001.0000"
      Assets:49:499-CompteAttente:A001   -25.00 EUR
      Expenses:61:616-Imprimes:A001       25.00 EUR

One transaction touches one unit. What waits with one unit and is of another is two, of one date and with a common link,
as the import shares a movement out: the money goes from one share of the bank account to the other, so that the
treasury of each is right and their sum stays what the bank says. Where the units share no bank account, what one owes
the other is on 960.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from beancoop.books.open_items import INVOICE
from beancoop.books.waiting import DECIDES
from beancoop.model.accounts import parse_account
from beancoop.model.findings import Refusal
from beancoop.model.pcmn import CUSTOMERS, LIAISON, SUPPLIERS
from beancoop.storage.commit import Writing
from beancoop.storage.layout import book_to_write
from beancoop.words.messages import error
from beancount.core import data

from beancoop_importers.bank.booking import BOOKING_DATE, COUNTERPARTY_ACCOUNT
from beancoop_importers.deciding.accounts import Open
from beancoop_importers.routing.route import RULE
from beancoop_importers.routing.splitting import DECIDED

if TYPE_CHECKING:
    import datetime

    from beancoop.loading.ledger import Ledger
    from beancoop.model.accounts import AccountName
    from beancoop.model.register import Register
    from beancount.core.amount import Amount

    from beancoop_importers.deciding.case import Case
    from beancoop_importers.deciding.proposals import Proposal

NOT_OPEN = error("BC1294", "{account} is not open on {day}, the day on which this is settled.")
NO_WAY = error(
    "BC1295",
    "It waits with {unit} and {account} is of {other}: neither has {other} a share of the bank account that it moved "
    "on, nor have both an account 960 that is open on {day}. Open {share}, or 960 for both.",
)
TITLE = "décisions sur ce qui attendait en 499"


def settlement(ledger: Ledger, register: Register, case: Case, choice: Proposal, day: datetime.date) -> list[Writing]:
    """Give the entries that settle *case* by *choice* on *day*, and where they go.

    Raises:
        Refusal: it cannot be settled so.

    """
    usable = Open.on(day, register)
    name = parse_account(choice.account)
    if name is None or not name.unit or name not in usable.names:
        raise Refusal(NOT_OPEN(account=choice.account, day=day))
    item = case.item
    ours, theirs = _posting(item.account, -item.units), _posting(choice.account, item.units, choice.invoice)
    parts = {item.unit: [ours, theirs]}
    if name.unit != item.unit:
        gives, gets = _between(case, name, usable, day)
        parts = {item.unit: [ours, _posting(gives, item.units)], name.unit: [_posting(gets, -item.units), theirs]}
    return [
        _writing(ledger, register, unit, _entry(case, choice, day, postings, is_shared=len(parts) > 1))
        for unit, postings in parts.items()
    ]


def _posting(account: str, units: Amount, invoice: str = "") -> data.Posting:
    return data.Posting(account, units, None, None, None, {INVOICE: invoice} if invoice else None)


def _between(case: Case, account: AccountName, usable: Open, day: datetime.date) -> tuple[str, str]:
    """Give the two accounts of one name through which the unit that it waits with gives what the other one gets."""
    open_now = {name.name for name in usable.names}
    held = [case.bank.parent] if case.bank else []
    held += [name.parent for name in usable.of(case.item.unit) if name.number.startswith(LIAISON)]
    pairs = [(f"{parent}:{case.item.unit}", f"{parent}:{account.unit}") for parent in held]
    for pair in pairs:
        if open_now.issuperset(pair):
            return pair
    share = pairs[0][1] if pairs else f"960 ({account.unit})"
    raise Refusal(NO_WAY(unit=case.item.unit, account=account.name, other=account.unit, day=day, share=share))


def _entry(
    case: Case, choice: Proposal, day: datetime.date, postings: list[data.Posting], *, is_shared: bool
) -> data.Transaction:
    entry = case.item.entry
    links = set(entry.links)
    if is_shared and (choice.invoice or not _is_of_a_party(choice.account)):
        links.add(f"decides-{hashlib.sha256('/'.join(case.item.key).encode()).hexdigest()[:12]}")
    if choice.link and any(posting.account == choice.account for posting in postings):
        links.add(choice.link)
    meta = {
        DECIDES: case.item.name,
        COUNTERPARTY_ACCOUNT: entry.meta.get(COUNTERPARTY_ACCOUNT),
        BOOKING_DATE: entry.meta.get(BOOKING_DATE, entry.date) if day != entry.date else None,
        RULE: choice.rule,
    }
    told = {key: value for key, value in meta.items() if value}
    return data.Transaction(told, day, DECIDED, entry.payee, entry.narration, frozenset(), frozenset(links), postings)


def _is_of_a_party(account: str) -> bool:
    """Tell whether a customer's or a supplier's account is meant, where a link would name an invoice of its own."""
    name = parse_account(account)
    return name is not None and name.number.startswith((CUSTOMERS, SUPPLIERS))


def _writing(ledger: Ledger, register: Register, unit: str, entry: data.Transaction) -> Writing:
    path = book_to_write(ledger, register, unit, f"decisions-{entry.date.year}.beancount")
    return Writing(unit, path, [entry])
