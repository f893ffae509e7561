"""The books as the law wants them: journal, general ledger, central journal."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.section import Column, Row
from beancoop.statements.journal import centralisation, general_ledger, journal
from beancoop.statements.trial_balance import earlier_results

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from beancoop.presentation.section import Value
    from beancoop.presentation.texts import Words
    from beancoop.statements.journal import Entry, LedgerAccount

    from beancoop_cli.reports.making import Request


def journal_report(request: Request) -> Draft:
    """List every entry in the order of dates."""
    words = request.words
    columns = [
        Column(words.t("No."), "count"),
        Column(words.t("Date"), "day"),
        Column(words.t("Unit"), "code"),
        Column(words.t("Piece"), "piece"),
        Column(words.t("Entry")),
        Column(words.t("Account"), "code"),
        Column(words.t("Name")),
        Column(words.t("Debit"), "money"),
        Column(words.t("Credit"), "money"),
    ]
    rows: list[Row] = []
    debit = credit = ZERO
    for entry in journal(request.books, request.span, request.unit):
        for position, line in enumerate(entry.lines):
            sides = _sides(line.amount)
            debit, credit = debit + (sides[0] or ZERO), credit + (sides[1] or ZERO)
            name = words.account(line.account.number, line.account.label)
            cells = [*_entry(words, entry), line.account.number, name, *sides]
            rows.append(Row(cells, "again" if position else "line"))
    rows.append(Row([None, None, "", "", words.t("Total"), "", "", debit, credit], "total"))
    sections = [section(words.t("Entries in the order of dates"), columns, rows, once=5)]
    return Draft(words.t("Journal"), sections, difference=debit - credit, is_wide=True)


def _entry(words: Words, entry: Entry) -> list[Value]:
    text = words.t("{text} (provisional)", text=entry.text) if entry.is_provisional else entry.text
    return [entry.number, entry.transaction.date, entry.units, entry.piece, text]


def _sides(amount: Decimal) -> tuple[Decimal | None, Decimal | None]:
    return (amount, None) if amount >= 0 else (None, -amount)


def general_ledger_report(request: Request) -> Draft:
    """List every account with its entries, which bear their numbers in the journal."""
    words = request.words
    columns = [
        Column(words.t("Account"), "code"),
        Column(words.t("No."), "count"),
        Column(words.t("Date"), "day"),
        Column(words.t("Unit"), "code"),
        Column(words.t("Piece"), "piece"),
        Column(words.t("Entry")),
        Column(words.t("Debit"), "money"),
        Column(words.t("Credit"), "money"),
        Column(words.t("Balance"), "money"),
    ]
    accounts = list(general_ledger(request.books, request.span, request.unit))
    rows = [row for account in accounts for row in _account(words, account)]
    earlier = earlier_results(request.books, request.span, request.unit)
    if earlier:
        name = words.t("Results of earlier years, not appropriated yet")
        rows.append(Row(["", None, None, "", "", name, None, None, earlier], "part"))
    balance = sum((account.closing for account in accounts), earlier)
    amounts = [movement.amount for account in accounts for movement in account.movements]
    debit, credit = (
        sum((each for each in amounts if each > 0), ZERO),
        -sum((each for each in amounts if each < 0), ZERO),
    )
    rows.append(Row(["", None, None, "", "", words.t("Total"), debit, credit, balance], "total"))
    sections = [section(words.t("Accounts"), columns, rows)]
    return Draft(words.t("General ledger"), sections, difference=balance, is_wide=True)


def _account(words: Words, account: LedgerAccount) -> Iterator[Row]:
    name = words.t("{label}: brought forward", label=words.account(account.number, account.label))
    yield Row([account.number, None, None, "", "", name, None, None, account.opening], "part")
    if not account.movements:
        return
    debit = credit = ZERO
    for movement in account.movements:
        sides = _sides(movement.amount)
        debit, credit = debit + (sides[0] or ZERO), credit + (sides[1] or ZERO)
        yield Row([account.number, *_entry(words, movement.entry), *sides, movement.balance])
    name = words.t("{label}: carried forward", label=words.account(account.number, account.label))
    yield Row([account.number, None, None, "", "", name, debit, credit, account.closing], "part")


def central_journal_report(request: Request) -> Draft:
    """Show what each account was debited and credited with, month by month."""
    words = request.words
    columns = [
        Column(words.t("Month"), "month"),
        Column(words.t("Account"), "code"),
        Column(words.t("Name")),
        Column(words.t("Debit"), "money"),
        Column(words.t("Credit"), "money"),
    ]
    rows: list[Row] = []
    difference = ZERO
    found = centralisation(request.books, request.span, request.unit)
    for month, group in groupby(found, key=lambda line: line.month):
        lines = list(group)
        debit, credit = sum((line.debit for line in lines), ZERO), sum((line.credit for line in lines), ZERO)
        difference += debit - credit
        for line in lines:
            name = words.account(line.number, line.label)
            cells = [month, line.number, name, line.debit or None, line.credit or None]
            rows.append(Row(cells))
        rows.append(Row([month, "", words.t("Total of {month}", month=words.month(month)), debit, credit], "part"))
    sections = [section(words.t("Accounts by month"), columns, rows)]
    return Draft(words.t("Central journal"), sections, difference=difference)
