"""The annual accounts: balance sheet and income statement, as the National Bank's models print them; not the filing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.model.pcmn import CONTRIBUTION, LIAISON
from beancoop.presentation.section import Column, Row
from beancoop.statements.annual import appropriated_sheet, balance_sheet, income_statement
from beancoop.statements.appropriation import decisions
from beancoop.statements.appropriation_table import appropriation_table
from beancoop.statements.nbb import ABRIDGED, MICRO, MODELS, rubrics
from beancoop.words.language import mark

from beancoop_cli.reports.document import Fact, section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from beancoop.model.periods import Span
    from beancoop.presentation.section import Section, Style, Value
    from beancoop.presentation.texts import Words
    from beancoop.statements.annual import BalanceSheet
    from beancoop.statements.nbb import AnnualLine
    from beancoop.statements.sides import Turned

    from beancoop_cli.reports.making import Request

_TOTAL, _MAJOR, _TABLE = 0, 1, 2
"""The levels of the rubrics shown even where they are zero; _TABLE in the table of appropriations."""
_BLANK = "…" * 12
_UNPRINTED = "71/74"
_MODEL_NAMES = {ABRIDGED: mark("abridged"), MICRO: mark("micro")}


def balance_sheet_report(request: Request) -> Draft:
    """Show the balance sheet on the last day, beside that of the end of the year before."""
    words, span, books = request.words, request.span, request.books
    year = books.register.cooperative.year_with(span.last)
    before = books.register.cooperative.year_before(year)
    now = _sheet(request, year if request.is_after else span, is_after=request.is_after)
    then = _sheet(request, before, is_after=_is_decided(request, before)) if before else None
    if then is not None and not any(line.amount for line in (*then.assets, *then.liabilities)):
        then = None
    earlier = [_on(words, before.last)] if before and then else []
    columns = _columns(words, _on(words, span.last), *earlier)
    sides = [
        (words.t("Assets"), "assets", "total_assets"),
        (words.t("Equity and liabilities"), "liabilities", "total_liabilities"),
    ]
    sections = []
    for title, side, total in sides:
        lines, past = ([*getattr(each, side), getattr(each, total)] if each else [] for each in (now, then))
        sections.append(section(title, columns, list(_rows(words, lines, past))))
    if now.turned:
        sections.append(_turned(request, now.turned))
    return Draft(
        words.t("Balance sheet after appropriation") if request.is_after else words.t("Balance sheet"),
        sections,
        facts=list(_head(request, year)),
        notes=[*_notes(request), *_sheet_notes(request, now, before if then else None)],
        difference=now.difference,
        period=words.on(span.last),
        blanks=list(_blanks(request)),
        until=max(now.until, then.until) if then else now.until,
    )


def _sheet(request: Request, span: Span, *, is_after: bool) -> BalanceSheet:
    if is_after:
        return appropriated_sheet(request.books, span, request.unit, request.model)
    return balance_sheet(request.books, span.last, request.unit, request.model)


def _is_decided(request: Request, before: Span) -> bool:
    """Say whether the year before is shown after its appropriation: one that is written, and for a month, by then."""
    span = request.span
    return any(span.year is not None or each.entry.date <= span.last for each in decisions(request.books, before))


def _turned(request: Request, turned: Sequence[Turned]) -> Section:
    words = request.words
    rows = [Row([_account(words, each), each.account.number, each.amount]) for each in turned]
    columns = _columns(words, _on(words, request.span.last))
    note = words.t("Assets and debts are not set off: each is shown on the other side, under the rubric named.")
    return section(words.t("Balances against the side of their account"), columns, rows, note)


def _account(words: Words, turned: Turned) -> str:
    name = words.account(turned.account.number, turned.account.label)
    whose = f"{name}, {turned.unit}" if turned.unit else name
    return words.t("{account}: under {code}", account=whose, code=turned.code)


def _sheet_notes(request: Request, sheet: BalanceSheet, before: Span | None) -> Iterator[str]:
    words = request.words
    if not _is_company(request):
        yield words.t(
            "What one unit owes another within the company is {liaison}; {contribution} is its contribution.",
            liaison=LIAISON,
            contribution=CONTRIBUTION,
        )
    elif not request.is_after:
        yield words.t("Before the appropriation of the result of the year, which stands apart.")
    for each in sheet.leftovers if _is_company(request) else ():
        yield words.t(
            "Of the result of {year}, {amount} has not been appropriated; it is part of 14.",
            year=str(each.year),
            amount=words.amount(each.amount),
        )
    if before is not None and _is_decided(request, before):
        yield words.t("The year before is shown after its appropriation.")
    elif before is not None:
        yield words.t("The year before is shown before its appropriation: none is written.")


def income_statement_report(request: Request) -> Draft:
    """Show the income statement of the period, beside that of the year before, or of the same days in it."""
    words, span, books = request.words, request.span, request.books
    before = books.register.cooperative.year_before(span)
    now = income_statement(books, span, request.unit, request.model)
    then = income_statement(books, before, request.unit, request.model) if before else None
    if then is not None and not any(line.amount for line in then.lines):
        then = None
    earlier = [_over(words, before)] if before and then else []
    columns = _columns(words, _over(words, span), *earlier)
    rows = list(_rows(words, now.lines, then.lines if then else ()))
    sections = [section(words.t("Income statement"), columns, rows)]
    draft = Draft(
        words.t("Income statement"),
        sections,
        facts=list(_head(request, span)),
        notes=[*_notes(request), *_margin_notes(request)],
        blanks=list(_blanks(request)),
    )
    if span.year is None or not _is_company(request):
        return draft
    return _with_appropriation(request, draft, columns, before if then else None)


def _with_appropriation(request: Request, draft: Draft, columns: Sequence[Column], before: Span | None) -> Draft:
    words, span, books = request.words, request.span, request.books
    now = appropriation_table(books, span)
    then = appropriation_table(books, before) if before else None
    always = _TABLE if now.until else _MAJOR
    rows = list(_rows(words, now.lines, then.lines if then else (), always))
    note = "" if now.until else words.t("No general meeting has decided on it yet: no entry appropriates it.")
    table = section(words.t("Appropriation of the result"), columns, rows, note)
    days = [each.until for each in (now, then) if each and each.until]
    return replace(
        draft, sections=[*draft.sections, table], until=max(days, default=span.last), is_decided=now.until is not None
    )


def _margin_notes(request: Request) -> Iterator[str]:
    """Say what the gross margin holds that the models do not print apart."""
    words = request.words
    amount = income_statement(request.books, request.span, request.unit).amount(_UNPRINTED)
    if amount:
        row = rubrics(request.span.first).parts["result"][_UNPRINTED]
        yield words.t(
            "9900 holds {amount} of {codes}, which the model does not print apart: {name}.",
            amount=words.amount(amount),
            codes=row.code,
            name=row.name(words.language),
        )


def _head(request: Request, year: Span) -> Iterator[Fact]:
    """Say whose accounts they are, and leave room for what the ledger does not know."""
    words, cooperative = request.words, request.books.register.cooperative
    yield Fact(words.t("Company"), cooperative.name or request.books.title)
    yield Fact(words.t("Legal form"), words.t("Cooperative company (SC)"))
    yield Fact(words.t("Enterprise number"), _enterprise(cooperative.enterprise) or _BLANK)
    if not _is_company(request):
        return
    yield Fact(words.t("Seat"), _BLANK)
    yield Fact(words.t("Approved as a social enterprise"), _BLANK)
    yield Fact(words.t("Financial year"), words.days(year._replace(year=None)))
    yield Fact(words.t("General meeting of"), _BLANK)


def _is_company(request: Request) -> bool:
    """Say whether it is of the whole company: of a unit, nothing is appropriated, signed or approved."""
    return request.unit is None and request.books.register.coop_is_open


def _enterprise(number: str) -> str:
    return f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else ""


def _notes(request: Request) -> Iterator[str]:
    words = request.words
    yield words.t(
        "In the order of the National Bank's {model} model for companies without capital ({code}).",
        model=words.t(_MODEL_NAMES[request.model]),
        code=MODELS[request.model],
    )
    yield words.t("This is not the filing, which is made with the National Bank in its own form.")


def _blanks(request: Request) -> Iterator[str]:
    """Leave room for what a company adds to its accounts by hand."""
    if _is_company(request) and request.span.year is not None:
        yield request.words.t("Valuation rules")
        yield request.words.t("Done at, on")
        yield request.words.t("Signatures of the directors")


def _columns(words: Words, *amounts: Column) -> list[Column]:
    return [Column(words.t("Rubric")), Column(words.t("Codes"), "code"), *amounts]


def _on(words: Words, day: datetime.date) -> Column:
    return Column(words.day(day), "money", day)


def _over(words: Words, span: Span) -> Column:
    return Column(words.days(span), "money")


def _rows(
    words: Words, lines: Sequence[AnnualLine], earlier: Sequence[AnnualLine], always: int = _MAJOR
) -> Iterator[Row]:
    """Give the rubrics that are not zero in both years, and those that are *always* shown."""
    styles: dict[int, Style] = {_TOTAL: "total", _MAJOR: "part"}
    then = {line.rubric.code: line.amount for line in earlier}
    for line in lines:
        rubric, amounts = line.rubric, [line.amount]
        if earlier:
            amounts.append(then.get(rubric.code, ZERO))
        if any(amounts) or rubric.level <= always:
            cells: list[Value] = [rubric.name(words.language), rubric.code, *amounts]
            yield Row(cells, styles.get(rubric.level, "line"), rubric.level)
