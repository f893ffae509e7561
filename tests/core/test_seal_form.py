"""What a seal holds on to, what it lets pass, and in whose books a directive is sealed."""

from __future__ import annotations

import pytest
from beancoop.closing.seal import check_seals, digest_of_units, digests, lines_by_unit
from beancoop.model.months import Month
from beancount.core.data import Custom
from loading import load

LEDGER = """2026-01-05 custom "activity" "A001"
  rate: 0.08
2026-01-05 open Assets:30:300-Stocks:A001  CHAISE, TABLE  "FIFO"
2026-01-05 open Assets:55:5500-Banque:A001
2026-01-10 * "Ébéniste" "Achat" #bois ^F-1
  piece: "ACH-2026-0001"
  Assets:30:300-Stocks:A001  2.50 CHAISE {10.00 EUR, 2026-01-09}
    nature: "chêne"
  ! Assets:55:5500-Banque:A001  -25.00 EUR
2026-01-11 * "Vente en dollars"
  Assets:40:400-Clients:A001  100 USD @ 0.90 EUR
  Income:70:700-VentesPrestations:A001  -90.00 EUR
2026-01-12 balance Assets:55:5500-Banque:A001  -25.00 ~ 0.01 EUR
2026-01-13 note Assets:55:5500-Banque:A001 "Appelé la banque"
2026-01-14 document Assets:55:5500-Banque:A001 "/docs/releve.pdf" #papier ^R-1
2026-01-15 custom "follow-up" "A001" "commercial" 1.5
2026-01-31 close Assets:30:300-Stocks:A001
"""
GOLDEN = "2fc08187c5513dfd6347ee0110d308c9263cd5191aeda952b232763c15cdf269"


def digest(text: str, unit: str = "A001", month: Month = Month(2026, 1)):  # noqa: B008 - a constant
    loaded = load(text, None)
    lines = lines_by_unit(loaded.entries, {**loaded.options, "include": ["<string>"]})
    ((_, found),) = digests(lines.get(unit, []), [month])
    return found


def test_the_form_of_this_version_stays_as_it_is():
    """What a cooperative has sealed must be found again by every later program; another form takes another version."""
    assert digest(LEDGER) == (12, GOLDEN)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rate: 0.08", "rate: 0.09"),
        ("rate: 0.08", 'rate: "0.08"'),
        ("rate: 0.08", "taux: 0.08"),
        ("  rate: 0.08\n", ""),
        ("CHAISE, TABLE", "CHAISE"),
        ('  "FIFO"', ""),
        ('10 * "Éb', '10 ! "Éb'),
        ("Ébéniste", "Ebeniste"),
        ('"Ébéniste" "Achat"', '"Achat"'),
        ('"Achat"', '"Achat 2"'),
        ("#bois", "#fer"),
        ("^F-1", "^F-2"),
        ("ACH-2026-0001", "ACH-2026-0002"),
        ("2.50 CHAISE {10.00", "25 CHAISE {1.00"),
        ("2.50 CHAISE", "2.50 TABLE"),
        ("{10.00 EUR, 2026-01-09}", "{10.00 EUR, 2026-01-08}"),
        ("{10.00 EUR, 2026-01-09}", '{10.00 EUR, 2026-01-09, "lot"}'),
        ("chêne", "hêtre"),
        ('    nature: "chêne"\n', ""),
        ("! Assets:55", "Assets:55"),
        ("! Assets:55", "* Assets:55"),
        ("100 USD @ 0.90", "50 USD @ 1.80"),
        ("-25.00 ~", "-25.01 ~"),
        ("~ 0.01 EUR", "~ 0.02 EUR"),
        (" ~ 0.01 EUR", " EUR"),
        ("Appelé", "Vu"),
        ("releve.pdf", "autre.pdf"),
        ("#papier", "#copie"),
        ("^R-1", "^R-2"),
        ('"commercial" 1.5', '"commercial" 2'),
        ('"commercial"', '"marketing"'),
        ("01-13 note", "01-12 note"),
        ("2026-01-31 close Assets:30:300-Stocks:A001\n", ""),
        ("2026-01-31 close", "2026-02-01 close"),
    ],
)
def test_a_change_of_meaning_changes_the_seal(old, new):
    assert LEDGER.count(old) == 1
    assert digest(LEDGER.replace(old, new)).sha256 != digest(LEDGER).sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.50 CHAISE", "2.5 CHAISE"),
        ("{10.00 EUR", "{10 EUR"),
        ("100 USD", "100.0 USD"),
        ("0.90 EUR", "0.9 EUR"),
        ("1.5\n", "1.500\n"),
        ("/docs/", "/ailleurs/"),
        ("2026-01-05 open", "\n\n; un commentaire\n2026-01-05 open"),
        ('"Achat" #bois ^F-1', '"Achat" ^F-1 #bois'),
    ],
)
def test_another_way_of_writing_the_same_does_not(old, new):
    assert old in LEDGER
    assert digest(LEDGER.replace(old, new)) == digest(LEDGER)


def test_no_number_is_taken_for_another():
    """Neither its sign, nor its zeros before the point, nor a zero of its own may be lost."""
    amounts = ["0", "1", "10", "100", "0.1", "0.01", "1.1", "10.10", "-1", "-0.1"]
    found = {digest(LEDGER.replace("rate: 0.08", f"rate: {amount}")).sha256 for amount in amounts}
    assert len(found) == len(amounts)
    zeros = {digest(LEDGER.replace("rate: 0.08", f"rate: {amount}")).sha256 for amount in ("0", "0.00", "-0.0", "000")}
    assert len(zeros) == 1


def test_values_of_each_type_are_told_apart():
    values = ["1", '"1"', "1 EUR", "TRUE", '"True"', "2026-01-01", '"2026-01-01"', "EUR", "Assets:55", "#x", '""', ""]
    found = [digest(LEDGER.replace("rate: 0.08", f"essai: {value}")).sha256 for value in values]
    assert found.count(found[values.index("EUR")]) == 1
    assert len(set(found)) == len(values)


def test_the_order_of_postings_metadata_and_entries_does_not_matter():
    first, second = LEDGER.index("  Assets:30:300-Stocks:A001  2.50"), LEDGER.index("  ! Assets:55")
    end = LEDGER.index("2026-01-11")
    turned = LEDGER[:first] + LEDGER[second:end] + LEDGER[first:second] + LEDGER[end:]
    assert digest(turned) == digest(LEDGER)
    more = LEDGER.replace("  rate: 0.08\n", '  rate: 0.08\n  trade: "Bois"\n')
    assert digest(more.replace('  rate: 0.08\n  trade: "Bois"\n', '  trade: "Bois"\n  rate: 0.08\n')) == digest(more)
    tags = LEDGER.replace("#bois ^F-1", "#bois #fer ^F-1 ^F-2")
    assert digest(tags.replace("#bois #fer ^F-1 ^F-2", "#fer #bois ^F-2 ^F-1")) == digest(tags) != digest(LEDGER)
    start = LEDGER.index("2026-01-11")
    assert digest(LEDGER[start:] + LEDGER[:start]) == digest(LEDGER)


def test_two_equal_entries_are_two():
    sale = LEDGER[LEDGER.index("2026-01-11") : LEDGER.index("2026-01-12")]
    assert digest(LEDGER + sale).entries == digest(LEDGER).entries + 1
    assert digest(LEDGER + sale).sha256 != digest(LEDGER).sha256


def test_a_balance_that_fails_is_sealed_as_it_was_written():
    """A failing assertion carries what a load has found; the text is the same."""
    plain = '2026-01-05 custom "activity" "A001"\n2026-01-12 balance Assets:55:5500-Banque:A001  25.00 EUR\n'
    holds = (
        plain + '2026-01-11 * "x" #autre\n  Assets:55:5500-Banque:COOP  1 EUR\n  Assets:40:400-Clients:COOP  -1 EUR\n'
    )
    failing = load(plain, None)
    assert failing.errors
    assert digest(plain) == digest(holds)


def test_what_a_pad_fills_in_is_left_out_and_a_transaction_with_its_flag_is_not():
    pad = """2026-01-10 pad Assets:55:5500-Banque:A001 Assets:40:400-Clients:A001
2026-01-12 balance Assets:55:5500-Banque:A001  25.00 EUR
"""
    assert digest(pad).entries == 4  # with the two accounts that it opens
    by_hand = """2026-01-10 P "à la main"
  Assets:55:5500-Banque:A001  1.00 EUR
  Assets:40:400-Clients:A001  -1.00 EUR
"""
    assert digest(by_hand).entries == 3
    assert digest(pad + by_hand).entries == 5


def test_what_plugins_make_is_left_out():
    loaded = load(LEDGER.replace("  rate: 0.08\n", ""))
    assert loaded.levies
    lines = lines_by_unit(loaded.entries, {**loaded.options, "include": ["<string>"]})
    assert not any("Contribution" in line.text for line in lines["A001"])
    assert lines_by_unit(loaded.entries, {**loaded.options, "include": ["autre.beancount"]}) == {}


@pytest.mark.parametrize(
    ("directive", "unit"),
    [
        ("2026-01-01 open Assets:55:5500-Banque", "COOP"),
        ("2026-01-01 open Assets:Banque", "COOP"),
        ("2026-01-01 open Assets:55:5500-Banque:A001", "A001"),
        ("2026-01-01 commodity EUR", "COOP"),
        ("2026-01-01 price USD 0.9 EUR", "COOP"),
        ('2026-01-01 event "lieu" "Namur"', "COOP"),
        ('2026-01-01 query "soldes" "SELECT account"', None),
        ('2026-01-01 * "Sans ligne"', None),
        ('2026-01-01 * "Une ligne"\n  Assets:55:5500-Banque:A001  0 EUR', "A001"),
        ('2026-01-01 * "x"\n  Assets:40:400-C:A001  1 EUR\n  Assets:40:400-C:A002  -1 EUR', "A001"),
        ('2026-01-01 custom "activity" "A001"', "A001"),
        ('2026-01-01 custom "activity-exit" "A001" "stopped"', "A001"),
        ('2026-01-01 custom "follow-up" "A001" "commercial" 1', "A001"),
        ('2026-01-01 custom "meeting" "A001"', "COOP"),
        ('2026-01-01 custom "activity"', "COOP"),
        ('2026-01-31 custom "closed" "2026-01" "A001"', "A001"),
        ('2026-01-31 custom "closed" "2026-01"', "COOP"),
        ('2026-01-01 custom "fava-option" "language" "fr"', None),
    ],
)
def test_in_whose_books_a_directive_is_sealed(directive, unit):
    entries = [entry for entry in load(f"{directive}\n", None).entries if not str(entry.date).startswith("2020")]
    options = {"include": ["<string>"]}
    assert list(lines_by_unit(entries, options)) == ([] if unit is None else [unit])


# Seals


BOOK = """2026-01-05 custom "activity" "A001"
2026-01-05 open Assets:55:5500-Banque:A001
2026-01-05 open Assets:55:5500-Banque:COOP
2026-01-05 open Assets:40:400-Clients:A001
2026-01-05 open Assets:40:400-Clients:COOP
"""
JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)


def entry(date: str, unit: str) -> str:
    return f'{date} * "x"\n  Assets:55:5500-Banque:{unit}  1 EUR\n  Assets:40:400-Clients:{unit}  -1 EUR\n'


def closed(text: str, *months: Month, units: tuple[str, ...] = ("A001", "COOP")) -> str:
    """Add the seals of *months*, as a closing writes them."""
    previous = dict.fromkeys(units, "")
    for month in months:
        found = {unit: digest(text, unit, month) for unit in units}
        over_all = digest_of_units({unit: found[unit].sha256 for unit in units})
        for unit in units:
            text += f'{month.last_day} custom "closed" "{month}" "{unit}"\n  entries: {found[unit].entries}\n'
            text += f'  sha256: "{found[unit].sha256}"\n  previous: "{previous[unit]}"\n'
            text += f'  units: "{over_all}"\n' if unit == "COOP" else ""
            previous[unit] = found[unit].sha256
    return text


def findings(text: str) -> list[tuple[str, int, str]]:
    loaded = load(text)
    return [(*each,) for each in check_seals(loaded.entries, {**loaded.options, "include": ["<string>"]})]


def test_seals_that_hold_give_no_finding():
    text = closed(BOOK + entry("2026-01-10", "A001") + entry("2026-01-31", "COOP"), JANUARY, FEBRUARY)
    assert len([each for each in load(text).entries if isinstance(each, Custom) and each.type == "closed"]) == 4
    assert findings(text) == []
    assert findings(text + entry("2026-03-01", "A001") + entry("2026-03-01", "COOP")) == []


def test_the_first_seal_that_does_not_hold_is_told_at_its_line_and_no_other_of_its_unit():
    text = closed(BOOK + entry("2026-01-10", "A001"), JANUARY, FEBRUARY)
    changed = text.replace("1 EUR", "2 EUR")
    ((file, line, message),) = findings(changed)
    assert (file, line) == ("<string>", changed[: changed.index('custom "closed" "2026-01" "A001"')].count("\n") + 1)
    assert message.startswith("A001, 2026-01: the books are not as they were closed: 4 entries then, 4 now")


@pytest.mark.parametrize(
    ("seal", "old", "new", "words"),
    [
        ('"2026-01" "A001"', 'previous: ""', f'previous: "{"0" * 64}"', "this seal does not follow the one before it"),
        ('"2026-02" "A001"', 'previous: "', f'previous: "{"0" * 64}" ;', "this seal does not follow the one before it"),
        ('"2026-01" "A001"', "entries: 4", "entries: 5", "this seal counts 5 entries, and there are 4"),
        ('"2026-01" "A001"', 'sha256: "', f'sha256: "{"0" * 64}" ;', "are not as they were closed"),
        (
            '"2026-01" "COOP"',
            'units: "',
            f'units: "{"0" * 64}" ;',
            "The units' seals of 2026-01 are not those that COOP",
        ),
    ],
)
def test_each_word_of_a_seal_is_checked(seal, old, new, words):
    text = closed(BOOK + entry("2026-01-10", "A001"), JANUARY, FEBRUARY)
    start = text.index(f'custom "closed" {seal}')
    changed = text[:start] + text[start:].replace(old, new, 1)
    assert changed != text
    assert any(words in message for _, _, message in findings(changed))


def test_a_seal_is_part_of_what_the_next_one_seals_and_not_of_itself():
    text = closed(BOOK, JANUARY)
    assert digest(text, "A001", JANUARY) == digest(BOOK, "A001", JANUARY)
    assert digest(text, "A001", FEBRUARY).entries == digest(BOOK, "A001", FEBRUARY).entries + 1


def test_of_the_units_seals_only_the_first_month_that_differs_is_told():
    text = closed(BOOK, JANUARY, FEBRUARY)
    seal = text.index('2026-01-31 custom "closed" "2026-01" "A001"')
    rest = text[:seal] + text[text.index('2026-01-31 custom "closed" "2026-01" "COOP"') :]
    told = [message for _, _, message in findings(rest) if "The units' seals" in message]
    assert len(told) == 1
    assert "of 2026-01" in told[0]


def test_an_entry_in_a_month_that_the_structure_alone_closed_is_told_once():
    text = closed(BOOK, JANUARY, units=("COOP",))
    late = entry("2026-01-30", "A001") + entry("2026-01-31", "A001")
    told = [(line, message) for _, line, message in findings(text + late)]
    line = text.count("\n") + 1
    expected = "A001 has an entry in 2026-01, which is closed without it; date it in an open month. [BC525]"
    assert told == [(line, expected)]
    assert len(findings(text + entry("2026-01-31", "A001"))) == 1
    assert findings(text + entry("2026-02-01", "A001")) == []
