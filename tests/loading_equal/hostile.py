"""Ledgers at the edge of what Beancount reads, and beyond it: what a loader of our own must read the same way.

A row has a word on what it is, a piece of what Beancount says of it ("" where it loads without an error), and its files:
a text or bytes each, or a `Link`. `<FOLDER>` in a text stands for the folder they are in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "main.beancount"


class Link(str):
    """A symbolic link, and where it leads."""

    __slots__ = ()


class Hostile(NamedTuple):
    """A ledger: a piece of what Beancount says of it, and its files."""

    says: str
    files: dict[str, str | bytes]

    def write(self, folder: Path) -> Path:
        """Write its files, and give the main one."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Link):
                path.symlink_to(content.replace("<FOLDER>", str(folder)))
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_bytes(content.replace("<FOLDER>", str(folder)).encode())
        return folder / MAIN


def one(text: str | bytes, says: str = "") -> Hostile:
    """Give a ledger of one file."""
    return Hostile(says, {MAIN: text})


def book(text: str, says: str = "") -> Hostile:
    """Give a ledger of one file, with accounts opened in 2020."""
    return one(OPEN + text, says)


def several(says: str, **files: str | bytes) -> Hostile:
    """Give a ledger of several files: `main` and those it includes, each by its name without ending."""
    return Hostile(says, {f"{name}.beancount": text for name, text in files.items()})


OPEN = """2020-01-01 open Assets:Bank
2020-01-01 open Assets:Bank:Sub
2020-01-01 open Assets:Stock
2020-01-01 open Equity:Start
2020-01-01 open Expenses:Food
2020-01-01 open Income:Sales
"""
SALE = """2026-01-05 * "Client" "Facture"
  Assets:Bank  100.00 EUR
  Income:Sales
"""
BUY = """2026-01-05 * "Achat"
  Assets:Stock  10 ABC {5.00 EUR}
  Assets:Bank  -50.00 EUR

2026-01-06 * "Achat"
  Assets:Stock  10 ABC {6.00 EUR, 2026-01-06, "lot"}
  Assets:Bank  -60.00 EUR

"""
MADE = """2026-02-01 * "Vente"
  Assets:Stock  -15 ABC {}
  Assets:Bank  90.00 EUR
  Income:Sales
"""
COOPERATIVE = """option "title" "Coopérative"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
"""
ACTIVITY = """2026-01-05 custom "activity" "A001"
  rate: 0.10
2026-01-05 open Assets:40:400-Clients:A001
2026-01-05 open Assets:9:960-Liaison:A001
2026-01-05 open Income:70:700-Ventes:A001
2026-01-05 open Expenses:9:950-Contribution:A001
2026-01-20 * "Vente" ^F1
  Assets:40:400-Clients:A001  100.00 EUR
  Income:70:700-Ventes:A001  -100.00 EUR
"""
DEPTH = 30
WIDE = 200_000  # characters of a line

HOSTILE: dict[str, Hostile] = {
    # What is no ledger.
    "an empty file": one(""),
    "comments and blank lines only": one("; rien\n\n* Titre\n** Sous-titre\n   \n"),
    "no final newline": book(SALE.rstrip("\n")),
    "a main file that is not there": Hostile("does not exist", {"other.beancount": OPEN}),
    "a folder in the place of the main file": Hostile("directory", {f"{MAIN}/inside.beancount": OPEN}),
    "a link to nothing in the place of the main file": Hostile("does not exist", {MAIN: Link("nowhere")}),
    "a file that only looks encrypted": several("gpg", main='include "secret.beancount.gpg"\n' + OPEN)._replace(
        files={MAIN: 'include "secret.gpg"\n' + OPEN, "secret.gpg": "not encrypted"}
    ),
    # How it is written.
    "a byte order mark": one(b"\xef\xbb\xbf" + (OPEN + SALE).encode(), "Invalid token"),
    "Latin-1": one((OPEN + SALE.replace("Client", "Cliéntèle")).encode("latin-1"), "UnicodeDecodeError"),
    "UTF-16": one((OPEN + SALE).encode("utf-16"), "Invalid token"),
    "a NUL byte in a text": book(SALE.replace("Client", "Cli\0ent")),
    "a NUL byte between directives": book(f"\0\n{SALE}", "Invalid token"),
    "carriage returns": one((OPEN + SALE).replace("\n", "\r\n")),
    "carriage returns alone": one((OPEN + SALE).replace("\n", "\r"), "syntax error"),
    "tabs": book(SALE.replace("  ", "\t")),
    "form feeds and vertical tabs": book(f"\f\n{SALE}\v\n", "Invalid token"),
    "a very long line": book(f'2026-01-05 * "{"x" * WIDE}"\n  Assets:Bank  1 EUR\n  Income:Sales  -1 EUR\n'),
    "a text over many lines": book('2026-01-05 * "one\ntwo\n\nthree"\n  Assets:Bank  1 EUR\n  Income:Sales  -1 EUR\n'),
    "a text over more lines than an option says": one(
        f'option "long_string_maxlines" "3"\n{OPEN}2026-01-05 note Assets:Bank "1\n2\n3\n4\n5"\n'
    ),
    "escapes in texts": book('2026-01-05 note Assets:Bank "a\\"b\\\\c\\nd\\te\\q"\n'),
    "accounts and payees beyond ASCII": one(
        '2020-01-01 open Assets:Épargne:É-1\n2020-01-01 open Equity:日本\n2026-01-05 * "Žluťoučký 🐎" "\u202edroite" #été\n'
        "  Assets:Épargne:É-1  1 EUR\n  Equity:日本  -1 EUR\n",
        "Invalid token",
    ),
    "two ways to write one letter": one(
        "2020-01-01 open Assets:Caf\u00e9\n2020-01-01 open Assets:Cafe\u0301\n2026-01-05 balance Assets:Caf\u00e9  0 EUR\n"
    ),
    # Syntax.
    "a syntax error between two entries": book(
        f"{SALE}2026-01-06 ; blah\n2026-01-07 open open\n{SALE}", "syntax error"
    ),
    "a syntax error inside a transaction": book(
        f'{SALE}2026-01-06 * "x"\n  Assets:Bank 1 EUR EUR\n{SALE}', "syntax error"
    ),
    "an unclosed text": book(f'{SALE}2026-01-06 * "ouvert\n  Assets:Bank 1 EUR\n{SALE}', "Invalid token"),
    "an unclosed brace": book('2026-01-06 * "x"\n  Assets:Stock  1 ABC {5 EUR\n  Assets:Bank\n', "syntax error"),
    "an account of no root": book('2026-01-06 * "x"\n  Actifs:Banque  1 EUR\n  Assets:Bank\n', "Invalid account name"),
    "a lower-case account": book('2026-01-06 * "x"\n  assets:bank  1 EUR\n  Assets:Bank\n', "Invalid token"),
    "a date that is none": book("2026-02-30 open Assets:Late\n", "day is out of range"),
    "the year 0": book("0000-01-01 open Assets:Old\n", "year 0 is out of range"),
    "the first and the last year": one(
        "0001-01-01 open Assets:Bank\n9999-12-31 balance Assets:Bank  0 EUR\n9999-12-31 close Assets:Bank\n"
    ),
    "a posting without transaction": book("  Assets:Bank  1 EUR\n", "syntax error"),
    "a transaction without posting": book('2026-01-05 * "rien"\n2026-01-05 * "un"\n  Assets:Bank  0 EUR\n'),
    "three texts in a transaction": book('2026-01-05 * "a" "b" "c"\n  Assets:Bank  0 EUR\n', "Too many strings"),
    # Includes.
    "a missing include": several("does not match any files", main=f'include "nowhere.beancount"\n{OPEN}'),
    "a file that includes itself": several("Duplicate filename", main=f'include "main.beancount"\n{OPEN}{SALE}'),
    "includes in a circle": several(
        "Duplicate filename",
        main=f'include "a.beancount"\n{OPEN}',
        a='include "b.beancount"\n',
        b='include "a.beancount"\n',
    ),
    "one file included twice": several(
        "Duplicate filename", main=f'include "a.beancount"\ninclude "./a.beancount"\n{OPEN}', a=SALE
    ),
    "one file by two names": Hostile(
        "Duplicate open",
        {
            MAIN: 'include "a.beancount"\ninclude "link.beancount"\n',
            "a.beancount": OPEN,
            "link.beancount": Link("a.beancount"),
        },
    ),
    "an include by an absolute path": several("", main=f'include "<FOLDER>/a.beancount"\n{OPEN}', a=SALE),
    "an include with dots": Hostile(
        "",
        {
            MAIN: f'include "b/../b/./a.beancount"\n{OPEN}',
            "b/a.beancount": 'include "../c.beancount"\n',
            "c.beancount": SALE,
        },
    ),
    "an include through a linked folder": Hostile(
        "", {MAIN: f'include "door/a.beancount"\n{OPEN}', "room/a.beancount": SALE, "door": Link("<FOLDER>/room")}
    ),
    "globs, one of which finds nothing": Hostile(
        "does not match any files",
        {
            MAIN: f'include "b/*.beancount"\ninclude "c/*.beancount"\n{OPEN}',
            "b/1.beancount": SALE,
            "b/2.beancount": SALE,
        },
    ),
    "a glob through all folders": Hostile(
        "Duplicate filename",
        {MAIN: f'include "**/*.beancount"\n{OPEN}', "b/c/1.beancount": SALE, "b/2.beancount": SALE},
    ),
    "a glob with letters": Hostile(
        "",
        {
            MAIN: f'include "[ab]?.beancount"\n{OPEN}',
            "a1.beancount": SALE,
            "b2.beancount": SALE,
            "c3.beancount": "nonsense",
        },
    ),
    "an include of a folder": Hostile("directory", {MAIN: f'include "b"\n{OPEN}', "b/1.beancount": SALE}),
    "an include of what is no ledger": Hostile(
        "Invalid token", {MAIN: f'include "a.png"\n{OPEN}', "a.png": b"\x89PNG\r\n\x1a\n\0"}
    ),
    "a hidden file, and a glob that leaves it": Hostile(
        "", {MAIN: f'include "b/*"\n{OPEN}', "b/.hidden.beancount": "nonsense", "b/1.beancount": SALE}
    ),
    "thirty includes deep": Hostile(
        "",
        {
            MAIN: f'include "d1/f.beancount"\n{OPEN}',
            **{
                f"{'/'.join(f'd{each}' for each in range(1, level + 1))}/f.beancount": (
                    f'include "d{level + 1}/f.beancount"\n{SALE}' if level < DEPTH else SALE
                )
                for level in range(1, DEPTH + 1)
            },
        },
    ),
    "an include in the middle, of what comes before": several("", main=f'{SALE}include "a.beancount"\n{SALE}', a=OPEN),
    # Options.
    "options of an included file": several(
        "",
        main=f'option "title" "Whole"\noption "operating_currency" "EUR"\ninclude "a.beancount"\n{OPEN}',
        a='option "title" "Part"\noption "operating_currency" "USD"\noption "operating_currency" "EUR"\n'
        f'option "render_commas" "TRUE"\noption "inferred_tolerance_default" "EUR:1"\n{SALE}',
    ),
    "an option given twice": book('option "title" "One"\noption "title" "Two"\noption "operating_currency" "EUR"\n'),
    "an option that is none": book('option "titel" "One"\n', "Invalid option"),
    "a value that is none": book(
        'option "tolerance_multiplier" "many"\noption "booking_method" "LUCK"\n', "Error for option"
    ),
    "an option that is read only": book('option "filename" "/etc/passwd"\n', "may not be set"),
    "an option of old": book('option "plugin" "beancoop"\noption "allow_pipe_separator" "TRUE"\n', "this will go away"),
    "roots of other names": one(
        'option "name_assets" "Actifs"\noption "name_income" "Produits"\n'
        "2020-01-01 open Actifs:Banque\n2020-01-01 open Produits:Ventes\n2020-01-01 open Assets:Bank\n"
        '2026-01-05 * "x"\n  Actifs:Banque  1 EUR\n  Produits:Ventes\n',
        "Invalid account name",
    ),
    "roots of other names in the main file alone": several(
        "Invalid account name",
        main='option "name_assets" "Actifs"\ninclude "a.beancount"\n2020-01-01 open Actifs:Banque\n',
        a="2020-01-01 open Actifs:Caisse\n2020-01-01 open Assets:Bank\n",
    ),
    "a root renamed half way": book(
        'option "name_assets" "Actifs"\n2020-01-01 open Actifs:Banque\n' + SALE, "Invalid account name"
    ),
    "commas in numbers": book(
        'option "render_commas" "TRUE"\n2026-01-05 balance Assets:Bank  1,234,567.8 EUR\n', "Balance failed"
    ),
    "commas at the wrong place": book(
        "2026-01-05 price EUR  1,23.4 USD\n2026-01-05 price EUR  1,2345 USD\n", "Invalid number format"
    ),
    "tolerances by currency": one(
        'option "inferred_tolerance_default" "*:0.01"\noption "inferred_tolerance_default" "EUR:0.5"\n'
        f'option "infer_tolerance_from_cost" "TRUE"\n{OPEN}2026-01-05 * "x"\n  Assets:Bank  100 EUR\n  Income:Sales  -99.6 EUR\n'
        '2026-01-05 * "y"\n  Assets:Stock  3 ABC {33.33 EUR}\n  Assets:Bank  -100 EUR\n'
    ),
    "a tolerance of nothing": book(
        f'option "tolerance_multiplier" "0"\n{SALE}2026-01-06 * "x"\n  Assets:Bank  1.004 EUR\n'
        "  Income:Sales  -1.00 EUR\n",
        "does not balance",
    ),
    "a tolerance just held, and just not": book(
        '2026-01-05 * "x"\n  Assets:Bank  1.005 EUR\n  Income:Sales  -1.00 EUR\n'
        '2026-01-05 * "y"\n  Assets:Bank  1.006 EUR\n  Income:Sales  -1.00 EUR\n',
        "does not balance",
    ),
    "names of the conversion accounts": book(
        'option "account_current_conversions" "Conversions:Now"\noption "conversion_currency" "NONE"\n'
        'option "account_rounding" "Rounding"\n2026-01-05 * "x"\n  Assets:Bank  1.0049 EUR\n  Income:Sales  -1.00 EUR\n'
    ),
    # Amounts.
    "one amount left out": book(SALE),
    "two amounts left out": book(
        '2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales\n  Expenses:Food\n', "more than one auto-posting"
    ),
    "two amounts left out, in two currencies": book(
        '2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Assets:Bank  2 USD\n  Income:Sales\n'
    ),
    "a number without currency": book('2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales  -1\n'),
    "a currency without number": book('2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales  EUR\n'),
    "numbers without any currency": book(
        '2026-01-05 * "x"\n  Assets:Bank  1\n  Income:Sales  -1\n', "Failed to categorize"
    ),
    "nothing but accounts": book('2026-01-05 * "x"\n  Assets:Bank\n  Income:Sales\n', "more than one auto-posting"),
    "an amount that is not needed": book(
        '2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales  -1 EUR\n  Expenses:Food\n'
    ),
    "amounts that do not balance": book(
        '2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales  -2 EUR\n', "does not balance"
    ),
    "currencies that do not balance": book(
        '2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales  -1 USD\n', "does not balance"
    ),
    "expressions": book(
        '2026-01-05 * "x"\n  Assets:Bank  (1/3) + 2*(-3.50)- -1 EUR\n  Income:Sales\n2026-01-05 price EUR  10/3 USD\n'
    ),
    "an amount beyond the units": book(
        '2026-01-05 * "x"\n  Assets:Bank  1000/0.001 EUR\n  Income:Sales  -1000/0.001 EUR\n',
    ),
    "a huge exponent": book('2026-01-05 * "x"\n  Assets:Bank  1E+999999 EUR\n  Income:Sales\n', "Invalid token"),
    "more digits than are counted": book(
        f'2026-01-05 * "x"\n  Assets:Bank  {"9" * 60} EUR\n  Income:Sales\n2026-01-06 balance Assets:Bank  {"9" * 60} EUR\n',
        "does not balance",
    ),
    "amounts of zero, signed and long": book(
        '2026-01-05 * "x"\n  Assets:Bank  -0.00 EUR\n  Income:Sales  0 EUR\n  Expenses:Food  0.000000 EUR\n'
    ),
    "tiny amounts": book('2026-01-05 * "x"\n  Assets:Bank  0.000000000000000000000000000001 BTC\n  Income:Sales\n'),
    "digits that differ": book(
        '2026-01-05 * "x"\n  Assets:Bank  1.0 EUR\n  Income:Sales  -1.000 EUR\n2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales\n'
    ),
    # Costs and prices.
    "a price each, in total, negative": book(
        '2026-01-05 * "x"\n  Assets:Bank  100.00 USD @ 0.90 EUR\n  Income:Sales\n'
        '2026-01-05 * "y"\n  Assets:Bank  3 USD @@ 10.00 EUR\n  Income:Sales  -10.00 EUR\n'
        '2026-01-05 * "z"\n  Assets:Bank  -3 USD @@ 10.00 EUR\n  Income:Sales  10.00 EUR\n'
        '2026-01-05 * "n"\n  Assets:Bank  1 USD @ -0.90 EUR\n  Income:Sales\n',
        "Negative prices",
    ),
    "a price left out": book(
        '2026-01-05 * "x"\n  Assets:Bank  100.00 USD @\n  Income:Sales  -90.00 EUR\n'
        '2026-01-05 * "y"\n  Assets:Bank  100.00 USD @ EUR\n  Income:Sales  -91.00 EUR\n'
    ),
    "a price in its own currency": book(
        '2026-01-05 * "x"\n  Assets:Bank  1.00 EUR @ 1 EUR\n  Income:Sales  -1.00 EUR\n'
    ),
    "a total price of no units": book(
        '2026-01-05 * "x"\n  Assets:Bank  0 USD @@ 5 EUR\n  Income:Sales  -5 EUR\n', "does not balance"
    ),
    "a total cost of no units": book(
        '2026-01-05 * "x"\n  Assets:Stock  0 ABC {{5 EUR}}\n  Assets:Bank\n', "DivisionByZero"
    ),
    "lots, strictly": book(BUY + MADE, "Ambiguous matches"),
    "lots, first in first out": one(f'option "booking_method" "FIFO"\n{OPEN}{BUY}{MADE}'),
    "lots, last in first out, of one account": one(
        OPEN.replace("open Assets:Stock", 'open Assets:Stock ABC "LIFO"') + BUY + MADE
    ),
    "lots, at their average": one(
        OPEN.replace("open Assets:Stock", 'open Assets:Stock ABC "AVERAGE"') + BUY + MADE, "AVERAGE"
    ),
    "lots, not booked": one(
        OPEN.replace("open Assets:Stock", 'open Assets:Stock ABC "NONE"') + BUY + MADE.replace("{}", "{5.50 EUR}")
    ),
    "a lot that is not there": book(
        f'{BUY}2026-02-01 * "x"\n  Assets:Stock  -1 ABC {{7.00 EUR}}\n  Assets:Bank\n', "No position matches"
    ),
    "a lot by its label, and more than it holds": book(
        f'{BUY}2026-02-01 * "x"\n  Assets:Stock  -11 ABC {{"lot"}}\n  Assets:Bank\n', "Not enough lots"
    ),
    "lots in an included file": several(
        "",
        main=f'include "a.beancount"\ninclude "b.beancount"\n{OPEN}{SALE}',
        a=BUY,
        b='2026-02-01 * "x"\n  Assets:Stock  -10 ABC {5.00 EUR} @ 7.00 EUR\n  Assets:Bank  70.00 EUR\n  Income:Sales\n',
    ),
    "a total cost, and a compound one": book(
        '2026-01-05 * "x"\n  Assets:Stock  3 ABC {{10.00 EUR}}\n  Assets:Bank\n'
        '2026-01-05 * "y"\n  Assets:Stock  3 ABC {1.00 # 9.95 EUR}\n  Assets:Bank\n'
    ),
    "a cost left out": book('2026-01-05 * "x"\n  Assets:Stock  3 ABC {}\n  Assets:Bank  -10.00 EUR\n'),
    "a merged cost": book(BUY + '2026-01-07 * "x"\n  Assets:Stock  -1 ABC {*}\n  Assets:Bank  5 EUR\n', "Cost merging"),
    "a negative cost": book('2026-01-05 * "x"\n  Assets:Stock  3 ABC {-5 EUR}\n  Assets:Bank\n', "negative"),
    # Balances and pads.
    "a balance that fails": book(SALE + "2026-01-06 balance Assets:Bank  99.00 EUR\n", "Balance failed"),
    "a balance within its tolerance": book(
        SALE + "2026-01-06 balance Assets:Bank  99.98 ~ 0.02 EUR\n2026-01-06 balance Assets:Bank  100.006 EUR\n",
        "Balance failed",
    ),
    "a balance on the day of its transaction": book(
        SALE + "2026-01-05 balance Assets:Bank  0 EUR\n2026-01-05 balance Assets:Bank  100 EUR\n", "Balance failed"
    ),
    "a balance of an account above": book(
        SALE.replace("Assets:Bank", "Assets:Bank:Sub")
        + "2026-01-06 balance Assets:Bank  100.00 EUR\n2026-01-06 balance Assets  0 EUR\n",
        "Invalid token",
    ),
    "a balance of another currency": one(
        OPEN.replace("open Assets:Bank\n", "open Assets:Bank EUR\n") + "2026-01-06 balance Assets:Bank  0 USD\n",
        "Invalid currency",
    ),
    "two balances that differ": book(
        "2026-01-06 balance Assets:Bank  0 EUR\n2026-01-06 balance Assets:Bank  1 EUR\n", "Duplicate balance"
    ),
    "a pad": book("2026-01-02 pad Assets:Bank Equity:Start\n" + SALE + "2026-01-06 balance Assets:Bank  150.00 EUR\n"),
    "a pad without balance": book(f"2026-01-02 pad Assets:Bank Equity:Start\n{SALE}", "Unused Pad"),
    "a pad in an included file": several(
        "",
        main=f'include "a.beancount"\n{OPEN}2026-01-06 balance Assets:Bank  150.00 EUR\n',
        a="2026-01-02 pad Assets:Bank Equity:Start\n",
    ),
    "a pad of lots": book(
        f"{BUY}2026-01-07 pad Assets:Stock Equity:Start\n2026-01-08 balance Assets:Stock  25 ABC\n", "pad"
    ),
    # Accounts and commodities.
    "an account opened twice": book("2021-01-01 open Assets:Bank EUR\n", "Duplicate open"),
    "an account opened in two files": several(
        "Duplicate open", main=f'include "a.beancount"\n{OPEN}', a="2019-01-01 open Assets:Bank\n" + SALE
    ),
    "an account of some currencies": one(
        OPEN.replace("open Income:Sales", "open Income:Sales EUR,USD") + SALE.replace("EUR", "CHF"), "Invalid currency"
    ),
    "an account closed, then used": book("2026-01-04 close Assets:Bank\n" + SALE, "inactive account"),
    "an account closed twice, and one never opened": book(
        "2026-01-04 close Assets:Bank\n2026-01-05 close Assets:Bank\n2026-01-05 close Assets:Nothing\n",
        "Unopened account",
    ),
    "an account used before it opens": book(SALE.replace("2026", "2019"), "inactive account"),
    "an account used on the day it closes": book(f"{SALE}2026-01-05 close Assets:Bank\n"),
    "an account closed and opened again": book(
        f"2026-01-04 close Assets:Bank\n2026-01-05 open Assets:Bank\n{SALE}", "Duplicate open"
    ),
    "an account never opened": book(SALE.replace("Sales", "Other"), "unknown account"),
    "a note, a document, an event of accounts that are not open": book(
        '2026-01-05 note Assets:No "x"\n2026-01-05 document Assets:No "/nowhere.pdf"\n2026-01-05 event "place" "Huy"\n',
        "unknown account",
    ),
    "commodities, one of them twice": book(
        '2020-01-01 commodity EUR\n  name: "Euro"\n2021-01-01 commodity EUR\n2020-01-01 commodity A-B.C_D\'E1\n',
        "Duplicate commodity",
    ),
    "events": book('2026-01-05 event "place" "Huy"\n2026-01-05 event "place" ""\n2026-01-04 event "" "Huy"\n'),
    "prices, twice the same and once another": book(
        "2026-01-05 price USD 0.9 EUR\n2026-01-05 price USD 0.9 EUR\n2026-01-05 price USD 0.91 EUR\n"
    ),
    "queries": book('2026-01-05 query "one" "SELECT account"\n2026-01-05 query "one" "SELECT nothing FROM nowhere"\n'),
    "documents with tags and links": Hostile(
        "", {MAIN: f'{OPEN}2026-01-05 document Assets:Bank "a.txt" #t ^l\n  key: "v"\n', "a.txt": "x"}
    ),
    "notes with tags and links": book('2026-01-05 note Assets:Bank "x" #t ^l\n  key: 1\n'),
    "a document that is not there": book('2026-01-05 document Assets:Bank "a.txt"\n', "does not exist"),
    "a document named by an included file": Hostile(
        "",
        {
            MAIN: f'include "b/a.beancount"\n{OPEN}',
            "b/a.beancount": '2026-01-05 document Assets:Bank "../c/a.txt"\n',
            "c/a.txt": "x",
        },
    ),
    "folders of documents": Hostile(
        "does not exist",
        {
            MAIN: f'option "documents" "docs"\noption "documents" "none"\n{OPEN}',
            "docs/Assets/Bank/2026-01-05.relevé.txt": "x",
            "docs/Assets/Nothing/2026-01-05.x.txt": "x",
            "docs/Assets/Bank/undated.txt": "x",
        },
    ),
    "a folder of documents of an included file": Hostile(
        "",
        {
            MAIN: f'include "b/a.beancount"\n{OPEN}',
            "b/a.beancount": f'option "documents" "docs"\n{SALE}',
            "b/docs/Assets/Bank/2026-01-05.txt": "x",
        },
    ),
    # Customs, metadata, tags.
    "a custom of every type": book('2026-01-05 custom "all" "text" 2026-01-05 TRUE FALSE 1.50 EUR 2.0 Assets:Bank\n'),
    "a custom of no value": book(f'2026-01-05 custom "none"\n{SALE}', "ops.pad"),
    "metadata of every type": book(
        '2026-01-05 * "x"\n  text: "t"\n  day: 2026-01-05\n  yes: TRUE\n  no: FALSE\n  money: 1.50 EUR\n  number: 2.0\n  sum: (1+2)/4\n'
        "  account: Assets:Bank\n  currency: EUR\n  tag: #t\n  nothing:\n"
        '  Assets:Bank  1 EUR\n    text: "t"\n    day: 2026-01-05\n    nothing:\n    money: 1.50 EUR\n  Income:Sales\n    number: 3\n'
    ),
    "metadata under a key of one letter": book('2026-01-05 event "a" "b"\n  k: 1\n', "Invalid token"),
    "metadata of other directives": book(
        '2026-01-05 balance Assets:Bank  0 EUR\n  key: 1\n2026-01-05 price USD 1 EUR\n  key: "x"\n2026-01-05 event "a" "b"\n  key: TRUE\n'
        "2026-01-05 close Expenses:Food\n  key: 2026-01-01\n"
    ),
    "metadata given twice": book(
        '2026-01-05 * "x"\n  key: 1\n  key: 2\n  Assets:Bank  1 EUR\n    own: 1\n    own: 2\n  Income:Sales\n',
        "Duplicate",
    ),
    "metadata of the loader's own names": book(
        '2026-01-05 * "x"\n  filename: "elsewhere"\n  lineno: 7\n  __tolerances__: 1\n  Assets:Bank  1 EUR\n    __automatic__: TRUE\n  Income:Sales\n',
        "token",
    ),
    "flags of all kinds": book(
        "".join(
            f'2026-01-05 {flag} "x"\n  ! Assets:Bank  1 EUR\n  {flag} Income:Sales  -1 EUR\n'
            for flag in ["*", "!", "&", "#", "?", "%", "P", "txn", "M", "é"]
        ),
        "syntax error",
    ),
    "tags and links on the lines that follow": book(
        '2026-01-05 * "x" #a ^l #a\n  #b ^m\n  Assets:Bank  1 EUR\n  Income:Sales\n2026-01-05 * "y" #a\n  #c\n  key: 1\n  Assets:Bank  1 EUR\n  Income:Sales\n'
    ),
    "pushed tags and metadata": book(
        f'pushtag #a\npushmeta project: "x"\npushmeta number: 1\n{SALE}poptag #a\npopmeta project:\n{SALE}popmeta number:\n'
    ),
    "tags pushed and never popped, and the reverse": book(
        f'pushtag #a\npoptag #b\npushmeta one: "1"\npopmeta other:\n{SALE}', "Attempting to pop absent"
    ),
    "a number pushed and never popped": book(f"pushmeta one: 1\n{SALE}", "TypeError"),
    "a tag pushed across an include": several(
        "Unbalanced pushed tag",
        main=f'pushtag #a\npushmeta kept: "main"\ninclude "a.beancount"\n{OPEN}{SALE}poptag #a\n',
        a=f"{SALE}pushtag #b\n{SALE}",
    ),
    "a tag pushed twice": book(f"pushtag #a\npushtag #a\npoptag #a\n{SALE}poptag #a\n{SALE}"),
    # Order.
    "an entry twice, to the letter": book(SALE + SALE),
    "everything on one day": book(
        f'2026-01-05 close Expenses:Food\n2026-01-05 document Assets:Bank "/dev/null"\n{SALE}2026-01-05 note Assets:Bank "x"\n'
        '2026-01-05 price USD 1 EUR\n2026-01-05 custom "x" 1\n2026-01-05 event "a" "b"\n2026-01-05 query "a" "b"\n'
        "2026-01-05 balance Assets:Bank 0 EUR\n2026-01-05 commodity USD\n2026-01-05 open Assets:New\n"
    ),
    "dates backwards": book("".join(SALE.replace("01-05", f"01-{day:02}") for day in range(28, 0, -1))),
    "one day over many files": Hostile(
        "",
        {MAIN: f'include "b/*.beancount"\n{OPEN}{SALE}', **{f"b/{number}.beancount": SALE * 2 for number in range(9)}},
    ),
    # Plugins.
    "a plugin of Beancount": book(
        'plugin "beancount.plugins.implicit_prices"\n2026-01-05 * "x"\n  Assets:Bank  1 USD @ 0.9 EUR\n  Income:Sales\n'
    ),
    "a plugin that opens accounts": one(f'plugin "beancount.plugins.auto_accounts"\n{SALE}'),
    "a plugin that finds fault": book(
        f'plugin "beancount.plugins.leafonly"\nplugin "beancount.plugins.noduplicates"\n{SALE}{SALE}',
        "Non-leaf account",
    ),
    "two plugins, in this order": book(
        f'plugin "beancount.plugins.auto_accounts"\nplugin "beancount.plugins.check_commodity"\n{SALE}',
        "Missing Commodity",
    ),
    "a plugin that is not there": book(f'plugin "no.such.plugin"\n{SALE}', "Error importing"),
    "a plugin that is no plugin": book(f'plugin "json"\n{SALE}'),
    "a plugin that fails": book(f'plugin "beancount.plugins.check_commodity" "1/0"\n{SALE}', "Error applying plugin"),
    "a plugin of an included file": several(
        "", main=f'include "a.beancount"\n{OPEN}', a=f'plugin "beancount.plugins.auto_accounts"\n{SALE}'
    ),
    "a plugin beside the ledger": Hostile(
        "said beside the ledger",
        {
            MAIN: f'option "insert_pythonpath" "TRUE"\nplugin "beside_the_ledger"\n{OPEN}{SALE}',
            "beside_the_ledger.py": 'import collections\n__plugins__ = ["run"]\nError = collections.namedtuple("Error", "source message entry")\n'
            'def run(entries, options):\n    return entries, [Error({"filename": "x", "lineno": 1}, "said beside the ledger", None)]\n',
        },
    ),
    "no plugins but those named": one(
        f'option "plugin_processing_mode" "raw"\n{OPEN}2026-01-05 balance Assets:Bank  7 EUR\n'
    ),
    "the suite": one(f'{COOPERATIVE}plugin "beancoop"\n{ACTIVITY}'),
    "the suite, with a configuration": one(
        f'{COOPERATIVE}plugin "beancoop" "today=2026-03-01"\n{ACTIVITY}', "beancoop"
    ),
    "the suite twice": one(f'{COOPERATIVE}plugin "beancoop"\nplugin "beancoop"\n{ACTIVITY}'),
    "the suite, and a plugin behind it": one(
        f'{COOPERATIVE}plugin "beancoop"\nplugin "beancount.plugins.implicit_prices"\n{ACTIVITY}'
    ),
    "a part of the suite": one(f'{COOPERATIVE}plugin "beancoop.contribution"\n{ACTIVITY}'),
    "the suite in an included file, and not in the main one": several(
        "", main=f'{COOPERATIVE}include "a.beancount"\n', a=f'{COOPERATIVE}plugin "beancoop"\n{ACTIVITY}'
    ),
    "the suite in both": several(
        "",
        main=f'{COOPERATIVE}plugin "beancoop"\ninclude "a.beancount"\n',
        a=f'{COOPERATIVE}plugin "beancoop"\n{ACTIVITY}',
    ),
    "the suite, and roots of other names": one(
        f'{COOPERATIVE}option "name_assets" "Actifs"\nplugin "beancoop"\n' + ACTIVITY.replace("Assets:", "Actifs:")
    ),
    "the suite, and another tolerance": one(f'option "operating_currency" "EUR"\nplugin "beancoop"\n{ACTIVITY}'),
    "the suite, and a pad": one(
        f'{COOPERATIVE}plugin "beancoop"\n{ACTIVITY}2026-01-06 pad Assets:40:400-Clients:A001 Income:70:700-Ventes:A001\n2026-02-20 balance Assets:40:400-Clients:A001  150.00 EUR\n'
    ),
    "the suite, and a unit that nobody is": one(
        f'{COOPERATIVE}plugin "beancoop"\n' + ACTIVITY.replace(":A001", ":A002"), "A002"
    ),
    # What looks like what our loader knows, and is not quite.
    "tolerances by currency, written backwards": book(
        'option "inferred_tolerance_default" "USD:0.5"\noption "inferred_tolerance_default" "EUR:0.4"\n'
        f'{SALE}2026-01-05 * "x"\n  Assets:Bank  1 CHF\n  Income:Sales  -1 CHF\n'
    ),
    "as many numbers of one precision as of another": book(
        '2026-01-05 * "x"\n  Assets:Bank  1.00 EUR\n  Income:Sales  -1.0 EUR\n  Income:Sales  0 EUR\n'
        '2026-01-05 * "y"\n  Assets:Bank  000.05 XYZ\n  Income:Sales  -0.05 XYZ\n'
    ),
    "the largest number that is counted fast, and the next": book(
        '2026-01-05 * "x"\n  Assets:Bank  99999999999.123456789 EUR\n  Income:Sales  -99999999999.123456789 EUR\n'
        '2026-01-05 * "y"\n  Assets:Bank  999999999999.99 EUR\n  Income:Sales  -999999999999.99 EUR\n'
    ),
    "many postings": book(
        '2026-01-05 * "x"\n'
        + "".join(f"  Assets:Bank  {n}.{n % 100:02} EUR\n" for n in range(300))
        + "  Income:Sales\n"
    ),
    "a tolerance multiplied by nothing that counts": one(
        f'option "tolerance_multiplier" "NaN"\n{OPEN}{SALE}', "InvalidOperation"
    ),
    "a negative tolerance": one(f'option "tolerance_multiplier" "-1"\n{OPEN}{SALE}'),
    "units left out of a price": book('2026-01-05 * "x"\n  Assets:Bank  USD @ 2 EUR\n  Income:Sales  10.00 EUR\n'),
    "all but the price's currency left out": book(
        '2026-01-05 * "x"\n  Assets:Bank  3 USD @ EUR\n  Income:Sales  -10 EUR\n', "does not balance"
    ),
    "precise interpolation": book(
        'option "use_precise_interpolation" "TRUE"\n2026-01-05 * "x"\n  Assets:Bank  3.333 USD @ 1.117 EUR\n  Income:Sales\n'
    ),
    "customs and metadata of what is no text": book(
        '2026-01-05 custom "x" Assets:Unopened\n2026-01-05 custom "y" -5 (3+4) -5 EUR\n'
        '2026-01-05 * "x"\n  number: -1\n  currency: EUR\n  Assets:Bank  1 EUR\n  Income:Sales\n'
    ),
    "accounts of names that begin alike": book(
        "2020-01-01 open Assets:Bank-2\n2020-01-01 open Assets:Bank2\n"
        + SALE
        + SALE.replace("Bank", "Bank-2")
        + SALE.replace("Bank", "Bank2")
        + "2026-01-06 balance Assets:Bank  100.00 EUR\n"
    ),
    "a balance before the account below opens": book(
        f"2026-01-01 open Assets:Bank:New\n{SALE.replace('Bank', 'Bank:New')}2025-01-07 balance Assets:Bank  0.00 EUR\n"
        "2026-01-07 balance Assets:Bank  100.00 EUR\n"
    ),
    "a balance of an account above that is closed": book(
        f"2026-01-01 close Assets:Bank\n{SALE.replace('Bank', 'Bank:Sub')}2026-01-07 balance Assets:Bank  100.00 EUR\n"
    ),
    "a balance, a note and a document after the close": book(
        f'{SALE}2026-01-06 close Assets:Bank\n2026-01-07 balance Assets:Bank  100.00 EUR\n2026-01-07 note Assets:Bank "x"\n'
        '2026-01-07 document Assets:Bank "/dev/null"\n'
    ),
    "balances that fail, of one day and the next": book(
        f"{SALE}2026-01-06 balance Assets:Bank  1 EUR\n2026-01-06 balance Assets:Bank  1 EUR\n2026-01-07 balance Assets:Bank  2 EUR\n",
        "Balance failed",
    ),
    "accounts of two openings and of other currencies": one(
        "2020-01-01 open Assets:Bank EUR\n2021-01-01 open Assets:Bank USD\n2020-01-01 open Income:Sales\n"
        + SALE
        + SALE.replace("EUR", "USD"),
        "Duplicate open",
    ),
    "the same lines in two files": several(
        "Duplicate", main='include "a.beancount"\ninclude "b.beancount"\n', a=OPEN + SALE, b=OPEN + SALE
    ),
    "includes of nothing, of all and of what is none": Hostile(
        "Is a directory", {MAIN: f'include ""\ninclude "/"\ninclude "b/"\n{OPEN}', "b/x": SALE}
    ),
    "an include of a device": one(f'include "/dev/null"\n{OPEN}'),
    "a file whose name is no text": Hostile("surrogates", {MAIN: f'include "b/*"\n{OPEN}', "b/\udcff.beancount": SALE}),
    "documents of empty and of odd names": Hostile(
        "",
        {
            MAIN: f'{OPEN}2026-01-05 document Assets:Bank "a"\n2026-01-05 document Assets:Bank "./a"\n2026-01-05 document Assets:Bank ""\n',
            "a": "x",
        },
    ),
    "options of old": one(
        f'option "tolerance" "0.1"\noption "default_tolerance" "EUR:1"\noption "experiment_explicit_tolerances" "TRUE"\n{OPEN}{SALE}',
        "option",
    ),
    "digits to show, by option": one(f'option "display_precision" "EUR:0.001"\n{OPEN}{SALE}'),
    "a plugin of an empty name": one(f'plugin ""\n{OPEN}{SALE}', "Empty module name"),
    "the suite, with an empty configuration": one(f'{COOPERATIVE}plugin "beancoop" ""\n{ACTIVITY}', "beancoop"),
}

WHOLE = "whole.beancount"


def inside(ledger: Hostile) -> Hostile:
    """Give the ledger as one file among those of a cooperative that runs the suite."""
    whole = (
        f'{COOPERATIVE}plugin "beancoop"\ninclude "before.beancount"\ninclude "{MAIN}"\ninclude "behind.beancount"\n'
    )
    more = {
        WHOLE: whole,
        "before.beancount": f"{COOPERATIVE}{ACTIVITY}",
        "behind.beancount": ACTIVITY.replace("A001", "A002"),
    }
    return Hostile(ledger.says, {**ledger.files, **more})


DEADLY = book('2026-01-05 * "x"\n  Assets:Bank  1/0 EUR\n  Income:Sales\n')
"""A division by zero ends the process that reads it, in Beancount 3.2."""
