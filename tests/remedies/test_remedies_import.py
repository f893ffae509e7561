"""What an import refuses or asks: each remedy is done as its message says, and the files are then booked in peace."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner
from coda_writer import Line, Paper, coda
from remedies.commanding import (
    ACCOUNTS,
    BOOK,
    COOP,
    LEDGERS,
    MAIN,
    Trial,
    append,
    both,
    done,
    replace,
    run,
    said,
    try_it,
)
from trust.lab import START, laboratory
from ubl_writer import OURS, Bill, ubl

FILE, RULES = Path("file"), LEDGERS / "rules.toml"
IMPORT = ("import", str(FILE), "--today", "2026-06-30")
BANK = "Assets:55:5500-Banque"
PAPER = Paper((Line(50_000, name="CLIENT", communication="COTISATION"),))
OTHER = "BE71096123456769"
SOLD = Bill(buyer_reference="A001", date="2026-02-15", due="2026-03-15")
BILL = ubl(SOLD)
RULE = '[[movement]]\nname = "Cotisations"\nwhen = {{ {} }}\nthen = {{ {} }}\n'
WHEN, THEN = 'text = "cotisation"', 'account = "740-Subsides", flag = "*"'


pytestmark = pytest.mark.usefixtures("in_lab")


def file(content: bytes, path: Path = FILE):
    return lambda *_: path.write_bytes(content) and None


def statement(paper: Paper = PAPER):
    return file(coda(paper))


def rules(text: str):
    """Write rules, with a statement that they are for."""
    return both(statement(), lambda: RULES.write_text(text))


def rule(code: str, wrong: str, right, old: str = "") -> Trial:
    """Write a rule with a mistake, then as the message says: *right*, or what it finds there."""

    def then(message: str) -> None:
        word = said(right, message) if "(" in right else right
        RULES.write_text(RULES.read_text().replace(old or wrong, word) if old else right)

    return Trial(code, IMPORT, then, rules(wrong))


def of(when: str = WHEN, then: str = THEN) -> str:
    return RULE.format(when, then)


def company() -> None:
    """Say the enterprise number, as an invoice needs it."""
    replace(MAIN, '; enterprise: "0xxxxxxxxx"', f'enterprise: "{OURS}"')()


def bill(one: Bill):
    return both(company, file(ubl(one)))


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.cod", content)
    return buffer.getvalue()


def unpack(_: str) -> None:
    with zipfile.ZipFile(FILE) as archive:
        content = archive.read("a.cod")
    FILE.write_bytes(content)


def below(account: str, pattern: str, message: str) -> None:
    """Write what the message says below the `open` of an account."""
    replace(ACCOUNTS, f"open {account}\n", f"open {account}\n  {said(pattern, message)}\n")()


def again(paper: Paper):
    """Have a statement imported, then lay another in its place."""
    return both(statement(), lambda: done(*IMPORT), statement(paper))


FILES = [
    Trial("BC700", ("import", "fiel"), lambda _: IMPORT, statement()),
    Trial("BC703", IMPORT, statement(), file(b"")),
    Trial("BC704", IMPORT, unpack, file(zipped(coda(PAPER)))),
    Trial("BC705", IMPORT, statement(), file(b"%PNG")),
    Trial("BC708", IMPORT, statement(), file(b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'/>")),
    Trial("BC732", IMPORT, statement(), statement(Paper(PAPER.lines, version="1"))),
]
ACCOUNTS_OF_THE_BANK = [
    Trial(
        "BC1203",
        IMPORT,
        lambda message: append(
            ACCOUNTS,
            f"{said(r'metadata: (.*?) with, below', message)}\n  {said(r'below it, (.*?)[.] .BC', message)}\n",
        )(),
        statement(Paper(PAPER.lines, account=OTHER)),
    ),
    Trial(
        "BC1248",
        IMPORT,
        lambda message: below(BANK, r"[:] (iban: \"\w+\")", message),
        both(statement(), replace(ACCOUNTS, '  iban: "BE68539007547034"\n', "")),
    ),
    Trial(
        "BC1201",
        IMPORT,
        lambda _: replace(COOP, '  iban: "BE68539007547034"\n', "")(),
        both(statement(), append(COOP, f'{START} open Assets:55:5501-Autre:COOP\n  iban: "BE68539007547034"\n')),
    ),
    Trial(
        "BC1202",
        IMPORT,
        lambda _: replace(ACCOUNTS, f"open {BANK} EUR\n", f"open {BANK} EUR,USD\n")(),
        both(statement(Paper(PAPER.lines, currency="USD")), replace(ACCOUNTS, f"open {BANK}\n", f"open {BANK} EUR\n")),
    ),
    Trial(
        "BC1247",
        ("import", str(FILE), "--today", "2026-01-01"),
        lambda message: ("import", str(FILE), "--today", "2026-01-01", said(r"import it with (--as-dated)", message)),
        statement(),
    ),
    Trial(
        "BC1261",
        IMPORT,
        lambda message: opened(said(r"open the books with them: beancoop (.*?) \[", message)),
        statement(Paper(PAPER.lines, old=100_000)),
    ),
    Trial(
        "BC1222",
        IMPORT,
        lambda message: included(said(r"(\S+) is not included by", message)),
        both(
            statement(),
            replace(
                MAIN, 'include "coop/*.beancount"', 'include "coop/accounts.beancount"\ninclude "coop/2026.beancount"'
            ),
        ),
    ),
]


def included(name: str) -> None:
    """Make the file, empty, since it is not there, and include it."""
    path = Path(name).relative_to(LEDGERS.absolute()) if Path(name).is_absolute() else Path(name).relative_to(LEDGERS)
    assert not (LEDGERS / path).exists()
    (LEDGERS / path).write_text("")
    append(MAIN, f'include "{path}"\n')()


def opened(command: str) -> None:
    """Write the balances of the programme used before in a file, and open the books with them."""
    name = next(word for word in command.split() if word.endswith(".csv"))
    Path(name).write_text("unit;account;balance\nCOOP;5500;100,00\nCOOP;140;-100,00\n")
    done(*command.split())


RULES_TRIED = [
    rule("BC1270", "[[movement]\n", of()),
    rule("BC1271", of().replace("[[movement]]", "[[mouvement]]"), r"expected (\[\[movement\]\])", "[[mouvement]]"),
    rule("BC1272", of().replace("[[movement]]", "[movement]"), r"expected (\[\[movement\]\])", "[movement]"),
    rule("BC1273", of() + 'colour = "red"\n', of()),
    rule("BC1274", of() + of(), of()),
    rule("BC1275", of(then='flag = "*"'), of()),
    rule("BC1276", of().replace(f"when = {{ {WHEN} }}\n", ""), of()),
    rule("BC1277", of(f'{WHEN}, colour = "red"'), of()),
    rule("BC1278", of("text = 5"), of()),
    rule("BC1279", of(f"{WHEN}, max = -25.00"), r"such as (\d+\.\d\d)", "-25.00"),
    Trial(
        "BC1280",
        IMPORT,
        lambda message: (
            RULES.write_text(of(then=f'{THEN}, unit = "{said(r"such as .* or (COOP)", message)}"')) and None
        ),
        rules(of(then=f'{THEN}, unit = "a"')),
    ),
    rule("BC1281", of(then='account = "Cotisation", flag = "*"'), of()),
    rule("BC1284", of(f'{WHEN}, direction = "up"'), r"expected \"(in)\" for", "up"),
    rule("BC1286", of('pattern = "(a)"'), of()),
    rule("BC1287", of('pattern = ".*"'), of()),
]


PLAQUES = '[[invoice]]\nname = "Bois"\nwhen = {{ text = "plaques" }}\nthen = {{ account = "{}", flag = "*" }}\n'


def known(account: str = "601-Fournitures"):
    return lambda: RULES.write_text(PLAQUES.format(account)) and None


BOUGHT = both(bill(SOLD), known())
INVOICES = [
    Trial(
        "BC873",
        IMPORT,
        lambda message: replace(
            MAIN,
            '; enterprise: "0xxxxxxxxx"',
            f'{said(r"add to its custom .cooperative.: (enterprise:)", message)} "{OURS}"',
        )(),
        both(file(BILL), known()),
    ),
    Trial(
        "BC881",
        IMPORT,
        lambda message: (*IMPORT, said(r"import it with (--as-dated)", message)),
        both(bill(Bill(buyer_reference="A001", date="2026-02-15", due="2026-01-15")), known()),
    ),
]
TRIALS = [*FILES, *ACCOUNTS_OF_THE_BANK, *RULES_TRIED, *INVOICES]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = laboratory(tmp_path_factory.mktemp("template") / "lab").root
    for unit in ("A001", "A002"):
        (root / f"ledgers/activities/{unit}/books/2026.beancount").write_text("; rien encore\n")
    return root


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.code)
def test_what_the_message_says_does(trial):
    try_it(trial)


def test_what_waits_within_an_invoice_is_settled_by_the_command_that_its_message_names():
    bill(SOLD)()
    told = run(*IMPORT)
    assert "[BC853]" in told.stderr
    command = said(r"`beancoop (decide)`", told.stderr)
    waiting = run(command, "--list")
    assert (waiting.exit_code, "499" in waiting.stdout or "2601018" in waiting.stdout) == (1, True), waiting.output
    CliRunner().invoke(main, [command], input="601\n\nn\n")
    assert run(command, "--list").exit_code == 0
    assert "601-Fournitures" in "".join(path.read_text() for path in BOOK.parent.glob("*.beancount"))
