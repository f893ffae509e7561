"""What Fava knows of each account, and how it ranks accounts, payees and currencies, from what was posted to them.

At each load Fava groups every posting by its account, sums all of them up, ranks each, and hashes the last entry of
each account; most of that is what it was before.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from beancount.core.data import Balance, Close, Transaction
from fava.beans.flags import FLAG_UNREALIZED
from fava.beans.funcs import hash_entry
from fava.core.accounts import AccountDict, LastEntry, balance_string, uptodate_status
from fava.core.attributes import AttributesModule, get_active_years
from fava.core.group_entries import TransactionPosting
from fava.core.tree import TreeNode
from fava.util.ranking import ExponentialDecayRanker

from beancoop_fava.server.postings import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fava.beans.abc import Directive
    from fava.core import FavaLedger
    from fava.core.accounts import AccountData

    from beancoop_fava.server.postings import Postings

_ASKS = "fava-uptodate-indication"


class Accounts(AccountDict):
    """Fava's accounts."""

    def __init__(self, ledger: FavaLedger, postings: Postings) -> None:
        """Take what was posted from *postings*."""
        super().__init__(ledger)
        self._postings = postings
        self._hashes = Kept[str]()

    def load_file(self) -> None:
        """Take up what was loaded."""
        self._postings.take(self.ledger.all_entries)  # here, since Fava asks this module first
        self.clear()
        opens = self.ledger.all_entries_by_type.Open
        last = {each.account: self._postings.last[each.account] for each in opens}
        last = {account: entry for account, entry in last.items() if not isinstance(entry, Close)}
        hashes = self._hashes.of(
            {account: self._postings.known_last[account] for account in last},
            lambda account, _: hash_entry(last[account]),
        )
        for each in opens:
            known = self.setdefault(each.account)
            known.meta, known.currencies = each.meta, each.currencies
            if each.account in last:
                known.last_entry = LastEntry(last[each.account].date, hashes[each.account])
            if each.meta.get(_ASKS):
                self._tell_status(each.account, known)
        for close in self.ledger.all_entries_by_type.Close:
            self.setdefault(close.account).close_date = close.date

    def _tell_status(self, account: str, known: AccountData) -> None:
        """Tell whether an account that asks so is up to date, and if not what its balance would be."""
        known.uptodate_status = uptodate_status(_last_checked(account, self.ledger.all_entries))
        if known.uptodate_status != "green":
            node = TreeNode(account)
            if account in self._postings.accounts:
                node.balance = self._postings.accounts[account].balance
            known.balance_string = balance_string(node)


class Attributes(AttributesModule):
    """What Fava offers to complete what one writes."""

    def __init__(self, ledger: FavaLedger, postings: Postings) -> None:
        """Take what was posted from *postings*."""
        super().__init__(ledger)
        self._postings = postings

    def load_file(self) -> None:
        """Take up what was loaded."""
        posted = self._postings
        self.links, self.tags = sorted(posted.links), sorted(posted.tags)
        days = list(_first_of_each_day(self.ledger.all_entries))
        self.years = get_active_years(days, self.ledger.fava_options.fiscal_year_end)
        accounts = ExponentialDecayRanker(sorted(self.ledger.accounts.keys()))
        accounts.scores = {account: each.score for account, each in posted.accounts.items()}
        payees = ExponentialDecayRanker()
        payees.scores = dict(posted.payees)
        self.accounts, self.payees, self.currencies = accounts.sort(), payees.sort(), self._currencies()

    def _currencies(self) -> Sequence[str]:
        """Rank the currencies; one alone needs no ranking."""
        found = frozenset().union(*(each.currencies for each in self._postings.accounts.values()))
        if len(found) <= 1:
            return list(found)
        ranker = ExponentialDecayRanker()
        for entry in self.ledger.all_entries_by_type.Transaction:
            for posting in entry.postings:
                ranker.update(posting.units.currency, entry.date)
                if posting.cost and posting.cost.currency is not None:
                    ranker.update(posting.cost.currency, entry.date)
        return ranker.sort()


def _first_of_each_day(entries: Sequence[Directive]) -> Iterator[Directive]:
    """Give an entry of each day that has any; there are few days."""
    place = 0
    while place < len(entries):
        yield entries[place]
        place = bisect_right(entries, entries[place].date, place, key=attrgetter("date"))


def _last_checked(account: str, entries: Sequence[Directive]) -> list[Directive | TransactionPosting]:
    """Give the last assertion or transaction of an account, alone; unrealized gains say nothing."""
    for entry in reversed(entries):
        if isinstance(entry, Balance) and entry.account == account:
            return [entry]
        if isinstance(entry, Transaction) and entry.flag != FLAG_UNREALIZED:
            found = next((each for each in entry.postings if each.account == account), None)
            if found is not None:
                return [TransactionPosting(entry, found)]
    return []
