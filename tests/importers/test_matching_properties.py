"""What holds of any open invoices and any payments: no money lost, nothing settled by likeness, any order, once."""

from __future__ import annotations

import datetime
import tempfile
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from beancoop.books.open_items import open_items
from beancoop_importers.matching.match import match
from beancoop_importers.matching.open_invoices import Invoices
from beancoop_importers.model.statement import Movement
from beancount.loader import load_string
from coda_writer import Line
from cooperative import OWN, SHARED
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from trade import Trade, ogm

UNITS = ("A001", "A002")
AMOUNTS = st.integers(1, 400).map(lambda units: units * 10)  # thousandths, so whole cents
NAMES = [f"{unit}-2026-{number:04}" for unit in UNITS for number in range(1, 4)]
OFTEN_SHARED = st.sampled_from([False, False, True])
INVOICES = st.dictionaries(st.sampled_from(NAMES), AMOUNTS, min_size=1, max_size=4)


def mark(name: str) -> str:
    """Give the structured communication of an invoice."""
    return ogm(int("".join(filter(str.isdecimal, name))))


@st.composite
def payments(draw, invoices: dict[str, int]):
    """Draw a payment that names some invoices, exactly or not quite, of any amount or of theirs."""
    named = draw(st.lists(st.sampled_from(sorted(invoices)), min_size=1, max_size=3, unique=True))
    spoilt = draw(st.sampled_from([False, False, False, True]))
    texts = [f"{name}9" if spoilt else draw(st.sampled_from([name, name.lower(), mark(name)])) for name in named]
    whole = sum(invoices[name] for name in named)
    return draw(st.sampled_from([whole, whole, -whole, draw(AMOUNTS)])), " ".join(texts)


@st.composite
def stories(draw):
    invoices = draw(INVOICES)
    return invoices, draw(st.lists(st.tuples(payments(invoices), OFTEN_SHARED), min_size=1, max_size=4))


def tell(folder: str, invoices: dict[str, int]) -> Trade:
    trade = Trade(Path(folder))
    for name, amount in sorted(invoices.items()):
        trade.sale(name[:4], name, str(Decimal(amount).scaleb(-3)), meta=f'  ogm: "{mark(name)}"\n')
    return trade


def is_open(trade: Trade) -> Decimal:
    entries, errors, _ = trade.coop.load()
    assert errors == []
    return sum((item.amount for item in open_items(entries, "EUR")), Decimal(0))


@given(stories())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_money_is_conserved_whatever_the_order_and_once(story):
    invoices, paid = story
    outcomes = []
    for backwards in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            trade = tell(folder, invoices)
            owed = is_open(trade)
            files = [
                trade.paper(Line(amount, communication=text), account=OWN if own else SHARED)
                for (amount, text), own in paid
            ]
            results = trade.bring(*(files[::-1] if backwards else files))
            assert [result.refusal for result in results] == [None] * len(files)
            entries = trade.booked()
            postings = [posting for entry in entries for posting in entry.postings]
            moved = sum((p.units.number for p in postings if ":55:" in p.account), Decimal(0))
            matched = -sum((p.units.number for p in postings if ":40:" in p.account), Decimal(0))
            assert moved == sum((Decimal(amount) for (amount, _), _ in paid), Decimal(0)).scaleb(-3)
            assert is_open(trade) == owed - matched
            assert not any(p.account.endswith(unit) for unit in UNITS for p in postings if ":5501" in p.account)
            event("something is settled" if matched else "nothing is settled")
            references = {entry.meta["bank-ref"] for entry in entries}
            event("a payment is split over two units" if len(references) < len(entries) else "none is split")
            before = trade.coop.files()
            assert [result.booked for result in trade.bring(*files)] == [0] * len(files)
            assert trade.coop.files() == before
            outcomes.append({path.relative_to(trade.coop.root): text for path, text in before.items()})
    assert outcomes[0] == outcomes[1]


def movement(amount: Decimal, text: str) -> Movement:
    day = datetime.date(2026, 1, 15)
    return Movement(
        line=1, sequence="0001", detail="0000", booked=day, value_date=None, amount=amount, code="", bank_reference="",
        communication=text, structured=None, information=(), customer_reference="", counterparty="",
        counterparty_account="", counterparty_bic="", return_reason="",
    )  # fmt: skip


def ledger_of(invoices: dict[str, int]) -> Invoices:
    opens = "".join(
        f"2020-01-01 open {account}:{unit}\n"
        for unit in UNITS
        for account in ("Assets:40:400-Clients", "Income:70:700-Ventes")
    )
    sales = "".join(
        f'2026-01-02 * "Client" "" ^{name}\n  ogm: "{mark(name)}"\n'
        f"  Assets:40:400-Clients:{name[:4]}  {Decimal(amount).scaleb(-3)} EUR\n  Income:70:700-Ventes:{name[:4]}\n"
        for name, amount in invoices.items()
    )
    entries, errors, _ = load_string(opens + sales)
    assert errors == []
    return Invoices(entries, "EUR")


@given(st.data())
@settings(deadline=None)
def test_a_reference_that_is_not_quite_right_settles_nothing(data):
    """Change, leave out or double any one character, whatever the amount agrees with."""
    invoices = {name: 1_000 + number * 10 for number, name in enumerate(NAMES)}
    name = data.draw(st.sampled_from(NAMES))
    exact = data.draw(st.sampled_from([name, mark(name), mark(name).strip("+").replace("/", "")]))
    spots = [number for number, sign in enumerate(exact) if sign.isalnum()]
    at = data.draw(st.sampled_from(spots))
    changed = data.draw(st.sampled_from("0123456789AZ").filter(lambda sign: sign != exact[at]))
    before, after = exact[:at], exact[at + 1 :]
    text = data.draw(st.sampled_from([before + changed + after, before + after, before + exact[at] * 2 + after]))
    others = {word for other in NAMES for word in (other, mark(other), mark(other).strip("+").replace("/", ""))}
    if text in others:
        event("the reference of another invoice")
        return
    found = match(ledger_of(invoices), movement(Decimal(invoices[name]).scaleb(-3), f"facture {text} merci"), None)
    assert found.parts == ()


@given(st.permutations(NAMES), st.integers(1, 1_500))
@settings(deadline=None)
def test_the_oldest_first_to_the_last_cent(names, cents):
    invoices = dict.fromkeys(NAMES, 2_000)
    found = match(ledger_of(invoices), movement(Decimal(cents).scaleb(-2), " ".join(names)), None)
    assert sum((part.amount for part in found.parts), found.rest) == Decimal(cents).scaleb(-2)
    full = [part.amount == Decimal(2) for part in found.parts]
    assert all(before or not after for before, after in pairwise(full))
    assert [part.invoice.name for part in found.parts] == sorted(NAMES)[: len(found.parts)]
    assert bool(found.doubts) == (cents != 1_200)
