"""The page "Suivi": hours of follow-up, meetings, and the accompaniments that come to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.accompaniment import Meeting
from beancoop.model.money import ZERO
from beancoop.presentation.names import MEETINGS
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.follow_up import (
    SOON,
    SOONER,
    UNMET,
    Held,
    attendances,
    endings,
    hours,
    meetings,
    planned,
    unmet,
)
from beancoop.words.messages import phrase

from beancoop_fava.pages.views.autonomy_course import domain_name

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from beancoop.books.books import Books
    from beancoop.model.periods import Period

    from beancoop_fava.pages.page import Page

DAYS = phrase("{count} day", "{count} days")


def sections(page: Page[Books], books: Books, period: Period) -> list[Section]:
    """Give the endings, the hours and the meetings."""
    held = meetings(books.register, period)
    return [
        _planned(page, books, period),
        _unmet(page, books, period),
        _endings(page, books, period),
        _hours(page, books, period),
        _meetings(page, held),
        _attendance(page, held),
    ]


def _planned(page: Page[Books], books: Books, period: Period) -> Section:
    """Give what the directives announce: the next meeting first."""
    t, links = page.words.t, page.links
    rows = []
    for each in planned(books.register, _until(period)):
        what = each.what
        if isinstance(what, Meeting):
            named = Cell(t(MEETINGS[what.kind]) if what.kind in MEETINGS else what.kind)
            rows.append(Row((Cell(each.date, page.context(what.entry)), Cell(t("Meeting")), named, Cell(""))))
        else:
            home = links.page("Autonomie", unit=what.unit)
            followed = Cell(t("Follow-up")), Cell(domain_name(page, what.domain)), Cell(what.unit, home)
            rows.append(Row((Cell(each.date, page.context(what.entry)), *followed)))
    columns = (Column(t("Date"), "day"), Column(t("What")), Column(t("Kind")), Column(t("Activity"), "code"))
    title = t("Next meeting, and what else is to come")
    empty = t(
        "Nothing is announced. A `meeting` or a `follow-up` dated later than {day} would stand here.",
        day=_until(period),
    )
    return Section(title, table=Table("planned", title, columns, rows), empty=empty)


def _until(period: Period) -> datetime.date:
    """Give the day up to which meetings have taken place."""
    return period.asked or period.today


def _unmet(page: Page[Books], books: Books, period: Period) -> Section:
    """Give who has not been met for long, as a fact."""
    t, links = page.words.t, page.links
    rows = [
        Row(
            (
                Cell(each.activity.unit, links.page("Autonomie", unit=each.activity.unit)),
                Cell(each.trade),
                Cell(each.meeting),
                Cell(each.followed),
                Cell(each.days),
            )
        )
        for each in unmet(books.register, period.today, _until(period))
    ]
    columns = (
        Column(t("Activity"), "code"),
        Column(t("Trade")),
        Column(t("Last meeting attended"), "day"),
        Column(t("Last follow-up"), "day"),
        Column(t("Days since"), "count"),
    )
    title = t("Not met for more than {days} days", days=UNMET)
    caption = t(
        "Activities under way on {day}. Days since the later of the two dates; without either, since the first day.",
        day=period.today,
    )
    empty = t("All activities under way on {day} were met in the {days} days before.", day=period.today, days=UNMET)
    table = Table("unmet", title, columns, rows, caption=caption, is_sortable=True)
    return Section(title, table=table, empty=empty)


def _endings(page: Page[Books], books: Books, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows = [
        Row(
            (
                Cell(each.activity.unit, links.page("Autonomie", unit=each.activity.unit)),
                Cell(each.trade),
                Cell(each.last_day, page.context(each.activity.entry)),
                Cell(each.days),
                Cell(t(DAYS, count=SOONER if each.days <= SOONER else SOON)),
            )
        )
        for each in endings(books.register, period.today)
    ]
    columns = (
        Column(t("Activity"), "code"),
        Column(t("Trade")),
        Column(t("Last day to sell"), "day"),
        Column(t("Days left"), "count"),
        Column(t("Ends within")),
    )
    title = t("Accompaniments that end within {later} days, and within {sooner}", later=SOON, sooner=SOONER)
    empty = t("None ends within {days} days from {day}.", days=SOON, day=period.today)
    return Section(title, table=Table("endings", title, columns, rows, is_sortable=True), empty=empty)


def _hours(page: Page[Books], books: Books, period: Period) -> Section:
    t, links = page.words.t, page.links
    found = hours(books.register, period)
    rows = [
        Row(
            (
                Cell(unit, links.page("Autonomie", unit=unit)),
                *(
                    Cell(own.get(domain, ZERO), links.within(rule="hours", unit=unit, item=domain))
                    for domain in found.domains
                ),
                Cell(sum(own.values(), ZERO), links.within(rule="hours", unit=unit)),
            )
        )
        for unit, own in found.by_unit.items()
    ]
    sums = [sum((own.get(domain, ZERO) for own in found.by_unit.values()), ZERO) for domain in found.domains]
    totals = [
        Cell(amount, links.within(rule="hours", item=domain))
        for amount, domain in zip(sums, found.domains, strict=True)
    ]
    foot = Row((Cell(t("Total")), *totals, Cell(sum(sums, ZERO), links.within(rule="hours"))))
    columns = (
        Column(t("Activity"), "code"),
        *(Column(domain_name(page, domain), "hours") for domain in found.domains),
        Column(t("Total"), "hours"),
    )
    title = t("Follow-up, in hours")
    table = Table("hours", title, columns, rows, foot, is_sortable=True)
    return Section(title, table=table, empty=t("No follow-up in the period shown."))


def _meetings(page: Page[Books], held: Sequence[Held]) -> Section:
    t = page.words.t
    rows = [
        Row(
            (
                Cell(each.meeting.date, page.context(each.meeting.entry)),
                Cell(t(MEETINGS[kind]) if (kind := each.meeting.kind) in MEETINGS else kind),
                Cell(len(each.meeting.attended), page.context(each.meeting.entry)),
                Cell(len(each.expected)),
                Cell(" ".join(each.meeting.attended)),
            )
        )
        for each in held
    ]
    columns = (
        Column(t("Date"), "day"),
        Column(t("Meeting")),
        Column(t("Attended"), "count"),
        Column(t("Activities under way"), "count"),
        Column(t("Who came")),
    )
    title = t("Meetings")
    return Section(title, table=Table("meetings", title, columns, rows), empty=t("No meeting in the period shown."))


def _attendance(page: Page[Books], held: Sequence[Held]) -> Section:
    t, links = page.words.t, page.links
    href = links.meetings()
    rows = [
        Row(
            (Cell(each.unit, links.page("Autonomie", unit=each.unit)), Cell(each.attended, href), Cell(each.held, href))
        )
        for each in attendances(held)
    ]
    columns = (
        Column(t("Activity"), "code"),
        Column(t("Meetings attended"), "count"),
        Column(t("Meetings held while it was active"), "count"),
    )
    title = t("Attendance by activity")
    table = Table("attendance", title, columns, rows, is_sortable=True)
    return Section(title, table=table, empty=t("No meeting in the period shown."))
