"""What Fava knows of each account, found in one walk back over the entries.

Fava groups every posting by its account and sums all of them up at each load, for accounts that ask whether they are up
to date. Where one asks, it does; elsewhere only the last entry of each account is wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Close, Transaction
from fava.beans.account import get_entry_accounts
from fava.beans.flags import FLAG_UNREALIZED
from fava.beans.funcs import hash_entry
from fava.core.accounts import AccountDict, LastEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from fava.beans.abc import Directive

_ASKS = "fava-uptodate-indication"


class Accounts(AccountDict):
    """Fava's accounts."""

    def load_file(self) -> None:
        """Take up what was loaded."""
        opens = self.ledger.all_entries_by_type.Open
        if any(_ASKS in each.meta for each in opens):
            super().load_file()
            return
        self.clear()
        last = _last_entries(self.ledger.all_entries, {each.account for each in opens})
        for each in opens:
            known = self.setdefault(each.account)
            known.meta, known.currencies = each.meta, each.currencies
            entry = last[each.account]
            if not isinstance(entry, Close):
                known.last_entry = LastEntry(date=entry.date, entry_hash=hash_entry(entry))
        for close in self.ledger.all_entries_by_type.Close:
            self.setdefault(close.account).close_date = close.date


def _last_entries(entries: Sequence[Directive], accounts: Collection[str]) -> dict[str, Directive]:
    """Give the last entry of each of some accounts, its `open` where there is no other."""
    found: dict[str, Directive] = {}
    for entry in reversed(entries):
        for account in _accounts(entry):
            if account in accounts:
                found.setdefault(account, entry)
        if len(found) == len(accounts):
            break
    return found


def _accounts(entry: Directive) -> Iterator[str]:
    if not isinstance(entry, Transaction):
        yield from get_entry_accounts(entry)
    elif entry.flag != FLAG_UNREALIZED:
        for posting in entry.postings:
            yield posting.account
