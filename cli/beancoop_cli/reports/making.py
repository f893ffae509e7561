"""What the reports share: who and when a document is of, and whether it may still change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.emptied import emptied_with_value
from beancoop.model.money import ZERO
from beancoop.statements.nbb import ABRIDGED

from beancoop_cli.reports.document import Document

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books, Standing
    from beancoop.model.periods import Span
    from beancoop.presentation.section import Section
    from beancoop.presentation.texts import Words

    from beancoop_cli.reports.document import Fact

_AFTER = "after-appropriation"
SEAL_DIGITS = 16
"""How much of a seal's sha256 is printed: enough to find it, and to tell it from any other."""

_OF_BALANCES = ("balance-sheet", "trial-balance", "inventory-book")
"""The reports of which an exchange difference that nobody has booked makes a balance wrong."""


class Request(NamedTuple):
    """What is asked for.

    Attributes:
        name: the report, as the command calls it.
        books: where its figures are drawn from.
        span: its days.
        unit: the only unit, or None for the whole ledger.
        words: the reader's language.
        dividend: what is proposed to be paid on the shares, before tax; None where nothing is.
        is_after: whether annual accounts are as they stand after the appropriation of the result.
        model: the model of the National Bank by which they are printed.

    """

    name: str
    books: Books
    span: Span
    unit: str | None
    words: Words
    dividend: Decimal | None = None
    is_after: bool = False
    model: str = ABRIDGED

    @property
    def file_name(self) -> str:
        """What the document's file is called, without an ending."""
        return "-".join(filter(None, (self.name, self.unit, str(self.span), _AFTER * self.is_after)))


@dataclass(frozen=True, slots=True)
class Draft:
    """What a report says, before it is known who draws it up from which books.

    Attributes:
        title: what it is.
        sections: its tables.
        facts: what is said before them.
        notes: what is said after them.
        difference: by how much two sides that must be equal are not.
        period: its days, where the usual words do not fit.
        is_wide: whether its pages lie on their side.
        doubts: why its figures may be wrong, beside what every report tells of its books.
        blanks: what is left to be filled in by hand, after the tables.
        until: the last day of the entries it counts, where that is after its own.
        is_decided: whether all of it is decided that a general meeting has to decide.

    """

    title: str
    sections: Sequence[Section]
    facts: Sequence[Fact] = ()
    notes: Sequence[str] = ()
    difference: Decimal = ZERO
    period: str = ""
    is_wide: bool = False
    doubts: Sequence[str] = ()
    blanks: Sequence[str] = ()
    until: datetime.date | None = None
    is_decided: bool = True


def document(request: Request, draft: Draft) -> Document:
    """Give the document of a request."""
    words, books = request.words, request.books
    standing = books.standing(request.span, request.unit, draft.until)
    is_final = standing.is_closed and draft.is_decided
    return Document(
        name=request.file_name,
        language=words.language,
        title=f"{draft.title} {request.unit}" if request.unit else draft.title,
        entity=books.title,
        period=draft.period or words.span(request.span),
        standing=_standing(words, standing, is_decided=draft.is_decided),
        is_closed=is_final,
        sections=draft.sections,
        facts=draft.facts,
        notes=(*draft.notes, words.t("Amounts in {currency}.", currency=books.currency)),
        doubts=tuple(_doubts(request, draft)),
        is_wide=draft.is_wide,
        blanks=draft.blanks,
    )


def _standing(words: Words, standing: Standing, *, is_decided: bool) -> str:
    if standing.is_closed and not is_decided:
        return words.t("Provisional: closed, but the result has not been appropriated yet")
    if standing.is_closed:
        return words.t("Closed: seal {seal}", seal=standing.seal[:SEAL_DIGITS])
    return words.t("Provisional: not closed yet, figures may still change")


def _doubts(request: Request, draft: Draft) -> Iterator[str]:
    words, books = request.words, request.books
    if books.ledger.errors:
        yield words.t("The ledger has errors: these figures may be wrong.")
    if books.broken_seals:
        yield words.t("Closed months were changed: these figures are not those that were closed.")
    if request.name in _OF_BALANCES:
        for each in emptied_with_value(books, request.span.last):
            if request.unit in {None, each.unit}:
                yield each.message.inside(words.language)
    if draft.difference:
        amount = f"{words.amount(draft.difference)} {books.currency}"
        yield words.t(
            "The two sides differ by {amount}: something is counted in no currency of these books.", amount=amount
        )
    yield from draft.doubts
