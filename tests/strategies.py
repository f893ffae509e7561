"""Books of a small cooperative, drawn at random as the text an accountant could have written.

Every ledger drawn is valid: it must load without an error, alone and inside the whole. `kinds` tells what a
ledger holds, so that a test can prove that the drawing reaches what it is meant to reach.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import oracle
from beancount import loader
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from beancount.core import data

UNITS = ("A001", "A0012", "B-7")
LINKS = ("F1", "F2")
ENGLISH = {name: name for name in ("Assets", "Liabilities", "Equity", "Income", "Expenses")}
ACCOUNT = re.compile(rf"(?:{'|'.join(ENGLISH)}):\S+")
LONG_AGO = datetime.date(2023, 12, 1)
HORIZON = 210  # days; well inside the 18 months in which an activity may sell

SALES = ("Income:70:700-Ventes", "Income:70:705-Prestations")
REBATES = ("Income:70:708-Ristournes",)
PURCHASES = tuple(f"Expenses:60:{number}-Achats" for number in (600, 601, 602, 603, 604, 608, 609))
OPERATING = (
    "Income:71:713-EnCours",
    "Income:72:720-Immobilisee",
    "Income:73:730-Cotisations",
    "Income:74:740-Subsides",
    "Income:74:743-Divers",
    "Expenses:61:610-Loyer",
    "Expenses:61:617-Interim",
)
LOOK_ALIKES = (
    "Assets:41:411-TVA",
    "Liabilities:45:451-TVA",
    "Liabilities:46:460-Acomptes",
    "Assets:37:370-Commandes70",
    "Assets:27:270-Location",
    "Liabilities:16:160-Pensions",
    "Income:75:750-Financiers",
    "Income:76:760-NonRecurrents",
    "Expenses:66:660-NonRecurrents",
    "Expenses:62:620-Remunerations",
    "Assets:07:070-VenteFuture",
)
KINDS_OF_LINE = (SALES, SALES, SALES, REBATES, PURCHASES, PURCHASES, OPERATING, LOOK_ALIKES)


class Piece(NamedTuple):
    """One directive's text, and the unit whose sub-ledger holds it."""

    unit: str
    text: str


@dataclass(frozen=True)
class Books:
    """All the directives of a cooperative, in no order that means anything."""

    pieces: tuple[Piece, ...]

    def of(self, unit: str) -> Books:
        """Keep one unit's sub-ledger."""
        return Books(tuple(piece for piece in self.pieces if piece.unit == unit))

    @property
    def has_coop(self) -> bool:
        """Tell whether the structure has accounts of its own."""
        return any(piece.unit == "COOP" for piece in self.pieces)

    def text(self, *plugins: str, roots: Mapping[str, str] = ENGLISH) -> str:
        """Write the ledger, running the plugins named."""
        body = "\n".join(piece.text for piece in self.pieces)
        for name, other in roots.items():
            body = body.replace(f" {name}:", f" {other}:")
        return "\n".join([header(roots), *(f'plugin "{name}"' for name in plugins), body, ""])


def header(roots: Mapping[str, str] = ENGLISH) -> str:
    """Write the options that every ledger and every included file needs."""
    names = (f'option "name_{name.lower()}" "{other}"' for name, other in roots.items() if name != other)
    return "\n".join(['option "operating_currency" "EUR"', 'option "tolerance_multiplier" "0"', *names])


def load(text: str) -> tuple[list[data.Directive], list[data.BeancountError]]:
    """Load a ledger from its text."""
    entries, errors, _ = loader.load_string(text)
    return entries, errors


def custom(day: datetime.date, kind: str, *values: str, **metadata: object) -> str:
    """Write a custom directive; a text among the metadata gets its quotes."""
    keys = (f'  {key}: "{value}"' if isinstance(value, str) else f"  {key}: {value}" for key, value in metadata.items())
    quoted = " ".join(f'"{value}"' for value in (kind, *values))
    return "\n".join([f"{day} custom {quoted}", *keys])


def money(number: Decimal, price: Decimal | None = None, *, total: bool = False) -> str:
    """Write an amount in euro, or in dollars at a price in euro, each or in total."""
    if price is None:
        return f"{number} EUR"
    return f"{number} USD @@ {abs(number) * price} EUR" if total else f"{number} USD @ {price} EUR"


def entry(day: datetime.date, unit: str, postings: Iterable[tuple[str, str]], marks: Iterable[str] = ()) -> str:
    """Write a transaction of one unit; *marks* are its tags, links and metadata lines."""
    heads = [mark for mark in marks if mark[0] in "#^"]
    keys = [mark for mark in marks if mark[0] not in "#^"]
    lines = [f"  {account}:{unit}  {amount}" for account, amount in postings]
    return "\n".join([" ".join([str(day), '* "x"', *heads]), *keys, *lines])


def cents(low: int, high: int, step: int = 1) -> st.SearchStrategy[Decimal]:
    """Draw amounts of whole cents."""
    return st.integers(low, high).map(lambda number: Decimal(number * step) / 100)


@st.composite
def lines(draw: st.DrawFn, accounts: tuple[str, ...], step: int, *, costs: bool) -> list[tuple[str, str]]:
    """Draw one posting and the customer's or supplier's that faces it: an invoice, or a credit note."""
    account = draw(st.sampled_from(accounts))
    number = draw(st.one_of(cents(1, 40, step), cents(1, 90_000, step)))
    credited = draw(st.sampled_from((False, False, True)))
    number = -number if account.startswith("Income") is not credited else number
    price, total = None, False
    if draw(st.integers(0, 5)) == 0:
        price, total = draw(prices()), draw(st.booleans())
    if costs and price is not None and draw(st.integers(0, 2)) == 0:
        return at_cost(account, number, draw(cents(1, 900)), price)
    return [
        (account, money(number, price, total=total)),
        ("Assets:40:400-Clients", money(-number, price, total=total)),
    ]


def prices() -> st.SearchStrategy[Decimal]:
    """Draw prices: simple ones, at which five cents come to half a cent, and any."""
    any_price = st.integers(8000, 12000).map(lambda number: Decimal(number) / 10_000)
    return st.one_of(st.sampled_from((Decimal("0.9"), Decimal("1.1"), Decimal("0.5"))), any_price)


def at_cost(account: str, number: Decimal, cost: Decimal, price: Decimal) -> list[tuple[str, str]]:
    """Write units of something at a cost and at a price; what is bought and what is sold are no one lot."""
    return [
        (account, f"{number} {'IN' if number > 0 else 'OUT'} {{{cost} EUR}} @ {price} EUR"),
        ("Assets:40:400-Clients", money(-number * cost)),
    ]


@st.composite
def terms(draw: st.DrawFn, *, all_keys: bool) -> dict[str, object]:
    """Draw what an activity agrees to: all of it or some, the defaults left out."""
    rates = ("0", "1", "0.0725", "0.10", "0.10", "0.10", "0.08", "0.333")
    drawn: dict[str, object] = {
        "rate": Decimal(draw(st.sampled_from(rates))),
        "margin": draw(st.sampled_from(("direct", "operating"))),
        "negative": draw(st.sampled_from(("refund", "carry"))),
        "settlement": draw(st.sampled_from(("account", "treasury"))),
    }
    kept = set(drawn) if all_keys else draw(st.sets(st.sampled_from(sorted(drawn)), min_size=1))
    found = {key: value for key, value in drawn.items() if key in kept}
    if found.get("settlement") == "treasury":
        found["treasury"] = draw(st.sampled_from(("5500-Banque", "5510-Epargne")))
    return found


@st.composite
def trade(draw: st.DrawFn, unit: str, start: datetime.date, leave: datetime.date | None, *, costs: bool) -> list[Piece]:
    """Draw what a unit sells and buys; nothing is sold once it has left."""
    step = draw(st.sampled_from((1, 5, 5)))  # in steps of 5 cents, 10 % falls on half a cent one time in two
    pieces = []
    for _ in range(draw(st.integers(2, 8))):
        day = start + datetime.timedelta(draw(st.integers(0, HORIZON)))
        kinds = [kind for kind in KINDS_OF_LINE if leave is None or day <= leave or kind not in (SALES, REBATES)]
        postings = [
            line
            for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=2))
            for line in draw(lines(kind, step, costs=costs))
        ]
        links = draw(st.lists(st.sampled_from(LINKS), max_size=2, unique=True))
        pieces.append(Piece(unit, entry(day, unit, postings, [f"^{link}" for link in links])))
    return pieces


@st.composite
def activity(draw: st.DrawFn, unit: str, earliest: int = 0, *, costs: bool = False) -> list[Piece]:
    """Draw one activity: its terms and their changes, its exit, its trade and its treasuries."""
    start = datetime.date(2024, 1, 1) + datetime.timedelta(draw(st.integers(earliest, earliest + 60)))
    days = [start + datetime.timedelta(day) for day in draw(st.sets(st.integers(1, HORIZON), max_size=2))]
    leave = start + datetime.timedelta(draw(st.integers(90, HORIZON))) if draw(st.integers(0, 2)) == 0 else None
    texts = [custom(start, "activity", unit, **draw(terms(all_keys=draw(st.booleans()))))]
    texts += [
        custom(day, "activity-terms", unit, **draw(terms(all_keys=False)))
        for day in days
        if leave is None or day <= leave
    ]
    if leave is not None:
        texts.append(custom(leave, "activity-exit", unit, "stopped"))
    return [
        *(Piece(unit, text) for text in texts),
        *funds(unit, start),
        *draw(trade(unit, start, leave, costs=costs)),
    ]


@st.composite
def settling(draw: st.DrawFn, unit: str, day: datetime.date) -> list[Piece]:
    """Draw what settles the financial year that ends on *day*: stock, accruals, under a link or none."""
    pieces = []
    for _ in range(draw(st.integers(0, 2))):
        postings = draw(lines(draw(st.sampled_from((PURCHASES, OPERATING))), 5, costs=False))
        links = draw(st.lists(st.sampled_from(LINKS), max_size=1))
        pieces.append(Piece(unit, entry(day, unit, postings, ["#inventory", *(f"^{link}" for link in links)])))
    return pieces


def funds(unit: str, day: datetime.date) -> list[Piece]:
    """Give a unit treasuries that no levy can empty."""
    banks = ("Assets:55:5500-Banque", "Assets:55:5510-Epargne")
    loan = "Liabilities:48:489-Avances"
    return [Piece(unit, entry(day, unit, [(bank, "9999999.99 EUR"), (loan, "-9999999.99 EUR")])) for bank in banks]


@st.composite
def services(draw: st.DrawFn, units: tuple[str, ...]) -> list[Piece]:
    """Draw services that one unit does for another, each side in its own books under one link."""
    pieces = []
    for number in range(draw(st.integers(0, 2)) if len(units) > 1 else 0):
        seller, buyer = draw(st.permutations(units))[:2]
        day = datetime.date(2024, 5, 1) + datetime.timedelta(draw(st.integers(0, 60)))
        links = [f"^S{number}", *(f"^{link}" for link in draw(st.lists(st.sampled_from(LINKS), max_size=1)))]
        amount = draw(cents(1, 50_000))
        for unit, sign in ((seller, -1), (buyer, 1)):
            postings = [
                ("Expenses:9:951-PrestationsInternes", money(sign * amount)),
                ("Assets:9:960-Liaison", money(-sign * amount)),
            ]
            pieces.append(Piece(unit, entry(day, unit, postings, links)))
    return pieces


@st.composite
def closings(draw: st.DrawFn, pieces: list[Piece], *, coop: bool) -> list[Piece]:
    """Draw the seals of each activity's first months, with levies as they should be, or some cents wrong."""
    entries, _ = load(Books(tuple(pieces)).text())
    rows = {(row.unit, row.end): row for row in oracle.rows(entries)}
    found: list[Piece] = []
    sealed: set[datetime.date] = set()
    for unit in oracle.activities(entries):
        start = oracle.first_day(entries, unit)
        depth = draw(st.sampled_from((0, 0, 1, 2, 5)))
        chain = ""
        for end in list(oracle.month_ends(start, start + datetime.timedelta(200)))[:depth]:
            row = rows.get((unit, end))
            wrong = draw(st.sampled_from((0, 0, 0, 1, -2, 3)))
            amount = Decimal(wrong + int(row.levy * 100 if row else 0)) / 100
            if row and amount and draw(st.integers(0, 9)):
                found += levy(row, amount, coop=coop)
            text = custom(end, "closed", f"{end:%Y-%m}", unit, entries=1, **(chain_of(chain, unit, end)))
            found.append(Piece(unit, text))
            chain = chain_of(chain, unit, end)["sha256"]
            sealed.add(end)
    return [*found, *structures(sealed)] if coop else found


def structures(ends: set[datetime.date]) -> list[Piece]:
    """Give the structure's seals up to the last month that an activity has sealed: what they lack is not closed."""
    found, chain = [], ""
    for end in oracle.month_ends(min(ends), max(ends)) if ends else ():
        found.append(
            Piece("COOP", custom(end, "closed", f"{end:%Y-%m}", "COOP", entries=1, **chain_of(chain, "COOP", end)))
        )
        chain = chain_of(chain, "COOP", end)["sha256"]
    return found


def years(sealed: Iterable[Piece], last: datetime.date) -> list[Piece]:
    """Give the seals of the year that ends on *last*, of each unit whose months are closed so far."""
    ends = {
        piece.unit: max(re.findall(r"^(\S+) custom \"closed\"", piece.text, re.MULTILINE))
        for piece in sealed
        if ' custom "closed"' in piece.text
    }
    structures = ends.get("COOP", "")
    found = []
    for unit, end in ends.items():
        if end >= str(last):
            after = oracle.next_month(datetime.date.fromisoformat(max(end, structures)))
            seal = custom(last, "closed", str(last.year), unit, entries=1, **{"levied-in": f"{after:%Y-%m}"})
            found.append(Piece(unit, seal))
    return found


def chain_of(previous: str, unit: str, end: datetime.date) -> dict[str, str]:
    """Give a seal a fingerprint of its own and that of the seal before it."""
    return {"sha256": hashlib.sha256(f"{previous}{unit}{end}".encode()).hexdigest(), "previous": previous}


def levy(row: oracle.Row, amount: Decimal, *, coop: bool) -> list[Piece]:
    """Write a levy as a closed month holds it, on both sides where the structure has books."""
    marks = [
        "#contribution",
        f"^contribution-{row.period}",
        f'  unit: "{row.unit}"',
        f'  period: "{row.period}"',
        f"  due: {float(row.due):.2f} EUR",
    ]
    other = f"Assets:{'9' if row.counterpart[0] == '9' else row.counterpart[:2]}:{row.counterpart}"
    sides = [(row.unit, amount), ("COOP", -amount)] if coop else [(row.unit, amount)]
    return [
        Piece(
            unit,
            entry(row.end, unit, [("Expenses:9:950-Contribution", money(side)), (other, money(-side))], marks),
        )
        for unit, side in sides
    ]


@st.composite
def openings(draw: st.DrawFn, pieces: list[Piece]) -> list[Piece]:
    """Open what each unit uses, and at times by hand what a levy would open by itself."""
    found = []
    for unit in sorted({piece.unit for piece in pieces}):
        text = "\n".join(piece.text for piece in pieces if piece.unit == unit)
        day = min(datetime.date.fromisoformat(day) for day in re.findall(r"^\S+(?= custom| \*)", text, re.MULTILINE))
        accounts = set(ACCOUNT.findall(text))
        if draw(st.booleans()):
            accounts |= {f"Expenses:9:950-Contribution:{unit}", f"Assets:9:960-Liaison:{unit}"}
        found += [Piece(unit, f"{day} open {account}") for account in sorted(accounts)]
    return found


@st.composite
def books(draw: st.DrawFn, units: tuple[str, ...] = UNITS, *, costs: bool = False) -> Books:
    """Draw a whole cooperative: one to three activities, with or without the structure's own books.

    With *costs*, some of what has a price has a cost too, which a contribution ignores.
    """
    chosen = units[: draw(st.integers(1, len(units)))]
    coop = draw(st.integers(0, 3)) > 0
    pieces = [piece for unit in chosen for piece in draw(activity(unit, costs=costs))]
    if coop:
        pieces += [*funds("COOP", LONG_AGO), *draw(trade("COOP", LONG_AGO, None, costs=costs))]
    pieces += draw(services((*chosen, "COOP") if coop else chosen))
    start = draw(st.sampled_from(("01-01", "04-01", "06-01", "07-01")))
    last = datetime.date.fromisoformat(f"{'2025' if start == '01-01' else '2024'}-{start}") - datetime.timedelta(1)
    pieces += [piece for unit in chosen for piece in draw(settling(unit, last))]
    if coop:
        pieces.append(Piece("COOP", custom(LONG_AGO, "cooperative", "SC", **{"year-start": start})))
    sealed = draw(closings(pieces, coop=coop))
    pieces += [*sealed, *(years(sealed, last) if draw(st.booleans()) else ())]
    return Books((*draw(openings(pieces)), *pieces))


def kinds(text: str) -> set[str]:
    """Name what a ledger holds, read from the ledger itself and not from how it was drawn."""
    entries, _ = load(text)
    rows = oracle.rows(entries)
    found = {f"terms: {name}" for name in kinds_of_terms(entries)}
    found |= {name for row in rows for name in kinds_of_row(row)}
    found |= {name for entry in oracle.transactions(entries) for name in kinds_of_entry(entries, entry)}
    names = {
        "price each": " USD @ " in text,
        "price in total": " USD @@ " in text,
        "at a cost that is not the price": " {" in text,
        "no books of the structure": ":COOP" not in text,
        "several activities": len(oracle.activities(entries)) > 1,
        "exit": bool(oracle.customs(entries, "activity-exit")),
        "start inside a month": any(entry.date.day > 1 for entry in oracle.customs(entries, "activity")),
        "what settles an open year": "#inventory" in text and "levied-in" not in text,
        "what settles a sealed year": "#inventory" in text and "levied-in" in text,
        "950 opened by the plugin": "950-Contribution" not in text,
    }
    return found | {name for name, holds in names.items() if holds}


def kinds_of_terms(entries: list[data.Directive]) -> set[str]:
    """Name the rates in use and the keys that later terms change."""
    found = {f"rate {entry.meta.get('rate', '')}" for entry in oracle.customs(entries, "activity")}
    for entry in oracle.customs(entries, "activity-terms"):
        unit = entry.values[0].value
        before = oracle.terms(entries, unit, entry.date - datetime.timedelta(1))
        after = oracle.terms(entries, unit, entry.date)
        found |= {f"{key} changed" for key in oracle.DEFAULTS if before[key] != after[key]}
    return found


def kinds_of_row(row: oracle.Row) -> set[str]:
    """Name what a month's levy has to deal with."""
    names = {
        "half a cent": (row.exact * 1000) % 10 == 5,
        "half a cent of margin": (row.margin * 1000) % 10 == 5 or (row.cumulative * 1000) % 10 == 5,
        "half a cent of margin, below zero": any(
            amount < 0 and (amount * 1000) % 10 == 5 for amount in (row.margin, row.cumulative)
        ),
        "negative margin so far": row.cumulative < 0,
        "refund": row.levy < 0,
        "carry holds a refund back": not row.closed and row.levy == 0 and row.due < row.levied,
        "closed month, right": row.closed and row.levied > 0 and row.due == row.levied,
        "closed month, wrong": row.closed and 0 < abs(row.due - row.levied) <= Fraction(3, 100),
        "settled in the bank": row.levy != 0 and row.counterpart[0] == "5",
    }
    return {name for name, holds in names.items() if holds}


def kinds_of_entry(entries: list[data.Directive], entry: data.Transaction) -> set[str]:
    """Name the accounts and the links of one transaction."""
    unit = oracle.unit_of(entry.postings[0])
    if unit == "COOP" or "contribution" in entry.tags:
        return set()
    numbers = {oracle.number_of(posting) for posting in entry.postings}
    linked = [other for other in oracle.transactions(entries) if other.links & entry.links and other is not entry]
    own = [other for other in linked if oracle.unit_of(other.postings[0]) == unit and is_sale(other)]
    exits = oracle.customs(entries, "activity-exit", unit)
    credit = any(oracle.number_of(line)[:2] == "70" and oracle.amount_of(line)[0] > 0 for line in entry.postings)
    names = {
        "subsidy": "740" in numbers,
        "VAT": bool(numbers & {"411", "451"}),
        "rebate": "708" in numbers,
        "internal service": "951" in numbers,
        "stock variation": "609" in numbers,
        "other income": any(number[:2] in ("71", "72", "73", "74") for number in numbers),
        "services bought": any(number[:2] == "61" for number in numbers),
        "purchase": any(number[:2] == "60" for number in numbers),
        "look-alike": bool(numbers & {"460", "370", "270", "160", "750", "760", "660", "620", "070"}),
        "credit note after its sale": credit and any(other.date <= entry.date for other in own),
        "credit note before its sale": credit and any(other.date > entry.date for other in own),
        "several links": len(entry.links) > 1,
        "link shared with another unit": any(oracle.unit_of(other.postings[0]) != unit for other in linked),
        "rate of the sale, not of the day": oracle.rate(entries, unit, entry)
        != oracle.terms(entries, unit, entry.date)["rate"],
        "purchase after the exit": any(entry.date > leaving.date for leaving in exits),
    }
    return {name for name, holds in names.items() if holds}


def is_sale(entry: data.Transaction) -> bool:
    """Tell whether a transaction has a class 70 posting."""
    return any(oracle.number_of(posting)[:2] == "70" for posting in entry.postings)
