"""The 18 months and what was done with them, and what leaving today would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.leaving.preview import leaving
from beancoop.model.money import ZERO
from beancoop.presentation.names import DOMAINS, SETTLES, TAKES
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.accompaniment import course, hours_of
from beancoop.statements.activity_charts import clock_chart
from beancoop.statements.meaning import Meaning
from beancoop.words.messages import phrase

if TYPE_CHECKING:
    from beancoop.books.books import Books
    from beancoop.leaving.preview import Part
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period
    from beancoop.statements.accompaniment import CourseMonth

    from beancoop_fava.pages.page import Page

LONGEST = phrase(
    "The longest accompaniment is {count} month; a pause does not count.",
    "The longest accompaniment is {count} months; a pause does not count.",
)


def course_sections(page: Page[Books], books: Books, activity: Activity, period: Period) -> list[Section]:
    """Give the hours of follow-up, and the calendar."""
    return [_hours(page, books, activity, period), _calendar(page, books, activity, period)]


def _hours(page: Page[Books], books: Books, activity: Activity, period: Period) -> Section:
    t = page.words.t
    links, unit = page.links, activity.unit
    hours = hours_of(books.register, period, activity.unit)
    rows = [
        Row((Cell(domain_name(page, name)), Cell(number, links.within(rule="hours", unit=unit, item=name))))
        for name, number in hours.items()
    ]
    foot = Row((Cell(t("Total")), Cell(sum(hours.values(), ZERO), links.within(rule="hours", unit=unit))))
    title = t("Follow-up, in hours")
    table = Table("follow-up", title, (Column(t("Domain")), Column(t("Hours"), "hours")), rows, foot)
    return Section(title, table=table, empty=t("No follow-up in the period shown."))


def domain_name(page: Page[Books], domain: str) -> str:
    """Name a domain in the reader's language; one that is not among the usual ones as it is written."""
    return page.words.t(DOMAINS[domain]) if domain in DOMAINS else domain


def _calendar(page: Page[Books], books: Books, activity: Activity, period: Period) -> Section:
    t = page.words.t
    months = course(books.register, activity, period.today)
    rows = [_month(page, activity.unit, each, period) for each in months]
    hours = Meaning("hours", activity.unit, since=months[0].month.first_day, until=months[-1].last.last_day)
    foot = Row(
        (
            Cell(f"{t('Total')} ({sum(each.length for each in months)})"),
            Cell(sum(each.active for each in months)),
            Cell(sum(each.paused for each in months)),
            Cell(sum(each.meetings for each in months)),
            Cell(
                sum((each.hours for each in months), ZERO),
                page.links.to(hours),
            ),
            Cell(""),
        )
    )
    columns = (
        Column(t("Month"), "month"),
        Column(t("Active days"), "count"),
        Column(t("Days of pause"), "count"),
        Column(t("Meetings attended"), "count"),
        Column(t("Follow-up, in hours"), "hours"),
        Column(t("State")),
    )
    title = t("Calendar of the accompaniment")
    longest = activity.terms_on(period.today).months
    text = t(LONGEST, count=longest)
    chart = clock_chart(page.words, activity, period.today)
    return Section(title, text, chart=chart, table=Table("course", title, columns, rows, foot))


def _month(page: Page[Books], unit: str, each: CourseMonth, period: Period) -> Row:
    links = page.links
    met = links.meetings(each.month) if each.meetings else ""
    followed = links.to(Meaning("hours", unit, since=each.month.first_day, until=each.last.last_day))
    return Row(
        (
            Cell(each.month) if each.length == 1 else Cell(f"{each.month} \N{EN DASH} {each.last}", kind="text"),
            Cell(each.active),
            Cell(each.paused),
            Cell(each.meetings, met),
            Cell(each.hours, followed),
            Cell(_when(page, each, period)),
        )
    )


def _when(page: Page[Books], month: CourseMonth, period: Period) -> str:
    t = page.words.t
    if month.is_ahead:
        return t("To come")
    if month.paused and not month.active:
        return t("Paused")
    return t("Running") if month.last.last_day >= period.today else t("Past")


def leaving_section(page: Page[Books], books: Books, activity: Activity, period: Period) -> Section:
    """Give what leaving on the last day of the period would mean."""
    t = page.words.t
    found = leaving(books, activity.unit, period.end, period.today)
    exit_ = page.links.held(rule="exit", unit=activity.unit)
    change = t("Contribution still to be levied, or given back on leaving")
    rows = [
        *(_part(page, TAKES[part.key], part) for part in found.takes),
        *(_part(page, SETTLES[part.key], part) for part in found.settles),
        Row((Cell(t("What remains to settle")), Cell(change), Cell(found.contribution, exit_))),
    ]
    remains = page.links.held(rule="leaving", unit=activity.unit)
    foot = Row((Cell(t("What remains once all is settled"), span=2), Cell(found.remains, remains)))
    columns = (Column(t("Part")), Column(t("What it is")), Column(books.currency, "money"))
    title = t("What leaving would mean, on the last day of the period shown")
    text = t("The books balance by themselves: what is there, less what is owed, is what was earned and not yet spent.")
    return Section(title, text, table=Table("leaving", title, columns, rows, foot))


def _part(page: Page[Books], name: str, part: Part) -> Row:
    t, links = page.words.t, page.links
    what = t("What goes with the activity") if part.key in TAKES else t("What remains to settle")
    return Row((Cell(what), Cell(t(name)), Cell(part.amount, links.held(accounts=part.accounts))))
