"""The contribution explained: the lines of each month add up to its levy, whatever the books."""

import datetime
from decimal import Decimal

from beancoop.contribution.explanation import explain
from beancoop.contribution.rule import read_levies
from beancoop.model.money import to_cent
from beancoop.model.register import read_register
from beancount.loader import load_string
from cases import PURCHASE, SUPPLIERS, TABLE, activity, book, change, entry, leave, move, sale, seals
from hypothesis import HealthCheck, given, settings
from strategies import books

ZERO = Decimal(0)


def explained(text, unit="A001"):
    entries, errors, options = load_string(text)
    assert not errors
    return explain(entries, read_register(entries, options), unit)


def told(months):
    return {
        str(each.levy.month): [(str(line.entry.date), str(line.base), str(line.rate)) for line in each.lines]
        for each in months
    }


def test_each_month_of_the_acceptance_table_is_told_line_by_line():
    months = explained(book(activity(), *TABLE))
    assert told(months) == {
        "2026-01": [("2026-01-12", "2500.00", "0.10"), ("2026-01-20", "-450.00", "0.10")],
        "2026-02": [("2026-02-03", "576.45", "0.10")],
        "2026-03": [("2026-03-09", "-420.00", "0.10")],
        "2026-04": [("2026-04-30", "1000.00", "0.10")],
    }
    assert [str(each.levy.exact) for each in months] == ["205.0000", "262.6450", "220.6450", "320.6450"]
    assert [str(each.levy.carried) for each in months] == ["0.00"] * 4


def test_an_entry_of_several_postings_has_one_line_wherever_it_stands_in_its_month():
    two = [("Income:70:700-VentesPrestations", "-30.00 EUR"), ("Income:70:708-RemisesAccordees", "10.00 EUR")]
    both = [*two, ("Assets:40:400-Clients", "20.00 EUR")]
    texts = [entry(datetime.date(2026, 1, number), "A001", both) for number in (12, 13)]
    (month,) = explained(book(activity(), *texts))
    assert [(str(line.entry.date), str(line.base)) for line in month.lines] == [
        ("2026-01-12", "20.00"),
        ("2026-01-13", "20.00"),
    ]


def test_what_is_carried_is_told_month_by_month():
    months = explained(book(activity(negative="carry"), *TABLE))
    assert [str(each.levy.carried) for each in months] == ["0.00", "0.00", "-42.00", "0.00"]


def test_a_credit_note_bears_the_rate_of_the_sale_it_is_linked_to():
    months = explained(
        book(
            activity(),
            change("2026-02-01", rate=Decimal("0.08")),
            sale("2026-01-12", "1000.00", "^F1"),
            sale("2026-02-12", "-100.00", "^F1"),
            sale("2026-02-13", "200.00", "^F2"),
        )
    )
    lines = [line for each in months for line in each.lines]
    assert [(str(line.bound), str(line.rate), str(line.contribution)) for line in lines] == [
        ("2026-01-12", "0.10", "100.0000"),
        ("2026-01-12", "0.10", "-10.0000"),
        ("2026-02-13", "0.08", "16.0000"),
    ]


def test_an_invoice_of_several_postings_is_one_line():
    text = """2026-01-12 * "Vente"
  Assets:40:400-Clients:A001                          150.00 EUR
  Income:70:700-Ventes:A001                          -100.00 EUR
  Income:70:705-Prestations:A001                      -50.00 EUR
"""
    assert told(explained(book(activity(), text))) == {"2026-01": [("2026-01-12", "150.00", "0.10")]}


def test_a_month_without_margin_has_no_line():
    months = explained(book(activity(), sale("2026-01-12", "100.00"), leave("2026-03-31"), *seals("2026-01")))
    assert [len(each.lines) for each in months] == [1, 0, 0]
    assert [each.levy.closed for each in months] == [True, False, False]


def test_what_has_no_price_is_an_error_elsewhere_and_no_line_here():
    text = book(activity(), move("2026-01-12", PURCHASE, "10.00 USD", against=SUPPLIERS))
    entries, errors, options = load_string(text)
    assert len(errors) == 1
    assert [each.lines for each in explain(entries, read_register(entries, options), "A001")] == [[]]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=books())
def test_the_lines_add_up_to_the_levies(drawn):
    entries, errors, options = load_string(drawn.text("beancoop"))
    assert not errors
    register = read_register(entries, options)
    for unit, levies in read_levies(entries, options).items():
        months = explain(entries, register, unit)
        assert [each.levy for each in months] == levies
        exact = ZERO
        for each in months:
            assert to_cent(sum((line.base for line in each.lines), ZERO)) == each.levy.margin
            exact += sum((line.contribution for line in each.lines), ZERO)
            assert exact == each.levy.exact
            assert each.levy.due == max(ZERO, to_cent(exact))
