"""The register of shares: every movement, what each member has and may be paid, and whether the ledger agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.accounts import COOP
from beancoop.model.money import ZERO, shared_out
from beancoop.presentation.section import Column, Row
from beancoop.words.language import mark
from beancoop.year import shares as register_of
from beancoop.year.share_agreement import agreements, gaps, right
from beancoop.year.shares import read_shares

from beancoop_cli.reports.document import Fact, section
from beancoop_cli.reports.making import Draft
from beancoop_cli.telling import relative

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.presentation.section import Section, Value
    from beancoop.presentation.texts import Words
    from beancoop.year.share_agreement import Agreement, Gap
    from beancoop.year.shares import Holding, ShareRegister

    from beancoop_cli.reports.making import Request

MOVEMENTS = {
    register_of.SUBSCRIBED: mark("Subscribed"),
    register_of.PAID: mark("Payment on shares"),
    register_of.TRANSFERRED: mark("Transferred"),
    register_of.RESIGNED: mark("Given back"),
    register_of.EXCLUDED: mark("Excluded"),
    register_of.REFUSED: mark("Request refused"),
}


def shares_register_report(request: Request) -> Draft:
    """Show the register up to the last day of the period."""
    words, books, last = request.words, request.books, request.span.last
    register = read_shares(books)
    terms = books.register.cooperative.terms_on(last)
    sums, apart = agreements(books, register, last), gaps(books, register, last)
    sections = [_movements(request, register), _members(request, register), _agreement(words, sums)]
    if apart:
        sections.append(_gaps(words, apart))
    facts = [
        Fact(words.t("Ceiling of dividends, after tax"), words.rate(terms.dividend_ceiling)),
        Fact(words.t("Withholding tax"), words.rate(terms.withholding)),
    ]
    if request.dividend is not None:
        facts.append(Fact(words.t("Proposed dividend"), f"{words.amount(request.dividend)} {books.currency}"))
    notes = [
        words.t("Members have codes; their names stand in a list that the board keeps apart (CSA art. 6:25)."),
        words.t("COOP stands for contributions of nobody, which the statutes made unavailable."),
    ]
    doubts = list(register_doubts(words, register, sums))
    title, day = words.t("Register of shares"), words.on(last)
    return Draft(title, sections, facts=facts, notes=notes, period=day, is_wide=True, doubts=doubts)


def _movements(request: Request, register: ShareRegister) -> Section:
    words = request.words
    columns = [
        Column(words.t("Date"), "day"),
        Column(words.t("Member"), "code"),
        Column(words.t("Movement")),
        Column(words.t("Class"), "code"),
        Column(words.t("Account"), "code"),
        Column(words.t("Number of shares"), "count"),
        Column(words.t("Paid up"), "money"),
        Column(words.t("Shares after"), "count"),
        Column(words.t("Paid up after"), "money"),
        Column(words.t("Note")),
    ]
    held: dict[str, Holding] = {}
    rows = []
    for each in register.movements:
        if each.date <= request.span.last:
            held[each.member] = now = held.get(each.member, register_of.Holding()).plus(each)
            facts: list[Value] = [each.date, each.member, words.t(MOVEMENTS[each.kind]), each.share_class, each.account]
            rows.append(Row([*facts, each.shares, each.paid, now.shares, now.paid, each.note]))
    return section(words.t("Movements"), columns, rows)


def _members(request: Request, register: ShareRegister) -> Section:
    words, last = request.words, request.span.last
    held = register.holdings(last)
    terms = request.books.register.cooperative.terms_on(last)
    columns = [
        Column(words.t("Member"), "code"),
        Column(words.t("Number of shares"), "count"),
        Column(words.t("Paid up"), "money"),
        Column(words.t("Net at most"), "money"),
        Column(words.t("Gross at most"), "money"),
    ]
    if request.dividend is not None:
        columns += [Column(words.t("Proposed, gross"), "money"), Column(words.t("Above the ceiling"), "money")]
    own = {member: holding for member, holding in held.items() if member != COOP}
    proposed = _proposed(own, request.dividend)
    rows = []
    for member, holding in held.items():
        most = right(holding.paid if member in own else ZERO, terms)
        cells: list[Value] = [member, holding.shares, holding.paid, most.net, most.gross]
        if request.dividend is not None:
            gross = proposed.get(member, ZERO)
            cells += [gross, max(gross - most.gross, ZERO) or None]
        rows.append(Row(cells))
    if rows:
        sums = [sum((_number(row.cells[place]) for row in rows), ZERO) for place in range(2, len(columns))]
        rows.append(Row([words.t("Total"), sum(each.shares for each in held.values()), *sums], "total"))
    note = words.t(
        "At most, for a year: the ceiling x what the member has paid up, after tax (royal decree of 8 January 1962, "
        "art. 1); cut to the cent."
    )
    return section(words.t("Members"), columns, rows, note)


def _proposed(own: Mapping[str, Holding], dividend: Decimal | None) -> Mapping[str, Decimal]:
    """Share a dividend out by what is paid up."""
    if not dividend or not own:
        return {}
    return dict(zip(own, shared_out(dividend, [holding.paid for holding in own.values()]), strict=True))


def _number(value: object) -> Decimal:
    return value if value is not None else ZERO  # type: ignore[return-value] # an amount or nothing


def _agreement(words: Words, sums: Sequence[Agreement]) -> Section:
    columns = [
        Column(words.t("Account"), "code"),
        Column(words.t("Register"), "money"),
        Column(words.t("Ledger"), "money"),
        Column(words.t("Difference"), "money"),
    ]
    rows = [Row([each.account, each.register, each.ledger, each.difference]) for each in sums]
    return section(words.t("Agreement with the ledger"), columns, rows)


def _gaps(words: Words, apart: Sequence[Gap]) -> Section:
    columns = [
        Column(words.t("Date"), "day"),
        Column(words.t("Account"), "code"),
        Column(words.t("Register"), "money"),
        Column(words.t("Ledger"), "money"),
        Column(words.t("Difference so far"), "money"),
    ]
    rows = [Row([each.date, each.account, each.register, each.ledger, each.difference]) for each in apart]
    return section(words.t("Days on which they differ"), columns, rows)


def register_doubts(words: Words, register: ShareRegister, sums: Sequence[Agreement]) -> Iterator[str]:
    """Tell what is wrong with the register, and that it does not agree with the ledger; without shares, none is missed.

    Args:
        words: the reader's language.
        register: the register.
        sums: what register and ledger have.

    """
    if sums and not register.is_there:
        yield words.t("There is no register of shares; begin one in {file}.", file=relative(str(register.path)))
    for finding in register.findings:
        yield str(finding._replace(file=relative(finding.file)))
    if any(each.difference for each in sums):
        yield words.t("Register and ledger do not agree; what differs is in the register's report.")
