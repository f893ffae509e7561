"""The special report of an approved social enterprise: its figures, and room for what the board writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.model.pcmn import DIVIDENDS
from beancoop.presentation.names import DOMAINS, STATES
from beancoop.presentation.section import Cell, Column, Row
from beancoop.words.language import mark
from beancoop.year.share_agreement import agreements
from beancoop.year.special_report import special_report

from beancoop_cli.reports.document import Fact, section
from beancoop_cli.reports.making import Draft
from beancoop_cli.reports.shares import MOVEMENTS, register_doubts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.presentation.section import Section
    from beancoop.presentation.texts import Words
    from beancoop.year.special_report import Accompaniment, Course, SpecialReport, Use

    from beancoop_cli.reports.making import Request

MEANS = {
    "turnover": mark("Turnover of the activities (70)"),
    "contributions": mark("Contributions of the activities (950)"),
    "subsidies": mark("Operating subsidies (740)"),
    "costs": mark("Costs of the structure (6)"),
    "candidates": mark("Paid or owed to the candidate-entrepreneurs (619)"),
}
MEMBERSHIP = (
    mark("Why requests were refused, and other terms of what was repaid"),
    mark("Members by class, and how the general meeting voted"),
)
CONDITIONS = (
    mark("How the board watches over the conditions of the approval"),
    mark("Mandates of directors: free of charge, or what the general meeting decided"),
)
OBJECT = (
    mark("What was done to reach the object, and with which effect on people, the environment or society"),
    mark("Information and education of members, and of the public"),
)
PROFIT = (mark("Amount kept for projects of the object before any dividend, and which ones"),)
_ROOM = "." * 36


def special_report_report(request: Request) -> Draft:
    """Fill in what the books and the registers know of the year."""
    words, books = request.words, request.books
    cooperative = books.register.cooperative
    span = cooperative.year(cooperative.year_of(request.span.last))
    found = special_report(books, span)
    sections = [
        _members(words, found),
        _moved(words, found),
        _slots(words, words.t("Members: what the board adds"), MEMBERSHIP),
        _slots(words, words.t("Conditions of the approval: what the board adds"), CONDITIONS),
        _course(words, found.course),
        _accompaniment(words, found.accompaniment),
        _slots(words, words.t("Object: what the board adds"), OBJECT),
        _means(words, found),
        _use(request, found.use),
        _reserves(words, found),
        _slots(words, words.t("Profit: what the board adds"), PROFIT),
    ]
    facts = [
        Fact(words.t("Cooperative"), cooperative.name or books.title),
        Fact(words.t("Enterprise number"), cooperative.enterprise or _ROOM),
        Fact(words.t("Seat"), _ROOM),
        Fact(words.t("Approved since, under number"), _ROOM),
        Fact(words.t("For the board"), _ROOM),
        Fact(words.t("Date and signature"), _ROOM),
    ]
    notes = [
        words.t(
            "Code of companies and associations, art. 8:5, and royal decree of 28 June 2019, art. 6: part of the "
            "management report, or a report of its own, kept at the seat."
        )
    ]
    return Draft(
        words.t("Special report of a cooperative approved as a social enterprise"),
        sections,
        facts=facts,
        notes=notes,
        period=words.days(span),
        doubts=list(register_doubts(words, found.register, agreements(books, found.register, span.last))),
    )


def _slots(words: Words, title: str, asked: Sequence[str]) -> Section:
    rows = [Row([words.t(each), _ROOM]) for each in asked]
    return section(title, [Column(words.t("Point")), Column(words.t("Text of the board"))], rows)


def _members(words: Words, found: SpecialReport) -> Section:
    columns = [
        Column(words.t("Members")),
        Column(words.t("How many"), "count"),
        Column(words.t("Number of shares"), "count"),
        Column(words.t("Paid up"), "money"),
    ]
    rows = [
        Row([words.t("At the start of the year"), *found.start]),
        Row([words.t("At the end of the year"), *found.end]),
    ]
    return section(words.t("Members"), columns, rows)


def _moved(words: Words, found: SpecialReport) -> Section:
    columns = [
        Column(words.t("Movement")),
        Column(words.t("Class"), "code"),
        Column(words.t("How many"), "count"),
        Column(words.t("Number of shares"), "count"),
        Column(words.t("Amount"), "money"),
    ]
    rows = [
        Row([words.t(MOVEMENTS[each.kind]), each.share_class, each.lines, each.shares, each.paid])
        for each in found.moved
    ]
    return section(words.t("Movements of members in the year"), columns, rows)


def _course(words: Words, course: Course) -> Section:
    rows = [
        Row([words.t("Activities at the start"), course.start]),
        Row([words.t("Entries"), course.entries]),
        Row([words.t("Exits"), sum(course.exits.values())]),
        *(Row([words.t(STATES[outcome]), count], level=1) for outcome, count in sorted(course.exits.items())),
        Row([words.t("Activities at the end"), course.end], "total"),
    ]
    return section(words.t("Activities"), [Column(words.t("Activities")), Column(words.t("How many"), "count")], rows)


def _accompaniment(words: Words, done: Accompaniment) -> Section:
    rows = [
        Row([words.t(DOMAINS[domain]) if domain in DOMAINS else domain, hours])
        for domain, hours in sorted(done.hours.items())
    ]
    rows += [
        Row([words.t("Hours"), sum(done.hours.values(), ZERO)], "total"),
        Row([words.t("Activities accompanied"), Cell(done.units, kind="count")]),
        Row([words.t("Meetings"), Cell(done.meetings, kind="count")]),
    ]
    columns = [Column(words.t("Accompaniment")), Column(words.t("Hours"), "hours")]
    return section(words.t("Accompaniment"), columns, rows)


def _means(words: Words, found: SpecialReport) -> Section:
    rows = [Row([words.t(MEANS[key]), amount]) for key, amount in found.means.items()]
    return section(words.t("Means of the year"), [Column(words.t("Means")), Column(words.t("Amount"), "money")], rows)


def _use(request: Request, use: Use) -> Section:
    words, labels = request.words, request.books.labels
    rows = [
        Row([words.t("Result of the year"), "", use.result], "part"),
        *(Row([words.account(number, labels[number]), number, amount]) for number, amount in use.parts.items()),
        Row([words.t("Dividends decided, before tax"), DIVIDENDS, use.gross], "part"),
        Row([words.t("Dividends decided, after tax"), "", use.net]),
        Row([words.t("At most, after tax, by the shares paid up"), "", use.most]),
        Row([words.t("Shares paid up at the end of the year"), "110, 111", use.shares]),
    ]
    columns = [Column(words.t("Use of the profit")), Column(words.t("Account"), "code")]
    note = "" if use.parts else words.t("No entry appropriates the result of this year yet.")
    return section(words.t("Use of the profit"), [*columns, Column(words.t("Amount"), "money")], rows, note)


def _reserves(words: Words, found: SpecialReport) -> Section:
    columns = [
        Column(words.t("Account"), "code"),
        Column(words.t("Reserve")),
        Column(words.t("At the start"), "money"),
        Column(words.t("At the end"), "money"),
    ]
    rows = [Row([each.number, words.account(each.number, each.label), each.start, each.end]) for each in found.reserves]
    if rows:
        sums = [sum(amounts, ZERO) for amounts in zip(*((e.start, e.end) for e in found.reserves), strict=True)]
        rows.append(Row(["", words.t("Total"), *sums], "total"))
    return section(words.t("Reserves (13, 1119)"), columns, rows)
