"""The return against a second, naive reading of the same rules: on the example, and on ledgers made at random."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.periods import Span
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import VatDesk
from beancoop.vat.returns import VatBooks, make_return
from hypothesis import given, settings
from hypothesis import strategies as st
from loading import load
from naive import CORRECTIONS, PURCHASES, REVERSED, SALES, naive_return

EXAMPLE = Path(__file__).parents[2] / "ledgers/main.beancount"
QUARTERS = [f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4)]
YEAR = Span(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


@pytest.fixture(scope="module")
def desk() -> VatDesk:
    return VatDesk(load_ledger(EXAMPLE))


def agree(made, said) -> None:
    assert {(each.file, each.line) for each in made.undecided} == said.doubtful
    assert made.grids == said.grids
    assert made.units == said.units
    assert made.carried == said.carried
    assert made.ties == said.ties


@pytest.mark.parametrize("quarter", QUARTERS)
def test_both_readings_agree_on_the_example(desk, quarter):
    period = VatPeriod.parse(quarter)
    said = naive_return(desk.ledger.entries, period.span.first, period.span.last, desk.carried_into(period))
    agree(desk.prepare(period), said)


WRONG = ["CC@7", "S21@6", "X", ""]
CODES = [*SALES, *PURCHASES, *(f"{code}@6" for code in REVERSED), *CORRECTIONS, *WRONG]
SELLING = ["Income:70:700-Ventes", "Income:70:701-Marchandises", "Income:74:743-Divers", "Liabilities:46:460-Acomptes"]
BUYING = [
    "Expenses:60:600-Matieres", "Expenses:61:610-Loyers", "Expenses:64:643-Arrondis", "Assets:40:406-Acomptes",
    "Assets:24:240-Mobilier",
]  # fmt: skip
OTHERS = [
    "Income:74:740-Subsides", "Assets:30:300-Stock", "Assets:49:490-Reports", "Assets:49:499-Attente",
    "Liabilities:44:444-ARecevoir", "Assets:9:960-Liaison",
]  # fmt: skip
CUSTOMER, SUPPLIER, BANK = "Assets:40:400-Clients", "Liabilities:44:440-Fournisseurs", "Assets:55:550-Banque"
CENTS = st.one_of(st.integers(1, 30000), st.sampled_from([0, 2, 5, -2, -5, 10000, -10000]))
RATES = st.sampled_from([0, 6, 12, 21])
CATEGORIES = st.sampled_from(["", "", "S 21", "S 6", "Z 0", "E 0", "AE 0", "G 0", "K 0"])
UNITS = st.sampled_from(["A001", "COOP"])


def bases(accounts, codes):
    codes = st.one_of(st.none(), st.none(), st.sampled_from(codes))
    return st.lists(st.tuples(st.sampled_from(accounts), CENTS, codes), min_size=1, max_size=3)


SOLD = st.tuples(bases(SELLING, [*SALES]), st.none(), RATES, st.just(""), CATEGORIES, st.just(CUSTOMER), UNITS)
COMMON = st.sampled_from(["", "", "BE", "D50", "ND", "CC", "ICG@6", "ICS", "IMP", "NEU@12", *CORRECTIONS])
BOUGHT = st.tuples(
    bases(BUYING, ["BE", "OUT", "D50"]),
    RATES,
    st.one_of(st.none(), RATES),
    COMMON,
    CATEGORIES,
    st.just(SUPPLIER),
    UNITS,
)
WILD = st.tuples(
    st.one_of(st.just([]), bases([*SELLING, *BUYING, *OTHERS], CODES)),
    st.one_of(st.none(), RATES),
    st.one_of(st.none(), RATES, st.just(17)),
    st.sampled_from(["", *CODES]),
    CATEGORIES,
    st.sampled_from([CUSTOMER, SUPPLIER, BANK, "Expenses:63:630-Dotations", "Liabilities:45:4519-Provision"]),
    UNITS,
)
ENTRIES = st.lists(st.one_of(SOLD, BOUGHT, WILD), min_size=1, max_size=5)


def written(bases, receives, owes, code, category, side, unit) -> str:
    """Write an entry whose VAT is that of some rates on all of its bases, or of none."""
    sign = -1 if side == CUSTOMER else 1
    bases = [(account, sign * cents, own) for account, cents, own in bases]
    total = sum(cents for _, cents, _ in bases)
    lines = [("Assets:41:411-TVARecuperer", round(total * receives / 100))] if receives is not None else []
    lines += [("Liabilities:45:451-TVAPayer", -round(abs(total) * owes / 100))] if owes is not None else []
    lines = [*bases, *((account, cents if len(bases) else 2100, None) for account, cents in lines)]
    lines.append((side, -sum(cents for _, cents, _ in lines), None))
    head = '2026-02-10 * "Essai"\n' + (f'  vat: "{code}"\n' if code else "")
    if category:
        rate = Decimal(category.split()[1])
        head += f'  vat-1: "{category} {abs(total) / Decimal(100)} {abs(total) * rate / 10000}"\n'
    return head + "".join(
        f"  {account}:{unit}  {Decimal(cents) / 100:.2f} EUR\n" + (f'    vat: "{own}"\n' if own else "")
        for account, cents, own in lines
    )


@given(ENTRIES, st.sampled_from([None, "OUT", "D50", "CC@6", "BE"]))
@settings(max_examples=300, deadline=None)
def test_both_readings_agree_on_any_ledger(entries, default):
    opened = f'2020-01-01 open Expenses:61:610-Loyers:A001\n  vat: "{default}"\n' if default else ""
    loaded = load(opened + "\n".join(written(*each) for each in entries), plugin=None)
    books = VatBooks(loaded.entries, "EUR")
    made = make_return(books, books.within(YEAR), (), {})
    agree(made, naive_return(loaded.entries, YEAR.first, YEAR.last))
