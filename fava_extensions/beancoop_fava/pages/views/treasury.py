"""The page "Trésorerie": the bank accounts, the units' shares of them, and what waits."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from beancoop.model.accounts import COOP
from beancoop.model.pcmn import TREASURY
from beancoop.model.periods import day_before
from beancoop.presentation.charts import Series, beside
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.board import days_of, treasury_months
from beancoop.statements.board import treasury as moved_treasury
from beancoop.statements.meaning import ACTIVITIES, Meaning

from beancoop_fava.pages.views.board import moved_section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.model.periods import Period, Span
    from beancoop.statements.board import Owner
    from beancoop.statements.treasury import Bank, CashBalances

    from beancoop_fava.pages.page import Page


def sections(page: Page[CashBalances], purses: CashBalances, period: Period) -> list[Section]:
    """Give the banks, the shares, what waits, and the overdrafts."""
    banks, span = purses.banks(period), days_of(purses.books, period)
    return [
        _board(page, purses, span),
        _months(page, purses, span),
        _banks(page, purses, banks),
        *(_shares(page, bank, position) for position, bank in enumerate(banks, 1)),
        _waiting(page, purses, period),
        _rooms(page, purses, period),
    ]


def _board(page: Page[CashBalances], purses: CashBalances, span: Span) -> Section:
    """Give whose money it is, what was there at the start, and a year before."""
    t = page.words.t
    units: Mapping[Owner, str] = {"own": COOP, "activities": ACTIVITIES, "total": ""}
    return moved_section(
        page,
        "moved",
        t("Whose money it is"),
        t(
            "The bank accounts hold the cooperative's money together with that of its activities. Only the first line "
            "is the cooperative's own to decide on; each activity spends what it holds itself."
        ),
        moved=moved_treasury(purses.books, span),
        span=span,
        meant=lambda owner: Meaning(unit=units[owner], numbers=(TREASURY,)),
    )


def _months(page: Page[CashBalances], purses: CashBalances, span: Span) -> Section:
    """Give the money at the end of each month, as a chart and as its table."""
    t, links = page.words.t, page.links
    months = treasury_months(purses.books, span)

    def led(unit: str, last: datetime.date) -> str:
        return links.to(Meaning(unit=unit, numbers=(TREASURY,), until=last))

    own = [(each.month.last_day, each.held.own, led(COOP, each.last)) for each in months]
    others = [(each.month.last_day, each.held.activities, led(ACTIVITIES, each.last)) for each in months]
    rows = [
        Row((each.month, Cell(*held[1:]), Cell(*other[1:]), Cell(each.held.total, led("", each.last))))
        for each, held, other in zip(months, own, others, strict=True)
    ]
    names = t("The cooperative's own"), t("Its activities'"), t("Total")
    title = t("The money at the end of each month")
    label = t("The money held at the end of each month: the cooperative's own, and its activities'")
    chart = beside(label, purses.currency, [Series(names[0], own, "held"), Series(names[1], others, "held")])
    columns = (Column(t("Month"), "month"), *(Column(name, "money") for name in names))
    text = t("Up to twelve months. Where a bar goes below zero, more is owed to the bank than held.")
    return Section(title, text, chart=chart, table=Table("months", title, columns, rows))


def _banks(page: Page[CashBalances], purses: CashBalances, banks: Sequence[Bank]) -> Section:
    t = page.words.t
    columns = (
        Column(t("Account")),
        Column("IBAN", "code"),
        Column(t("Last statement imported"), "day"),
        Column(t("Its reference")),
        Column(t("Date"), "day"),
        Column(t("Bank balance"), "money"),
        Column(t("In the books"), "money"),
        Column(t("Difference"), "money"),
    )
    title = t("Bank accounts")
    text = t("At the end of the period shown. Amounts in {currency}.", currency=purses.currency)
    caption = t("A bank balance is that of the beginning of its day, and the books beside it are of the same moment.")
    table = Table("banks", title, columns, [_bank(page, bank) for bank in banks], caption=caption)
    return Section(title, text, table=table, empty=t("No account of this ledger is opened with an IBAN."))


def _bank(page: Page[CashBalances], bank: Bank) -> Row:
    statement = bank.statement
    before = day_before(bank.on) if bank.on else None
    bank_day = Meaning(accounts=(bank.account,), until=before, day=bank.on, in_currency=True)
    stated = page.context(bank.balance) if bank.balance else ""
    imported = page.context(statement.entry) if statement else ""
    return Row(
        (
            Cell(bank.account, page.links.account(bank.account)),
            Cell(bank.iban),
            Cell(statement.day if statement else None, imported),
            Cell(statement.reference if statement else None),
            Cell(bank.on, stated),
            Cell(bank.asserted, page.links.to(bank_day._replace(rule="asserted"))),
            Cell(bank.held, page.links.to(bank_day)),
            Cell(bank.difference, page.links.to(bank_day._replace(rule="difference"))),
        )
    )


def _shares(page: Page[CashBalances], bank: Bank, position: int) -> Section:
    t, links = page.words.t, page.links

    def held(account: str) -> str:
        return links.held(accounts=(account,), in_currency=True)

    rows = [Row((Cell(each.unit), Cell(each.amount, held(each.account)))) for each in bank.shares]
    foot = Row((Cell(t("Total")), Cell(bank.total, held(bank.account))))
    title = t("The share of each unit in {account}", account=bank.account)
    columns = (Column(t("Unit")), Column(t("Balance"), "money"))
    table = Table(f"shares-{position}", title, columns, rows, foot, is_sortable=True)
    return Section(title, table=table, empty=t("Nothing is held."))


def _waiting(page: Page[CashBalances], purses: CashBalances, period: Period) -> Section:
    t = page.words.t
    whole = {"since": None, "until": None if period.end == datetime.date.max else period.last}
    rows = [
        Row(
            (
                Cell(each.entry.date, page.context(each.entry)),
                Cell(page.about(each.entry)),
                Cell(each.unit),
                Cell(each.amount, page.links.of_entry("waiting", each.entry, each.unit, item=each.name, **whole)),
            )
        )
        for each in purses.waiting(period)
    ]
    columns = (Column(t("Date"), "day"), Column(t("Entry")), Column(t("Unit")), Column(t("Movement"), "money"))
    title = t("Waiting on 499")
    caption = t("What nobody has explained yet; `beancoop decide` goes through it.")
    return Section(title, table=Table("waiting", title, columns, rows, caption=caption), empty=t("Nothing waits."))


def _rooms(page: Page[CashBalances], purses: CashBalances, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows = []
    for row in purses.rooms(period):
        home = links.page("Autonomie", unit=row.unit)
        held = links.held(unit=row.unit, numbers=(TREASURY,), in_currency=True)
        overdraft, room = (links.held(rule=rule, unit=row.unit, day=period.today) for rule in ("overdraft", "room"))
        rows.append(
            Row((Cell(row.unit, home), Cell(row.treasury, held), Cell(row.overdraft, overdraft), Cell(row.room, room)))
        )
    columns = (
        Column(t("Activity"), "code"),
        Column(t("Treasury"), "money"),
        Column(t("Overdraft allowed"), "money"),
        Column(t("May still be paid out"), "money"),
    )
    title = t("Treasury and overdraft of each activity")
    caption = t("All class 5 accounts of the activity; its treasury and its overdraft together may be paid out.")
    table = Table("rooms", title, columns, rows, caption=caption, is_sortable=True)
    return Section(title, table=table, empty=t("No activity is declared in this ledger."))
