"""No other unit's code, payee or amount in any exported file, of cooperatives made up to leak."""

from __future__ import annotations

import datetime
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from beancoop.loading.ledger import load_ledger
from beancoop.storage.scaffold import Settings, create_activity, create_cooperative
from beancoop_cli.main import main
from click.testing import CliRunner
from exported import Facts, code, numbers, texts
from hypothesis import given, settings
from hypothesis import strategies as st

START = datetime.date(2026, 1, 1)
CODES = ("A001", "A0011", "A001-B", "BX-7", "BX", "ZZ9", "A-A001")
SERVICE = """
2026-03-{day:02} * "Activité {other}" "Pour {other}, facture {other}-2026-1" ^PI-{seller}-{number}
  note: "Vu avec {other} et COOP"
  Expenses:9:951-PrestationsInternes:{unit}  {amount} EUR
  Assets:9:960-Liaison:{unit}  {turned} EUR
"""
SALE = """
2026-02-{day:02} * "{payee}" "Facture" ^{unit}-2026-{number:04}
  Assets:40:400-Clients:{unit}  {total} EUR
  Income:70:700-VentesPrestations:{unit}  -{net} EUR
  Liabilities:45:451-TVAPayer:{unit}  -{tax} EUR
"""
NOTE = '2026-04-01 note Assets:40:400-Clients:{unit} "Réunion avec {others}"\n'
MEETING = '2026-04-02 custom "meeting" "monthly"\n  attended: "{attended}"\n'


class Cooperative(NamedTuple):
    """What is drawn: its units, the sales of each, and the services between them."""

    units: list[str]
    sales: list[tuple[str, int]]
    services: list[tuple[str, str, int]]


@st.composite
def cooperatives(draw):
    units = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=4, unique=True))
    sales = draw(st.lists(st.tuples(st.sampled_from(units), st.integers(10_001, 999_999)), min_size=3, max_size=9))
    pairs = st.permutations(units).map(lambda both: tuple(both[:2]))
    services = draw(st.lists(st.tuples(pairs, st.integers(101, 99_999)), max_size=3))
    return Cooperative(units, sales, [(*pair, cents) for pair, cents in services])


def euros(cents):
    return Decimal(cents).scaleb(-2)


def write(drawn, folder):
    """Write the books of a cooperative; every payee is named in one entry alone."""
    create_cooperative(folder, drawn.units[0], Settings(START))
    for unit in drawn.units[1:]:
        create_activity(folder / "activities" / unit, Settings(START))
    found = {unit: [] for unit in drawn.units}
    for number, (unit, cents) in enumerate(drawn.sales):
        payee = f"Maison {'abcdefghij'[number] * 4}"
        amounts = {"net": euros(cents), "tax": euros(cents // 5), "total": euros(cents + cents // 5)}
        found[unit].append(SALE.format(day=number + 1, payee=payee, unit=unit, number=number, **amounts))
    for number, (seller, buyer, cents) in enumerate(drawn.services):
        for unit, other, amount in ((seller, buyer, euros(-cents)), (buyer, seller, euros(cents))):
            values = {"other": other, "seller": seller, "unit": unit, "amount": amount, "turned": -amount}
            found[unit].append(SERVICE.format(day=number + 1, number=number, **values))
    for unit, entries in found.items():
        others = ", ".join(other for other in (*drawn.units, "COOP") if other != unit)
        home = folder / "activities" / unit
        (home / "books/2026.beancount").write_text("".join([*entries, NOTE.format(unit=unit, others=others)]))
        for other in drawn.units:
            (home / f"documents/2026-01-01.avec-{other}.txt").write_text(f"Pièce de {unit}")
        (home / "documents/note.txt").write_text(f"{unit} et {others}")
    (folder / "coop/2026.beancount").write_text(MEETING.format(attended=" ".join(drawn.units)))


@settings(max_examples=8, deadline=None)
@given(cooperatives(), st.data())
def test_nothing_of_another_unit_leaks(drawn, data):
    unit = data.draw(st.sampled_from(drawn.units))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "ledgers"
        write(drawn, folder)
        whole = load_ledger(folder / "main.beancount")
        assert whole.errors == []
        facts = Facts(whole.entries, unit)
        computed = set()  # what a statement adds up where nobody else's books are at hand
        for name, ledger in (("alone", f"activities/{unit}/ledger.beancount"), ("whole", "main.beancount")):
            target = Path(temporary) / name
            command = ["export", unit, "--to", str(target), "--ledger", str(folder / ledger)]
            result = CliRunner().invoke(main, command)
            assert result.exit_code == 0, result.output
            assert f"avec-{unit}.txt" in "".join(path.name for path in (target / "documents").iterdir())
            for file, text in texts(target):
                plain = code(unit).sub("mine", text) if "-" in unit else text
                others = [other for other in (*drawn.units, "COOP") if other != unit and code(other).search(plain)]
                assert others == [], file
                assert [payee for payee in facts.payees_elsewhere if payee in text] == [], file
                found = numbers(text) & facts.amounts_elsewhere
                if file == "statement.pdf":
                    computed |= found if name == "alone" else set()
                    found -= computed
                assert found == set(), file
