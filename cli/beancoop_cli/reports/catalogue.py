"""The reports by name: what each is of, and the period it is of where none is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.words.language import mark

from beancoop_cli.reports.accounts import balance_sheet_report, income_statement_report
from beancoop_cli.reports.assets import assets_report
from beancoop_cli.reports.candidate import benefit_report
from beancoop_cli.reports.cooperative import contributions_report
from beancoop_cli.reports.distribution import distribution_test_report
from beancoop_cli.reports.entrepreneur import activity_report
from beancoop_cli.reports.equity import reserves_report
from beancoop_cli.reports.inventory import inventory_book_report
from beancoop_cli.reports.journals import central_journal_report, general_ledger_report, journal_report
from beancoop_cli.reports.partners import committee_report
from beancoop_cli.reports.shares import shares_register_report
from beancoop_cli.reports.special import special_report_report
from beancoop_cli.reports.trial_balance import trial_balance_report

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from beancoop.books.books import Books

    from beancoop_cli.reports.making import Draft, Request

Scope: TypeAlias = Literal["company", "entity", "any", "activity"]


class Report(NamedTuple):
    """A report.

    Attributes:
        make: says what it holds.
        scope: "company", of the whole company alone; "entity", of it or of one unit; "any", of whatever the ledger
            holds or of one unit; "activity", of one activity.
        usual: gives the period it is of where none is asked for, from the books and the day of their last entry.
        only: the one kind of period it may be of, or None.
        sentence: what it holds.
        takes_dividend: whether a proposed dividend is part of it.
        is_annual: whether it is of whole financial years where days are named, by a model, and knows appropriations.

    """

    make: Callable[[Request], Draft]
    scope: Scope
    usual: Callable[[Books, str | None, datetime.date], Span]
    only: Literal["month", "quarter"] | None
    sentence: str
    takes_dividend: bool = False
    is_annual: bool = False


def year_so_far(books: Books, _unit: str | None, last: datetime.date) -> Span:
    """Give the financial year of the last entry, up to the end of its month."""
    cooperative = books.register.cooperative
    year = cooperative.year_with(last)
    return cooperative.named(Span(year.first, min(Month.of(last).last_day, year.last)))


def month_so_far(_books: Books, _unit: str | None, last: datetime.date) -> Span:
    """Give the month of the last entry."""
    return Span.of_month(Month.of(last))


def last_quarter(_books: Books, _unit: str | None, last: datetime.date) -> Span:
    """Give the last quarter whose last month has entries."""
    after = Month.of(last).next()
    quarter = (after.month - 1) // 3
    return Span.of_quarter(after.year, quarter) if quarter else Span.of_quarter(after.year - 1, 4)


def year_whole(books: Books, _unit: str | None, last: datetime.date) -> Span:
    """Give the whole financial year of the last entry."""
    cooperative = books.register.cooperative
    return cooperative.year(cooperative.year_of(last))


def last_month(books: Books, unit: str | None, last: datetime.date) -> Span:
    """Give the last closed month of a unit; where none is, that of the last entry."""
    return Span.of_month(books.register.last_closed(unit or "") or Month.of(last))


REPORTS = {
    "activity": Report(
        activity_report,
        "activity",
        last_month,
        "month",
        mark("the monthly statement of an activity: treasury, margin, contribution, what may be spent"),
    ),
    "trial-balance": Report(
        trial_balance_report, "any", year_so_far, None, mark("debits, credits and balances by PCMN number")
    ),
    "balance-sheet": Report(
        balance_sheet_report,
        "entity",
        year_so_far,
        None,
        mark("the balance sheet in the order of the NBB"),
        is_annual=True,
    ),
    "income-statement": Report(
        income_statement_report,
        "any",
        year_so_far,
        None,
        mark("the income statement, with 9900, 9901 and 9904"),
        is_annual=True,
    ),
    "journal": Report(journal_report, "any", month_so_far, None, mark("all entries in the order of dates")),
    "ledger": Report(
        general_ledger_report, "any", month_so_far, None, mark("the general ledger: all accounts and their entries")
    ),
    "central-journal": Report(
        central_journal_report, "any", year_so_far, None, mark("what moved each account, month by month")
    ),
    "contributions": Report(
        contributions_report, "any", year_so_far, None, mark("margins and contributions by activity and month")
    ),
    "assets": Report(
        assets_report, "any", year_whole, None, mark("the fixed assets: cost, depreciation and book value")
    ),
    "inventory-book": Report(
        inventory_book_report,
        "company",
        year_whole,
        None,
        mark("every account on the last day of the year, with what it is made of (CDE III.89)"),
    ),
    "special-report": Report(
        special_report_report,
        "company",
        year_whole,
        None,
        mark("the special report of an approved social enterprise (CSA 8:5): figures, and room for texts"),
    ),
    "distribution-test": Report(
        distribution_test_report,
        "company",
        year_so_far,
        None,
        mark("net assets and twelve months of liquidity before a distribution (CSA 6:115, 6:116)"),
        takes_dividend=True,
    ),
    "shares-register": Report(
        shares_register_report,
        "company",
        year_so_far,
        None,
        mark("the register of shares, beside the ledger, and what each member may be paid"),
        takes_dividend=True,
    ),
    "reserves": Report(
        reserves_report, "company", year_so_far, None, mark("equity, reserves, dividends and net assets")
    ),
    "committee": Report(
        committee_report,
        "company",
        last_quarter,
        "quarter",
        mark("the quarterly report to partners, small groups hidden"),
    ),
    "benefit": Report(
        benefit_report, "activity", year_so_far, None, mark("the certificate of the sums paid to one candidate")
    ),
}
