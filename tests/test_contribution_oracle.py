"""The contribution plugin against a second, naive implementation, on books drawn at random."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import oracle
import pytest
import strategies
from beancoop.storage.atomic import write_text
from beancount import loader
from beancount.core.data import Open, Transaction
from cases import TABLE, activity, book
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from strategies import ENGLISH, Books, header, kinds, load

if TYPE_CHECKING:
    import datetime
    import random
    from collections.abc import Mapping, Sequence

    from beancount.core.data import Directive

SUITE, ALONE = "beancoop", "beancoop.contribution"
RENAMED = {
    "Assets": "Actifs",
    "Liabilities": "Passifs",
    "Equity": "Capitaux",
    "Income": "Produits",
    "Expenses": "Charges",
}
REACHED = {
    *(f"terms: rate {rate}" for rate in ("", "0", "1", "0.0725")),  # "" is the rate left out
    *(f"terms: {key} changed" for key in ("rate", "margin", "negative", "settlement")),
    "credit note after its sale",
    "credit note before its sale",
    "several links",
    "link shared with another unit",
    "rate of the sale, not of the day",
    "purchase",
    "stock variation",
    "other income",
    "services bought",
    "rebate",
    "internal service",
    "subsidy",
    "VAT",
    "look-alike",
    "price each",
    "price in total",
    "exit",
    "purchase after the exit",
    "closed month, right",
    "closed month, wrong",
    "half a cent",
    "half a cent of margin",
    "half a cent of margin, below zero",
    "at a cost that is not the price",
    "start inside a month",
    "negative margin so far",
    "refund",
    "carry holds a refund back",
    "settled in the bank",
    "no books of the structure",
    "several activities",
    "what settles an open year",
    "what settles a sealed year",
    "950 opened by the plugin",
}
books = partial(strategies.books, costs=True)
EXAMPLES = int(os.environ.get("BEANCOOP_EXAMPLES", "25"))
moderate = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Side(NamedTuple):
    """One side of a levy, all that the contract fixes of it."""

    date: datetime.date
    flag: str | None
    tags: frozenset[str]
    links: frozenset[str]
    unit: str
    period: str
    due: tuple[Fraction, str]
    postings: frozenset[tuple[str, Fraction, str]]


def injected(entries: Sequence[Directive]) -> Counter[Side]:
    """Count the levies that only the plugin makes."""
    return Counter(
        Side(
            date=entry.date,
            flag=entry.flag,
            tags=frozenset(entry.tags),
            links=frozenset(entry.links),
            unit=entry.meta["unit"],
            period=entry.meta["period"],
            due=(Fraction(entry.meta["due"].number), entry.meta["due"].currency),
            postings=frozenset(
                (posting.account, Fraction(number), currency)
                for posting in entry.postings
                for number, currency in [oracle.amount_of(posting)]
            ),
        )
        for entry in provisional(entries)
    )


def provisional(entries: Sequence[Directive]) -> list[Transaction]:
    """Give the entries that only the plugin makes."""
    return [entry for entry in entries if isinstance(entry, Transaction) and "provisional" in entry.tags]


def expected(rows: Sequence[oracle.Row], *, coop: bool, roots: Mapping[str, str] = ENGLISH) -> Counter[Side]:
    """Write the naive rows as the entries the contract asks for."""
    return Counter(
        Side(
            date=row.end,
            flag="*",
            tags=frozenset({"contribution", "provisional"}),
            links=frozenset({f"contribution-{row.period}"}),
            unit=row.unit,
            period=row.period,
            due=(row.due, "EUR"),
            postings=frozenset(
                {
                    (f"{roots['Expenses']}:9:950-Contribution:{unit}", amount, "EUR"),
                    (f"{roots['Assets']}:{chapter(row.counterpart)}:{row.counterpart}:{unit}", -amount, "EUR"),
                }
            ),
        )
        for row in rows
        if row.levy
        for unit, amount in [(row.unit, row.levy), *([("COOP", -row.levy)] if coop else [])]
    )


def chapter(stem: str) -> str:
    """Give the class of an account's number, one digit for class 9."""
    return "9" if stem.startswith("9") else stem[:2]


def run(text: str) -> Counter[Side]:
    """Load a ledger that must have no error, and give what was injected."""
    entries, errors = load(text)
    assert errors == [], text
    return injected(entries)


def naive(ledger: Books) -> list[oracle.Row]:
    """Compute the rows of a ledger without any plugin."""
    return oracle.rows(load(ledger.text())[0])


@pytest.mark.parametrize(
    ("negative", "levies"), [("refund", ["205", "57.65", "-42", "100"]), ("carry", ["205", "57.65", "0", "58"])]
)
def test_the_oracle_itself_gives_the_contract_s_table(negative: str, levies: list[str]) -> None:
    entries, _ = load(book(activity(negative=negative), *TABLE).replace(f'plugin "{ALONE}"', ""))
    assert [(row.period, row.margin, row.cumulative, row.due, row.levy) for row in oracle.rows(entries)] == [
        ("2026-01", Fraction("2050"), Fraction("2050"), Fraction("205"), Fraction(levies[0])),
        ("2026-02", Fraction("576.45"), Fraction("2626.45"), Fraction("262.65"), Fraction(levies[1])),
        ("2026-03", Fraction("-420"), Fraction("2206.45"), Fraction("220.65"), Fraction(levies[2])),
        ("2026-04", Fraction("1000"), Fraction("3206.45"), Fraction("320.65"), Fraction(levies[3])),
    ]


def test_the_drawing_reaches_every_kind_of_books() -> None:
    """What hypothesis draws depends on the modules that are loaded, so that the rarest kind is asked for seldom."""
    seen: Counter[str] = Counter()
    total = 0

    @settings(moderate, max_examples=300, database=None, derandomize=True)
    @given(books())
    def draw(ledger: Books) -> None:
        nonlocal total
        total += 1
        for kind in kinds(ledger.text()):
            event(kind)
            seen[kind] += 1

    draw()
    assert [kind for kind in REACHED if not seen[kind]] == [], f"of {total} ledgers"


@pytest.mark.parametrize("plugin", [SUITE, ALONE])
def test_levies_equal_those_of_the_oracle(plugin: str) -> None:
    @moderate
    @given(books())
    def check(ledger: Books) -> None:
        assert run(ledger.text(plugin)) == expected(naive(ledger), coop=ledger.has_coop), ledger.text(plugin)

    check()


@moderate
@given(books())
def test_margins_stand_beside_the_levy_to_the_cent(ledger: Books) -> None:
    rows = {(row.unit, row.period): row for row in naive(ledger)}
    for entry in provisional(load(ledger.text(ALONE))[0]):
        row = rows[entry.meta["unit"], entry.meta["period"]]
        for key, exact in (("margin", row.margin), ("cumulative", row.cumulative)):
            shown = entry.meta[key]
            assert (Fraction(shown.number), shown.currency) == (oracle.half_away(exact), "EUR"), (key, entry)


@moderate
@given(books().filter(lambda ledger: ledger.has_coop), st.integers(0, 2))
def test_a_seal_that_the_structure_has_not_closes_nothing(ledger: Books, left: int) -> None:
    structures = [piece for piece in ledger.pieces if piece.unit == "COOP" and ' custom "closed"' in piece.text]
    opened = Books(tuple(piece for piece in ledger.pieces if piece not in structures[left:]))
    entries, _ = load(opened.text())
    after, errors = load(opened.text(ALONE))
    orphans = Counter(seal for unit in oracle.activities(entries) for seal in oracle.orphans(entries, unit))
    assert Counter(tuple(value.value for value in error.entry.values) for error in errors) == orphans
    assert injected(after) == expected(oracle.rows(entries), coop=True), opened.text(ALONE)


@moderate
@given(books())
def test_the_text_itself_stays_as_it_was(ledger: Books) -> None:
    before = Counter(without_place(entry) for entry in load(ledger.text())[0])
    after, _ = load(ledger.text(ALONE))
    opened = [entry for entry in after if isinstance(entry, Open) and without_place(entry) not in before]
    added = Counter(map(without_place, opened)) + Counter(map(without_place, provisional(after)))
    assert Counter(map(without_place, after)) == before + added
    assert all(":9:950-" in entry.account or ":9:960-" in entry.account for entry in opened)


def without_place(entry: Directive) -> str:
    """Print a directive without its place, which the plugin's own line moves."""
    keys = {key: value for key, value in entry.meta.items() if key not in ("filename", "lineno")}
    if isinstance(entry, Transaction):
        postings = [posting._replace(meta={}) for posting in entry.postings]
        marks = (sorted(entry.tags), sorted(entry.links))
        return repr(entry._replace(meta=keys, postings=postings, tags=frozenset(), links=frozenset())) + repr(marks)
    return repr(entry._replace(meta=keys))


@moderate
@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_the_text_changes_nothing(ledger: Books, chance: random.Random) -> None:
    pieces = list(ledger.pieces)
    chance.shuffle(pieces)
    assert run(Books(tuple(pieces)).text(ALONE)) == run(ledger.text(ALONE))


@moderate
@given(books(), st.integers(2, 4), st.randoms(use_true_random=False))
def test_splitting_into_files_changes_nothing(ledger: Books, parts: int, chance: random.Random) -> None:
    files: list[list[strategies.Piece]] = [[] for _ in range(parts)]
    for piece in ledger.pieces:
        chance.choice(files).append(piece)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, pieces in enumerate(files):
            write_text(folder / f"part-{number}.beancount", Books(tuple(pieces)).text())
        includes = "".join(f'include "part-{number}.beancount"\n' for number in range(parts))
        write_text(folder / "main.beancount", f'{header()}\nplugin "{ALONE}"\n{includes}')
        entries, errors, _ = loader.load_file(str(folder / "main.beancount"))
    assert errors == []
    assert injected(entries) == run(ledger.text(ALONE))


@pytest.mark.parametrize("plugin", [SUITE, ALONE])
def test_a_sub_ledger_alone_levies_the_same_on_its_own_side(plugin: str) -> None:
    @moderate
    @given(books(), st.data())
    def check(ledger: Books, data: st.DataObject) -> None:
        unit = data.draw(st.sampled_from(oracle.activities(load(ledger.text())[0])))
        whole = run(ledger.text(plugin))
        assert run(ledger.of(unit).text(plugin)) == Counter(
            {
                side: count
                for side, count in whole.items()
                if all(account.endswith(f":{unit}") for account, _, _ in side.postings)
            }
        )

    check()


@moderate
@given(books())
def test_renamed_roots_change_only_the_names(ledger: Books) -> None:
    text = ledger.text(SUITE, roots=RENAMED)
    assert run(text) == expected(naive(ledger), coop=ledger.has_coop, roots=RENAMED), text


@moderate
@given(books(units=("A001", "A0012")), books(units=("A00",)))
def test_an_unrelated_activity_changes_nothing(ledger: Books, other: Books) -> None:
    open_books = [piece for piece in other.of("A00").pieces if not re.search(r'"closed"|#contribution', piece.text)]
    together = Books((*ledger.pieces, *open_books))  # the structure, which is another's here, has closed nothing of it
    found = run(together.text(ALONE))
    assert Counter({side: count for side, count in found.items() if side.unit != "A00"}) == run(ledger.text(ALONE))


@moderate
@given(books(), st.permutations((SUITE, ALONE)))
def test_naming_both_plugins_injects_once(ledger: Books, names: Sequence[str]) -> None:
    assert run(ledger.text(*names)) == expected(naive(ledger), coop=ledger.has_coop), ledger.text(*names)


@moderate
@given(books().filter(lambda ledger: ledger.has_coop))
def test_what_the_activities_owe_is_what_the_structure_gets(ledger: Books) -> None:
    entries, _ = load(ledger.text(SUITE))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction) and "contribution" in entry.tags:
            for posting in entry.postings:
                sums[posting.account.rpartition(":")[0]] += oracle.amount_of(posting)[0]
    assert {account: amount for account, amount in sums.items() if amount != Decimal(0)} == {}
