"""The certificate of the sums paid to a candidate."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

import pytest
from beancoop.model.periods import Span
from beancoop.statements.benefit import certificate
from books import asked, books_of, example
from hypothesis import given, settings
from hypothesis import strategies as st

OPTIONS = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
OPENS = "".join(
    f"2026-01-01 open {account}:A001\n"
    for account in (
        "Assets:55:5500-Banque",
        "Expenses:61:619-Indemnites",
        "Expenses:61:615-Deplacements",
        "Liabilities:45:453-Precomptes",
        "Liabilities:48:489-Dettes",
        "Liabilities:49:492-ChargesAImputer",
    )
)
YEAR = Span.of_year(2026)


def paid(text):
    """Give the sums of a ledger: (day, granted, paid), paid and only booked."""
    books = books_of(f'{OPTIONS}2026-01-01 custom "activity" "A001"\n  overdraft: 9999 EUR\n{OPENS}{text}')
    assert not books.ledger.errors, books.ledger.errors
    found = certificate(books, "A001", YEAR)
    assert not found.shared
    return [[(each.transaction.date.day, int(each.granted), int(each.paid)) for each in own] for own in found[:2]]


def test_a_sum_is_paid_when_it_leaves_the_treasury():
    text = """
2026-01-05 * "Indemnité"
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
2026-01-06 * "Charge imputée"
  Expenses:61:619-Indemnites:A001   70.00 EUR
  Liabilities:49:492-ChargesAImputer:A001  -70.00 EUR
"""
    assert paid(text) == [[(5, 500, 500)], [(6, 70, 0)]]


def test_what_is_withheld_is_not_paid_and_other_costs_are_not_hers():
    text = """
2026-01-05 * "Indemnité, précompte retenu"
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Liabilities:45:453-Precomptes:A001 -100.00 EUR
  Assets:55:5500-Banque:A001       -400.00 EUR
2026-01-06 * "Indemnité et trajet"
  Expenses:61:619-Indemnites:A001   50.00 EUR
  Expenses:61:615-Deplacements:A001 20.00 EUR
  Assets:55:5500-Banque:A001       -70.00 EUR
2026-01-07 * "Trajet"
  Expenses:61:615-Deplacements:A001 20.00 EUR
  Assets:55:5500-Banque:A001       -20.00 EUR
"""
    assert paid(text) == [[(5, 500, 400), (6, 50, 50)], []]


def test_a_debt_is_paid_later_under_its_link():
    text = """
2026-01-05 * "Indemnité décidée" ^I1
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Liabilities:48:489-Dettes:A001   -500.00 EUR
2026-01-20 * "Indemnité payée" ^I1
  Liabilities:48:489-Dettes:A001    500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
2026-01-21 * "Autre dette payée" ^I2
  Liabilities:48:489-Dettes:A001    500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
"""
    assert paid(text) == [[(20, 0, 500)], [(5, 500, 0)]]


def test_a_sum_given_back_is_told_with_its_sign():
    text = """
2026-01-05 * "Indemnité"
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
2026-01-06 * "Trop versé, rendu"
  Expenses:61:619-Indemnites:A001  -200.00 EUR
  Assets:55:5500-Banque:A001        200.00 EUR
"""
    assert paid(text) == [[(5, 500, 500), (6, -200, -200)], []]


@pytest.mark.parametrize("unit", ["A001", "A003", "A005", "A008"])
@pytest.mark.parametrize("year", [2025, 2026])
def test_the_sums_of_the_example_are_what_its_account_says(unit, year):
    span = Span.of_year(year)
    found = certificate(example(), unit, span)
    days = f"date >= {span.first} AND date <= {span.last}"
    assert sum(each.granted for each in (*found.paid, *found.booked)) == asked(example(), days, "619", unit=unit)
    assert all(each.granted == each.paid for each in found.paid)
    accrued = {datetime.date(2025, 12, 31), datetime.date(2026, 1, 2)}
    assert {each.transaction.date for each in found.booked} <= accrued


UNITS = ("A001", "A002", "A003")
BANK, LIAISON, DEBT = "Assets:55:5500-Banque", "Assets:9:960-Liaison", "Liabilities:48:489-Dettes"
CHARGES = ("Expenses:61:619-Indemnites", "Expenses:62:620-Remunerations", "Expenses:64:643-Charges")
TAX, RENT, SALES = "Liabilities:45:453-Precomptes", "Expenses:61:610-Loyer", "Income:70:700-Ventes"
SERVICES = "Expenses:9:951-PrestationsInternes"


class Diary:
    """A cooperative of three activities, written entry by entry, that notes by hand what each candidate received."""

    def __init__(self):
        self.lines = [OPTIONS]
        for unit in UNITS:
            self.lines.append(f'2026-01-01 custom "activity" "{unit}"\n  overdraft: 99999999 EUR')
        accounts = (BANK, LIAISON, DEBT, *CHARGES, TAX, RENT, SALES, SERVICES)
        self.lines += [f"2026-01-01 open {account}:{unit}" for unit in (*UNITS, "COOP") for account in accounts]
        self.day = datetime.date(2026, 1, 1)
        self.received = defaultdict(Decimal)

    def write(self, unit, *postings, link="", next_day=True, text="Écriture"):
        if next_day:
            self.day += datetime.timedelta(1)
        self.lines.append(f'{self.day} * "x" "{text}" {f"^{link}" if link else ""}')
        self.lines += [f"  {account}:{unit}  {amount} EUR" for account, amount in postings]

    def pass_on(self, unit, account, amount, link, other=DEBT, **how):
        """Book what passes from *unit* to the structure through 960, on both sides."""
        self.write(unit, (account, amount), (LIAISON, -amount), link=link, **how)
        self.write("COOP", (LIAISON, amount), (other, -amount), link=link, **(how | {"next_day": False}))

    def books(self):
        return books_of("\n".join(self.lines) + "\n")


def direct(diary, unit, other, amount, charge, link):
    """From her own treasury, tax withheld."""
    diary.write(unit, (charge, amount), (TAX, -1), (BANK, 1 - amount))
    diary.received[unit] += amount - 1


def by_debt(diary, unit, other, amount, charge, link):
    diary.write(unit, (charge, amount), (DEBT, -amount), link=link)
    diary.write(other, (RENT, amount), (BANK, -amount))
    diary.write(unit, (DEBT, amount), (BANK, -amount), link=link)
    diary.received[unit] += amount


def unpaid(diary, unit, other, amount, charge, link):
    diary.write(unit, (charge, amount), (DEBT, -amount), link=link)


def by_structure(diary, unit, other, amount, charge, link):
    """Put the debt into the structure's books, which pays it in two parts."""
    diary.pass_on(unit, charge, amount, link)
    diary.write("COOP", (DEBT, 1), (BANK, -1), link=link)
    diary.write("COOP", (DEBT, amount - 1), (BANK, 1 - amount), link=link)
    diary.received[unit] += amount


def at_once_by_structure(diary, unit, other, amount, charge, link):
    diary.pass_on(unit, charge, amount, link, other=BANK)
    diary.received[unit] += amount


def by_another_treasury(diary, unit, other, amount, charge, link):
    """Let the treasury of another activity pay, through 960, what the structure owes."""
    diary.pass_on(unit, charge, amount, link)
    diary.write(other, (LIAISON, amount), (BANK, -amount), link=link)
    diary.write("COOP", (DEBT, amount), (LIAISON, -amount), link=link, next_day=False)
    diary.received[unit] += amount


def on_leaving(diary, unit, other, amount, charge, link):
    diary.pass_on(unit, charge, amount, f"exit-{unit}")
    diary.pass_on(unit, BANK, -3, f"exit-{unit}", other=BANK)  # her treasury is handed over
    diary.write("COOP", (DEBT, amount), (BANK, -amount), link=f"exit-{unit}")
    diary.received[unit] += amount


def all_at_once(diary, unit, other, amount, charge, link):
    """One payment for two candidates under one link, which settles what both were owed."""
    diary.pass_on(unit, charge, amount, link)
    diary.pass_on(other, charge, 7, link)
    diary.write("COOP", (DEBT, amount + 7), (BANK, -amount - 7), link=link)
    diary.received[unit] += amount
    diary.received[other] += 7


def all_on_one_side(diary, unit, other, amount, charge, link):
    """One entry of the structure takes over what several activities grant, and pays it later."""
    diary.write(unit, (charge, amount), (LIAISON, -amount), link=link)
    diary.write(other, (charge, 7), (LIAISON, -7), link=link, next_day=False)
    diary.write("COOP", (LIAISON, amount), (LIAISON, 7), (DEBT, -amount - 7), link=link, next_day=False)
    diary.write("COOP", (DEBT, amount + 7), (BANK, -amount - 7), link=link)
    diary.received[unit] += amount
    diary.received[other] += 7


def given_back(diary, unit, other, amount, charge, link):
    diary.write(unit, (charge, -amount), (BANK, amount), link=link)
    diary.received[unit] -= amount


def of_nobody(diary, unit, other, amount, charge, link):
    """Rent, a sale, a rounding, a debt and a transfer of the structure: none of it is a candidate's."""
    diary.write(unit, (RENT, amount), (BANK, -amount), link=link)
    diary.write(unit, (SALES, Decimal("-9.97")), (CHARGES[2], Decimal("-0.03")), (BANK, 10), link=link)
    diary.write("COOP", (BANK, amount), (DEBT, -amount), link=f"loan-{link}")
    diary.write("COOP", (DEBT, amount), (BANK, -amount), link=f"loan-{link}")
    diary.pass_on(unit, BANK, -amount, link, other=BANK)


def of_a_link_misused(diary, unit, other, amount, charge, link):
    """Another activity writes under her link: its own candidate's sum stays its own, and hers stays hers."""
    diary.pass_on(unit, charge, amount, f"exit-{unit}")
    diary.write(other, (charge, 5), (DEBT, -5), link=f"exit-{unit}")
    diary.write(other, (DEBT, 5), (BANK, -5), link=f"exit-{unit}")
    diary.write("COOP", (DEBT, amount), (BANK, -amount), link=f"exit-{unit}")
    diary.received[unit] += amount
    diary.received[other] += 5


ACTS = (
    *(direct, by_debt, unpaid, by_structure, at_once_by_structure, by_another_treasury),
    *(on_leaving, all_at_once, all_on_one_side, given_back, of_nobody, of_a_link_misused),
)
ACT = st.tuples(st.sampled_from(ACTS), st.permutations(UNITS), st.integers(10, 900), st.sampled_from(CHARGES))


@settings(max_examples=25, deadline=None)  # a load each
@given(st.lists(ACT, min_size=1, max_size=12))
def test_the_certificates_are_what_the_treasuries_paid_each_candidate(acts):
    diary = Diary()
    for place, (act, (unit, other, _), amount, charge) in enumerate(acts):
        act(diary, unit, other, Decimal(amount), charge, f"L{place}")
    books = diary.books()
    assert not books.ledger.errors, books.ledger.errors
    found = {unit: certificate(books, unit, YEAR) for unit in UNITS}
    assert {unit: each.total for unit, each in found.items()} == {unit: diary.received[unit] for unit in UNITS}
    assert not any(each.shared for each in found.values())
    counted = [id(each.transaction) for own in found.values() for each in own.paid]
    batches = sum(act in {all_at_once, all_on_one_side} for act, *_ in acts)
    assert len(counted) - len(set(counted)) == batches  # one payment is in two certificates there, each with its part


@pytest.mark.parametrize("act", ACTS)
def test_each_way_of_paying_is_certified_to_whom_it_pays(act):
    diary = Diary()
    act(diary, "A001", "A002", Decimal(100), CHARGES[0], "L")
    books = diary.books()
    assert not books.ledger.errors
    for unit in UNITS:
        assert certificate(books, unit, YEAR).total == diary.received[unit]


def test_what_two_candidates_could_claim_is_told_and_not_counted():
    diary = Diary()
    diary.pass_on("A001", CHARGES[0], Decimal(100), "batch")
    diary.pass_on("A002", CHARGES[0], Decimal(60), "batch")
    diary.write("COOP", (DEBT, Decimal(60)), (BANK, Decimal(-60)), link="batch")
    for unit in ("A001", "A002"):
        found = certificate(diary.books(), unit, YEAR)
        assert (found.total, [each.shared for each in found.shared]) == (0, [60])


def test_money_that_comes_in_less_what_she_keeps_has_paid_her():
    diary = Diary()
    diary.write("A001", (SALES, -100), (CHARGES[0], 30), (BANK, 70))
    assert certificate(diary.books(), "A001", YEAR).total == 30


def test_the_debt_of_another_activity_under_another_link_is_not_hers():
    diary = Diary()
    diary.pass_on("A001", CHARGES[0], Decimal(100), "I1")
    diary.pass_on("A002", CHARGES[0], Decimal(100), "I2")
    diary.write("COOP", (DEBT, Decimal(100)), (BANK, Decimal(-100)), link="I2")
    books = diary.books()
    assert [certificate(books, unit, YEAR).total for unit in ("A001", "A002")] == [0, 100]


def test_an_account_that_exit_was_told_counts_like_the_usual_ones():
    """`exit --account 644... --account 455...`: the charge and the debt are whatever the settlement says."""
    diary = Diary()
    other, wages = "Expenses:64:644-Diverses", "Liabilities:45:455-Remunerations"
    diary.lines += [f"2026-01-01 open {other}:A001", f"2026-01-01 open {wages}:COOP"]
    diary.pass_on("A001", other, Decimal(100), "exit-A001", other=wages)
    diary.write("COOP", (wages, Decimal(100)), (BANK, Decimal(-100)), link="exit-A001")
    found = certificate(diary.books(), "A001", YEAR)
    assert ([each.granted for each in found.booked], found.total) == ([100], 100)


def test_a_supplier_whose_debt_the_structure_takes_over_is_not_her():
    """Both pass through 960 on one day, under one link and with one amount: what they say tells them apart."""
    diary, supplier, wages = Diary(), "Liabilities:44:440-Fournisseurs", "Liabilities:47:473-AutresAllocataires"
    diary.lines += [f"2026-01-01 open {account}:{unit}" for account in (supplier, wages) for unit in ("A001", "COOP")]
    diary.write("A001", (RENT, 100), (supplier, -100))
    diary.pass_on("A001", supplier, 100, "exit-A001", other=supplier, text="Autres soldes")
    diary.pass_on("A001", CHARGES[0], 100, "exit-A001", other=wages, text="Solde dû", next_day=False)
    diary.write("COOP", (supplier, 100), (BANK, -100), link="exit-A001")
    assert certificate(diary.books(), "A001", YEAR).total == 0
    diary.write("COOP", (wages, 100), (BANK, -100), link="exit-A001")
    books = diary.books()
    assert not books.ledger.errors
    assert certificate(books, "A001", YEAR).total == 100


def test_a_debt_in_her_own_books_is_hers_whoever_else_bears_its_link():
    diary = Diary()
    for unit in ("A001", "A002"):
        diary.write(unit, (CHARGES[0], 10), (BANK, -10), link="L")
    diary.write("A001", (DEBT, 5), (BANK, -5), link="L")
    books = diary.books()
    assert [certificate(books, unit, YEAR).total for unit in UNITS] == [15, 10, 0]


def test_each_grant_has_its_own_side_in_the_structure_s_books():
    diary, wages = Diary(), "Liabilities:45:455-Remunerations"
    diary.lines += [f"2026-01-01 open {wages}:COOP"]
    diary.pass_on("A001", CHARGES[0], 100, "batch", other=wages, text="A")
    diary.pass_on("A002", CHARGES[0], 60, "batch", other=wages, text="B", next_day=False)
    diary.write("COOP", (wages, 160), (BANK, -160), link="batch")
    books = diary.books()
    assert [certificate(books, unit, YEAR).total for unit in UNITS] == [100, 60, 0]


def test_what_the_structure_owes_another_way_under_her_link_is_not_hers():
    """A debt to a supplier of the structure faces the grant, in other words: it is no debt to her."""
    diary, supplier = Diary(), "Liabilities:44:440-Fournisseurs"
    diary.lines += [f"2026-01-01 open {supplier}:COOP"]
    diary.write("A001", (CHARGES[0], 100), (LIAISON, -100), link="I", text="Indemnité")
    diary.write("COOP", (LIAISON, 100), (supplier, -100), link="I", next_day=False, text="Facture")
    diary.write("COOP", (supplier, 100), (BANK, -100), link="I")
    assert certificate(diary.books(), "A001", YEAR).total == 0


def test_balances_brought_in_pay_nobody():
    diary = Diary()
    opening = (BANK, Decimal(900)), (CHARGES[0], Decimal(100)), (DEBT, Decimal(-1000))
    diary.write("A001", *opening)
    diary.lines[-4] = diary.lines[-4] + " #opening"
    books = diary.books()
    assert not books.ledger.errors
    assert not any(certificate(books, "A001", YEAR))


@pytest.mark.parametrize(("rent", "bank", "total"), [(10, 20, -20), (50, -20, 0)])
def test_what_she_gives_back_beside_other_things_is_what_comes_in_of_it(rent, bank, total):
    diary = Diary()
    diary.write("A001", (CHARGES[0], -30), (RENT, rent), (BANK, bank))
    assert certificate(diary.books(), "A001", YEAR).total == total
