"""For each invariant of a cooperative's books, ledgers that break it alone: one change to books without fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evidence.clean_books import (
    A001,
    A001_BOOK,
    A001_CLOSED,
    A001_TERMS,
    A002_BOOK,
    A002_TERMS,
    ACCOUNTS,
    COOP,
    INVOICE,
    MAIN,
)

if TYPE_CHECKING:
    from pathlib import Path


class Twin(NamedTuple):
    """One change, and the one finding it must give.

    Attributes:
        rule: the invariant it breaks.
        name: what is wrong, in a few words.
        file: the file that changes.
        old: what the clean books say there, once.
        new: what is said instead.
        at: how the line begins that the finding must point at; "" for the file as a whole.
        words: part of its message.
        where: the file it must point at, if another one.

    """

    rule: str
    name: str
    file: str
    old: str
    new: str
    at: str
    words: str
    where: str = ""

    def apply(self, root: Path) -> None:
        """Make the change."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, (self.name, self.old)
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")

    def line(self, root: Path) -> int:
        """Give the line the finding must point at, in the changed books."""
        if not self.at:
            return 0
        lines = (root / (self.where or self.file)).read_text(encoding="utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if line.startswith(self.at)]
        assert len(found) == 1, (self.name, self.at, found)
        return found[0]


class ClosedTwin(Twin):
    """A change to books whose January and February are closed."""


class Link(NamedTuple):
    """A symbolic link beside the books: the change that no text shows."""

    rule: str
    name: str
    file: str
    target: str
    words: str
    at: str = ""
    where: str = ""

    def apply(self, root: Path) -> None:
        """Make the link."""
        (root / self.file).symlink_to((root / self.target).resolve())

    def line(self, root: Path) -> int:
        """Give line 0: the file as a whole."""
        return 0


A001_SEALS, COOP_SEALS = "activities/A001/closed/contributions-2026.beancount", "coop/contributions-2026.beancount"
SEAL_1, SEAL_2 = '2026-01-31 custom "closed"', '2026-02-28 custom "closed"'

TWINS: tuple[Twin | Link, ...] = (
    Twin(
        "I1",
        "money in the shared account that is nobody's",
        COOP,
        "  Assets:55:5500-Banque:COOP                  -300.00 EUR",
        "  Assets:55:5500-Banque                       -300.00 EUR",
        "  Assets:55:5500-Banque                       -300.00",
        "takes no posting of its own",
    ),
    Twin(
        "I2",
        "bank statement of a cent more",
        COOP,
        "2026-02-01 balance Assets:55:5500-Banque      1910.00",
        "2026-02-01 balance Assets:55:5500-Banque      1910.01",
        "2026-02-01 balance",
        "Balance failed for 'Assets:55:5500-Banque'",
    ),
    Twin(
        "I2",
        "bank statement of a cent less",
        COOP,
        "2026-03-01 balance Assets:55:5500-Banque      1910.00",
        "2026-03-01 balance Assets:55:5500-Banque      1909.99",
        "2026-03-01 balance",
        "Balance failed for 'Assets:55:5500-Banque'",
    ),
    Twin(
        "I3",
        "contribution of a month written twice",
        A001_CLOSED,
        "; A001",
        '2026-01-31 * "Contribution A001 2026-01, encore" #contribution\n'
        '  unit: "A001"\n  period: "2026-01"\n'
        "  Expenses:9:950-Contribution:A001             100.00 EUR\n"
        "  Expenses:9:950-Contribution:A001            -100.00 EUR\n",
        '2026-01-31 * "Contribution A001 2026-01, encore"',
        "A levy is written in 2026-01, which is open",
    ),
    Twin(
        "I4",
        "sale that cannot be counted in euro",
        A001_BOOK,
        "   100.00 USD @ 0.90 EUR\n  Income:70:700-VentesPrestations:A001        -100.00 USD @ 0.90 EUR",
        "   100.00 USD\n  Income:70:700-VentesPrestations:A001        -100.00 USD",
        "  Income:70:700-VentesPrestations:A001        -100.00 USD",
        "without a price in EUR",
    ),
    Twin(
        "I5",
        "contribution that the structure books elsewhere",
        COOP,
        '2026-02-20 custom "meeting"',
        '2026-02-19 * "Contribution"\n  Expenses:9:950-Contribution:COOP             100.00 EUR\n'
        '  Income:74:740-Subsides:COOP                 -100.00 EUR\n\n2026-02-20 custom "meeting"',
        "2026-02-19 *",
        "Expenses:9:950-Contribution is 100.00 EUR over all units",
    ),
    Twin(
        "I6",
        "one transaction in the books of two units",
        COOP,
        "  Expenses:61:610-Loyers:COOP                  300.00",
        "  Expenses:60:601-Fournitures:A001             300.00",
        "2026-01-20 *",
        "This transaction touches A001 and COOP",
    ),
    Twin(
        "I6",
        "current account without its other side",
        A001_BOOK,
        "  Liabilities:44:440-Fournisseurs:A001         -50.00",
        "  Assets:9:960-Liaison:A001                    -50.00",
        "2026-02-05 *",
        "Assets:9:960-Liaison is -50.00 EUR over all units",
    ),
    Twin(
        "I6",
        "another unit's account in a sub-ledger",
        A001_BOOK,
        "  Liabilities:44:440-Fournisseurs:A001         -50.00",
        "  Assets:55:5500-Banque:COOP                   -50.00",
        "  Assets:55:5500-Banque:COOP",
        "Assets:55:5500-Banque:COOP is not an account of A001",
    ),
    Twin(
        "I7",
        "treasury below zero for one day",
        A002_BOOK,
        "2026-02-04 *",
        "2026-02-02 *",
        '2026-02-02 * "Vis',
        "The treasury of A002 is -50.00 EUR at the end of 2026-02-02",
    ),
    Twin(
        "I10",
        "supporting document that is not there",
        A001_BOOK,
        '"../documents/facture.txt"',
        '"../documents/factures.txt"',
        "2026-01-05 document",
        "does not exist",
    ),
    Twin(
        "I11",
        "gap in the numbers of the invoices",
        A001_BOOK,
        "VEN-A001-2026-0002",
        "VEN-A001-2026-0003",
        "2026-02-03 *",
        "Piece VEN-A001-2026-0002 is missing before VEN-A001-2026-0003",
    ),
    Twin(
        "I11",
        "one number for two invoices",
        A001_BOOK,
        "VEN-A001-2026-0002",
        "VEN-A001-2026-0001",
        "2026-02-03 *",
        "Piece VEN-A001-2026-0001 is there twice",
    ),
    Twin(
        "I14",
        "rent taken from the indivisible reserve",
        COOP,
        "  Expenses:61:610-Loyers:COOP                  300.00",
        "  Equity:13:1311-ReserveIndisponible:COOP      300.00",
        "2026-01-20 *",
        "Indivisible reserves lose 300.00 EUR",
    ),
    Twin(
        "I15",
        "dividend of a cent above 6 % of the paid-up shares",
        COOP,
        "  85.71 EUR\n  Liabilities:47:471-Dividendes:COOP           -85.71",
        "  85.72 EUR\n  Liabilities:47:471-Dividendes:COOP           -85.72",
        "2026-02-15 *",
        "Dividends of 2026 come to 60.004 EUR after withholding tax of 30 per cent; the ceiling is 6 per cent",
    ),
    Link("I18", "a file reached by a link", "activities/A001/documents/again.txt", INVOICE, "A link or special file"),
    Twin(
        "I20",
        "account that nobody opened",
        A001,
        "2026-01-05 open Expenses:60:601-Fournitures:A001\n",
        "",
        "2026-02-05 *",
        "Invalid reference to unknown account 'Expenses:60:601-Fournitures:A001'",
        A001_BOOK,
    ),
    Twin(
        "I20",
        "accounts that open by themselves",
        A001,
        'plugin "beancoop"\n',
        'plugin "beancoop"\nplugin "beancount.plugins.auto_accounts"\n',
        'plugin "beancount',
        'A sub-ledger may name the plugin "beancoop" alone',
    ),
    Twin(
        "I21",
        "pad in a sub-ledger",
        A001_BOOK,
        '2026-02-05 * "Bois"',
        '2026-02-04 pad Assets:55:5500-Banque:A001 Assets:40:400-Clients:A001\n\n2026-02-05 * "Bois"',
        "2026-02-04 pad",
        "may not hold a pad directive",
    ),
    Twin(
        "I22",
        "account of a unit that is not declared",
        ACCOUNTS,
        "2026-01-01 open Income:74:740-Subsides:COOP\n",
        "2026-01-01 open Income:74:740-Subsides:COOP\n2026-01-01 open Assets:55:5500-Banque:A009\n",
        "2026-01-01 open Assets:55:5500-Banque:A009",
        "belongs to A009, which is not declared",
    ),
    Twin(
        "I22",
        "meeting attended by a unit that is not declared",
        COOP,
        'attended: "A001 A002"',
        'attended: "A001 A009"',
        "2026-02-20 custom",
        "A009 is not declared",
    ),
    Twin(
        "R1",
        "residual of a cent",
        A001_BOOK,
        "              50.00 EUR\n  Liabilities:44:440-Fournisseurs:A001",
        "              50.01 EUR\n  Liabilities:44:440-Fournisseurs:A001",
        "2026-02-05 *",
        "does not balance",
    ),
    Twin(
        "R10",
        "ledger that nothing of ours looks at",
        MAIN,
        'plugin "beancoop"\n',
        "",
        'option "title"',
        'The ledger has no line: plugin "beancoop"',
    ),
    Twin(
        "PCMN",
        "number under the wrong root",
        ACCOUNTS,
        "2026-01-01 open Income:74:740-Subsides:COOP",
        "2026-01-01 open Expenses:74:740-Subsides:COOP",
        "2026-01-01 open Expenses:74:740",
        "PCMN 740 stands under Income",
    ),
    Twin(
        "PCMN",
        "class that is not the number's",
        ACCOUNTS,
        "2026-01-01 open Income:74:740-Subsides:COOP",
        "2026-01-01 open Income:73:740-Subsides:COOP",
        "2026-01-01 open Income:73:740",
        "has class 73 where its number 740 says 74",
    ),
    Twin(
        "life",
        "sale before the start",
        A002_TERMS,
        "2026-02-02 custom",
        "2026-02-03 custom",
        "2026-02-02 *",
        "A002 sells on 2026-02-02, before its start on 2026-02-03",
        A002_BOOK,
    ),
    Twin(
        "life",
        "sale in a pause",
        A002_BOOK,
        "2026-05-15 *",
        "2026-03-14 *",
        "2026-03-14 *",
        "A002 sells on 2026-03-14, in the pause that began on 2026-03-01",
    ),
    Twin(
        "life",
        "sale after the exit",
        A002_TERMS,
        "2026-05-15 custom",
        "2026-05-14 custom",
        "2026-05-15 *",
        "A002 sells on 2026-05-15, after its exit on 2026-05-14",
        A002_BOOK,
    ),
    Twin(
        "life",
        "sale after the last month",
        A002_TERMS,
        "2026-03-15 custom",
        "2026-03-14 custom",
        "2026-05-15 *",
        "A002 sells on 2026-05-15, after its last day to sell, 2026-05-14",
        A002_BOOK,
    ),
    Twin(
        "life",
        "opening after the first day",
        COOP,
        '2026-01-20 * "Loyer de janvier"',
        '2026-01-20 * "Loyer de janvier" #opening',
        "2026-01-20 *",
        "COOP has transactions from 2026-01-02 on, before this one",
    ),
    Twin(
        "directives",
        "rate of 10 instead of 0.10",
        A001_TERMS,
        "rate: 0.10",
        "rate: 10",
        "2026-01-05 custom",
        "rate: 10",
    ),
    Twin(
        "directives",
        "unknown key",
        A001_TERMS,
        "overdraft: 0 EUR",
        "decouvert: 0 EUR",
        "2026-01-05 custom",
        '"decouvert"',
    ),
    Twin(
        "directives",
        "unknown directive",
        A002_TERMS,
        '"activity-pause"',
        '"activity-pauze"',
        "2026-03-01 custom",
        "activity-pauze",
    ),
    Twin(
        "directives",
        "second operating currency",
        MAIN,
        'option "operating_currency" "EUR"\n',
        'option "operating_currency" "EUR"\noption "operating_currency" "USD"\n',
        'option "title"',
        "The ledger names 2 operating currencies (EUR, USD)",
    ),
    ClosedTwin(
        "I8",
        "amounts of a closed month changed",
        A001_BOOK,
        "              50.00 EUR\n  Liabilities:44:440-Fournisseurs:A001         -50.00",
        "              51.00 EUR\n  Liabilities:44:440-Fournisseurs:A001         -51.00",
        SEAL_2,
        "A001, 2026-02: the books are not as they were closed: 20 entries then, 20 now",
        A001_SEALS,
    ),
    ClosedTwin(
        "I8",
        "words of a closed month changed",
        COOP,
        "Loyer de janvier",
        "Loyer de Janvier",
        SEAL_1,
        "COOP, 2026-01: the books are not as they were closed",
        COOP_SEALS,
    ),
    ClosedTwin(
        "I8",
        "entry added to a closed month",
        A001_TERMS,
        '2026-02-12 custom "follow-up"',
        '2026-02-11 custom "follow-up" "A001" "marketing" 2\n2026-02-12 custom "follow-up"',
        SEAL_2,
        "A001, 2026-02: the books are not as they were closed: 20 entries then, 21 now",
        A001_SEALS,
    ),
    ClosedTwin(
        "I8",
        "entry taken out of a closed month",
        A001_BOOK,
        '2026-01-05 document Assets:40:400-Clients:A001 "../documents/facture.txt"\n',
        "",
        SEAL_1,
        "A001, 2026-01: the books are not as they were closed: 14 entries then, 13 now",
        A001_SEALS,
    ),
)

PROPERTIES = {
    "I16": "loading what a load gave gives the same (red_twins_evidence)",
    "I17": "order, split and merge of files change nothing (exactness_evidence)",
    "I23": "the same books give the same bytes (red_twins_evidence)",
}
"""Invariants of what the program does with any books, which no books can break."""

NOT_IN_THE_CONTRACT = {
    "I9": "a correction is any new entry of an open month; only the rate follows the link to the original",
    "I12": "VAT stands outside the margin, and nothing else is said of it",
    "I13": "open items are a report, not a condition of the books",
    "I19": "no entry is too early or too late in the books of the structure; the gate judges the others'",
}
"""Invariants that the contract does not ask of a ledger, and why.

Of I10 and I15 it asks a part: a document that is named must exist, but a purchase may have none; dividends have a
ceiling, but there is no register of shares.
"""
