"""The texts of the folder that someone takes along: its README, and the headings of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.presentation.section import Column
from beancoop.words.language import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = mark("The books of {unit}, {days}")
OPENING = mark("Opening balances: what the earlier entries left")
HANDOVER = mark("Opening of my own books: what activity {unit} leaves")
INTRO = mark(
    "This folder is yours. It holds all that belongs to activity {unit} in the books of the cooperative, and nothing "
    "of what belongs to the other activities. It can be read without the cooperative's program."
)
NOTES = (
    mark(
        "To read the books: install Beancount and Fava (pip install beancount fava), then “fava ledger.beancount”. "
        "The tables open in any spreadsheet."
    ),
    mark(
        "The cooperative's contribution is written month by month. An entry marked #provisional is that of a month "
        "which the cooperative had not closed yet: it is computed, and may still change."
    ),
    mark(
        "The accounts of class 9 are internal to the cooperative: 950 is its contribution, 951 the services between "
        "activities, 960 the current account between your activity and the cooperative. They do not exist in another "
        "business."
    ),
    mark(
        "Where an entry named another activity, you read “autre-1”, “autre-2”; where it named the cooperative by its "
        "code, “structure”. A meeting tells of your presence alone. Documents that name another activity are not "
        "enclosed: ask the cooperative for them."
    ),
    mark(
        "opening-balance.beancount proposes the opening of your own books: fixed assets, stocks, what customers owe, "
        "what suppliers are owed, advances received, accruals and deferrals. VAT, bank accounts and internal accounts "
        "stay with the cooperative, the one taxable person; the table opening-balance says why, account by account. "
        "What really passes from the cooperative to you depends on what you agree with it: show this proposal to the "
        "person who keeps your books."
    ),
    mark(
        "To check that nothing has changed in this folder: “sha256sum -c MANIFEST.sha256”. Books and supporting "
        "documents are kept for ten years."
    ),
)
FILES = {
    "README.txt": mark("this text"),
    "ledger.beancount": mark("your books, with one year a file in books/"),
    "statement.pdf": mark("the statement of the activity, to read or to print"),
    "journal": mark("the journal: one line an amount (CSV and XLSX)"),
    "trial-balance": mark("the trial balance: one line an account (CSV and XLSX)"),
    "invoices": mark("your invoices and credit notes (CSV and XLSX)"),
    "customers": mark("your customers (CSV and XLSX)"),
    "purchases": mark("the invoices and credit notes you received (CSV and XLSX)"),
    "suppliers": mark("your suppliers (CSV and XLSX)"),
    "opening-balance": mark("what goes into your own books, and why (CSV and XLSX)"),
    "opening-balance.beancount": mark("the same balances, ready to open your own books"),
    "documents/": mark("your supporting documents"),
    "MANIFEST.sha256": mark("the fingerprint of each file"),
}


class Sheet(NamedTuple):
    """A table: its title, and its columns by the fields of its rows; all still in English."""

    title: str
    columns: Mapping[str, Column]


_ACCOUNT = {
    "account": Column(mark("Account"), "code"),
    "number": Column(mark("PCMN"), "code"),
    "label": Column(mark("Name")),
    "debit": Column(mark("Debit"), "money"),
    "credit": Column(mark("Credit"), "money"),
}


def _invoices(party: str) -> dict[str, Column]:
    return {
        "date": Column(mark("Date"), "day"),
        "number": Column(mark("Number"), "piece"),
        "customer": Column(party),
        "subject": Column(mark("Subject")),
        "net": Column(mark("Without VAT"), "money"),
        "tax": Column(mark("VAT"), "money"),
        "total": Column(mark("Total"), "money"),
        "due": Column(mark("Due on"), "day"),
        "open": Column(mark("Open"), "money"),
    }


def _parties(party: str) -> dict[str, Column]:
    return {
        "customer": Column(party),
        "invoices": Column(mark("Pieces"), "count"),
        "net": Column(mark("Without VAT"), "money"),
        "total": Column(mark("Total"), "money"),
        "open": Column(mark("Open"), "money"),
        "first": Column(mark("First invoice"), "day"),
        "last": Column(mark("Last invoice"), "day"),
    }


SHEETS = {
    "journal": Sheet(
        mark("Journal"),
        {
            "entry": Column(mark("No."), "count"),
            "date": Column(mark("Date"), "day"),
            "payee": Column(mark("Party")),
            "narration": Column(mark("Narration")),
            **_ACCOUNT,
            "original": Column(mark("Original amount")),
            "links": Column(mark("Links"), "piece"),
            "tags": Column(mark("Tags")),
        },
    ),
    "trial-balance": Sheet(
        mark("Trial balance"),
        {
            **_ACCOUNT,
            "debit_balance": Column(mark("Debit balance"), "money"),
            "credit_balance": Column(mark("Credit balance"), "money"),
        },
    ),
    "invoices": Sheet(mark("Invoices"), _invoices(mark("Customer"))),
    "customers": Sheet(mark("Customers"), _parties(mark("Customer"))),
    "purchases": Sheet(mark("Purchases"), _invoices(mark("Supplier"))),
    "suppliers": Sheet(mark("Suppliers"), _parties(mark("Supplier"))),
    "opening-balance": Sheet(mark("Opening balance"), {**_ACCOUNT, "fate": Column(mark("What becomes of it"))}),
}
FATES = {
    "goes": mark("goes into your own books"),
    "suspense": mark("suspense account: to be settled before leaving"),
    "vat": mark("stays with the cooperative, the one taxable person, which declares and pays it"),
    "treasury": mark("stays in the cooperative's account; what is due to you is paid to you"),
    "internal": mark("internal to the cooperative, of no use elsewhere"),
    "company": mark("a claim, a debt or equity of the cooperative itself"),
}
