"""What waits within an invoice: the account that is decided on takes the place of 499, in the line that says it.

The VAT return reads the base and the tax of an invoice in one entry, so that a second entry would leave the base where
it was. Once the entry is sealed or counted in a return, it stays as it is, and what is decided is an entry of its own
(see `settling`).

Before:

    2026-01-22 ! "Delhez" "Plaques"
      invoice-ref: "0208:0999777614/D-7"
      vat: "BE"
      Liabilities:44:440-Fournisseurs:A002  -121.00 EUR
      Assets:49:499-CompteAttente:A002       100.00 EUR
      Assets:41:411-TVARecuperer:A002         21.00 EUR

After:

    2026-01-22 * "Delhez" "Plaques"
      invoice-ref: "0208:0999777614/D-7"
      vat: "BE"
      Liabilities:44:440-Fournisseurs:A002  -121.00 EUR
      Expenses:60:604-Marchandises:A002      100.00 EUR
      Assets:41:411-TVARecuperer:A002         21.00 EUR
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.model import directives as d
from beancoop.model.accounts import parse_account
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.storage.atomic import read_text
from beancoop.storage.step import Change
from beancoop.words.messages import error
from beancount.core import data

from beancoop_importers.routing.splitting import DECIDED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancoop.model.register import Register

    from beancoop_importers.deciding.case import Case
    from beancoop_importers.deciding.proposals import Proposal

OF_ANOTHER = error(
    "BC1293", "This waits within an invoice of {unit}, and {account} is not of {unit}; type an account of that unit."
)
MOVED = error("BC1264", "{file}:{line} is not as it was read; look at it, and give the command again.")
_UNDECIDED = re.compile(r"^(\d{4}-\d\d-\d\d +)!")
_VAT = "vat"


def may_be_replaced(case: Case, entries: Iterable[data.Directive], register: Register) -> bool:
    """Say whether the entry of an invoice may still change: no seal covers it, and no filed return has counted it."""
    entry = case.item.entry
    closed = register.last_closed(case.item.unit)
    filed = (one.date for one in entries if isinstance(one, data.Custom) and one.type == d.VAT_RETURN)
    return (closed is None or Month.of(entry.date) > closed) and not any(entry.date <= day for day in filed)


def replacement(case: Case, choice: Proposal) -> Change:
    """Give the change that puts the account of *choice* in the place of 499.

    Raises:
        Refusal: the account is of another unit; or the file is not as it was read.
        OSError: it cannot be read.

    """
    item = case.item
    name = parse_account(choice.account)
    if name is None or name.unit != item.unit:
        raise Refusal(OF_ANOTHER(unit=item.unit, account=choice.account))
    meta = item.entry.meta
    path = Path(meta["filename"])
    before = read_text(path) or ""
    lines = before.splitlines(keepends=True)
    waiting = [posting for posting in item.entry.postings if posting.account == item.account]
    for posting in waiting:
        number = (posting.meta or meta)["lineno"] - 1
        if number >= len(lines) or item.account not in lines[number]:
            raise Refusal(MOVED(file=path, line=number + 1))
        lines[number] = lines[number].replace(item.account, choice.account, 1)
    if _VAT in meta or any(_VAT in (posting.meta or {}) for posting in item.entry.postings):
        first = meta["lineno"] - 1
        lines[first] = _UNDECIDED.sub(rf"\g<1>{DECIDED}", lines[first])
    return Change(path, before, "".join(lines))
