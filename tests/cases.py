"""Words in which the cases of the contribution are written: a sale, a purchase, new terms, a seal."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import oracle
from beancount.core.data import Transaction
from strategies import ACCOUNT, chain_of, custom, entry, header, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancount.core.data import Directive

CLIENTS, SUPPLIERS = "Assets:40:400-Clients", "Liabilities:44:440-Fournisseurs"
SALE, REBATE, SUBSIDY = "Income:70:700-Ventes", "Income:70:708-Ristournes", "Income:74:740-Subsides"
PURCHASE, SUBCONTRACT, RENT = "Expenses:60:601-Achats", "Expenses:60:603-SousTraitance", "Expenses:61:610-Loyer"
SERVICE, LEVY, CURRENT = (
    "Expenses:9:951-PrestationsInternes",
    "Expenses:9:950-Contribution",
    "Assets:9:960-Liaison",
)
BANK, LOAN, SAVINGS = "Assets:55:5500-Banque", "Liabilities:48:489-Avances", "Assets:55:5510-Epargne"
COOP = "2023-01-01 open Assets:55:5500-Banque:COOP"
Levies = dict[str, Decimal]


def day(text: str) -> datetime.date:
    """Read a date."""
    return datetime.date.fromisoformat(text)


def activity(date: str = "2026-01-05", unit: str = "A001", **terms: object) -> str:
    """Declare an activity; a rate is a number, the other terms are texts."""
    return custom(day(date), "activity", unit, **terms)


def change(date: str, unit: str = "A001", **terms: object) -> str:
    """Declare new terms."""
    return custom(day(date), "activity-terms", unit, **terms)


def leave(date: str, unit: str = "A001") -> str:
    """Declare an exit."""
    return custom(day(date), "activity-exit", unit, "independent")


def move(date: str, account: str, amount: str, *marks: str, unit: str = "A001", against: str = CLIENTS) -> str:
    """Write a transaction of two postings: *amount* in euro unless it names its currency."""
    first = amount if " " in amount else f"{amount} EUR"
    second = first[1:] if first.startswith("-") else f"-{first}"
    return entry(day(date), unit, [(account, first), (against, second)], marks)


def sale(date: str, amount: str, *marks: str, unit: str = "A001") -> str:
    """Write a sale; a negative amount is a credit note."""
    turned = amount[1:] if amount.startswith("-") else f"-{amount}"
    return move(date, SALE, turned, *marks, unit=unit)


def seals(*periods: str, unit: str = "A001") -> list[str]:
    """Close months that follow each other."""
    texts, previous = [], ""
    for period in periods:
        year, month = map(int, period.split("-"))
        end = datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(1)
        proof = chain_of(previous, unit, end)
        texts.append(custom(end, "closed", period, unit, entries=1, **proof))
        previous = proof["sha256"]
    return texts


def written(date: str, amount: str, unit: str = "A001", *tags: str) -> str:
    """Write one unit's side of a levy, as the closing of a month does."""
    marks = [*(tags or ("#contribution",)), f"^contribution-{date[:7]}", f'  unit: "A001"\n  period: "{date[:7]}"']
    return move(date, LEVY, amount, *marks, unit=unit, against=CURRENT)


def book(*texts: str, plugin: str = "beancoop.contribution", opened: Iterable[str] = ()) -> str:
    """Write a ledger that opens, long before, every account its text uses and does not open itself."""
    body = "\n".join(texts)
    named = re.sub(r"\S+ (open|close) \S+", "", body)
    by_hand = {account for line in re.findall(r"\S+ open \S+", body) for account in ACCOUNT.findall(line)}
    accounts = sorted({*ACCOUNT.findall(named), *opened} - by_hand)
    opens = [f"2023-01-01 open {account}" for account in accounts]
    return "\n".join([header(), f'plugin "{plugin}"', *opens, body, ""])


def provisional(entries: Sequence[Directive]) -> list[Transaction]:
    """Give the entries that only the plugin makes."""
    return [one for one in entries if isinstance(one, Transaction) and "provisional" in one.tags]


def levied(entries: Sequence[Directive], unit: str = "A001") -> Levies:
    """Give what is injected on one unit, by the month it is dated in."""
    return {
        f"{one.date:%Y-%m}": oracle.amount_of(posting)[0]
        for one in provisional(entries)
        for posting in one.postings
        if posting.account == f"{LEVY}:{unit}"
    }


def levies(*texts: str, unit: str = "A001") -> Levies:
    """Load a ledger that must have no error, and give what is injected on one unit."""
    entries, errors = load(book(*texts))
    assert errors == []
    return levied(entries, unit)


def euros(**amounts: str) -> Levies:
    """Write expected levies: a month such as `m2026_01` and its amount."""
    return {month[1:].replace("_", "-"): Decimal(amount) for month, amount in amounts.items()}


def failing(*texts: str) -> tuple[Levies, list[str]]:
    """Load a ledger that must have errors, and give its levies and the messages."""
    entries, errors = load(book(*texts))
    assert errors
    return levied(entries), [error.message for error in errors]


# The sales and purchases of the contract's acceptance table
TABLE = (
    sale("2026-01-12", "2500.00"),
    move("2026-01-20", PURCHASE, "450.00", against=SUPPLIERS),
    sale("2026-02-03", "576.45"),
    sale("2026-03-09", "-420.00"),
    sale("2026-04-30", "1000.00"),
)
