"""What Beancount checks last: assertions, accounts, currencies, balances.

Each check here only ever finds that nothing is wrong. What it is not sure of goes, with all that bears on it and in the
order of the ledger, to Beancount's own function, which says what is wrong and how.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Close, Open, Transaction
from beancount.core.getters import get_entry_accounts
from beancount.core.number import ZERO
from beancount.ops import balance, validation

from beancoop.loading.book import is_countable
from beancoop.loading.summary import merged, start_of_day
from beancoop.loading.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import BeancountError

    from beancoop.loading.moves import Sorted
    from beancoop.loading.shelf import Shelf
    from beancoop.loading.summary import Summary


_STEM = 3
"""Parts of an account's name that come before the unit."""


class Batch:
    """Sorted entries of a ledger, such as those of one file, with their summary.

    Attributes:
        summary: what the whole needs of them.
        unbalanced: the indices of the transactions that do not balance.

    """

    def __init__(self, entries: list[Any], summary: Summary, unbalanced: Sequence[int]) -> None:
        """Take them."""
        self._entries = entries
        self.summary = summary
        self.unbalanced = unbalanced

    @property
    def entries(self) -> list[Any]:
        """All of them."""
        return self._entries

    @property
    def directives(self) -> list[tuple[int, Any]]:
        """All but the transactions, with their keys."""
        return self.at(self.summary.directives)

    @property
    def accounts(self) -> Iterable[str]:
        """The accounts that they use."""
        return self.summary.uses

    def forget_beyond(self, asked: int) -> None:
        """Forget sums that are of no use any more, see `Summary`."""
        self.summary.forget_beyond(asked)

    def before(self, key: int, account: str, currency: str) -> Decimal:
        """Give what an account that is asserted, or one below, holds in them before an entry of the whole."""
        return self.summary.before(key, account, currency, lambda: self.entries)

    def sorted_out(self) -> Sorted:
        """Give what they move by account."""
        return self.summary.sorted_out(lambda: self.entries)

    def at(self, indices: Iterable[int]) -> list[tuple[int, Any]]:
        """Give some of the entries with their keys."""
        keys, entries = self.summary.keys, self.entries
        return [(keys[index], entries[index]) for index in indices]


class UnreadBatch(Batch):
    """The entries of a file, of which the transactions are not looked at before they are asked for."""

    def __init__(self, shelf: Shelf) -> None:
        """Take what is known of the file."""
        super().__init__([], shelf.summary, shelf.unbalanced)
        self._shelf = shelf

    @cached_property
    def _own(self) -> dict[int, Any]:
        return dict(zip(self.summary.directives, self._shelf.directives, strict=True))

    @property
    def entries(self) -> list[Any]:
        """All of them, which are not to be handed out."""
        return self._shelf.entries

    def at(self, indices: Iterable[int]) -> list[tuple[int, Any]]:
        """Give some of the entries with their keys."""
        keys, own = self.summary.keys, self._own
        return [(keys[index], own[index] if index in own else self.entries[index]) for index in indices]


class Piece(NamedTuple):
    """Entries that a load has put together with others, such as those of one file.

    Attributes:
        known_by: where it is the same object as that of another load's piece, both say the same.
        keys: what orders each among all; those with the same key stand in the order of their pieces.
        entries: the entries, in a list that is not to be written into.

    """

    known_by: object
    keys: Sequence[int]
    entries: list[Any]


def merged_batches(batches: Sequence[Batch]) -> list[Any]:
    """Put the entries of all batches together in order."""
    return merged([batch.summary.keys for batch in batches], [batch.entries for batch in batches])


@lru_cache(maxsize=1 << 16)
def above(account: str) -> tuple[str, ...]:
    """Give an account and its parents."""
    names = [account]
    while (cut := account.rfind(":")) >= 0:
        account = account[:cut]
        names.append(account)
    return tuple(names)


def entries_at(batches: Sequence[Batch], indices: Callable[[Batch], Sequence[int]]) -> list[tuple[int, Any]]:
    """Give some entries of each batch with their keys, in the order of the whole."""
    return sorted(
        (each for batch in batches if (places := indices(batch)) for each in batch.at(places)), key=itemgetter(0)
    )


class Checks:
    """The checks of one load."""

    def __init__(self, batches: Sequence[Batch], options: Mapping[str, Any]) -> None:
        """Look at the entries of *batches*."""
        self._batches = batches
        self._instead: dict[int, Any] = {}
        self._options = options
        self._opens = self._of(lambda batch: batch.summary.opens)
        self._closes = self._of(lambda batch: batch.summary.closes)
        self._open: dict[str, tuple[int, Open]] = {}
        self._odd: set[str] = set()
        """Accounts that are opened or closed in a way that Beancount has to judge."""
        for key, entry in self._opens:
            if entry.account in self._open:
                self._odd.add(entry.account)
            self._open.setdefault(entry.account, (key, entry))

    @cached_property
    def entries(self) -> list[Any]:
        """The whole, in order; failed assertions are replaced, as Beancount does, once they have been checked."""
        whole = merged_batches(self._batches)
        return list(map(self._current, whole)) if self._instead else whole

    def pieces(self) -> list[Piece]:
        """Give what the whole was put together from."""
        return [self._piece(batch) for batch in self._batches]

    def _piece(self, batch: Batch) -> Piece:
        if self._instead and any(id(batch.entries[place]) in self._instead for place in batch.summary.balances):
            return Piece(object(), batch.summary.keys, list(map(self._current, batch.entries)))
        return Piece(batch.summary, batch.summary.keys, batch.entries)

    def _current(self, entry: Any) -> Any:  # noqa: ANN401 - any directive
        return self._instead.get(id(entry), entry)

    def _of(self, indices: Callable[[Batch], Sequence[int]]) -> list[tuple[int, Any]]:
        return entries_at(self._batches, indices)

    def _opened_and(self, wanted: Callable[[Any], bool]) -> list[Any]:
        """Give what says which accounts there are, and other entries, in order."""
        return [entry for entry in self.entries if isinstance(entry, (Open, Close)) or wanted(entry)]

    def check_assertions(self) -> list[BeancountError]:
        """Compare each `balance` with the sum it asserts; those that fail are replaced, as Beancount does."""
        asserted = self._of(lambda batch: batch.summary.balances)
        accounts = {entry.account for _, entry in asserted}
        holders = self._add_up(accounts, len(asserted))
        doubtful = [entry for key, entry in asserted if not self._holds(key, entry, holders[entry.account])]
        if not doubtful:
            return []
        ids = {id(entry) for entry in doubtful}
        theirs = {entry.account for entry in doubtful}
        bearing = self._opened_and(
            lambda entry: (
                id(entry) in ids
                or (
                    isinstance(entry, Transaction)
                    and any(not theirs.isdisjoint(above(posting.account)) for posting in entry.postings)
                )
            )
        )
        checked, errors = balance.check(bearing, self._options)
        self._instead = {id(old): new for old, new in zip(bearing, checked, strict=True) if old is not new}
        del self.entries
        return list(errors)

    def _add_up(self, asserted: Collection[str], times: int) -> Mapping[str, list[tuple[str, Batch]]]:
        """Give, for each asserted account, the accounts below it and the batches in which they are used."""
        holders: defaultdict[str, list[tuple[str, Batch]]] = defaultdict(list)
        stems = tuple({":".join(each.split(":")[:_STEM]) for each in asserted})  # few, however many units there are
        for batch in self._batches:
            below = 0
            for account in batch.accounts:
                if account.startswith(stems) and (over := [each for each in above(account) if each in asserted]):
                    below += 1
                    for each in over:
                        holders[each].append((account, batch))
            batch.forget_beyond(below * times)
        return holders

    def _holds(self, key: int, entry: Any, holders: Iterable[tuple[str, Batch]]) -> bool:  # noqa: ANN401 - a balance
        number, currency = entry.amount
        if entry.account not in self._open or self._may_not_hold(entry.account, currency):
            return False
        day = start_of_day(key)  # so that what is asked of others does not depend on the line
        held = sum((batch.before(day, account, currency) for account, batch in holders), ZERO)
        return bool(abs(held - number) <= balance.get_balance_tolerance(entry, self._options))

    def _may_not_hold(self, account: str, currency: str) -> bool:
        """Tell whether an account may not hold a currency, as far as that is for sure where it was opened."""
        allowed = self._open[account][1].currencies if account in self._open else None
        return account in self._odd or bool(allowed and currency not in allowed)

    def validate(self) -> list[BeancountError]:
        """Give what Beancount's validations find, in their order."""
        options = self._options
        return [
            *self._validate_opens(),
            *self._validate_accounts(),
            *self._validate_currencies(),
            *validation.validate_duplicate_balances(self._current_balances(), options),
            *validation.validate_duplicate_commodities(self._only(lambda batch: batch.summary.commodities), options),
            *validation.validate_documents_paths(self._only(lambda batch: batch.summary.documents), options),
            *validation.validate_check_transaction_balances(self._only(lambda batch: batch.unbalanced), options),
        ]

    def _only(self, indices: Callable[[Batch], Sequence[int]]) -> list[Any]:
        return [entry for _, entry in self._of(indices)]

    def _current_balances(self) -> list[Any]:
        return list(map(self._current, self._only(lambda batch: batch.summary.balances)))

    def _validate_opens(self) -> list[BeancountError]:
        """Each account is opened once, and closed once after that, or Beancount looks at all of them."""
        closed = [(entry.account, key) for key, entry in self._closes]
        is_plain = not self._odd and len({account for account, _ in closed}) == len(closed)
        if is_plain and all(account in self._open and self._open[account][0] < key for account, key in closed):
            return []
        bearing = self._only(lambda batch: batch.summary.opens + batch.summary.closes)
        return list(validation.validate_open_close(bearing, self._options))

    def _validate_accounts(self) -> list[BeancountError]:
        """Each account is used after its one opening and before its one closing, or is looked at by Beancount."""
        closed: dict[str, int] = {}
        odd = set(self._odd)
        for key, entry in self._closes:
            if entry.account in closed:
                odd.add(entry.account)
            closed[entry.account] = key
        for batch in self._batches:
            for account, (first, last) in batch.summary.uses.items():
                opened = self._open.get(account)
                if opened is None or opened[0] >= first or (account in closed and closed[account] <= last):
                    odd.add(account)
        if not odd:
            return []
        bearing = self._opened_and(lambda entry: not odd.isdisjoint(get_entry_accounts(entry)))
        return list(validation.validate_active_accounts(bearing, self._options))

    def _validate_currencies(self) -> list[BeancountError]:
        odd = {
            account
            for batch in self._batches
            for account, currency in batch.summary.currencies
            if self._may_not_hold(account, currency)
        }
        if not odd:
            return []
        bearing = self._opened_and(
            lambda entry: isinstance(entry, Transaction) and any(posting.account in odd for posting in entry.postings)
        )
        return list(validation.validate_currency_constraints(bearing, self._options))


def unbalanced(entries: list[Any], options: Mapping[str, Any]) -> list[int]:
    """Give the indices of the transactions among *entries* that do not balance.

    Raises:
        Unknown: they hold costs, or numbers beyond counting.

    """
    found = []
    for index, entry in enumerate(entries):
        if type(entry) is Transaction:
            postings: list[Any] = entry.postings
            if not all(each.cost is None and is_countable(each.units.number) for each in postings):
                raise Unknown("what a plugin has added")
            if not _is_zero(postings) and validation.validate_check_transaction_balances([entry], options):
                found.append(index)
    return found


def _is_zero(postings: list[Any]) -> bool:
    """Say whether postings without price are in one currency and sum to nothing: they balance, tolerated or not."""
    return all(
        each.price is None and each.units.currency == postings[0].units.currency for each in postings
    ) and not sum((each.units.number for each in postings), ZERO)
