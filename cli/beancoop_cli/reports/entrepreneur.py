"""The statement of an activity for its entrepreneur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.names import DOMAINS, MARGINS, NEGATIVES, SETTLEMENTS, STATES, STEPS
from beancoop.presentation.section import Column, Row
from beancoop.statements.activity import activity_statement
from beancoop.vat.deadlines import due_day
from beancoop.words.formats import NOTHING

from beancoop_cli.reports.document import Fact, section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.open_items import Item
    from beancoop.contribution.explanation import ExplainedLine
    from beancoop.model.accounts import AccountName
    from beancoop.presentation.section import Section
    from beancoop.presentation.texts import Words
    from beancoop.statements.activity import ActivityStatement
    from beancount.core.data import Transaction

    from beancoop_cli.reports.making import Request


def activity_report(request: Request) -> Draft:
    """Show the treasury, margin and contribution of one activity, and what it may still spend."""
    words = request.words
    unit = request.unit
    assert unit is not None  # noqa: S101 - the command asks for it
    found = activity_statement(request.books, unit, request.span)
    sections = [
        _available(words, found),
        _treasury(words, found),
        _cash(words, found),
        _margin(words, found),
        _contribution(words, found),
        _vat(words, found),
        _returns(words, found),
        _open(words, words.t("Open invoices: customers"), found.customers, 1),
        _open(words, words.t("Open invoices: suppliers"), found.suppliers, -1),
        _hours(words, found),
    ]
    return Draft(words.t("Statement of activity"), sections, facts=list(_facts(words, found)))


def _facts(words: Words, found: ActivityStatement) -> Iterator[Fact]:
    terms = found.terms
    if terms.trade:
        yield Fact(words.t("Trade"), terms.trade)
    yield Fact(words.t("State"), words.t(STATES[found.state]))
    yield Fact(words.t("Last day to sell"), words.day(found.last_day))
    left = NOTHING if found.months_left is None else str(found.months_left)
    yield Fact(words.t("Months left"), words.t("{left} of {months}", left=left, months=terms.months))
    yield Fact(words.t("Rate of the contribution"), words.rate(terms.rate))
    yield Fact(words.t("Margin it is taken on"), words.t(MARGINS[terms.margin]))
    yield Fact(words.t("A negative month"), words.t(NEGATIVES[terms.negative]))
    yield Fact(words.t("How it is settled"), words.t(SETTLEMENTS[terms.settlement]))


def _available(words: Words, found: ActivityStatement) -> Section:
    rows = [Row([words.t(STEPS[step.key]), step.amount]) for step in found.available]
    rows.append(Row([words.t("Available to spend"), sum((step.amount for step in found.available), ZERO)], "total"))
    columns = [Column(words.on(found.span.last)), Column(words.t("Amount"), "money")]
    note = words.t("What customers still owe and VAT to come back are not counted before they arrive.")
    return section(words.t("Available to spend"), columns, rows, note)


def _named(words: Words, account: AccountName) -> str:
    return f"{account.number} {words.account(account.number, account.label)}"


def _treasury(words: Words, found: ActivityStatement) -> Section:
    rows = [
        Row([_named(words, line.account), line.opening, line.debit, line.credit, line.closing])
        for line in found.treasury
    ]
    sums = [
        sum((getattr(line, name) for line in found.treasury), ZERO)
        for name in ("opening", "debit", "credit", "closing")
    ]
    columns = [
        Column(words.t("Account")),
        Column(words.t("At the start"), "money"),
        Column(words.t("Received"), "money"),
        Column(words.t("Paid"), "money"),
        Column(words.t("At the end"), "money"),
    ]
    return section(words.t("Treasury"), columns, [*rows, Row([words.t("Total"), *sums], "total")])


def _cash(words: Words, found: ActivityStatement) -> Section:
    columns = [
        Column(words.t("Date"), "day"),
        Column(words.t("Entry")),
        Column(words.t("Account"), "code"),
        Column(words.t("Received"), "money"),
        Column(words.t("Paid"), "money"),
        Column(words.t("Balance"), "money"),
    ]
    rows = [
        Row(
            [
                line.transaction.date,
                _text(words, line.transaction, is_provisional=line.is_provisional),
                line.account.number,
                line.amount if line.amount > 0 else None,
                -line.amount if line.amount < 0 else None,
                line.balance,
            ]
        )
        for line in found.cash
    ]
    return section(words.t("Movements of the treasury"), columns, rows)


def _margin(words: Words, found: ActivityStatement) -> Section:
    columns = [
        Column(words.t("Date"), "day"),
        Column(words.t("Entry")),
        Column(words.t("Piece"), "piece"),
        Column(words.t("Rate"), "rate"),
        Column(words.t("Margin"), "money"),
    ]
    rows = [
        Row(
            [
                line.entry.date,
                _text(words, line.entry),
                " ".join(sorted(line.entry.links)),
                line.rate,
                line.base,
            ]
        )
        for line in found.margin
    ]
    rows.append(Row([None, words.t("Margin of the period"), "", None, _sum(found.margin)], "total"))
    note = words.t(
        "Sales positive, purchases and credit notes negative, without VAT. A credit note has the rate of its invoice."
    )
    return section(words.t("Sales, purchases and margin"), columns, rows, note)


def _sum(lines: Sequence[ExplainedLine]) -> Decimal:
    return sum((line.base for line in lines), ZERO)


def _contribution(words: Words, found: ActivityStatement) -> Section:
    levy = found.levy
    rows = [
        Row([words.t("Margin since the start at {rate}", rate=words.rate(rate)), margin, rate * margin])
        for rate, margin in found.bases
    ]
    rows += [
        Row([words.t("Due on all of it"), sum((margin for _, margin in found.bases), ZERO), levy.due], "part"),
        Row([words.t("Levied before"), None, -levy.levied]),
        Row([words.t("Contribution of {month}", month=words.month(levy.month)), None, levy.levy], "total"),
    ]
    columns = [
        Column(words.t("Contribution")),
        Column(words.t("Margin"), "money"),
        Column(words.t("Amount"), "money"),
    ]
    note = "" if levy.due - levy.levied == levy.levy else words.t("The difference goes to later months.")
    return section(words.t("Contribution to the cooperative"), columns, rows, note)


def _vat(words: Words, found: ActivityStatement) -> Section:
    rows = [
        Row([_named(words, line.account), line.opening, line.debit, line.credit, line.closing]) for line in found.vat
    ]
    closing = sum((line.closing for line in found.vat), ZERO)
    name = words.t("VAT to come back") if closing > 0 else words.t("VAT due")
    rows.append(Row([name, None, None, None, abs(closing)], "total"))
    columns = [
        Column(words.t("Account")),
        Column(words.t("At the start"), "money"),
        Column(words.t("Debit"), "money"),
        Column(words.t("Credit"), "money"),
        Column(words.t("At the end"), "money"),
    ]
    return section(words.t("Value-added tax"), columns, rows)


def _returns(words: Words, found: ActivityStatement) -> Section:
    """Show her part of the cooperative's returns, and what was filed of it."""
    rows = [
        Row(
            [
                str(each.period),
                due_day(each.period),
                each.due,
                each.deductible,
                each.due - each.deductible,
                each.passed,
                words.t("Filed on {day}", day=each.filed) if each.filed else words.t("Not filed yet"),
            ]
        )
        for each in found.returns
    ]
    columns = [
        Column(words.t("Period"), "code"),
        Column(words.t("To be filed by"), "day"),
        Column(words.t("Due"), "money"),
        Column(words.t("Deductible"), "money"),
        Column(words.t("Owed"), "money"),
        Column(words.t("Passed on"), "money"),
        Column(words.t("State")),
    ]
    note = words.t("With the filing it passes to the cooperative (960), which pays the State.")
    return section(words.t("Her part of the VAT"), columns, rows, note)


def _open(words: Words, title: str, items: Sequence[Item], sign: int) -> Section:
    """List what is open; positive what is to be paid, negative what was paid once too often."""
    columns = [
        Column(words.t("Date"), "day"),
        Column(words.t("Invoice"), "piece"),
        Column(words.t("Party")),
        Column(words.t("Due on"), "day"),
        Column(words.t("Invoiced"), "money"),
        Column(words.t("Open"), "money"),
    ]
    rows = [
        Row([item.date, item.name, item.payee, item.due, sign * item.invoiced, sign * item.amount]) for item in items
    ]
    if items:
        total = sum((item.amount for item in items), ZERO)
        rows.append(Row([None, words.t("Total"), "", None, None, sign * total], "total"))
    return section(title, columns, rows)


def _hours(words: Words, found: ActivityStatement) -> Section:
    columns = [
        Column(words.t("Domain")),
        Column(words.t("Hours"), "hours"),
        Column(words.t("Since the start"), "hours"),
    ]
    rows = [
        Row([words.t(DOMAINS[each.kind]) if each.kind in DOMAINS else each.kind, each.hours, each.total])
        for each in found.hours
    ]
    sums = [sum((each.hours for each in found.hours), ZERO), sum((each.total for each in found.hours), ZERO)]
    rows.append(Row([words.t("Total"), *sums], "total"))
    note = words.t("Meetings attended: {number}.", number=found.meetings)
    return section(words.t("Follow-up"), columns, rows, note)


def _text(words: Words, entry: Transaction, *, is_provisional: bool = False) -> str:
    said = ", ".join(filter(None, (entry.payee, entry.narration)))
    return words.t("{text} (provisional)", text=said) if is_provisional else said
