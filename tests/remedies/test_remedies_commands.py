"""What commands refuse: each remedy is done as its message says, and the command then does what was asked of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from remedies.commanding import (
    BOOK,
    COOP,
    EXIT,
    LATER,
    LEDGERS,
    MAIN,
    OWN,
    Trial,
    append,
    both,
    closed,
    done,
    instead,
    line_from,
    more,
    numbered,
    replace,
    said,
    try_it,
)
from trust.lab import START

pytestmark = pytest.mark.usefixtures("in_lab")

CASH = "  Assets:57:570-Caisse:COOP  {0} EUR\n  Income:74:743-ProduitsDivers:COOP  -{0} EUR\n"
SPENT = """2026-02-10 * "x"
  Expenses:60:601-Fournitures:A001  50.00 EUR
  Liabilities:44:440-Fournisseurs:A001  -50.00 EUR
"""
PAID = """2026-02-20 * "Client" "Facture 1"
  invoice: "A001-2026-0001"
  Assets:55:5500-Banque:A001  2420.00 EUR
  Assets:40:400-Clients:A001  -2420.00 EUR
"""
ASK = ("account", "6155", "A001")
OPENING = LEDGERS / "opening.csv"


def table(text: str):
    def lay() -> None:
        OPENING.write_text(text)

    return lay


def opening(code: str, wrong: str, old: str, new: str = "", pattern: str = "") -> Trial:
    """Write a table with a mistake, and mend it as the message says."""

    def then(message: str) -> None:
        right = new.replace("{said}", said(pattern, message)) if pattern else new
        text = OPENING.read_text()
        assert old in text
        OPENING.write_text(text.replace(old, right, 1))

    return Trial(code, ("open-books", str(OPENING)), then, table(wrong))


HEAD = "unit;account;balance;party;invoice;date;due;amount;communication\n"
FAIR = f"{HEAD}A002;5500;300,00\nA002;140;-300,00\n"
OWED = f"{HEAD}A002;400;121,00;Client SA;F-1;10/12/2025;09/01/2026;121,00;\nA002;140;-121,00\n"


def missing_invoice(message: str) -> None:
    """Add the invoice that is missing."""
    amount = said(r"difference of ([\d.]+)", message)
    replace(OPENING, "A002;140", f"A002;400;;Client SA;F-2;11/12/2025;10/01/2026;{amount};\nA002;140")()


def owed_to_the_rest(message: str) -> None:
    """Add the account that is missing, and the same amount on the other side."""
    liaison = said(r"stands on (960-\w+)", message)
    append(OPENING, f"A002;{liaison};-300,00\nCOOP;{liaison};300,00\nCOOP;140;-300,00\n")()


def brought_forward(message: str) -> None:
    """Take the line of 950 out, and add its amount to the result brought forward."""
    number = said(r"forward \((14)\)", message)
    OPENING.write_text(
        OPENING.read_text().replace("A002;950;-100,00\n", "").replace(f"{number}0;-200", f"{number}0;-300")
    )


OPEN = ("open-books", str(OPENING))
BOOKS_KEPT_BEFORE = [
    Trial("BC1401", OPEN, lambda _: table(FAIR)(), table("")),
    opening(
        "BC1402",
        FAIR.replace(";account", "").replace("A002;5500", "A002").replace("A002;140", "A002"),
        FAIR.replace(";account", "").replace("A002;5500", "A002").replace("A002;140", "A002"),
        FAIR,
    ),
    Trial(
        "BC1403",
        OPEN,
        lambda _: table(FAIR)(),
        table(FAIR.replace("account", "colour;account").replace("A002;", "A002;;")),
    ),
    opening("BC1404", FAIR.replace("balance;party", "balance;solde"), ";solde", ";party"),
    opening("BC1405", FAIR.replace("300,00\n", "300,00;;;;;;;;x\n", 1), "300,00;;;;;;;;x\n", "300,00\n"),
    opening("BC1406", FAIR.replace("A002;140", "A002;140") + 'A002;"', 'A002;"', ""),
    Trial(
        "BC1407", OPEN, lambda _: replace(OPENING, "\n;140", "\nA002;140")(), table(FAIR.replace("A002;140", ";140"))
    ),
    opening("BC1408", FAIR.replace("5500", "banque"), "banque", "{said}", r"such as (\d+)\."),
    opening("BC1409", FAIR.replace("A002;5500;300,00", "A002;5500;300,00 euros"), " euros", ""),
    opening("BC1410", OWED.replace("10/12/2025", "10 déc"), "10 déc", "10/12/2025"),
    opening("BC1411", OWED.replace("121,00;\n", "121,00;+++090/9337/55494+++\n"), "+++090/9337/55494+++", ""),
    opening("BC1412", FAIR + "A002;570;\n", "A002;570;\n", ""),
    opening(
        "BC1413", FAIR.replace("balance;", "balance;debit;credit;").replace("300,00\n", "300,00;1,00\n", 1), ";1,00", ""
    ),
    opening("BC1414", OWED.replace(";F-1;", ";;"), "SA;;", "SA;F-1;"),
    Trial(
        "BC1421",
        OPEN,
        brought_forward,
        table(f"{HEAD}A002;5500;300,00\nA002;950;-100,00\nA002;140;-200,00\n"),
    ),
    opening("BC1422", OWED.replace("A002;400", "A002;5500"), ";Client SA;F-1;10/12/2025;09/01/2026;121,00;", ""),
    opening("BC1423", FAIR.replace("A002;140", "A002;5500;300,00\nA002;140"), "A002;5500;300,00\n", ""),
    Trial("BC1424", OPEN, missing_invoice, table(OWED.replace("400;121,00", "400;200,00").replace("-121", "-200"))),
    Trial("BC1425", OPEN, owed_to_the_rest, table(f"{HEAD}A002;5500;300,00\n")),
    opening(
        "BC1426",
        OWED.replace(
            "A002;140;-121,00", OWED.split("\n")[1].replace("400;121,00", "400;") + "\nA002;140;-242,00"
        ).replace("400;121,00", "400;242,00"),
        "F-1;",
        "F-2;",
    ),
    opening("BC1427", FAIR.replace("5500", "5519"), "5519", "{said}", r"write a name behind it: (\S+?)\.? \["),
]
ACCOUNT = [
    Trial(
        "BC280", ("account", "7300", "A001"), lambda message: ("account", said(r"nearest are (\d+)", message), "A001")
    ),
    Trial("BC280", ("account", "7300", "A001"), more(("account", "7300", "A001"), "--label", "Divers")),
    Trial(
        "BC283", ("account", "6155", "A009"), lambda message: ("account", "6155", said(r"those of .*\b(A001)", message))
    ),
    Trial(
        "BC284",
        (*ASK, "--date", "2025-12-31"),
        lambda message: (*ASK, "--date", said(r"begins on ([-\d]+);", message)),
    ),
    Trial(
        "BC285",
        (*ASK, "--date", "2026-01-10"),
        lambda message: (*ASK, "--date", said(r"open day is ([-\d]+)", message)),
        closed("2026-01"),
    ),
    Trial("BC286", (*ASK, "--label", "---"), lambda message: (*ASK, "--label", said(r"such as (\w+)", message))),
    Trial("BC289", ("account", "abc", "A001"), lambda message: ("account", said(r"as in (\d+)", message), "A001")),
]
CLOSE = ("close", "2026-03", *LATER)
CLOSING = [
    Trial(
        "BC504",
        ("close", "2026-01", "--today", "2026-01-20"),
        lambda message: ("close", "2026-01", "--today", said(r"from ([-\d]+) on", message)),
    ),
    Trial("BC506", CLOSE, lambda message: done(*shlex.split(said(r"(beancoop close [-\d]+)", message))[1:], *LATER)),
    Trial(
        "BC501",
        ("close", "2026-01", *LATER),
        lambda _: replace(COOP, CASH.format("1.00").replace("-1.00", "-2.00"), CASH.format("1.00"))(),
        append(COOP, '2026-01-20 * "x"\n' + CASH.format("1.00").replace("-1.00", "-2.00")),
    ),
    Trial("BC503", ("close", "2026-01", *LATER, "--ledger", str(OWN)), lambda _: ("close", "2026-01", *LATER)),
    Trial(
        "BC509",
        ("close", "2026-01", *LATER),
        lambda _: replace(BOOK, 'plugin "os"', "")(),
        append(BOOK, 'plugin "os"\n'),
    ),
    Trial(
        "BC998",
        ("close", "2026-01", "--today", "2090-01-01"),
        more(("close", "2026-01", "--today", "2090-01-01"), "--force"),
    ),
    Trial(
        "BC998",
        ("close", "2026-01", "--today", "2090-01-01"),
        lambda message: ("close", "2026-01", "--today", said(r"it is ([-\d]+) by", message)),
    ),
]
PERIODS = [
    Trial(
        "BC897",
        ("close", "2026/03"),
        lambda message: ("close", said(r"a month, as in ([-\d]+),", message), "--dry-run"),
        closed("2026-01", "2026-02"),
    ),
    Trial(
        "BC936",
        ("report", "contributions", "--quarter", "1"),
        lambda message: ("report", "contributions", "--quarter", said(r"as in ([-\d]+),", message)),
    ),
    Trial(
        "BC937",
        ("report", "contributions", "--year", "26"),
        lambda message: ("report", "contributions", "--year", said(r"as in (\d+)", message)),
    ),
    Trial(
        "BC938",
        ("report", "contributions", "--year", "2026", "--month", "2026-02"),
        lambda _: ("report", "contributions", "--month", "2026-02"),
    ),
    Trial(
        "BC939",
        ("report", "contributions", "--from", "2026-02-01"),
        more(("report", "contributions", "--from", "2026-02-01"), "--until", "2026-02-28"),
    ),
    Trial(
        "BC940",
        ("report", "contributions", "--from", "2026-03-01", "--until", "2026-02-01"),
        lambda _: ("report", "contributions", "--from", "2026-02-01", "--until", "2026-03-01"),
    ),
    Trial(
        "BC930",
        ("export", "A001", "--to", "x", "--from", "2026-03-01", "--until", "2026-02-01"),
        lambda _: ("export", "A001", "--to", "x", "--from", "2026-02-01", "--until", "2026-03-01"),
    ),
    Trial("BC941", ("query", "nothing"), lambda message: ("query", said(r"there are: ([\w-]+)", message))),
    Trial("BC942", ("report", "nothing"), lambda message: ("report", said(r"\b(contributions)\b", message))),
    Trial(
        "BC1072", ("vat", "return", "2026-01"), lambda message: ("vat", "return", said(r"as in (\S+?)\. \[", message))
    ),
    Trial("BC1074", ("vat", "return", "x"), lambda message: ("vat", "return", said(r"as in (\S+) or", message))),
    Trial("BC1075", ("vat", "clients", "x"), lambda message: ("vat", "clients", said(r"as in (\d+)", message))),
]
UNITS = [
    Trial(
        "BC922",
        (*EXIT[:1], "A009", *EXIT[2:]),
        lambda message: (*EXIT[:1], said(r"it has: .*\b(A002)", message), *EXIT[2:]),
        append(LEDGERS / "activities/A002/books/2026.beancount", PAID.replace("A001", "A002")),
    ),
    Trial(
        "BC924",
        ("report", "activity", "--unit", "A009"),
        lambda message: ("report", "activity", "--unit", said(r"it has .*\b(A002)", message)),
    ),
    Trial(
        "BC921",
        (*EXIT[:1], "COOP", *EXIT[2:]),
        lambda _: (*EXIT[:1], "A002", *EXIT[2:]),
        append(LEDGERS / "activities/A002/books/2026.beancount", PAID.replace("A001", "A002")),
    ),
    Trial(
        "BC931",
        ("export", "A001", "--to", "there"),
        lambda _: ("export", "A001", "--to", "elsewhere"),
        lambda: (Path("there").mkdir(), Path("there/x").write_text("")),
    ),
    Trial("BC932", ("export", "A001", "--to", "ledgers/x"), lambda _: ("export", "A001", "--to", "x")),
    Trial(
        "BC933",
        ("export", "A001", "--to", "x", "--from", "2025-01-01", "--until", "2025-12-31"),
        lambda _: ("export", "A001", "--to", "x", "--from", "2026-01-01", "--until", "2026-12-31"),
    ),
    Trial(
        "BC943",
        ("report", "activity", "--unit", "A001", "--all"),
        lambda message: ("report", "activity", said(r"(--unit)", message), "A001"),
    ),
    Trial(
        "BC946",
        ("report", "activity"),
        lambda message: ("report", "activity", *said(r"as in (--unit A001)", message).split()),
    ),
    Trial("BC944", ("report", "committee", "--unit", "A001"), lambda _: ("report", "committee")),
    Trial(
        "BC945", ("report", "committee", "--ledger", str(OWN)), lambda _: ("report", "committee", "--ledger", str(MAIN))
    ),
    Trial("BC950", ("report", "activity", "--all"), more(("report", "activity", "--all"), "--to", "x")),
    Trial("BC954", ("activity", "a014"), lambda message: ("activity", said(r"as in (\w+)", message), "--start", START)),
    Trial(
        "BC955",
        ("activity", "A014", "--trade", 'Le "x"'),
        lambda _: ("activity", "A014", "--start", START, "--trade", "Le x"),
    ),
    Trial(
        "BC956",
        ("activity", "A014", "--iban", "BE68-5390"),
        lambda _: ("activity", "A014", "--start", START, "--iban", "BE71 0961 2345 6769"),
    ),
    Trial("BC996", ("init", "x", "--name", ""), lambda _: ("init", "x", "--name", "Les Sources SC")),
    Trial("BC997", ("init", "x", "--enterprise", "0123456789"), lambda _: ("init", "x", "--enterprise", "0123456749")),
    Trial("BC995", ("decide", "--format", "json"), more(("decide", "--format", "json"), "--list")),
    Trial(
        "BC1321",
        ("query", "mienne"),
        lambda _: (LEDGERS.parent / "queries/mienne.bql").write_text("SELECT account ; all\n") and None,
        lambda: (
            (LEDGERS.parent / "queries").mkdir(),
            (LEDGERS.parent / "queries/mienne.bql").write_text("; all\nSELECT account\n"),
        ),
    ),
    Trial(
        "BC1325",
        ("query", "mienne"),
        lambda _: (LEDGERS.parent / "queries/mienne.bql").write_text("SELECT 'é'\n") and None,
        lambda: (
            (LEDGERS.parent / "queries").mkdir(),
            (LEDGERS.parent / "queries/mienne.bql").write_bytes(b"SELECT '\xe9'\n"),
        ),
    ),
    Trial(
        "BC958",
        ("activity", "A014", "--start", START),
        lambda message: line_from(r"add: (.*?) \[", MAIN)(message) or ("check",),
        replace(
            MAIN,
            'include "activities/*/ledger.beancount"',
            'include "activities/A001/ledger.beancount"\ninclude "activities/A002/ledger.beancount"',
        ),
    ),
]
LEAVING = [
    Trial("BC916", EXIT, lambda _: append(BOOK, PAID)()),
    Trial(
        "BC919",
        EXIT,
        lambda _: replace(BOOK, '2026-02-20 ! "Client"', '2026-02-20 * "Client"')(),
        append(BOOK, PAID.replace(" * ", " ! ")),
    ),
    Trial(
        "BC905",
        (*EXIT[:-1], "2026-02-25"),
        lambda message: (*EXIT[:-1], said(r"from ([-\d]+) on", message)),
        both(append(BOOK, PAID), closed("2026-01", "2026-02")),
    ),
    Trial("BC906", (*EXIT, "--ledger", str(OWN)), lambda _: EXIT, append(BOOK, PAID)),
    Trial(
        "BC935",
        (*EXIT, "--account", "550-Banque"),
        lambda message: (*EXIT, "--account", said(r"as in (\S+?)\. \[", message)),
        append(BOOK, PAID),
    ),
]
VAT = [
    Trial(
        "BC1080",
        ("vat", "file", "2026-Q1", "--ledger", str(OWN)),
        lambda _: ("vat", "file", "2026-Q1", *LATER),
        numbered,
    ),
    Trial(
        "BC1081",
        ("vat", "file", "2026-Q1", "--today", "2026-03-01"),
        lambda message: ("vat", "file", "2026-Q1", "--today", said(r"from ([-\d]+) on", message)),
        numbered,
    ),
    Trial(
        "BC1083",
        ("vat", "file", "2026-Q2", *LATER),
        lambda message: done(*shlex.split(said(r"(beancoop vat file \S+?)(?: \[|$)", message))[1:], *LATER),
        numbered,
    ),
    Trial(
        "BC1088",
        ("vat", "file", "2026-Q1", *LATER),
        lambda message: replace(
            MAIN, '; enterprise: "0xxxxxxxxx"', f'{said(r": (enterprise:)", message)} "0999888767"'
        )(),
    ),
    Trial("BC1078", ("vat", "drift", "2026-Q1"), instead(r"(beancoop vat return \S+?)\.? \["), numbered),
    Trial(
        "BC1085",
        ("vat", "file", "2026-Q1", *LATER),
        lambda _: replace(BOOK, '2026-02-10 ! "x"', '2026-02-10 * "x"')(),
        both(numbered, append(BOOK, SPENT.replace(" * ", " ! "))),
    ),
    Trial(
        "BC1090",
        ("vat", "file", "2026-Q1", "--today", "2026-04-10"),
        lambda message: ("vat", "file", "2026-Q1", "--today", said(r"on ([-\d]+) or later", message)),
        both(numbered, lambda: [done("close", f"2026-0{month}", *LATER) for month in range(1, 5)]),
    ),
]


ONE_BY_ONE = replace(
    MAIN, 'include "coop/*.beancount"', 'include "coop/accounts.beancount"\ninclude "coop/2026.beancount"'
)


def included(message: str) -> None:
    """Make the file that is not there, empty, and include it."""
    path = LEDGERS / re.search(r"(coop/[\w-]+\.beancount)", message)[1]
    assert not path.exists()
    path.write_text("")
    append(MAIN, f'include "{path.relative_to(LEDGERS)}"\n')()


NAMED_ONE_BY_ONE = [
    Trial("BC1437", (*OPEN, "--write"), included, both(ONE_BY_ONE, table(FAIR.replace("A002", "COOP")))),
    Trial("BC508", ("close", "2026-02", *LATER), included, ONE_BY_ONE),
]
TRIALS = [*NAMED_ONE_BY_ONE, *BOOKS_KEPT_BEFORE, *ACCOUNT, *CLOSING, *PERIODS, *UNITS, *LEAVING, *VAT]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.code)
def test_what_the_message_says_does(trial):
    try_it(trial)
