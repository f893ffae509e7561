"""The certificate of the sums paid to one candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.section import Column, Row
from beancoop.statements.benefit import certificate

from beancoop_cli.reports.document import Fact, section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.presentation.texts import Words
    from beancoop.statements.benefit import Certificate, Sum

    from beancoop_cli.reports.making import Request


def benefit_report(request: Request) -> Draft:
    """List each sum paid, with its date and what it was for; leave room for names and signatures."""
    words, span, unit = request.words, request.span, request.unit
    assert unit is not None  # noqa: S101 - the command asks for it
    found = certificate(request.books, unit, span)
    paid = section(words.t("Sums paid"), _columns(words), _rows(words, found.paid))
    sections = [paid]
    if found.shared:
        note = words.t("Not counted: the link is another activity's too. Give what is hers a link of its own.")
        sections.append(section(words.t("Paid under a shared link"), _columns(words), _shared(words, found), note))
    if found.booked:
        note = words.t("Accrued charges, their reversal, and debts: nothing left the treasury.")
        sections.append(section(words.t("Booked, not paid"), _columns(words), _rows(words, found.booked), note))
    facts = [
        Fact(words.t("Activity"), unit),
        Fact(words.t("Drawn up to"), words.long_day(span.last)),
        Fact(words.t("Total paid"), f"{words.amount(found.total)} {request.books.currency}"),
        Fact(words.t("Candidate-entrepreneur"), _ROOM),
        Fact(words.t("For the cooperative"), _ROOM),
        Fact(words.t("Date and signature"), _ROOM),
    ]
    notes = [
        words.t("The ledger holds no name and no national number: they are filled in by hand."),
        words.t("The advantage drawn from an activity in a cooperative is declared on form C1."),
    ]
    if not request.books.register.coop_is_open:
        notes.append(words.t("Drawn from the books of the activity alone: what the cooperative paid is not in them."))
    return Draft(words.t("Certificate of sums paid"), sections, facts=facts, notes=notes)


_ROOM = "." * 36


def _columns(words: Words) -> list[Column]:
    return [
        Column(words.t("Date"), "day"),
        Column(words.t("Nature")),
        Column(words.t("Piece"), "piece"),
        Column(words.t("Granted (charge)"), "money"),
        Column(words.t("Paid out"), "money"),
    ]


def _shared(words: Words, found: Certificate) -> list[Row]:
    """Give what was paid under links of several, as if it had been paid to her."""
    return _rows(words, [each._replace(paid=each.shared) for each in found.shared])


def _rows(words: Words, sums: Sequence[Sum]) -> list[Row]:
    rows = [
        Row(
            [
                each.transaction.date,
                each.transaction.narration or each.transaction.payee or "",
                " ".join(sorted(each.transaction.links)),
                each.granted,
                each.paid,
            ]
        )
        for each in sums
    ]
    granted, paid = sum((each.granted for each in sums), ZERO), sum((each.paid for each in sums), ZERO)
    return [*rows, Row([None, words.t("Total"), "", granted, paid], "total")]
