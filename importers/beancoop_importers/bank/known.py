"""What the ledger already holds of the bank's, and what of a new statement it does not.

Movements are recognised by their `bank-ref` alone, never by likeness: two members who pay 25.00 on one day are two
payments. A movement may have been shared out since, over several accounts, units or transactions that keep the
reference; what counts is that together they still post its amount to the bank account. Formats name movements each
in its own way, so of one account one day comes from one format only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.findings import place
from beancoop.model.months import Month
from beancoop.model.provenance import OPENING
from beancoop.words.messages import error
from beancount.core import data

from beancoop_importers.bank.booking import NEXT_DAY, REFERENCE
from beancoop_importers.bank.references import by_account, own_day, source_of
from beancoop_importers.bank.sequence import (
    comes_after,
    comes_to_nothing,
    gap,
    gap_at_first,
    is_later,
    last_before,
    same_movements,
    second_copy,
)
from beancoop_importers.model.invoice import to_cents
from beancoop_importers.model.postings import family, moved, sum_of, units_of
from beancoop_importers.model.statement import Note, Refused

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancoop.words.messages import Text
    from beancount.core.amount import Amount

    from beancoop_importers.bank.booking import Booking

ANOTHER = error(
    "BC1207",
    "the ledger holds another movement as {reference}: {days}, {amount} on {account} ({places}); this file says "
    "{day}, {said}. Ask the bank which is right, and correct or remove the other.",
)
OTHER_FORMAT = error(
    "BC1208",
    "the ledger holds movements of {account} around {day} from {theirs} ({place}), and this file is {ours}; they "
    "may be the same. Keep to one format for an account, and change it only from a day that neither has.",
)
OVERLAP_LACKS = error(
    "BC1209",
    "the ledger holds movements of these days from another file ({place}) that this one lacks; if they are among "
    "those booked now, remove one of each.",
)
OVERLAPS = error(
    "BC1210",
    "the ledger holds movements of these days from another file ({place}) that this one lacks; with those of this one "
    "({statement}) the account would stand at {reached} and not at {new}; they may be the same, and the bank gives "
    "them no reference to tell. Import a file that begins after them.",
)
NOT_ASSERTED = error(
    "BC1244",
    "the new balance of {statement}, {amount}, is not asserted: it is of a month that is closed, or what makes it is "
    "booked later, in the first open month.",
)
MOVED = error(
    "BC1245",
    "{count} movement of {statement} is of a month that is closed; it is booked on the first open day, and keeps its "
    "own as `booking-date`.",
    "{count} movements of {statement} are of months that are closed; they are booked on the first open day, and keep "
    "their own as `booking-date`.",
)
OUTRUN = error(
    "BC1246",
    "the balance of {amount} on {account} that {place} asserts is taken out: this file adds something of the day "
    "before; compare the two, for one may say a movement again in other words.",
)
COPY = error(
    "BC1212",
    "{statement} says the same as the one that {place} asserts: the day, the balances and every movement; only "
    "its number is another. It is a copy; do not import it.",
)
OUTRUN_OPENING = error(
    "BC1262",
    "the opening balance of {amount} on {account} that {place} asserts is taken out: this file adds movements of the "
    "day before, which the opening does not count.",
)
OTHER_BALANCE = error("BC1213", "the new balance is {new}, but {place} asserts {asserted}; correct it.")


class _Posted(NamedTuple):
    date: datetime.date  # the bank's, where it says one
    booked: datetime.date
    units: Amount
    reference: str
    opens: bool  # brings in what the account held before that day


class News(NamedTuple):
    """What of a statement is new to the ledger.

    Attributes:
        transactions: the movements it does not hold.
        known: how many it holds.
        closing: the balance to assert, None where it is asserted, or where another statement has the last word.
        replaced: the assertions that hold no longer: of an earlier statement of the day, which *closing* takes the
            place of, and of exports that were fetched before the end of a day to which this one adds.
        warnings: what the accountant should look at.

    """

    transactions: tuple[data.Transaction, ...]
    known: int
    closing: data.Balance | None
    replaced: tuple[data.Balance, ...]
    warnings: tuple[Note, ...]


class KnownEntries:
    """The bank movements, assertions and seals of a ledger, and of what is about to be added to it."""

    def __init__(self, entries: Iterable[data.Directive], accounts: Iterable[str]) -> None:
        """Take note of *entries*; *accounts* are the bank accounts whose balances will be asked for."""
        self._posted: dict[str, list[_Posted]] = {account: [] for account in accounts}
        self._known: dict[str, list[data.Transaction]] = {}
        self._asserted: dict[tuple[str, datetime.date, str], data.Balance] = {}
        self._fetched: dict[str, list[data.Transaction]] = {}  # by account, whatever the format
        self.sealed: dict[str, Month] = {}
        self.add(entries)

    def fork(self) -> KnownEntries:
        """Give a copy on which a file can be tried, and forgotten if it is refused."""
        copy = KnownEntries((), ())
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
        reference, opens = entry.meta.get(REFERENCE, ""), OPENING in entry.tags
        if reference:
            self._known.setdefault(reference, []).append(entry)
            self._fetched.setdefault(source_of(entry).account, []).append(entry)
        for posting in entry.postings:
            for account in (posting.account, family(posting.account)):
                if account in self._posted:
                    posted = _Posted(own_day(entry), entry.date, units_of(posting), reference, opens)
                    self._posted[account].append(posted)

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
        amount, said = moved(known, bank, currency), moved(parts, bank, currency)
        dates = {own_day(one) for one in known}
        if dates == {own_day(transaction)} and amount == said:
            return True
        raise Refused(
            ANOTHER(
                reference=transaction.meta[REFERENCE],
                days=sorted(dates),
                amount=amount,
                account=bank,
                places=sorted(place(one.meta) for one in known),
                day=own_day(transaction),
                said=said,
            ),
            transaction.meta["lineno"],
        )

    def held(self, reference: str) -> list[data.Transaction]:
        """Give what the ledger has of a movement."""
        return self._known.get(reference, [])

    def news(self, booking: Booking) -> News:
        """Tell what of a statement the ledger does not hold.

        Raises:
            Refused: it contradicts what the ledger holds, or covers days the ledger has from another format or file.

        """
        new = tuple([one for one in booking.transactions if not self.holds(one)])
        self.refuse_other_formats(new)
        self._refuse_copy(booking, new)
        overlap = self._overlap(booking, new)
        known = len(booking.transactions) - len(new)
        outrun = self._outrun(booking, new)
        closing, replaced, warning = self._closing(booking, known=known, grown=bool(new), outrun=outrun)
        statement = booking.statement
        if closing and self._is_closed(booking, closing):
            closing, unasserted = None, not_asserted(booking) if new else None
        else:
            unasserted = None
        missing = self._gap(booking) if new or closing else None
        odd = (statement.unproved, second_copy(statement)) if new else ()
        told = (Note(statement.first_line, self._taken_out(one)) for one in outrun if not _follows(closing, one))
        warnings = tuple(note for note in (warning, overlap, missing, unasserted, *odd, *told) if note)
        return News(new, known, closing, replaced, warnings)

    def forget(self, balances: Iterable[data.Balance]) -> None:
        """Take no more note of assertions that hold no longer."""
        for one in balances:
            self._asserted.pop((one.account, one.date, one.amount.currency), None)

    def refuse_other_formats(self, new: Sequence[data.Transaction]) -> None:
        """Refuse movements of days that the ledger has from another format, whose references tell nothing of theirs.

        Raises:
            Refused: it has.

        """
        for account, group in by_account(new).items():
            ours = source_of(group[0]).format
            for there in self._of_the_days(account, group):
                if (theirs := source_of(there).format) != ours:
                    raise Refused(
                        OTHER_FORMAT(
                            account=account,
                            day=there.date,
                            theirs=theirs.upper(),
                            place=place(there.meta),
                            ours=ours.upper(),
                        ),
                        group[0].meta["lineno"],
                    )

    def _overlap(self, booking: Booking, new: Sequence[data.Transaction]) -> Note | None:
        """Tell of movements that another file has of these days and this one lacks, though it should have them.

        Raises:
            Refused: with them the account would not reach the new balance.

        """
        statement = booking.statement
        unnamed = bool(statement.identity) and not all(movement.identity for movement in statement.movements)
        if not (unnamed and statement.new_balance is not None) and not statement.export:
            return None
        for account, group in by_account(new).items():
            own = {one.meta[REFERENCE] for one in booking.transactions}
            others = [one for one in self._of_the_days(account, group) if one.meta[REFERENCE] not in own]
            if not others or (reached := self._reached(booking, new)) == statement.new_balance:
                continue
            there = place(others[0].meta)
            if statement.new_balance is None:
                return Note(statement.first_line, OVERLAP_LACKS(place=there))
            raise Refused(
                OVERLAPS(
                    place=there,
                    statement=statement.name,
                    reached=to_cents(reached),
                    new=to_cents(statement.new_balance),
                ),
                statement.first_line,
            )
        return None

    def _of_the_days(self, account: str, group: Sequence[data.Transaction]) -> list[data.Transaction]:
        first, last = min(map(own_day, group)), max(map(own_day, group))
        return [one for one in self._fetched.get(account, []) if first <= own_day(one) <= last]

    def _reached(self, booking: Booking, new: Sequence[data.Transaction]) -> Decimal:
        """Give what the account would stand at on the day of the new balance."""
        statement = booking.statement
        posted = self._posted.get(booking.bank.opened.account, [])
        there = [one.units for one in posted if statement.new_date is None or one.date <= statement.new_date]
        return sum_of([*there, *(units_of(one.postings[0]) for one in new)], statement.currency)

    def displaces(self, closing: data.Balance) -> bool:
        """Tell whether something that makes the balance is booked only later, its own month being closed."""
        posted = self._posted.get(closing.account, [])
        return any(one.date < closing.date <= one.booked for one in posted)

    def _is_closed(self, booking: Booking, closing: data.Balance) -> bool:
        sealed = self.sealed.get(booking.bank.unit)
        return sealed is not None and Month.of(closing.date) <= sealed

    def _gap(self, booking: Booking) -> Note | None:
        """Compare the ledger with the statement's old balance: what differs, a missing statement explains."""
        statement, account = booking.statement, booking.bank.opened.account
        if statement.old_date is None or statement.old_balance is None:
            return None
        own = {one.meta[REFERENCE] for one in booking.transactions}
        posted = self._posted.get(account, [])
        begins = min((one.booked for one in statement.movements), default=statement.new_date or statement.old_date)
        before = [
            one.units
            for one in posted
            if one.date <= (begins if one.opens else statement.old_date)
            and one.reference not in own
            and not comes_after(statement, one.reference)
        ]
        ledger = sum_of(before, statement.currency)
        if ledger == statement.old_balance:
            return None
        if not any(one.opens or one.reference not in own for one in posted):
            return gap_at_first(statement, account, ledger)
        return gap(statement, account, ledger, last_before(statement, self._asserted_of(account)))

    def _asserted_of(self, account: str) -> Iterator[data.Balance]:
        return (one for one in self._asserted.values() if one.account == account)

    def _refuse_copy(self, booking: Booking, new: Sequence[data.Transaction]) -> None:
        """Refuse a statement that the ledger holds under another number: the same day, balances and movements."""
        statement, closing = booking.statement, booking.closing
        if not (closing and new) or len(new) < len(booking.transactions) or comes_to_nothing(statement):
            return
        there = self._asserted.get((closing.account, closing.date, closing.amount.currency))
        if there is None or there.amount != closing.amount or REFERENCE not in there.meta:
            return
        held: dict[str, list[data.Transaction]] = {}
        for one in self._fetched.get(source_of(new[0]).account, []):
            if str(one.meta[REFERENCE]).startswith(f"{there.meta[REFERENCE]}/"):
                held.setdefault(one.meta[REFERENCE], []).append(one)
        if same_movements([[one] for one in new], held.values(), booking.bank.family, statement.currency):
            raise Refused(
                COPY(statement=statement.name, place=place(there.meta)),
                statement.first_line,
            )

    def _closing(
        self, booking: Booking, *, known: int, grown: bool, outrun: tuple[data.Balance, ...]
    ) -> tuple[data.Balance | None, tuple[data.Balance, ...], Note | None]:
        """Give the balance to assert, those it replaces, and a warning; of one day only the last is asserted."""
        closing = booking.closing
        if closing is None or self._goes_on(booking):
            return None, outrun, None
        there = self._asserted.get((closing.account, closing.date, closing.amount.currency))
        if there is None or there in outrun:
            return closing, outrun, None
        if there.amount == closing.amount:
            return None, outrun, None
        if REFERENCE not in there.meta:
            text = OTHER_BALANCE(new=closing.amount, place=place(there.meta), asserted=there.amount)
            return None, outrun, Note(closing.meta["lineno"], text)
        if is_later(booking.statement, there, known=known, grown=grown):
            return closing, (there,), None
        return None, outrun, None

    def _outrun(self, booking: Booking, new: Sequence[data.Transaction]) -> tuple[data.Balance, ...]:
        """Give the assertions that do not count what this one adds to their day.

        Those of exports fetched before its end, where this one is an export too, and those of an opening.
        """
        days = {one.date + NEXT_DAY for one in new}
        account, currency = booking.bank.opened.account, booking.statement.currency
        there = [one for day in sorted(days) if (one := self._asserted.get((account, day, currency)))]
        export = booking.statement.export
        outrun = [one for one in there if self._is_of_opening(one) or (export and REFERENCE in one.meta)]
        return tuple([one for one in outrun if not self._is_closed(booking, one)])

    def _is_of_opening(self, balance: data.Balance) -> bool:
        """Tell whether an assertion says what an opening of the day before brings in, and nothing more."""
        eve, currency = balance.date - NEXT_DAY, balance.amount.currency
        opened = [one.units for one in self._posted.get(balance.account, []) if one.opens and one.booked == eve]
        return REFERENCE not in balance.meta and bool(opened) and sum_of(opened, currency) == balance.amount.number

    def _taken_out(self, balance: data.Balance) -> Text:
        told = OUTRUN_OPENING if self._is_of_opening(balance) else OUTRUN
        return told(amount=balance.amount, account=balance.account, place=place(balance.meta))

    def _goes_on(self, booking: Booking) -> bool:
        """Tell whether the ledger has later movements of the day on which an export was fetched."""
        statement = booking.statement
        if not statement.export:
            return False
        own = {one.meta[REFERENCE] for one in booking.transactions}
        fetched = self._fetched.get(f"{statement.iban} {statement.currency}", [])  # nothing may have moved
        return any(own_day(one) == statement.new_date and one.meta[REFERENCE] not in own for one in fetched)


def not_asserted(booking: Booking) -> Note | None:
    """Say that the new balance is not asserted; None where there is none."""
    closing = booking.closing
    if closing is None:
        return None
    return Note(closing.meta["lineno"], NOT_ASSERTED(statement=booking.statement.name, amount=closing.amount))


def moved_on(booking: Booking, count: int) -> Note | None:
    """Say how many movements are booked later than the bank did; None where none is."""
    text = MOVED(count=count, statement=booking.statement.name)
    return Note(booking.statement.first_line, text) if count else None


def _follows(closing: data.Balance | None, balance: data.Balance) -> bool:
    """Tell whether another balance of the day takes the place of one that is taken out."""
    return closing is not None and closing.date == balance.date
