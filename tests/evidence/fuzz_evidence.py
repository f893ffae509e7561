"""Damaged input is refused in words: nothing of ours raises, dies or hangs."""

from __future__ import annotations

import json
import random
import re
import selectors
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import camt_writer
from camt_writer import Detail, Entry, camt
from coda_writer import FREE, Line, Paper, text_of
from evidence.clean_books import A001, A001_BOOK, A002, ACCOUNTS, COOP, FILES, MAIN
from evidence.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).parent
SECONDS = {"coda": 20, "camt": 20, "people": 20, "load": 30, "check": 60}
"""What one input may take; a check gives each file of a sub-ledger ten seconds of its own."""

STATEMENT = text_of(
    Paper(
        (
            Line(5_000, communication="Loyer " * 20, name="Société Éclair", information=((FREE, "détail " * 20),)),
            Line(-2_000, sequence=2),
            Line(-2_000, 2, 1, kind="5"),
        )
    )
)
DETAILS = (Detail("60.00", name="Éclair", text="Loyer", reference="RF18539007547034"), Detail("40.00"))
XML_STATEMENT = camt(
    camt_writer.Paper(
        (
            Entry("100.00", reference="R1", batch="2", details=DETAILS),
            Entry("-25.50", reference="R2", text="Frais"),
            Entry("7.00", status="<Sts>PDNG</Sts>"),
        ),
        old="10.00",
    ),
    camt_writer.Paper((Entry("1.00", reversal="true", booked="2026-01-16T10:00:00"),), old="84.50", name="ST-2"),
).decode("latin-1")
PEOPLE = """[people]
"lea@example.be" = "A001"
"compta@example.be" = "accountant"

[proxy]
header = "X-Remote-User"
hosts = ["livres.example.be", "[::1]:5000"]
"""
HEAD = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
LEDGER = HEAD + "\n".join(
    line
    for name, text in FILES.items()
    if name.endswith(".beancount")
    for line in text.splitlines()
    if not line.startswith(("include", "option", "plugin")) and " document " not in line
)

VOCABULARY = """
\x00 \u202e \ufeff ; { } @ ~ | , - + * ! # ^ é include plugin pushtag TRUE NULL "" " A001 EUR USD
custom open close balance pad note document event price query commodity txn
"activity" "activity-terms" "activity-pause" "activity-exit" "closed" "follow-up" "meeting" "fava-option"
"A001" "COOP" "2026-02" "treasury" "5500-Banque" "x\\"y" rate: months: overdraft: settlement: treasury:
Assets Assets:55 Assets:55:5500-Banque Assets:55:5500-Banque:A001 Assets:9:960-Liaison:COOP Équité:1:2-é:A001
Income:70:700-VentesPrestations:A002 #contribution #provisional ^PI-2026-001
0 -1 1E5 .5 1,000.00 (1+2) 10/3 1/0 2026 2026-02-28 2026-02-30 2026-1-1 0001-01-01 1000-01-01 9999-12-31
"""
PHRASES = (
    *("EUR EUR", "0 EUR", "-0.00 EUR", "1 USD @ 0.5 EUR", "1 USD @@ 0 EUR", "0 USD @@ 1 EUR", "1 USD @", "1 X {1 EUR}"),
    *("1 X {}", "months: 1200", "rate: 1", "pushtag #x", "\r", "9" * 40, "10" * 12, "0." + "3" * 40),
)
VALUES = (
    *(
        "",
        "NaN",
        "-1",
        "+1",
        "1E5",
        "1,00",
        "0.005",
        "00",
        "9" * 40,
        "1" * 18 + ".12345",
        "\xa0",
        "\x00",
        "&x;",
        "&amp;",
    ),
    *("2026-02-30", "0001-01-01", "9999-12-31", "2026-01-15T25:00:00", "EUR", "USD", "BOOK", "PDNG", "CRDT", "DBIT"),
    *("true", "OPBD", "CLBD", "PRCD", "BE68539007547034", "BE00", "RF18539007547034", "<Amt/>", "<![CDATA[1]]>"),
)
"""What may stand between two tags of a bank's file."""
WORDS = (*VOCABULARY.split(), *PHRASES)
"""Words that mean something somewhere, and so are worth meaning it elsewhere."""


class Request(NamedTuple):
    """One damaged input of a kind that the child knows."""

    kind: str
    text: str


class Outcome(NamedTuple):
    """What came of one request: the child's word, or `died` or `hung`."""

    request: Request
    word: str
    words: str


class Child:
    """The process that reads; a new one when it has died or hung."""

    def __init__(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "fuzz_child.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.process.stdout, selectors.EVENT_READ)

    def ask(self, request: Request) -> Outcome:
        """Give what came of a request."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        if not self.ready.select(SECONDS[request.kind]):
            return Outcome(request, "hung", f"more than {SECONDS[request.kind]} seconds")
        if line := self.process.stdout.readline():
            return Outcome(request, *json.loads(line))
        return Outcome(request, "died", f"status {self.process.wait()}")

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()
        self.ready.close()


def outcomes(requests: Iterable[Request]) -> Iterator[Outcome]:
    """Give what comes of each request."""
    child = Child()
    try:
        for request in requests:
            outcome = child.ask(request)
            yield outcome
            if outcome.word in ("died", "hung"):
                child.end()
                child = Child()
    finally:
        child.end()


def damaged_bytes(chance: random.Random, text: str) -> str:
    """Damage a text as a disk or a careless hand does: bytes changed, cut, doubled, taken away."""
    content = bytearray(text.encode("latin-1", "replace"))
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randrange(len(content) + 1), chance.randint(1, 140)
        match chance.randrange(5):
            case 0 if at < len(content):
                content[at] = chance.choice((chance.randrange(256), *b'0123456789 \n"=[]'))
            case 1:
                del content[at:]
            case 2:
                del content[at : at + size]
            case 3:
                content[at:at] = content[at : at + size]
            case _:
                rows = bytes(content).split(b"\n")
                chance.shuffle(rows)
                content = bytearray(b"\n".join(rows))
    return content.decode("latin-1")


def damaged_values(chance: random.Random, text: str) -> str:
    """Damage an XML file as a faulty program does: other values, and elements doubled or left out."""
    for _ in range(chance.randint(1, 4)):
        leaves = list(re.finditer(r"<(\w+)[^<>]*>([^<>]*)</\1>", text))
        leaf, other = chance.choice(leaves), chance.choice(leaves)
        match chance.randrange(5):
            case 0 | 1:
                at, new = leaf.span(2), chance.choice(VALUES)
            case 2:
                at, new = leaf.span(2), other[2]
            case 3:
                at, new = leaf.span(), ""
            case _:
                at, new = leaf.span(), leaf[0] + other[0]
        text = text[: at[0]] + new + text[at[1] :]
    return text


def damaged_words(chance: random.Random, text: str) -> str:
    """Damage a ledger as a writer does: words put in others' place, added, forgotten; lines moved, doubled, cut."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        parts = re.split(r"(\s+)", lines[at])
        word = chance.randrange(len(parts))
        match chance.randrange(7):
            case 0 | 1:
                parts[word] = chance.choice(WORDS)
            case 2:
                parts[word] = ""
            case 3:
                parts.insert(word, f" {chance.choice(WORDS)} ")
            case 4:
                parts = [lines[at], "\n", lines[chance.randrange(len(lines))]]
            case 5:
                parts = [lines[at][: chance.randrange(len(lines[at]) + 1)]]
            case _:
                parts = [lines[at], "\n", f"2026-0{chance.randint(1, 9)}-15 ", " ".join(chance.choices(WORDS, k=4))]
        lines[at] = "".join(parts)
    return "\n".join(lines)


def drawn(
    kind: str, count: int, seed: int, damage: Callable[[random.Random, str], str], text: str
) -> Iterator[Request]:
    """Give damaged copies of one text."""
    chance = random.Random(seed)
    return (Request(kind, damage(chance, text)) for _ in range(count))


def coda_files(count: int) -> Iterator[Request]:
    """Give damaged bank statements."""
    return drawn("coda", count, 1, damaged_bytes, STATEMENT)


def camt_files(count: int) -> Iterator[Request]:
    """Give damaged bank statements in XML, most of them XML still."""
    yield from drawn("camt", count // 5, 5, damaged_bytes, XML_STATEMENT)
    yield from drawn("camt", count - count // 5, 6, damaged_values, XML_STATEMENT)


def people_files(count: int) -> Iterator[Request]:
    """Give damaged people files."""
    return drawn("people", count, 2, damaged_bytes, PEOPLE)


def ledgers(count: int) -> Iterator[Request]:
    """Give damaged ledgers."""
    return drawn("load", count, 3, damaged_words, LEDGER)


def cooperatives(count: int) -> Iterator[Request]:
    """Give cooperatives of which one file is damaged, each file in turn."""
    chance = random.Random(4)
    for number in range(count):
        name = (MAIN, ACCOUNTS, COOP, A001, A001_BOOK, A002)[number % 6]
        yield Request("check", f"{name}\n{damaged_words(chance, FILES[name])}")


BANK = "Assets:55:5500-Banque"
PURCHASE = """{day} * "x"
  Expenses:60:601-Fournitures:A001  {amount} EUR
  Liabilities:44:440-Fournisseurs:A001  -{amount} EUR
"""
CRASHES = {
    "division by zero": '2026-03-01 * "x"\n  {bank}  1/0 EUR\n  {bank}  0 EUR\n',
    "division by zero in a directive": '2026-03-01 custom "follow-up" "{unit}" "x" 1/0\n',
    "include of a folder": 'include "."\n',
    "include of a device": 'include "/dev/zero"\n',
    "include of an encrypted file": 'include "none.gpg"\n',
    "plugin without a name": 'plugin ""\n',
    "plugin with a relative name": 'plugin ".x"\n',
    "total price that is missing": '2026-03-01 * "x"\n  {bank}  1 USD {1 EUR} @@ \n  {bank}\n',
    "100,000 parentheses": "2026-03-01 price USD " + "(" * 100_000 + "1" + ")" * 100_000 + " EUR\n",
    "not UTF-8": '2026-03-01 note {bank} "\udce9"\n',
    "NUL": '2026-03-01 note {bank} "\x00"\n',
    "activity on the last day there is": '9999-12-31 custom "activity" "{unit}"\n',
    "activity on the first day there is": '0001-01-01 custom "activity" "{unit}"\n  months: 1200\n',
    "sale on the last day there is": '9999-12-31 custom "activity" "Z9"\n9999-12-31 open Income:70:700-Ventes:Z9\n'
    "9999-12-31 open Assets:40:400-Clients:Z9\n"
    '9999-12-31 * "x"\n  Assets:40:400-Clients:Z9  1 EUR\n  Income:70:700-Ventes:Z9  -1 EUR\n',
    "exit on the last day there is": '9999-12-31 custom "activity-exit" "A001" "stopped"\n',
    "pause over all time": '2026-03-01 custom "activity-pause" "A001"\n9999-12-31 custom "activity-resume" "A001"\n',
    "purchase on the last day there is": PURCHASE.format(day="9999-12-31", amount="1.00"),
    "purchase on the first day there is": PURCHASE.format(day="0001-01-01", amount="1.00"),
    "amount of 40 figures": PURCHASE.format(day="2026-03-01", amount="1" * 40),
    "amount of 40 decimals": PURCHASE.format(day="2026-03-01", amount="0." + "1" * 40),
    "directive without values after a pad": '2026-03-01 custom "x"\n2026-03-01 pad {bank} {bank}\n',
}
"""What ends or hangs Beancount itself, or came close to it, added to books without fault."""


def crashes(file: str, unit: str, bank: str) -> dict[str, Request]:
    """Give each crash, by its name, at the end of one *file* of books without fault."""
    return {
        name: Request("check", f"{file}\n{FILES[file]}\n{text.replace('{unit}', unit).replace('{bank}', bank)}")
        for name, text in CRASHES.items()
    }


def crashes_in_main() -> dict[str, Request]:
    """Give each crash in the cooperative's own ledger, which no gate keeps."""
    return crashes(MAIN, "Z9", f"{BANK}:COOP")


def crashes_in_books() -> dict[str, Request]:
    """Give each crash in the books of an activity, behind the gate."""
    return crashes(A001_BOOK, "A001", f"{BANK}:A001")


BROKEN = ("fault", "died", "hung")


def row(promise: str, tried: str, found: Iterable[Outcome], excused: tuple[str, ...] = ()) -> Row:
    """Sum up outcomes; *excused* are deaths that are Beancount's own."""
    found = list(found)
    count = Counter(one.word for one in found)
    broken = [one for one in found if one.word in BROKEN and one.word not in excused]
    first = f"; first: {broken[0].word}, {broken[0].words[:200]}" if broken else ""
    return Row(
        promise=promise,
        tried=f"{len(found):,} {tried}",
        result=", ".join(f"{number:,} {word}" for word, number in sorted(count.items())) + first,
        mark=f"0 {', '.join(word for word in BROKEN if word not in excused)}",
        is_held=bool(found) and not broken,
    )


def rows() -> Iterator[Row]:
    """Damage everything that is read."""
    promise = "Damaged input is refused in words (R9)"
    yield row(promise, "damaged CODA files, read", outcomes(coda_files(80_000)))
    yield row(promise, "damaged CAMT.053 files, read", outcomes(camt_files(80_000)))
    yield row(promise, "damaged people files, read", outcomes(people_files(20_000)))
    # what the loader makes of a text before any plugin is Beancount's own, its deaths included
    yield row(promise, "damaged ledgers, loaded", outcomes(ledgers(4_000)), excused=("died",))
    yield row(promise, "damaged cooperatives, `beancoop check`", outcomes(cooperatives(240)))
    promise = "What ends Beancount does not end `beancoop check` (R9)"
    yield row(promise, "ways, in a sub-ledger", outcomes(crashes_in_books().values()))
    yield row(promise, "ways, in the main ledger", outcomes(crashes_in_main().values()))
