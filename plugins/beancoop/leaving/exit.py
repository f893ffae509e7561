"""The exit of an activity: its directive, and the entries that settle its account, ready to be looked at and written.

What a person must decide first (an unpaid invoice, a receipt in suspense) stands in the way, and is listed. The last
contribution is the plugin's own, regularised by the exit, so that it is part of what is settled.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser.grammar import ValueType

from beancoop.closing.soundness import refuse_what_is_wrong, wrong_in
from beancoop.leaving.open_points import amounts_of, last_on, loose_ends
from beancoop.leaving.settlement import SettlementWriter
from beancoop.leaving.standing import bears_result, held, levied
from beancoop.model import directives as d
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.findings import Finding, Refusal
from beancoop.model.money import NOTHING, ZERO
from beancoop.model.months import Month
from beancoop.model.ownership import sealed_in
from beancoop.model.pcmn import LIAISON, TREASURY, VAT
from beancoop.model.provenance import exit_link, is_injected
from beancoop.model.register import Register, read_register
from beancoop.rules.dry_run import DryRun
from beancoop.storage.commit import Writing, commit_entries, to_be_written
from beancoop.storage.layout import closed_file, declaring, ledger_of
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from beancount.core.inventory import Inventory

    from beancoop.leaving.settlement import Parting
    from beancoop.loading.ledger import Ledger
    from beancoop.rules import engine

_ONE_DAY = datetime.timedelta(days=1)
_IBAN = "iban"

CLOSED_TOO = error("BC900", "Its account is settled already, and all its accounts are closed.")
ERRORS_THEN = error("BC901", "With this exit the ledger has errors; correct them first.")
STILL_OPEN = error("BC902", "These are still open.")
OTHERWISE = error("BC903", "Its exit is written otherwise.")
ALREADY_HERE = error("BC904", "The exit of {unit} is already here; ask for this day and outcome, or correct the line.")
MONTH_IS_CLOSED = error("BC905", "{month} is closed; an exit is dated in an open month, from {first} on.")
NOT_THE_STRUCTURES = error(
    "BC906", "The ledger does not hold the books of {structure}; settle from the cooperative's own."
)
SETTLED_ALREADY = error("BC907", "Its account is settled already.")
SETTLES_IT = error("BC908", "This entry settles it.")
PROVISIONAL = error("BC909", "Some of its treasury is provisional.")
GIVEN_BACK = error(
    "BC910", "Open months give back {amount} through the bank; write the exit, close them, and settle then."
)
TAKEN_OVER = error(
    "BC911", "{account} holds {amount}, which {structure} takes over; what she takes along, invoice to her first."
)
CARRIES_AN_IBAN = error("BC912", "{account} carries an IBAN; where the account goes on, move that line to {share}.")
CHANGES_THE_LEVY = error(
    "BC913",
    "What bears the balance counts in the margin, and so changes the contribution; name another account.",
)
DOES_NOT_HOLD = error("BC914", "What would be written does not hold.")
NOT_EMPTY = error("BC915", "{account} would still hold {held}.")


class Leaving(NamedTuple):
    """Who leaves, when and for what; `accounts` stand in for the usual ones, see `parting.Parted`."""

    unit: str
    date: datetime.date
    outcome: str
    accounts: tuple[str, ...] = ()


class Departure(NamedTuple):
    """An exit as it would be written.

    Attributes:
        writings: what is written, the activity's side first.
        day: the day on which its account is settled.
        due: what the structure owes her; negative, what she owes.
        remarks: what a person looks at before, though it hinders nothing.

    """

    writings: Sequence[Writing]
    day: datetime.date
    due: Amount
    remarks: Sequence[Finding]


def plan_exit(ledger: Ledger, leaving: Leaving, rules: Sequence[type[engine.Rule]]) -> Departure:
    """Work out the exit of an activity, and prove that what it would write holds; writes nothing.

    An exit that was cut off after the activity's side had been written is completed: its other side follows from it.

    Raises:
        Refusal: something is open, or the exit contradicts what the books say already.

    """
    register = read_register(ledger.entries, ledger.options)
    own, structures = _settled(ledger, leaving.unit)
    declared = _declaration(ledger, register, leaving)
    _refuse(ledger, register, own, is_cut_off=bool(own and not structures))
    books = DryRun(ledger, rules, declared)
    entries: list[data.Directive]
    remarks: list[Finding]
    if own:
        day, entries, remarks = own[-1].date, [], []
        parting = SettlementWriter(books.register, leaving.unit, day, leaving.accounts).mirrored(own)
    else:
        day = _day(books, leaving)
        parting, remarks = _settle(books, leaving, day)
        opens = [*SettlementWriter(books.register, leaving.unit, day).opens(parting.own)]
        entries = [*declared, *opens, *parting.own, *_last_lines(books, leaving.unit, day, opens)]
    writings = _writings(books, leaving.unit, entries, parting)
    if not writings:
        raise Refusal(CLOSED_TOO())
    departure = Departure(writings, day, Amount(parting.due, books.register.currency), remarks)
    _prove(ledger, rules, books, departure, leaving.unit)
    return departure


def _settle(books: DryRun, leaving: Leaving, day: datetime.date) -> tuple[Parting, list[Finding]]:
    """Give the entries that settle the account, and what to look at before; refuse while something is open."""
    if books.findings:
        raise Refusal(ERRORS_THEN(), books.findings)
    holds, currency = held(books, leaving.unit), books.register.currency
    if ends := loose_ends(books.entries, holds, books.register, leaving.unit, day):
        raise Refusal(STILL_OPEN(), ends)
    _refuse_refund(books, leaving.unit)
    amounts = {account: each.get_currency_units(currency).number or ZERO for account, each in holds.items()}
    parting = SettlementWriter(books.register, leaving.unit, day, leaving.accounts).part(amounts)
    return parting, list(_remarks(books, amounts))


def write_exit(path: Path, leaving: Leaving, rules: Sequence[type[engine.Rule]]) -> Departure:
    """Write the exit of an activity of the cooperative whose main ledger is at *path*: all of it, or nothing.

    Raises:
        Refusal: see `plan_exit`; or what was written did not load as it was meant, and was taken back.
        ConflictError: another program is writing, or changed a file meanwhile.
        OSError: a file could not be written.

    """
    with to_be_written(path) as ledger:
        departure = plan_exit(ledger, leaving, rules)
        file = str(departure.writings[0].path)

        def judge(after: Ledger) -> list[Finding]:
            return [*wrong_in(after), *_not_empty(held(DryRun(after, rules, []), leaving.unit), file)]

        # of a new file: a text of the books, which are in French whoever writes them
        commit_entries(ledger, departure.writings, f"sortie de {leaving.unit}", judge)
    return departure


def _settled(ledger: Ledger, unit: str) -> tuple[list[data.Transaction], list[data.Transaction]]:
    """Give the entries of an exit that are written already: the activity's, and the structure's."""
    link = exit_link(unit)
    written = [entry for entry in ledger.entries if isinstance(entry, data.Transaction) and link in entry.links]
    return [each for each in written if sealed_in(each) == unit], [each for each in written if sealed_in(each) == COOP]


def _declaration(ledger: Ledger, register: Register, leaving: Leaving) -> list[data.Directive]:
    """Give the directive of the exit, where it is not written yet."""
    for entry in ledger.entries:
        if isinstance(entry, data.Custom) and entry.type == d.EXIT and entry.values[0].value == leaving.unit:
            if (entry.date, entry.values[1].value) == (leaving.date, leaving.outcome):
                return []
            raise Refusal(OTHERWISE(), [Finding.at(entry, ALREADY_HERE(unit=leaving.unit))])
    closed = max((last for unit in (leaving.unit, COOP) if (last := register.last_closed(unit))), default=None)
    if closed and leaving.date <= closed.last_day:
        raise Refusal(MONTH_IS_CLOSED(month=closed, first=closed.next().first_day))
    values = [ValueType(leaving.unit, str), ValueType(leaving.outcome, str)]
    return [data.Custom(_meta(), leaving.date, d.EXIT, values)]


def _refuse(ledger: Ledger, register: Register, written: Sequence[data.Transaction], *, is_cut_off: bool) -> None:
    if not register.coop_is_open:
        raise Refusal(NOT_THE_STRUCTURES(structure=COOP))
    if is_cut_off:
        return
    if written:
        raise Refusal(SETTLED_ALREADY(), [Finding.at(written[0], SETTLES_IT())])
    refuse_what_is_wrong(ledger)


def _refuse_refund(books: DryRun, unit: str) -> None:
    """Refuse to pay out what open months give back through a bank account: only a closed month has paid it."""
    provisional = [
        posting.units.number or ZERO
        for entry in books.entries
        if isinstance(entry, data.Transaction) and is_injected(entry) and sealed_in(entry) == unit
        for posting in entry.postings
        if posting.units and (name := parse_account(posting.account)) and name.number.startswith(TREASURY)
    ]
    if (given := sum(provisional, ZERO)) > ZERO:
        activity = books.register.activities[unit]
        amount = Amount(given, books.register.currency)
        raise Refusal(PROVISIONAL(), [Finding.at(activity.entry, GIVEN_BACK(amount=amount))])


def _day(books: DryRun, leaving: Leaving) -> datetime.date:
    """Give the day of the settlement: after all her entries, the last contribution included, and in an open month."""
    days = [entry.date for entry in books.entries if sealed_in(entry) == leaving.unit]
    open_since = [last.next().first_day for unit in (leaving.unit, COOP) if (last := books.register.last_closed(unit))]
    return max(Month.of(leaving.date).last_day, *days, *open_since)


def _last_lines(books: DryRun, unit: str, day: datetime.date, opens: Sequence[data.Open]) -> Iterator[data.Directive]:
    """Give, the day after, a balance of zero for each account of the balance sheet, and the closing of every one."""
    after, currency = day + _ONE_DAY, books.register.currency
    used = {
        posting.account for entry in books.entries if isinstance(entry, data.Transaction) for posting in entry.postings
    }
    own = {account: name for account in books.register.opens if (name := parse_account(account)) and name.unit == unit}
    still_open = sorted({*own, *(each.account for each in opens)} - books.register.closes.keys())
    for account in still_open:
        if account in used and not bears_result(books.register.roots, own[account]):
            yield data.Balance(_meta(), after, account, Amount(NOTHING, currency), None, None)
    yield from (data.Close(_meta(), after, account) for account in still_open)


def _writings(books: DryRun, unit: str, own: Sequence[data.Directive], parting: Parting) -> list[Writing]:
    """Give what is written where: the exit among her terms, the settlement among what is closed, then her accounts."""
    ledger, register = books.ledger, books.register
    parted = SettlementWriter(register, unit, parting.own[-1].date) if parting.own else None
    structures = [*(parted.opens(parting.structures) if parted else ()), *parting.structures]
    declared = [entry for entry in own if isinstance(entry, data.Custom)]
    closes = [entry for entry in own if isinstance(entry, data.Close)]
    settled = [entry for entry in own if not isinstance(entry, data.Custom | data.Close)]
    writings = (
        Writing(unit, declaring(register, unit), declared),
        Writing(unit, closed_file(ledger, register, unit, "exit.beancount"), settled),
        Writing(unit, ledger_of(ledger, register, unit), closes),
        Writing(COOP, closed_file(ledger, register, COOP, f"exit-{unit}.beancount"), structures),
    )
    return [writing for writing in writings if writing.entries]


def _remarks(books: DryRun, held: Mapping[str, Decimal]) -> Iterator[Finding]:
    """Tell of what passes to the structure although she may mean to take it along, and of bank accounts of her own."""
    for account, amount in held.items():
        name, entry = parse_account(account), last_on(books.entries, account)
        if name and entry and not name.number.startswith((*VAT, TREASURY, LIAISON)):
            worth = Amount(amount, books.register.currency)
            yield Finding.at(entry, TAKEN_OVER(account=account, amount=worth, structure=COOP))
        if _IBAN in (opened := books.register.opens[account]).meta:
            share = f"{name.parent}:{COOP}" if name else COOP
            yield Finding.at(opened, CARRIES_AN_IBAN(account=account, share=share))


def _prove(ledger: Ledger, rules: Sequence[type[engine.Rule]], before: DryRun, departure: Departure, unit: str) -> None:
    """Load the ledger in memory as it would be."""
    after = DryRun(ledger, rules, [entry for writing in departure.writings for entry in writing.entries])
    findings = after.wrong()
    if levied(after, unit) != levied(before, unit):
        findings.append(Finding(str(departure.writings[0].path), 0, CHANGES_THE_LEVY()))
    findings += _not_empty(held(after, unit), str(departure.writings[0].path))
    if findings:
        raise Refusal(DOES_NOT_HOLD(), findings)


def _not_empty(held: Mapping[str, Inventory], file: str) -> list[Finding]:
    return [
        Finding(file, 0, NOT_EMPTY(account=account, held=amounts_of(inventory))) for account, inventory in held.items()
    ]


def _meta() -> dict[str, Any]:
    return data.new_metadata("<exit>", 0)
