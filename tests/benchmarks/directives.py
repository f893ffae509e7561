"""The text of Beancount directives, and the accounts a generated cooperative uses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

STRUCTURE = "COOP"
ZERO = Decimal("0.00")

# Every account is one of these followed by ":" and the unit.
BANK = "Assets:55:5500-Banque"
CUSTOMERS = "Assets:40:400-Clients"
VAT_BACK = "Assets:41:411-TVARecuperable"
LIAISON = "Assets:9:960-Liaison"
SUPPLIERS = "Liabilities:44:440-Fournisseurs"
VAT_DUE = "Liabilities:45:451-TVAaPayer"
SERVICES_SOLD = "Income:70:700-VentesPrestations"
GOODS_SOLD = "Income:70:701-VentesMarchandises"
MATERIALS = "Expenses:60:600-MatieresPremieres"
SUBCONTRACTING = "Expenses:60:603-SousTraitance"
GOODS_BOUGHT = "Expenses:60:604-Marchandises"
SUNDRY_SERVICES = "Expenses:61:612-ServicesDivers"
BANK_FEES = "Expenses:65:657-FraisBancaires"
CONTRIBUTION = "Expenses:9:950-Contribution"
INTERNAL_SERVICES = "Expenses:9:951-PrestationsInternes"

ACTIVITY_ACCOUNTS = (
    BANK,
    CUSTOMERS,
    VAT_BACK,
    LIAISON,
    SUPPLIERS,
    VAT_DUE,
    SERVICES_SOLD,
    GOODS_SOLD,
    MATERIALS,
    SUBCONTRACTING,
    GOODS_BOUGHT,
    SUNDRY_SERVICES,
    BANK_FEES,
    CONTRIBUTION,
    INTERNAL_SERVICES,
)


class Directive(NamedTuple):
    """One directive: the day it is dated and its text, without a final newline."""

    date: dt.date
    text: str


class Levy(NamedTuple):
    """What one activity owes the structure for one closed month, in euros."""

    date: dt.date
    unit: str
    margin: Decimal
    cumulative: Decimal
    due: Decimal
    amount: Decimal


def period(day: dt.date) -> str:
    """Give the month of a day as ``2026-03``."""
    return f"{day:%Y-%m}"


def transaction(
    date: dt.date,
    payee: str,
    narration: str,
    unit: str,
    postings: Mapping[str, Decimal],
    marks: str = "",
    metadata: Iterable[str] = (),
) -> Directive:
    """Write a transaction of one unit: *postings* maps an account without unit to euros, summing to zero."""
    if sum(postings.values()):
        raise ValueError(f"{date} {narration}: the postings do not sum to zero: {dict(postings)}")
    header = f'{date} * "{payee}" "{narration}"'
    lines = [f"{header} {marks}".rstrip(), *(f"  {line}" for line in metadata)]
    lines += [f"  {f'{account}:{unit}':<46}{amount:>12.2f} EUR" for account, amount in postings.items()]
    return Directive(date, "\n".join(lines))


def contribution(levy: Levy, unit: str) -> Directive:
    """Write *unit*'s side of a levy, which is the activity's or the structure's."""
    amount = levy.amount if unit == levy.unit else -levy.amount
    month = period(levy.date)
    return transaction(
        levy.date,
        "Coopérative",
        f"Contribution {month}",
        unit,
        {CONTRIBUTION: amount, LIAISON: -amount},
        f"#contribution ^contribution-{month}",
        (
            f'unit: "{levy.unit}"',
            f'period: "{month}"',
            f"margin: {levy.margin:.2f} EUR",
            f"cumulative: {levy.cumulative:.2f} EUR",
            f"due: {levy.due:.2f} EUR",
        ),
    )


def custom(date: dt.date, kind: str, *values: str, metadata: Iterable[str] = ()) -> Directive:
    """Write a ``custom`` directive; *values* are Beancount text, strings with their quotes."""
    lines = [" ".join((str(date), "custom", f'"{kind}"', *values)), *(f"  {line}" for line in metadata)]
    return Directive(date, "\n".join(lines))


def open_account(date: dt.date, account: str, metadata: Iterable[str] = ()) -> Directive:
    """Write the ``open`` of a whole account name, in euros."""
    return Directive(date, "\n".join([f"{date} open {account} EUR", *(f"  {line}" for line in metadata)]))
