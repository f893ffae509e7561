"""The two tests before a distribution: net assets, and twelve months of liquidity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.earned import claimed, earned_not_owed
from beancoop.books.open_items import TERM
from beancoop.model.money import ZERO
from beancoop.model.pcmn import RECURRING_COSTS, RECURRING_INCOME
from beancoop.presentation.names import NET_ASSETS
from beancoop.presentation.section import Column, Row
from beancoop.statements.distribution import Distribution
from beancoop.statements.equity import Equity
from beancoop.statements.liquidity import ASSUMED, liquidity_plan
from beancoop.words.language import mark

from beancoop_cli.reports.document import Fact, section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from beancoop.presentation.section import Section
    from beancoop.presentation.texts import Words
    from beancoop.statements.distribution import Figure
    from beancoop.statements.liquidity import LiquidityPlan

    from beancoop_cli.reports.making import Request

LINES = {
    "customers": mark("Customers (40)"),
    "suppliers": mark("Suppliers (44)"),
    "vat": mark("VAT, net (411, 451)"),
    "taxes": mark("Taxes, wages, social security (45)"),
    "debts": mark("Other debts (43, 47, 48, 492)"),
    "loans": mark("Long-term debts due within the year (42)"),
    "dividend": mark("Proposed dividend"),
    **dict(
        zip(
            (*RECURRING_COSTS, *RECURRING_INCOME),
            (
                mark("Purchases (60), on average"),
                mark("Services and goods (61), on average"),
                mark("Staff (62), on average"),
                mark("Other operating costs (64), on average"),
                mark("Financial costs (65), on average"),
                mark("Sales (70), on average"),
                mark("Other operating income (74), on average"),
                mark("Financial income (75), on average"),
            ),
            strict=True,
        )
    ),
}
ASSUMPTIONS = {
    "terms": mark("An invoice that names no day is paid {days} days after its own."),
    "overdue": mark("What is overdue is paid in the first month."),
    "vat": mark("VAT due is paid on the day of the return of the period; VAT to be recovered is not counted."),
    "at once": mark("Taxes, wages, social security and other debts without a day are paid in the first month."),
    "loans": mark("Long-term debts due within the year are paid in twelve equal parts; those beyond it not at all."),
    "recurring": mark(
        "What recurs does so as on average over the {count} whole months before, without VAT, and is paid at once."
    ),
    "left out": mark(
        "Advances (46), other receivables (41), deferred and accrued income and charges (490, 491, 493), income taxes "
        "of the year and new investments are left out."
    ),
    "internal": mark(
        "Contributions move money between units, {amount} a month on average; they bring the company none, and cost it "
        "none."
    ),
}


def distribution_test_report(request: Request) -> Draft:
    """Show both tests as figures with what is assumed; whether a distribution may be made is for the board to say."""
    words, books, last = request.words, request.books, request.span.last
    dividend = request.dividend or ZERO
    plan = liquidity_plan(books, last, dividend)
    net = Distribution(books, Equity(books).balances).net_assets(request.span.period)
    after = net[-1].amount - dividend
    earned = {unit: amount for unit, amount in earned_not_owed(books, last).items() if amount > ZERO}
    known, costs, everything = _balances(plan)
    rows = [
        Row([words.t("Net assets after the dividend (6:115)"), after, None]),
        Row([words.t("The same, less what activities earned"), after - claimed(earned), None]),
        *(
            Row([words.t(name), min(balances), plan.months[balances.index(min(balances))]])
            for name, balances in (
                (mark("Lowest treasury, of what is known (6:116)"), known),
                (mark("Lowest treasury, recurring costs counted"), costs),
                (mark("Lowest treasury, recurring income counted too"), everything),
            )
        ),
    ]
    columns = [Column(words.t("Result")), Column(words.t("Amount"), "money"), Column(words.t("Month"), "month")]
    note = words.t("A distribution may not make the net assets negative; an amount below zero shows that it would.")
    sections = [
        section(words.t("Results of the tests"), columns, rows, note),
        _net_assets(request, net, dividend),
        _earned(words, earned),
        _known(words, plan),
        _recurring(words, plan),
        _together(words, plan),
        _assumed(request, plan),
    ]
    own, others = plan.treasury
    facts = [
        Fact(words.t("Proposed dividend"), f"{words.amount(dividend)} {books.currency}"),
        Fact(words.t("Treasury of the structure"), f"{words.amount(own)} {books.currency}"),
        Fact(words.t("Treasury of the activities"), f"{words.amount(others)} {books.currency}"),
        Fact(words.t("For the board"), _ROOM),
        Fact(words.t("Date and signature"), _ROOM),
    ]
    notes = [words.t("These are figures of the books and assumptions; the report of the board draws the conclusion.")]
    title, day = words.t("Tests before a distribution"), words.on(last)
    return Draft(title, sections, facts=facts, notes=notes, period=day, is_wide=True)


_ROOM = "." * 36


def _net_assets(request: Request, figures: Sequence[Figure], dividend: Decimal) -> Section:
    words = request.words
    rows = [
        Row([words.t(NET_ASSETS[each.key]), each.amount], "part" if each.key == "net" else "line") for each in figures
    ]
    rows.append(Row([words.t("Proposed dividend"), -dividend]))
    rows.append(Row([words.t("Net assets after the dividend"), figures[-1].amount - dividend], "total"))
    columns = [Column(words.on(request.span.last)), Column(words.t("Amount"), "money")]
    note = words.t("Code of companies and associations, art. 6:115; the last accounts approved, or a later statement.")
    return section(words.t("Net assets"), columns, rows, note)


def _earned(words: Words, earned: Mapping[str, Decimal]) -> Section:
    rows = [Row([unit, amount]) for unit, amount in earned.items()]
    if rows:
        rows.append(Row([words.t("Total"), claimed(earned)], "total"))
    columns = [Column(words.t("Activity"), "code"), Column(words.t("Amount"), "money")]
    note = words.t(
        "What each activity has less what it owes; booked for its entrepreneur (619/492), it is a debt, and lowers the "
        "net assets by as much."
    )
    return section(words.t("Earned by activities, not owed to their entrepreneurs yet"), columns, rows, note)


def _balances(plan: LiquidityPlan) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
    return (
        plan.balances(plan.known),
        plan.balances(plan.known, plan.costs),
        plan.balances(plan.known, plan.costs, plan.income),
    )


def _known(words: Words, plan: LiquidityPlan) -> Section:
    """Show month by month what the books say; what never brings nor costs anything is left out."""
    lines = [line for line in plan.known if any(line.months)]
    columns = [Column(words.t("Month"), "month")]
    columns += [Column(words.t(LINES[line.key]), "money") for line in lines]
    columns.append(Column(words.t("Treasury at the end of the month"), "money"))
    rows = [Row([words.t("At the start"), *[None] * len(lines), sum(plan.treasury, ZERO)], "part")]
    rows += [
        Row([month, *(line.months[place] or None for line in lines), held])
        for place, (month, held) in enumerate(zip(plan.months, _balances(plan)[0], strict=True))
    ]
    rows.append(Row([words.t("Total"), *(line.total for line in lines), None], "total"))
    return section(words.t("Twelve months of liquidity: what is known"), columns, rows)


def _recurring(words: Words, plan: LiquidityPlan) -> Section:
    rows = [Row([words.t(LINES[line.key]), line.months[0]]) for line in (*plan.costs, *plan.income) if line.months[0]]
    columns = [Column(words.t("What recurs")), Column(words.t("A month"), "money")]
    return section(words.t("What recurs, on average"), columns, rows)


def _together(words: Words, plan: LiquidityPlan) -> Section:
    columns = [
        Column(words.t("Month"), "month"),
        Column(words.t("Of what is known"), "money"),
        Column(words.t("Recurring costs counted"), "money"),
        Column(words.t("Recurring income counted too"), "money"),
    ]
    rows = [Row([month, *held]) for month, *held in zip(plan.months, *_balances(plan), strict=True)]
    return section(words.t("Treasury at the end of each month"), columns, rows)


def _assumed(request: Request, plan: LiquidityPlan) -> Section:
    words = request.words
    amount = f"{words.amount(plan.contributions)} {request.books.currency}"
    rows = [Row([words.t(ASSUMPTIONS[key], days=TERM, count=plan.counted, amount=amount)]) for key in ASSUMED]
    if plan.beyond:
        beyond = f"{words.amount(plan.beyond)} {request.books.currency}"
        rows.append(Row([words.t("Open invoices due after these months, {amount}, are left out.", amount=beyond)]))
    return section(words.t("What is assumed"), [Column(words.t("Assumption"))], rows)
