"""Dates that nobody should book unasked: beyond today, or due before the day of issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    import datetime

    from beancoop_importers.model.invoice import Invoice
    from beancoop_importers.model.statement import Statement
    from beancoop_importers.readers.sources import Contents

BEYOND = error(
    "BC1247",
    "{name} is dated {day}, beyond today, {today}; if that is right, import it with --as-dated.",
)
DUE_BEFORE = error(
    "BC881",
    "{name} is due on {due}, before it was issued; if that is right, import it with --as-dated.",
)


def refuse_unlikely(contents: Contents, today: datetime.date) -> None:
    """Refuse what is dated so that it is likely a slip.

    Raises:
        Refused: a movement, a balance or an invoice is dated beyond *today*, or an invoice is due before its issue.

    """
    for statement in contents.statements:
        refuse_unlikely_statement(statement, today)
    if contents.invoice:
        refuse_unlikely_invoice(contents.invoice.invoice, today)


def refuse_unlikely_statement(statement: Statement, today: datetime.date) -> None:
    """Refuse a statement with a movement or a balance of a day beyond *today*."""
    for movement in statement.movements:
        if movement.booked > today:
            raise Refused(BEYOND(name=statement.name, day=movement.booked, today=today), movement.line)
    if statement.new_date and statement.new_date > today:
        raise Refused(BEYOND(name=statement.name, day=statement.new_date, today=today), statement.last_line)


def refuse_unlikely_invoice(invoice: Invoice, today: datetime.date) -> None:
    """Refuse an invoice of a day beyond *today*, or due before it was issued."""
    if invoice.date > today:
        raise Refused(BEYOND(name=invoice.name, day=invoice.date, today=today))
    if invoice.due and invoice.due < invoice.date:
        raise Refused(DUE_BEFORE(name=invoice.name, due=invoice.due))
