"""What somebody may try who writes `books/` and `documents/` of A001 alone, and what must stop it.

Each row is stopped by the first of these that a proposal meets: `gate --by` (who may change what), `gate` (the text,
before anything of it is loaded), `load` (the rules, on every load), `check` (what is closed), `import`. The books that
are attacked are those of `trial.cooperative`; `python tests/trust/table.py` tries every row and prints the table.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOOK, CLOSED = "books/2026.beancount", "closed/contributions-2026.beancount"
HERS = "books/attaque.beancount"
"""Where what she adds stands."""

BANK, CASH = "Assets:55:5500-Banque:A001", "Assets:57:570-Caisse:A001"
CLIENTS, SALES = "Assets:40:400-Clients:A001", "Income:70:700-VentesPrestations:A001"
GOODS, LEVIED = "Expenses:60:601-Fournitures:A001", "Expenses:9:950-Contribution:A001"
SERVICES, LIAISON = "Expenses:9:951-PrestationsInternes:A001", "Assets:9:960-Liaison:A001"
REFERENCE = "camt/BE68539007547034/EUR/2026-04-15/R1"


BY, GATE, LOAD, CHECK, IMPORT = "gate --by", "gate", "load", "check", "import"


class Attack(NamedTuple):
    """A row.

    Attributes:
        name: what is tried.
        by: what must stop it.
        code: of the finding that says so.
        text: what she adds to her books, in `books/attaque.beancount`.
        line: where the finding is; 0 for the file as a whole, None where the line is another's, such as a seal's.
        act: what she does to the folder besides.
        file: the file that the finding names, from the folder; "." for the folder itself.
        gap: why nothing stops it yet, where nothing does.

    """

    name: str
    by: str
    code: str
    text: str | bytes | None = None
    line: int | None = 1
    act: Callable[[Path], object] | None = None
    file: str = HERS
    gap: str = ""

    def lay(self, folder: Path) -> None:
        """Do it to the sub-ledger in *folder*."""
        if self.text is not None:
            raw = self.text if isinstance(self.text, bytes) else self.text.encode()
            (folder / HERS).write_bytes(raw)
        if self.act:
            self.act(folder)


def entry(*postings: str, day: str = "2026-04-10", head: str = '"Client" "Vente"', extra: str = "") -> str:
    """Write a transaction, by default in an open month."""
    lines = "".join(f"  {posting}\n" for posting in postings)
    return f"{day} * {head}\n{extra}{lines}"


def sale(day: str, amount: str = "100.00 EUR", head: str = '"Client" "Vente"') -> str:
    """Write a sale on credit."""
    return entry(f"{CLIENTS}  {amount}", f"{SALES}  -{amount}", day=day, head=head)


def put(name: str, content: bytes = b"x", mode: int = 0o644) -> Callable[[Path], object]:
    """Put a file in the folder."""

    def act(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod(mode)

    return act


def edit(before: str, after: str, name: str = BOOK) -> Callable[[Path], object]:
    """Change a text of hers that is there once."""

    def act(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        (folder / name).write_text(text.replace(before, after), encoding="utf-8")

    return act


def link(name: str, target: str) -> Callable[[Path], object]:
    """Lay a symbolic link."""
    return lambda folder: (folder / name).symlink_to(target)


def hard_link(folder: Path) -> None:
    """Let a name of hers be another's file."""
    os.link(folder.parent / "A002" / BOOK, folder / "books/x.beancount")


def nest(depth: int) -> Callable[[Path], object]:
    """Lay folders within folders."""

    def act(folder: Path) -> None:
        here = folder / "documents"
        for _ in range(depth):
            here /= "d"
            here.mkdir()
        (here / "x.pdf").write_bytes(b"x")

    return act


TO_950 = (f"{LEVIED}  200.00 EUR", f"{LIAISON}  -200.00 EUR")
BACK_950 = (f"{LEVIED}  -200.00 EUR", f"{LIAISON}  200.00 EUR")
OWN_LEVY = '  unit: "A001"\n  period: "2026-04"\n'

ON_THE_LEVY = (
    Attack("a levy of her own", GATE, "BC661", entry(*BACK_950, head='"x" #contribution', extra=OWN_LEVY)),
    Attack(
        "a levy of nothing",
        GATE,
        "BC661",
        entry(f"{LEVIED}  0.00 EUR", f"{LIAISON}  0.00 EUR", head='"x" #contribution'),
    ),
    Attack(
        "a levy by a pushed tag", GATE, "BC661", f"pushtag #contribution\n{sale('2026-04-10')}poptag #contribution\n", 2
    ),
    Attack(
        "a levy in another unit's name",
        GATE,
        "BC661",
        entry(*BACK_950, head='"x" #contribution', extra=OWN_LEVY.replace("A001", "A002")),
    ),
    Attack("950 without the tag", GATE, "BC661", entry(*BACK_950)),
    Attack(
        "950 twice, so that it looks levied",
        GATE,
        "BC661",
        entry(*TO_950, head='"x" #contribution', extra=OWN_LEVY) + entry(*BACK_950, head='"Régularisation"'),
    ),
    Attack(
        "950 under a longer number",
        GATE,
        "BC661",
        "2026-01-01 open Expenses:9:9500-Frais:A001\n"
        + entry("Expenses:9:9500-Frais:A001  1.00 EUR", f"{LIAISON}  -1.00 EUR"),
        2,
    ),
    Attack(
        "950 under another class",
        GATE,
        "BC661",
        "2026-01-01 open Expenses:95:950-Frais:A001\n"
        + entry("Expenses:95:950-Frais:A001  1.00 EUR", f"{LIAISON}  -1.00 EUR"),
        2,
    ),
    Attack("950 opened again, for dollars", LOAD, "BC059", f"2026-01-01 open {LEVIED} USD\n", None, file=CLOSED),
    Attack(
        "a levy's month by pushed metadata",
        GATE,
        "BC661",
        f'pushmeta period: "2026-04"\n{entry(*BACK_950)}popmeta period:\n',
        2,
    ),
    Attack("a purchase against 960 alone", LOAD, "BC324", entry(f"{GOODS}  900.00 EUR", f"{LIAISON}  -900.00 EUR")),
    Attack(
        "an internal service that nobody renders",
        LOAD,
        "BC323",
        entry(f"{SERVICES}  900.00 EUR", f"{LIAISON}  -900.00 EUR", head='"x" ^interne-1'),
    ),
    Attack(
        "an internal service to herself",
        LOAD,
        "BC321",
        entry(f"{SERVICES}  900.00 EUR", f"{LIAISON}  -900.00 EUR", head='"x" ^interne-1')
        + entry(f"{SERVICES}  -900.00 EUR", f"{LIAISON}  900.00 EUR", head='"x" ^interne-1'),
    ),
    Attack(
        "an internal service on another day than its other side",
        LOAD,
        "BC324",
        entry(f"{SERVICES}  900.00 EUR", f"{LIAISON}  -900.00 EUR")
        + entry(f"{SERVICES}  -900.00 EUR", f"{LIAISON}  900.00 EUR", day="2026-05-10"),
    ),
    Attack("a purchase at a price of nothing", LOAD, "BC211", entry(f"{GOODS}  9000.00 EUR @ 0.00 EUR"), 2),
    Attack("a purchase at a total price of nothing", LOAD, "BC211", entry(f"{GOODS}  9000.00 EUR @@ 0.00 EUR"), 2),
    Attack("a purchase at a cost of nothing", LOAD, "BC211", entry(f"{GOODS}  9000.00 EUR {{0.00 EUR}}"), 2),
    Attack("a sale in dollars that are worth nothing said", LOAD, "BC401", sale("2026-04-10", "100.00 USD"), 3),
    Attack(
        "a sale in dollars, at their price in pounds", LOAD, "BC401", sale("2026-04-10", "100.00 USD @ 0.80 GBP"), 3
    ),
    Attack(
        "a sale by its cost", LOAD, "BC401", entry(f"{CLIENTS}  100.00 EUR", f"{SALES}  -1 HEURE {{100.00 EUR}}"), 3
    ),
    Attack("a sale at a negative price", GATE, "BC020", sale("2026-04-10", "100.00 USD @ -1.00 EUR"), 2),
    Attack("half a cent at a time", CHECK, "BC224", sale("2026-04-10", "0.004 EUR"), 2),
    Attack("an amount left for Beancount to fill in", CHECK, "BC223", entry(f"{CLIENTS}  100.00 EUR", SALES), 3),
    Attack("an entry that is off by a cent", LOAD, "BC060", entry(f"{CLIENTS}  99.99 EUR", f"{SALES}  -100.00 EUR")),
    Attack(
        "an old sale of nothing, to bind a better rate",
        CHECK,
        "BC522",
        sale("2026-02-03", "0.00 EUR", '"x" ^aubaine') + sale("2026-05-10", head='"x" ^aubaine'),
        None,
        file=CLOSED,
    ),
    Attack(
        "a link on an old sale, to bind a better rate",
        CHECK,
        "BC522",
        sale("2026-05-10", head='"x" ^aubaine'),
        None,
        edit('"Facture 0" ^', '"Facture 0" ^aubaine ^'),
        CLOSED,
    ),
)

OLD = "Income:70:709-Anciennes:A001"


def old_sale(day: str, head: str = '"Client" "Vente"') -> str:
    """Write a sale before there was an activity, on accounts opened for it."""
    return entry("Assets:40:409-Anciens:A001  100.00 EUR", f"{OLD}  -100.00 EUR", day=day, head=head) + (
        f"{day} open {OLD}\n{day} open Assets:40:409-Anciens:A001\n"
    )


def overdrawn(head: str = '"Fournisseur" "Achat"', account: str = BANK) -> str:
    """Spend what she has not."""
    return entry(f"{GOODS}  5000.00 EUR", f"{account}  -5000.00 EUR", head=head)


def decides(kind: str, rest: str = "", day: str = "2026-04-01") -> str:
    """Write what only the cooperative decides."""
    return f'{day} custom "{kind}" "A001"{rest}\n'


ON_HER_TERMS = (
    Attack("a rate of her own", GATE, "BC660", decides("activity-terms", "\n  rate: 0.00")),
    Attack("an activity declared again", GATE, "BC660", decides("activity", "\n  rate: 0.00")),
    Attack("an activity more", GATE, "BC642", '2026-04-01 custom "activity" "A003"\n'),
    Attack("another's rate", GATE, "BC642", '2026-04-01 custom "activity-terms" "A002"\n  rate: 0.90\n'),
    Attack("a pause", GATE, "BC660", decides("activity-pause") + decides("activity-resume", day="2028-04-01")),
    Attack("the end of a pause", GATE, "BC660", decides("activity-resume", day="2026-06-02")),
    Attack("an exit of her own", GATE, "BC660", decides("activity-exit", ' "independent"')),
    Attack("hours of accompaniment", GATE, "BC660", decides("follow-up", ' "commercial" 99')),
    Attack("terms with blanks before them", GATE, "BC002", "  " + decides("activity-terms", "\n  rate: 0.00")),
    Attack("terms within an entry", GATE, "BC660", sale("2026-04-10") + decides("activity-terms", "\n  rate: 0.00"), 4),
    Attack(
        "terms behind a text that does not end",
        GATE,
        "BC003",
        "2026-04-01 note " + BANK + ' "x\n' + decides("activity-terms", "\n  rate: 0.00"),
        2,
    ),
    Attack(
        "terms in a letter that looks like another",
        GATE,
        "BC641",
        '2026-04-01 custom "\N{CYRILLIC SMALL LETTER A}ctivity-terms" "A001"\n  rate: 0.00\n',
    ),
    Attack(
        "the cooperative's own terms",
        GATE,
        "BC641",
        '2026-04-01 custom "cooperative-terms" "x"\n  dividend-ceiling: 1\n',
    ),
    Attack("the cooperative itself", GATE, "BC641", '2026-01-01 custom "cooperative" "x"\n'),
    Attack("a meeting", GATE, "BC641", '2026-04-01 custom "meeting" "monthly"\n  attended: "A001"\n'),
    Attack("a sale after eighteen months", LOAD, "BC304", sale("2027-08-01")),
    Attack("a sale after eighteen months, in dollars", LOAD, "BC304", sale("2027-08-01", "100.00 USD @ 0.90 EUR")),
    Attack(
        "a sale after eighteen months, that brings a balance in", LOAD, "BC305", sale("2027-08-01", head='"x" #opening')
    ),
    Attack(
        "a sale after eighteen months, as if provisional", LOAD, "BC304", sale("2027-08-01", head='"x" #provisional')
    ),
    Attack(
        "a sale after eighteen months, half of it given back in pounds",
        LOAD,
        "BC304",
        entry(
            f"{CLIENTS}  100.00 EUR",
            f"{SALES}  -100.00 EUR",
            f"{SALES}  100.00 GBP",
            f"{CLIENTS}  -100.00 GBP",
            day="2027-08-01",
        ),
    ),
    Attack("a sale in a pause", LOAD, "BC303", sale("2026-06-10")),
    Attack("a sale before the activity", LOAD, "BC301", old_sale("2025-12-31")),
    Attack("a treasury below zero", LOAD, "BC311", overdrawn()),
    Attack(
        "a treasury below zero, for a day",
        LOAD,
        "BC311",
        overdrawn() + entry(f"{BANK}  5000.00 EUR", f"{CLIENTS}  -5000.00 EUR", day="2026-04-11"),
    ),
    Attack("a treasury below zero, as if provisional", LOAD, "BC311", overdrawn('"x" #provisional')),
    Attack("a treasury below zero, that brings a balance in", LOAD, "BC311", overdrawn('"x" #opening')),
    Attack(
        "a treasury below zero in a currency of her own",
        LOAD,
        "BC311",
        entry(f"{GOODS}  5000.00 EUR", f"{BANK}  -5000.00 XEU @ 1.00 EUR"),
    ),
    Attack(
        "a treasury below zero in dollars",
        LOAD,
        "BC311",
        entry(f"{CASH}  -50.00 USD @ 0.90 EUR", f"{GOODS}  45.00 EUR"),
    ),
    Attack(
        "a treasury of her own making",
        LOAD,
        "BC311",
        "2026-04-01 open Assets:57:571-Tirelire:A001\n" + overdrawn(account="Assets:57:571-Tirelire:A001"),
        2,
    ),
    Attack(
        "a treasury below zero, filled with euros at no price",
        LOAD,
        "BC211",
        overdrawn() + entry(f"{CASH}  5000.00 EUR @ 0.00 EUR", day="2026-04-01"),
        5,
    ),
)

SEAL = '2026-{month}-{day} custom "closed" "2026-{month}" "A001"\n  entries: 61\n  sha256: "{ab}"\n  previous: "{ab}"\n'


def seal(month: str, day: str, unit: str = "A001") -> str:
    """Write a seal that looks like one."""
    return SEAL.format(month=month, day=day, ab="ab" * 32).replace("A001", unit)


def changed(name: str, before: str, after: str) -> Attack:
    """Change what is closed."""
    return Attack(name, CHECK, "BC522", None, None, edit(before, after), CLOSED)


PAID_0 = """2026-02-20 * "Client" "Virement" ^A001-2026-0000
  Assets:55:5500-Banque:A001              1210.00 EUR
  Assets:40:400-Clients:A001             -1210.00 EUR
"""
SOLD_0 = """  Assets:40:400-Clients:A001              1210.00 EUR
  Income:70:700-VentesPrestations:A001   -1000.00 EUR
  Liabilities:45:451-TVAPayer:A001        -210.00 EUR
"""
SOLD_LESS = SOLD_0.replace("1210.00", "1089.00").replace("1000.00", "900.00").replace("210.00", "189.00")
SOLD_2 = """  Assets:40:400-Clients:A001               363.00 EUR
  Income:70:700-VentesPrestations:A001    -300.00 EUR
  Liabilities:45:451-TVAPayer:A001         -63.00 EUR
"""
MARCH, FILED = "books/mars.beancount", "../../coop/vat/2026-Q1.csv"


CREDIT_NOTE = entry(
    f"{SALES}  50.00 EUR",
    "Liabilities:45:451-TVAPayer:A001  10.50 EUR",
    f"{CLIENTS}  -60.50 EUR",
    day="2026-03-20",
    head='"Client" "Note de crédit" ^A001-2026-0002',
)


def filed(name: str, file: str | None, act: Callable[[Path], object] | None, text: str | None = None) -> Attack:
    """Change what a filed return counted: told at the entry, or where it is gone, in the return."""
    if file is None:
        return Attack(name, CHECK, "BC1066", text, None, act, FILED)
    return Attack(name, CHECK, "BC1068", text, 1, act, file)


def added(name: str, text: str) -> Attack:
    """Add to what is closed."""
    return Attack(name, CHECK, "BC522", text, None, file=CLOSED)


RESERVE = "2026-04-01 open Equity:13:1311-Reserve:A001\n"
CARRIED = "2026-04-01 open Equity:14:140-Reporte:A001\n"
DIVIDENDS = "2026-04-01 open Expenses:69:694-Dividendes:A001\n2026-04-01 open Liabilities:47:471-Dividendes:A001\n"
TO_CARRIED = entry("Equity:13:1311-Reserve:A001  1.00 EUR", "Equity:14:140-Reporte:A001  -1.00 EUR")
PAID_OUT = ("Expenses:69:694-Dividendes:A001  10.00 EUR", "Liabilities:47:471-Dividendes:A001  -10.00 EUR")

ON_WHAT_IS_CLOSED = (
    Attack("a seal of her own", GATE, "BC660", seal("03", "31")),
    Attack("seals of months to come", GATE, "BC660", seal("03", "31") + seal("04", "30") + seal("05", "31")),
    Attack("the structure's seal", GATE, "BC642", seal("03", "31", "COOP")),
    Attack("another's seal", GATE, "BC642", seal("03", "31", "A002")),
    Attack("her own seal of a closed month, again", GATE, "BC660", seal("02", "28")),
    Attack(
        "an amount in a closed month",
        LOAD,
        "BC060",
        None,
        None,
        edit("  1210.00 EUR\n  Income", "  1210.01 EUR\n  Income"),
        BOOK,
    ),
    changed("a sale in a closed month, and its VAT", SOLD_0, SOLD_LESS),
    changed("a date in a closed month", '2026-01-20 * "Client"', '2026-01-21 * "Client"'),
    changed("a date out of a closed month", '2026-02-20 * "Client"', '2026-03-20 * "Client"'),
    changed(
        "a payee in a letter that looks like another",
        '"Client" "Virement"',
        '"\N{CYRILLIC CAPITAL LETTER ES}lient" "Virement"',
    ),
    changed("a mark in a closed month", '2026-01-20 * "Client"', '2026-01-20 ! "Client"'),
    changed("a tag in a closed month", '"Facture 0" ^', '"Facture 0" #opening ^'),
    changed("metadata in a closed month", '  document: "', '  vat: "S0"\n  document: "'),
    changed("an entry of a closed month in a comment", PAID_0, "; " + PAID_0.replace("\n", "\n; ", 2)),
    changed("an entry of a closed month after the end of a text", '"Facture 0" ^', '"Facture 0\nx" ^'),
    added("an entry in a closed month", sale("2026-02-10")),
    added("a purchase in a closed month", entry(f"{GOODS}  10.00 EUR", f"{BANK}  -10.00 EUR", day="2026-02-27")),
    added("an account opened in a closed month", "2026-02-10 open Assets:57:571-Tirelire:A001\n"),
    added("a note in a closed month", f'2026-02-10 note {BANK} "x"\n'),
    added("a document in a closed month", f'2026-02-10 document {CLIENTS} "../documents/facture.pdf"\n'),
    added("a balance in a closed month", f"2026-02-10 balance {BANK}  0.00 EUR\n"),
    Attack(
        "every book taken away",
        GATE,
        "BC623",
        None,
        None,
        lambda folder: shutil.rmtree(folder / "books"),
        "ledger.beancount",
    ),
    Attack("a book emptied", CHECK, "BC522", None, None, put(BOOK, b"; rien\n"), CLOSED),
    Attack(
        "a sealed document replaced",
        CHECK,
        "BC522",
        None,
        None,
        put("documents/facture.pdf", b"%PDF-1.4 autre\n"),
        CLOSED,
    ),
    Attack(
        "a sealed document taken away",
        LOAD,
        "BC064",
        None,
        None,
        lambda folder: (folder / "documents/facture.pdf").unlink(),
        BOOK,
    ),
    Attack("a sale in a quarter whose VAT is filed", CHECK, "BC1068", sale("2026-03-10")),
    Attack(
        "a filed sale in another month", CHECK, "BC1066", None, None, edit("2026-03-05", "2026-04-05", MARCH), FILED
    ),
    Attack(
        "a filed sale at another amount",
        CHECK,
        "BC1066",
        None,
        None,
        edit(SOLD_2, SOLD_2.replace("363", "242").replace("300", "200").replace("63.00", "42.00"), MARCH),
        FILED,
    ),
    filed("a filed sale taken away", None, lambda folder: (folder / MARCH).unlink()),
    filed("a VAT code on a filed sale", MARCH, edit(" ^A001-2026-0002\n", ' ^A001-2026-0002\n  vat: "OUT"\n', MARCH)),
    Attack(
        "a filed sale that brings a balance in",
        LOAD,
        "BC305",
        None,
        None,
        edit(" ^A001-2026-0002", " #opening ^A001-2026-0002", MARCH),
        MARCH,
    ),
    filed("a filed sale under another link", MARCH, edit("^A001-2026-0002", "^A001-2026-0009", MARCH)),
    filed("a credit note in a quarter whose VAT is filed", HERS, None, CREDIT_NOTE),
    Attack("a return of her own", GATE, "BC641", '2026-04-02 custom "vat-return" "2026-Q1"\n  grid-03: 1.00 EUR\n'),
    Attack(
        "the settlement of a return",
        GATE,
        "BC661",
        entry(f"{CLIENTS}  1.00 EUR", f"{CASH}  -1.00 EUR", head='"TVA" ^vat-2026-Q2'),
    ),
    Attack(
        "the settlement of an exit",
        GATE,
        "BC661",
        entry(f"{CLIENTS}  1.00 EUR", f"{CASH}  -1.00 EUR", head='"x" ^exit-A001'),
    ),
)

FOREIGN = "Assets:55:5500-Banque:A002"
OWN_DOCUMENT = f'2026-04-10 document {CLIENTS} "{{}}"\n'


def told(document: str) -> str:
    """Name a document in metadata."""
    return entry(f"{CLIENTS}  1.00 EUR", f"{SALES}  -1.00 EUR", extra=f'  document: "{document}"\n')


STATEMENT = "../../../../avril.xml"
"""The bank's statement, of a movement that belongs to A002."""

ON_OTHERS = (
    Attack("another's account", GATE, "BC624", entry(f"{FOREIGN}  -1.00 EUR", f"{CLIENTS}  1.00 EUR"), 2),
    Attack(
        "the structure's account",
        GATE,
        "BC624",
        entry("Assets:9:960-Liaison:COOP  1.00 EUR", f"{CLIENTS}  -1.00 EUR"),
        2,
    ),
    Attack("another's account, opened", GATE, "BC624", "2026-04-01 open Assets:55:5501-Banque:A002\n"),
    Attack("another's account, closed", GATE, "BC624", f"2026-04-01 close {FOREIGN}\n"),
    Attack("a balance of another's", GATE, "BC624", f"2026-04-01 balance {FOREIGN}  1.00 EUR\n"),
    Attack("a balance of the whole bank", GATE, "BC624", "2026-04-01 balance Assets:55:5500-Banque  1.00 EUR\n"),
    Attack("a note on another's account", GATE, "BC624", f'2026-04-01 note {FOREIGN} "x"\n'),
    Attack(
        "a document on another's account",
        GATE,
        "BC624",
        OWN_DOCUMENT.format("../documents/facture.pdf").replace(CLIENTS, FOREIGN),
    ),
    Attack(
        "another's account as metadata",
        GATE,
        "BC624",
        entry(f"{CLIENTS}  1.00 EUR", f"{SALES}  -1.00 EUR", extra=f"  contre: {FOREIGN}\n"),
        2,
    ),
    Attack(
        "a unit in Cyrillic", GATE, "BC624", "2026-04-01 open Assets:57:571-Tirelire:\N{CYRILLIC CAPITAL LETTER A}001\n"
    ),
    Attack(
        "a unit in fullwidth digits",
        GATE,
        "BC624",
        "2026-04-01 open Assets:57:571-Tirelire:A\N{FULLWIDTH DIGIT ZERO}\N{FULLWIDTH DIGIT ZERO}1\n",
    ),
    Attack("a unit beyond the last part", GATE, "BC624", "2026-04-01 open Assets:55:5500-Banque:A002:A001\n"),
    Attack(
        "a label with a dotless i",
        GATE,
        "BC625",
        "2026-04-01 open Assets:40:400-Cl\N{LATIN SMALL LETTER DOTLESS I}ents:A001\n",
    ),
    Attack(
        "a label in fullwidth letters",
        GATE,
        "BC625",
        "2026-04-01 open Assets:40:400-\N{FULLWIDTH LATIN CAPITAL LETTER C}lients:A001\n",
    ),
    Attack(
        "a label in Cyrillic",
        GATE,
        "BC625",
        "2026-04-01 open Assets:40:400-\N{CYRILLIC CAPITAL LETTER ES}lients:A001\n",
    ),
    Attack(
        "a label with a ligature for two letters",
        GATE,
        "BC625",
        "2026-04-01 open Assets:40:400-O\N{LATIN SMALL LIGATURE FFI}ce:A001\n",
    ),
    Attack("an include of another's books", GATE, "BC623", 'include "../../A002/books/2026.beancount"\n'),
    Attack("an include of a system file", GATE, "BC623", 'include "/etc/passwd"\n'),
    Attack("an include of her own", GATE, "BC660", 'include "2026.beancount"\n'),
    Attack("a document of another's", GATE, "BC639", OWN_DOCUMENT.format("../../A002/documents/.gitkeep")),
    Attack("a document of the system", GATE, "BC639", OWN_DOCUMENT.format("/etc/passwd")),
    Attack("her ledger as a document", GATE, "BC640", OWN_DOCUMENT.format("../ledger.beancount")),
    Attack("another's document in metadata", GATE, "BC639", told("../../A002/books/2026.beancount"), 2),
    Attack("the system's document in metadata", GATE, "BC639", told("/etc/passwd"), 2),
    Attack(
        "another's document under a longer key",
        GATE,
        "BC639",
        told("../../A002/books/2026.beancount").replace("document:", "document-2:"),
        2,
    ),
    Attack(
        "another's document on a posting",
        GATE,
        "BC639",
        entry(f'{CLIENTS}  1.00 EUR\n    document: "/etc/passwd"', f"{SALES}  -1.00 EUR"),
        3,
    ),
    Attack(
        "another's document by pushed metadata",
        GATE,
        "BC639",
        f'pushmeta document: "/etc/passwd"\n{sale("2026-04-10")}popmeta document:\n',
    ),
    Attack("her ledger as a document in metadata", GATE, "BC640", told("../ledger.beancount"), 2),
    Attack(
        "a bank movement of another's",
        IMPORT,
        "BC1243",
        entry(
            f"{BANK}  2420.00 EUR", f"{CLIENTS}  -2420.00 EUR", day="2026-04-15", extra=f'  bank-ref: "{REFERENCE}"\n'
        ),
    ),
    Attack(
        "another's invoice number on a sale of hers",
        IMPORT,
        "BC1257",
        sale("2026-04-10", "2420.00 EUR", '"Client Deux" "Facture" ^A002-2026-0001'),
        5,
        file=STATEMENT,
    ),
    Attack(
        "another's invoice number as metadata",
        IMPORT,
        "BC1257",
        entry(f"{CLIENTS}  2420.00 EUR", f"{SALES}  -2420.00 EUR", extra='  invoice: "A002-2026-0001"\n'),
        5,
        file=STATEMENT,
    ),
    Attack(
        "the reserves, spent",
        LOAD,
        "BC341",
        RESERVE + entry("Equity:13:1311-Reserve:A001  10.00 EUR", f"{BANK}  -10.00 EUR"),
        2,
    ),
    Attack("the reserves, by way of the result", LOAD, "BC343", RESERVE + CARRIED + TO_CARRIED, 3),
    Attack(
        "the reserves, by way of the result, two thousand times",
        LOAD,
        "BC343",
        RESERVE + CARRIED + TO_CARRIED * 2000,
        3,
    ),
    Attack(
        "the result brought forward, spent",
        LOAD,
        "BC344",
        CARRIED + entry("Equity:14:140-Reporte:A001  10.00 EUR", f"{BANK}  -10.00 EUR"),
        2,
    ),
    Attack(
        "a result brought forward out of nothing",
        LOAD,
        "BC345",
        CARRIED + entry("Equity:14:140-Reporte:A001  -10.00 EUR", f"{CASH}  10.00 EUR"),
        2,
    ),
    Attack("a dividend of her own", LOAD, "BC349", DIVIDENDS + entry(*PAID_OUT), 3),
    Attack(
        "a dividend of a year that never comes",
        LOAD,
        "BC350",
        DIVIDENDS + entry(*PAID_OUT, extra="  appropriates: 99999\n"),
        3,
    ),
    Attack(
        "a dividend of half a year", LOAD, "BC350", DIVIDENDS + entry(*PAID_OUT, extra="  appropriates: 2026.5\n"), 3
    ),
    Attack(
        "shares, paid back that were never paid up",
        LOAD,
        "BC348",
        "2026-04-01 open Equity:11:1100-Parts:A001\n"
        + entry("Equity:11:1100-Parts:A001  10.00 EUR", f"{BANK}  -10.00 EUR"),
        2,
    ),
    Attack(
        "the reserves, spent as if brought in",
        LOAD,
        "BC305",
        RESERVE + entry("Equity:13:1311-Reserve:A001  10.00 EUR", f"{BANK}  -10.00 EUR", head='"x" #opening'),
        2,
    ),
    Attack(
        "an entry of a year's end on another day",
        LOAD,
        "BC306",
        entry(f"{GOODS}  10.00 EUR", f"{BANK}  -10.00 EUR", head='"x" #inventory'),
    ),
    Attack(
        "a purchase brought in, late",
        LOAD,
        "BC305",
        entry(f"{GOODS}  10.00 EUR", f"{BANK}  -10.00 EUR", head='"x" #opening'),
    ),
)

ON_THE_PROGRAM = (
    Attack("a plugin", GATE, "BC622", 'plugin "tracer"\n'),
    Attack("a plugin with blanks before it", GATE, "BC622", '   plugin "tracer"\n'),
    Attack("our plugin, from her books", GATE, "BC660", 'plugin "beancoop"\n'),
    Attack("an option that loads from her folder", GATE, "BC621", 'option "insert_pythonpath" "TRUE"\n'),
    Attack("an option that tolerates", GATE, "BC621", 'option "tolerance_multiplier" "9"\n'),
    Attack("an option that is let through elsewhere", GATE, "BC660", 'option "operating_currency" "USD"\n'),
    Attack(
        "a root by another name than the ledger's",
        LOAD,
        "BC056",
        'option "name_income" "Ventes"\n' + sale("2026-04-10").replace("Income", "Ventes"),
        None,
    ),
    Attack(
        "roots that change places",
        LOAD,
        "BC056",
        'option "name_assets" "Income"\noption "name_income" "Assets"\n'
        + entry("Income:40:400-Clients:A001  1.00 EUR", "Assets:70:700-VentesPrestations:A001  -1.00 EUR"),
        None,
    ),
    Attack("an extension of Fava", GATE, "BC641", '2026-04-01 custom "fava-extension" "tracer"\n'),
    Attack(
        "an option of Fava", GATE, "BC641", '2026-04-01 custom "fava-option" "import-config" "../documents/x.txt"\n'
    ),
    Attack("a pad", GATE, "BC634", f"2026-04-01 pad {BANK} {SALES}\n"),
    Attack("a price for everybody", GATE, "BC634", "2026-04-01 price USD 9 EUR\n"),
    Attack("a currency", GATE, "BC634", "2026-04-01 commodity EUR\n"),
    Attack("an account taken away", GATE, "BC660", f"2026-04-01 close {CASH}\n"),
    Attack(
        "an account with an IBAN",
        GATE,
        "BC660",
        '2026-04-01 open Assets:55:5501-Banque:A001\n  iban: "BE68539007547034"\n',
    ),
    Attack("an account with a VAT code", GATE, "BC660", '2026-04-01 open Income:70:701-Ventes:A001\n  vat: "OUT"\n'),
    Attack("a query that writes", GATE, "BC638", '2026-04-01 query "x" ".output /tmp/x"\n'),
    Attack(
        "a query that opens a file", GATE, "BC638", '2026-04-01 query "x" "CREATE TABLE x USING \'csv:/etc/passwd\'"\n'
    ),
    Attack("a balance that is always right", GATE, "BC636", f"2026-04-01 balance {BANK}  1.00 ~ 9999999 EUR\n"),
    Attack("a balance that is wrong", LOAD, "BC050", f"2026-04-01 balance {BANK}  1.00 EUR\n"),
    Attack("faults by the thousand", GATE, "BC632", "2026-04-01 commodity EUR\n" * 1000, 21),
    Attack("a division by zero", GATE, "BC604", sale("2026-04-10", "1/0 EUR"), 2),
    Attack("a division by zero, worked out", GATE, "BC604", sale("2026-04-10", "1/(2-2) EUR"), 2),
    Attack(
        "no units at a total cost",
        GATE,
        "BC648",
        entry(f"{CLIENTS}  0 PIECE {{{{20.00 EUR}}}}", f"{SALES}  -20.00 EUR"),
        2,
    ),
    Attack(
        "no units at a total price", LOAD, "BC060", entry(f"{CLIENTS}  0 PIECE @@ 20.00 EUR", f"{SALES}  -20.00 EUR")
    ),
    Attack("a number of forty digits", GATE, "BC605", sale("2026-04-10", "9" * 40 + " EUR"), 2),
    Attack("a number by multiplication", GATE, "BC629", sale("2026-04-10", "9999999999*9999999999 EUR"), 2),
    Attack(
        "parentheses within parentheses", GATE, "BC606", sale("2026-04-10", "(" * 500 + "1" + ")" * 500 + " EUR"), 2
    ),
    Attack("a line of a megabyte", GATE, "BC602", "; " + "x" * 1_000_000 + "\n"),
    Attack("a book of three megabytes", GATE, "BC631", "; x\n" * 750_000, 0),
    Attack("a text of a thousand lines", GATE, "BC608", f'2026-04-01 note {BANK} "' + "x\n" * 1000 + '"\n', 1001),
    Attack("a date beyond all books", GATE, "BC633", f'9999-12-31 note {BANK} "x"\n'),
    Attack(
        "a place that is another's",
        GATE,
        "BC626",
        entry(f"{CLIENTS}  1.00 EUR", f"{SALES}  -1.00 EUR", extra='  filename: "x"\n'),
        2,
    ),
    Attack(
        "a key written twice",
        GATE,
        "BC025",
        entry(f"{CLIENTS}  1.00 EUR", f"{SALES}  -1.00 EUR", extra='  vat: "S21"\n  vat: "OUT"\n'),
        None,
    ),
    Attack("an entry as if the program made it", GATE, "BC635", sale("2026-04-10").replace(" * ", " S ")),
    Attack("a tag for all that follows", GATE, "BC630", "pushtag #opening\n"),
    Attack("metadata for all that follows", GATE, "BC630", 'pushmeta vat: "OUT"\n'),
    Attack("a zero byte", GATE, "BC603", b"; a\x00b\n"),
    Attack("a byte order mark", GATE, "BC603", b"\xef\xbb\xbf; a\n"),
    Attack("UTF-16", GATE, "BC601", 'plugin "tracer"\n'.encode("utf-16")),
    Attack("Latin-1", GATE, "BC601", "; café\n".encode("latin-1")),
    Attack("lines that end as on an old Mac", GATE, "BC603", b'; x\rplugin "tracer"\r'),
    Attack("text from right to left", GATE, "BC603", f'2026-04-01 note {BANK} "a\u202eb"\n'),
    Attack("a mark without width", GATE, "BC603", f'2026-04-01 note {BANK} "a\u200bb"\n'),
    Attack("what joins emoji, between letters", GATE, "BC603", f'2026-04-01 note {BANK} "a\u200db"\n'),
    Attack("what joins emoji, after the last one", GATE, "BC603", f'2026-04-01 note {BANK} "\N{WOMAN}\u200db"\n'),
    Attack("a page's markup", GATE, "BC609", sale("2026-04-10", head='"<img src=x onerror=alert(1)>" "x"')),
    Attack("a hidden line in a note", GATE, "BC637", f'2026-04-01 note {BANK} "x\\"\\nplugin \\"tracer"\n'),
    Attack(
        "digits in fullwidth",
        GATE,
        "BC003",
        sale("2026-04-10", "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT ZERO}\N{FULLWIDTH DIGIT ZERO} EUR"),
        2,
    ),
)

ON_THE_FILES = (
    Attack(
        "a book that is a link",
        BY,
        "BC671",
        None,
        0,
        link("books/x.beancount", "../../A002/" + BOOK),
        "books/x.beancount",
    ),
    Attack(
        "a document that is a link", BY, "BC671", None, 0, link("documents/x.pdf", "/etc/passwd"), "documents/x.pdf"
    ),
    Attack("a folder that is a link", BY, "BC671", None, 0, link("books/x", "../../A002/books"), "books/x"),
    Attack("a book that is another's too", GATE, "BC612", None, 0, hard_link, "books/x.beancount"),
    Attack("a pipe", BY, "BC671", None, 0, lambda folder: os.mkfifo(folder / "documents/x"), "documents/x"),
    Attack("Books beside books", BY, "BC670", None, 0, put("Books/2026.beancount"), "Books/2026.beancount"),
    Attack("terms beside her own", BY, "BC670", None, 0, put("terms.beancount"), "terms.beancount"),
    Attack("another's books", BY, "BC670", None, 0, put("../A002/books/x.beancount"), "../A002/books/x.beancount"),
    Attack("a statement of the bank", BY, "BC670", None, 0, put("../../statements/x.cod"), "../../statements/x.cod"),
    Attack(
        "the attributes of the repository",
        BY,
        "BC670",
        None,
        0,
        put("../../../.gitattributes"),
        "../../../.gitattributes",
    ),
    Attack("attributes among her books", GATE, "BC615", None, 0, put("books/.gitattributes"), "books/.gitattributes"),
    Attack("a hidden book", GATE, "BC615", None, 0, put("books/.x.beancount"), "books/.x.beancount"),
    Attack("a hidden folder", GATE, "BC615", None, 0, put("documents/.git/config"), "documents/.git"),
    Attack("a module", GATE, "BC613", None, 0, put("documents/beancoop.py"), "documents/beancoop.py"),
    Attack(
        "a load cache",
        GATE,
        "BC613",
        None,
        0,
        put("books/.2026.beancount.picklecache"),
        "books/.2026.beancount.picklecache",
    ),
    Attack(
        "a program that looks like an invoice",
        GATE,
        "BC613",
        None,
        0,
        put("documents/facture.pdf.exe"),
        "documents/facture.pdf.exe",
    ),
    Attack("a script", GATE, "BC613", None, 0, put("documents/facture.sh"), "documents/facture.sh"),
    Attack("a shortcut", GATE, "BC613", None, 0, put("documents/facture.lnk"), "documents/facture.lnk"),
    Attack(
        "a document that may be run",
        BY,
        "BC673",
        None,
        0,
        put("documents/facture-2.pdf", mode=0o755),
        "documents/facture-2.pdf",
    ),
    Attack("a book that may be run", BY, "BC673", None, 0, lambda folder: (folder / BOOK).chmod(0o755), BOOK),
    Attack(
        "a folder named as a book", GATE, "BC614", None, 0, put("books/x.beancount/y.beancount"), "books/x.beancount"
    ),
    Attack("a book in capitals", GATE, "BC614", None, 0, put("books/X.BEANCOUNT"), "books/X.BEANCOUNT"),
    Attack(
        "a ledger among the documents",
        GATE,
        "BC662",
        None,
        1,
        put("documents/x.beancount", sale("2026-04-10").encode()),
        "documents/x.beancount",
    ),
    Attack("a name from right to left", GATE, "BC611", None, 0, put("documents/a\u202efdp.exe"), "."),
    Attack("a name that is markup", GATE, "BC611", None, 0, put("documents/<img src=x>.pdf"), "."),
    Attack("a name of two lines", GATE, "BC611", None, 0, put("documents/a\n::error::.pdf"), "."),
    Attack("folders three hundred deep", GATE, "BC616", None, 0, nest(300), "documents" + "/d" * 246),
    Attack("folders six hundred deep", BY, "BC671", None, 0, nest(600), "documents" + "/d" * 484),
)

ATTACKS = ON_THE_LEVY + ON_HER_TERMS + ON_WHAT_IS_CLOSED + ON_OTHERS + ON_THE_PROGRAM + ON_THE_FILES
