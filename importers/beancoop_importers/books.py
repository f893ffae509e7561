"""What the ledger already holds of the bank's, and what of a new statement it does not.

Movements are recognised by their `bank-ref` alone, never by likeness: two members who pay 25.00 on one day are two
payments. A movement may have been shared out since, over several accounts, units or transactions that keep the
reference; what counts is that together they still post its amount to the bank account. Formats name movements each
in its own way, so of one account one day comes from one format only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.errors import place
from beancoop.months import Month
from beancount.core import data
from beancount.core.amount import Amount

from beancoop_importers.booking import REFERENCE
from beancoop_importers.checks import gap, is_later, last_before, second_copy
from beancoop_importers.postings import family, sum_of, units_of
from beancoop_importers.statement import Note, Refused

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancoop_importers.booking import Booking
    from beancoop_importers.statement import Statement


class _Posted(NamedTuple):
    date: datetime.date
    units: Amount
    reference: str


class News(NamedTuple):
    """What of a statement is new to the ledger.

    Attributes:
        transactions: the movements it does not hold.
        known: how many it holds.
        closing: the balance to assert, None where it is asserted, or where another statement has the last word.
        replaced: the assertion of an earlier statement of the day, which *closing* takes the place of.
        warnings: what the accountant should look at.

    """

    transactions: tuple[data.Transaction, ...]
    known: int
    closing: data.Balance | None
    replaced: data.Balance | None
    warnings: tuple[Note, ...]


class Books:
    """The bank movements, assertions and seals of a ledger, and of what is about to be added to it."""

    def __init__(self, entries: Iterable[data.Directive], accounts: Iterable[str]) -> None:
        """Take note of *entries*; *accounts* are the bank accounts whose balances will be asked for."""
        self._posted: dict[str, list[_Posted]] = {account: [] for account in accounts}
        self._known: dict[str, list[data.Transaction]] = {}
        self._asserted: dict[tuple[str, datetime.date, str], data.Balance] = {}
        self._fetched: dict[str, list[data.Transaction]] = {}  # by account, whatever the format
        self.sealed: dict[str, Month] = {}
        self.add(entries)

    def fork(self) -> Books:
        """Give a copy on which a file can be tried, and forgotten if it is refused."""
        copy = Books((), ())
        copy._posted = {account: list(posted) for account, posted in self._posted.items()}
        copy._known = dict(self._known)
        copy._asserted = dict(self._asserted)
        copy._fetched = {account: list(fetched) for account, fetched in self._fetched.items()}
        copy.sealed = self.sealed
        return copy

    def add(self, entries: Iterable[data.Directive]) -> None:
        """Take note of more entries."""
        for entry in entries:
            if isinstance(entry, data.Transaction):
                self._transaction(entry)
            elif isinstance(entry, data.Balance):
                self._asserted[entry.account, entry.date, entry.amount.currency] = entry
            elif isinstance(entry, data.Custom) and entry.type == "closed":
                self._seal(entry)

    def _transaction(self, entry: data.Transaction) -> None:
        reference = entry.meta.get(REFERENCE, "")
        if reference:
            self._known.setdefault(reference, []).append(entry)
            self._fetched.setdefault(_source(entry).account, []).append(entry)
        for posting in entry.postings:
            for account in (posting.account, family(posting.account)):
                if account in self._posted:
                    self._posted[account].append(_Posted(entry.date, units_of(posting), reference))

    def _seal(self, entry: data.Custom) -> None:
        texts = [value.value for value in entry.values]
        month = Month.parse(str(texts[0])) if len(texts) > 1 else None
        if month:
            unit = str(texts[1])
            self.sealed[unit] = max(month, self.sealed.get(unit, month))

    def holds(self, *parts: data.Transaction) -> bool:
        """Tell whether the ledger has this very movement, given as one transaction or as what it was shared out over.

        Raises:
            Refused: it has one of that reference, with another date or amount.

        """
        transaction = parts[0]
        known = self._known.get(transaction.meta[REFERENCE])
        if not known:
            return False
        bank, currency = family(transaction.postings[0].account), units_of(transaction.postings[0]).currency
        amount, said = _moved(known, bank, currency), _moved(parts, bank, currency)
        dates = {one.date for one in known}
        if dates == {transaction.date} and amount == said:
            return True
        raise Refused(
            f"the ledger holds another movement as {transaction.meta[REFERENCE]}: {_list(dates)}, {amount} on {bank} "
            f"({_list(place(one.meta) for one in known)}); this file says {transaction.date}, {said}. "
            "Ask the bank which is right, and correct or remove the other.",
            transaction.meta["lineno"],
        )

    def news(self, booking: Booking) -> News:
        """Tell what of a statement the ledger does not hold.

        Raises:
            Refused: it contradicts what the ledger holds, covers days the ledger has from another format or file, or
                would add to a month that is sealed.

        """
        new = tuple([one for one in booking.transactions if not self.holds(one)])
        self.refuse_other_formats(new)
        self._refuse_copy(booking, new)
        self._refuse_overlap(booking, new)
        known = len(booking.transactions) - len(new)
        closing, replaced, warning = self._closing(booking, known=known, grown=bool(new))
        self._open_month(booking, [*new, *((closing,) if closing else ())])
        statement = booking.statement
        missing = self._gap(booking) if new or closing else None
        odd = (statement.unproved, second_copy(statement)) if new else ()
        warnings = tuple(note for note in (warning, missing, *odd) if note)
        return News(new, known, closing, replaced, warnings)

    def refuse_other_formats(self, new: Sequence[data.Transaction]) -> None:
        """Refuse movements of days that the ledger has from another format, whose references tell nothing of theirs.

        Raises:
            Refused: it has.

        """
        for account, group in _by_account(new).items():
            ours = _source(group[0]).format
            for there in self._of_the_days(account, group):
                if (theirs := _source(there).format) != ours:
                    raise Refused(
                        f"the ledger holds movements of {account} around {there.date} from {theirs.upper()} "
                        f"({place(there.meta)}), and this file is {ours.upper()}; they may be the same. Keep to one "
                        "format for an account, and change it only from a day that neither has.",
                        group[0].meta["lineno"],
                    )

    def _refuse_overlap(self, booking: Booking, new: Sequence[data.Transaction]) -> None:
        """Refuse movements known by their place in a file alone, where another file has the days and sums disagree."""
        statement = booking.statement
        unnamed = not all(movement.identity for movement in statement.movements)
        if not statement.identity or not unnamed or not new or statement.new_balance is None:
            return
        own = {one.meta[REFERENCE] for one in booking.transactions}
        for account, group in _by_account(new).items():
            others = [one for one in self._of_the_days(account, group) if one.meta[REFERENCE] not in own]
            if others and self._reached(booking, new) != statement.new_balance:
                raise Refused(
                    f"the ledger holds movements of these days from another file ({place(others[0].meta)}), and with "
                    f"those of {statement.name} it would not reach {statement.new_balance:.2f}; they may be the same, "
                    "and the bank gives them no reference to tell. Import a file that begins after them.",
                    statement.first_line,
                )

    def _of_the_days(self, account: str, group: Sequence[data.Transaction]) -> list[data.Transaction]:
        first, last = min(one.date for one in group), max(one.date for one in group)
        return [one for one in self._fetched.get(account, []) if first <= one.date <= last]

    def _reached(self, booking: Booking, new: Sequence[data.Transaction]) -> Decimal:
        """Give what the account would stand at on the day of the new balance."""
        statement = booking.statement
        posted = self._posted.get(booking.bank.opened.account, [])
        there = [one.units for one in posted if statement.new_date is None or one.date <= statement.new_date]
        return sum_of([*there, *(units_of(one.postings[0]) for one in new)], statement.currency)

    def _open_month(self, booking: Booking, entries: Sequence[data.Directive]) -> None:
        unit = booking.bank.unit
        sealed = self.sealed.get(unit)
        for entry in entries:
            if sealed and Month.of(entry.date) <= sealed:
                raise Refused(
                    f"{booking.statement.name} adds something dated {entry.date}, but the books of {unit} are closed "
                    f"to the end of {sealed}; nothing may be added there. Book it by hand in the first open month.",
                    entry.meta["lineno"],
                )

    def _gap(self, booking: Booking) -> Note | None:
        """Compare the ledger with the statement's old balance: what differs, a missing statement explains."""
        statement, account = booking.statement, booking.bank.opened.account
        if statement.old_date is None or statement.old_balance is None:
            return None
        own = {one.meta[REFERENCE] for one in booking.transactions}
        posted = self._posted.get(account, [])
        before = [one.units for one in posted if one.date <= statement.old_date and one.reference not in own]
        ledger = sum_of(before, statement.currency)
        if ledger == statement.old_balance:
            return None
        return gap(statement, account, ledger, last_before(statement, self._asserted_of(account)))

    def _asserted_of(self, account: str) -> Iterator[data.Balance]:
        return (one for one in self._asserted.values() if one.account == account)

    def _refuse_copy(self, booking: Booking, new: Sequence[data.Transaction]) -> None:
        """Refuse a statement that the ledger holds under another number: the same day, balances and movements."""
        statement, closing = booking.statement, booking.closing
        if not (closing and new) or len(new) < len(booking.transactions) or _comes_to_nothing(statement):
            return
        there = self._asserted.get((closing.account, closing.date, closing.amount.currency))
        if there is None or there.amount != closing.amount or REFERENCE not in there.meta:
            return
        held: dict[str, list[data.Transaction]] = {}
        for one in self._fetched.get(_source(new[0]).account, []):
            if str(one.meta[REFERENCE]).startswith(f"{there.meta[REFERENCE]}/"):
                held.setdefault(one.meta[REFERENCE], []).append(one)
        bank = booking.bank.family
        said = [[one] for one in new]
        ours, theirs = (
            sorted((parts[0].date, _moved(parts, bank, statement.currency)) for parts in group)
            for group in (said, held.values())
        )
        if ours == theirs:
            raise Refused(
                f"{statement.name} says the same as the one that {place(there.meta)} asserts: the day, the balances "
                "and every movement; only its number is another. It is a copy; do not import it.",
                statement.first_line,
            )

    def _closing(
        self, booking: Booking, *, known: int, grown: bool
    ) -> tuple[data.Balance | None, data.Balance | None, Note | None]:
        """Give the balance to assert, the one it replaces, and a warning; of one day only the last is asserted."""
        closing = booking.closing
        if closing is None:
            return None, None, None
        there = self._asserted.get((closing.account, closing.date, closing.amount.currency))
        if there is None:
            return closing, None, None
        if there.amount == closing.amount:
            return None, None, None
        if REFERENCE not in there.meta:
            text = f"the new balance is {closing.amount}, but {place(there.meta)} asserts {there.amount}; correct it."
            return None, None, Note(closing.meta["lineno"], text)
        if is_later(booking.statement, there, known=known, grown=grown):
            return closing, there, None
        return None, None, None


def _comes_to_nothing(statement: Statement) -> bool:
    return statement.old_balance is None or statement.old_balance == statement.new_balance


class _Source(NamedTuple):
    """What a reference begins with: the format, and the account with its currency."""

    format: str
    account: str


def _source(movement: data.Transaction) -> _Source:
    name, *account = str(movement.meta[REFERENCE]).split("/", 3)[:3]
    return _Source(name, " ".join(account))


def _by_account(movements: Iterable[data.Transaction]) -> dict[str, list[data.Transaction]]:
    groups: dict[str, list[data.Transaction]] = {}
    for one in movements:
        groups.setdefault(_source(one).account, []).append(one)
    return groups


def _moved(parts: Iterable[data.Transaction], bank: str, currency: str) -> Amount:
    """Give what the parts of a movement post together to the bank account."""
    posted = [units_of(one) for part in parts for one in part.postings if family(one.account) == bank]
    return Amount(sum_of(posted, currency), currency)


def _list(items: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, items)))
