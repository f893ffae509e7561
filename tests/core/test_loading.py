"""A load put together from its files: what is read again, what is kept, and what goes the stock way."""

from __future__ import annotations

import gc
import itertools
import marshal
import subprocess
import sys
from decimal import Decimal

import beancoop
import pytest
from beancoop.loading import fast, load, load_file
from beancoop.loading.comparison import Difference, first_difference
from beancoop.loading.encoding import Decoder, encode
from beancoop.loading.load import load_stock
from beancoop.loading.memory import Memory
from beancoop.loading.outline import AbsentPart, OutlinedPart
from beancoop.loading.sub_ledgers import Added, Judgement
from beancoop.loading.unknown import Unknown
from beancoop.model.register import read_register
from beancoop.rules.part import Part
from beancount import loader
from beancount.core.data import Custom, Open, Transaction
from beancount.ops import validation
from beancount.parser.options import OPTIONS_DEFAULTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

OPTIONS = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\n'
SERVICES, LIAISON = "Expenses:9:951-PrestationsInternes", "Assets:9:960-Liaison"
OPENS = "2026-01-01 open Assets:Bank\n2026-01-01 open Income:Sales\n2026-01-01 open Expenses:Food EUR\n"


def sale(day: int, amount: str = "10.00") -> str:
    return f'2026-01-{day:02} * "Sale"\n  Assets:Bank  {amount} EUR\n  Income:Sales  -{amount} EUR\n'


@pytest.fixture
def ledger(tmp_path):
    """Give a ledger of three files, and nothing known of it."""
    (tmp_path / "books").mkdir()
    (tmp_path / "main.beancount").write_text(f'{OPTIONS}{OPENS}include "books/*.beancount"\n')
    (tmp_path / "books/a.beancount").write_text(sale(2) + sale(4))
    (tmp_path / "books/b.beancount").write_text(sale(3) + "2026-01-10 balance Assets:Bank  30.00 EUR\n")
    return tmp_path / "main.beancount"


def same(ledger, **kept):
    """Give the first difference from the stock loader."""
    return first_difference(load_stock(ledger), load_file(ledger, **kept))


def test_only_what_changed_is_parsed_again(ledger, parsed):
    assert same(ledger) is None
    assert sorted(parsed) == ["a.beancount", "b.beancount", "main.beancount"]
    del parsed[:]
    assert same(ledger) is None
    assert parsed == []
    (ledger.parent / "books/a.beancount").write_text(sale(2) + sale(5))
    assert same(ledger) is None
    assert parsed == ["a.beancount"]
    assert same(ledger, cache=False) is None
    assert len(parsed) == 4


def test_a_sub_ledger_alone_is_made_of_the_same_files(ledger, parsed):
    alone = ledger.parent / "alone.beancount"
    alone.write_text(f'{OPTIONS}{OPENS}include "books/a.beancount"\n')
    load_file(ledger)
    del parsed[:]
    assert same(alone) is None
    assert parsed == ["alone.beancount"]


def test_the_options_of_the_whole_decide_how_a_file_is_booked(ledger, parsed):
    load_file(ledger)
    other = ledger.parent / "other.beancount"
    other.write_text(f'option "tolerance_multiplier" "0.5"\n{OPENS}include "books/a.beancount"\n')
    del parsed[:]
    assert same(other) is None
    assert sorted(parsed) == ["a.beancount", "other.beancount"]


def test_a_file_that_comes_or_goes_is_seen(ledger):
    load_file(ledger)
    new = ledger.parent / "books/c.beancount"
    new.write_text(sale(6))
    assert same(ledger) is None
    assert len(load_file(ledger)[0]) == 8
    new.unlink()
    assert same(ledger) is None
    for path in ledger.parent.glob("books/*"):
        path.unlink()
    assert same(ledger) is None
    assert "does not match any files" in load_file(ledger)[1][0].message


def test_what_a_caller_writes_shows_in_no_other_answer(ledger):
    text = '2026-01-05 custom "fava-option" "language" "fr"\n2026-01-01 open Assets:Cash EUR\n'
    (ledger.parent / "books/c.beancount").write_text(text)
    first, second = load_file(ledger), load_file(ledger)
    for entry in first[0]:
        entry.meta["filename"] = "elsewhere"
        if isinstance(entry, Transaction):
            entry.postings[0].meta.clear()
            del entry.postings[1:]
        elif isinstance(entry, Custom):
            entry.values.clear()
        elif isinstance(entry, Open) and entry.currencies:
            entry.currencies.append("USD")
    first[2]["include"].clear()
    first[2]["dcontext"].set_commas(True)
    first[0].clear()
    assert first_difference(load_stock(ledger), second) is None
    assert same(ledger) is None


def test_what_is_moved_from_one_entry_to_another_is_noticed(ledger):
    """Sizes alone would not tell: what one dict loses another gains."""
    (one, other), *_ = itertools.pairwise(entry for entry in load_file(ledger)[0] if isinstance(entry, Transaction))
    one.meta["lineno"], other.meta["lineno"] = other.meta["lineno"], one.meta["lineno"]
    assert same(ledger) is None
    (one, other), *_ = itertools.pairwise(entry for entry in load_file(ledger)[0] if isinstance(entry, Transaction))
    one.postings[0], other.postings[0] = other.postings[0], one.postings[0]
    assert same(ledger) is None


def identities(entries):
    return [id(entry) for entry in entries]


def test_what_is_given_back_is_given_again(ledger):
    first = load_file(ledger)
    given = identities(first[0])
    second = load_file(ledger)
    assert set(identities(second[0])).isdisjoint(given)
    del first
    third = load_file(ledger)
    assert identities(third[0]) == given
    assert first_difference(load_stock(ledger), third) is None
    assert set(identities(load_file(ledger)[0])).isdisjoint({*given, *identities(second[0])})


HELD = {
    "the entry": lambda entry: entry,
    "its metadata": lambda entry: entry.meta,
    "its postings": lambda entry: entry.postings,
    "a posting": lambda entry: entry.postings[0],
    "the metadata of one": lambda entry: entry.postings[0].meta,
}


@pytest.mark.parametrize("what", HELD)
def test_what_somebody_holds_a_thing_of_is_given_to_nobody_else(ledger, what):
    first = load_file(ledger)
    held = HELD[what](next(entry for entry in first[0] if isinstance(entry, Transaction)))
    given = set(identities(first[0]))
    second = load_file(ledger)
    del first
    third = load_file(ledger)
    assert 0 < len(given & set(identities(third[0]))) < len(given)  # of another file all was given back
    assert all(held is not thing for entry in third[0] if isinstance(entry, Transaction) for thing in things(entry))
    assert first_difference(second, third) is None


def things(entry):
    return (entry, entry.meta, entry.postings, *entry.postings, *(each.meta for each in entry.postings))


def test_what_was_written_into_before_it_was_given_back_is_noticed(ledger, parsed):
    first, second = load_file(ledger), load_file(ledger)
    next(entry for entry in first[0] if isinstance(entry, Transaction)).postings[0].meta["key"] = "written"
    del first, parsed[:]
    third = load_file(ledger)
    assert parsed == []  # the copy between says what the file does
    assert first_difference(load_stock(ledger), third) is None
    assert first_difference(second, third) is None


def test_what_was_written_into_both_answers_is_read_again(ledger, parsed):
    first, second = load_file(ledger), load_file(ledger)
    for answer in (first, second):
        next(entry for entry in answer[0] if isinstance(entry, Transaction)).meta["key"] = "written"
    del first, answer, parsed[:]
    assert same(ledger) is None
    assert len(parsed) == 1


def test_what_is_written_into_an_answer_during_a_load_is_in_no_other(ledger, monkeypatch):
    """Another thread may have an answer, and write into it at any time: here, when the files have been read."""
    first, second, walk = load_file(ledger), load_file(ledger), vars(fast)["walk"]

    def walked(*given):
        found = walk(*given)
        for entry in second[0]:
            entry.meta["filename"] = "elsewhere"
        return found

    monkeypatch.setattr(fast, "walk", walked)
    third = load_file(ledger)
    assert first_difference(load_stock(ledger), third) is None
    assert first_difference(first, third) is None


def test_written_tolerances_are_not_kept(ledger):
    entry = next(entry for entry in load_file(ledger)[0] if isinstance(entry, Transaction))
    entry.meta["__tolerances__"].update(EUR=Decimal(5))
    assert same(ledger) is None


@pytest.mark.parametrize("write", [dict.clear, lambda tolerances: tolerances.update(EUR=Decimal(5))])
def test_nor_those_of_an_entry_that_was_filled_in(ledger, write):
    (ledger.parent / "books/c.beancount").write_text('2026-01-05 * "x"\n  Assets:Bank  1 EUR\n  Income:Sales\n')
    filled_in = [entry for entry in load_file(ledger)[0] if entry.date.day == 5]
    write(filled_in[0].meta["__tolerances__"])
    assert same(ledger) is None


def test_a_file_with_errors_is_read_again(ledger, parsed):
    (ledger.parent / "books/b.beancount").write_text('2026-01-05 * "x"\n  key: 1\n  key: 2\n2026-01-06 nonsense\n')
    assert same(ledger) is None
    del parsed[:]
    assert same(ledger) is None
    assert parsed == ["b.beancount"]


SUITE = f'plugin "beancoop"\n{OPTIONS}include "a.beancount"\n'
NOBODY = {
    "opened by two": (
        {
            "main": f'{SUITE}include "b.beancount"\n',
            "a": '2026-01-05 custom "activity" "A001"\n2021-01-01 open Assets:Odd\n',
            "b": '2026-01-05 custom "activity" "A002"\n2020-01-01 open Assets:Odd\n',
        },
        {"b": '2026-01-05 custom "activity" "A002"\n'},
    ),
    "opened first by the structure": (
        {
            "main": f"{SUITE}2020-01-01 open Assets:Odd\n",
            "a": '2026-01-05 custom "activity" "A001"\n2021-01-01 open Assets:Odd\n',
        },
        {"main": SUITE},
    ),
    "an opening without postings": (
        {"main": f'{SUITE}2026-01-06 * "y"\n', "a": '2026-01-05 custom "activity" "A001"\n2026-01-09 * "x" #opening\n'},
    ),
    "an opening after what an activity has posted to a parent": (
        {
            "main": SUITE
            + "2020-01-01 open Assets:55:5500-Banque:COOP\n2020-01-01 open Equity:11:110-Apports:COOP\n"
            + '2026-01-10 * "Ouverture" #opening\n  Assets:55:5500-Banque:COOP  10.00 EUR\n'
            + "  Equity:11:110-Apports:COOP  -10.00 EUR\n",
            "a": '2026-01-05 custom "activity" "A001"\n2020-01-01 open Assets:55:5500-Banque\n'
            '2026-01-06 * "y"\n  Assets:55:5500-Banque  0.00 EUR\n',
        },
        {"a": '2026-01-05 custom "activity" "A001"\n2020-01-01 open Assets:55:5500-Banque\n'},
    ),
}
"""Accounts of no unit that stand in the books of several: states, each with the files that changed."""


@pytest.mark.parametrize("name", NOBODY)
def test_what_is_of_no_unit_may_be_of_several(tmp_path, name):
    for state in NOBODY[name]:
        for file, text in state.items():
            (tmp_path / f"{file}.beancount").write_text(text)
        for _ in range(2):
            assert same(tmp_path / "main.beancount", lasting=False) is None


def test_memory_is_of_the_files_there_are(tmp_path):
    memory = Memory()
    main = tmp_path / "main.beancount"
    for number in range(1000):
        main.write_text(f'{OPENS}include "{number}.beancount"\n')
        (tmp_path / f"{number}.beancount").write_text(sale(2))
        fast.load_fast(str(main), memory)
        (tmp_path / f"{number}.beancount").unlink()
    assert len(memory) == 2


def test_memory_forgets_the_ledger_that_was_not_asked_for_the_longest(tmp_path, monkeypatch):
    monkeypatch.setattr("beancoop.loading.memory.MOST_LEDGERS", 2)
    memory = Memory()
    (tmp_path / "common.beancount").write_text(sale(2))
    for name in "abc":
        path = tmp_path / f"{name}.beancount"
        path.write_text(f'{OPENS}include "common.beancount"\n')
        fast.load_fast(str(path), memory)
    assert len(memory) == 3
    assert [memory.knows(str(tmp_path / f"{name}.beancount")) for name in "abc"] == [False, True, True]
    memory.forget(str(tmp_path / "c.beancount"))
    assert len(memory) == 2


def test_memory_of_many_settings_begins_anew(tmp_path):
    memory = Memory()
    path = tmp_path / "main.beancount"
    for number in range(40):
        path.write_text(f'option "tolerance_multiplier" "0.{number + 1}"\n{OPENS}{sale(2)}')
        fast.load_fast(str(path), memory)
    assert len(memory._bookers) <= 18


STOCK_WAY = {
    "a lot": '2026-01-02 * "x"\n  Assets:Bank  1 HOOL {10 EUR}\n  Income:Sales  -10 EUR\n',
    "pad": "2026-01-02 pad Assets:Bank Income:Sales\n2026-01-03 balance Assets:Bank  5 EUR\n",
    "no currency": '2026-01-02 * "x"\n  Assets:Bank  1\n  Income:Sales  -1 EUR\n',
    "a price without currency": '2026-01-02 * "x"\n  Assets:Bank  1 USD @ 2\n  Income:Sales  -2 EUR\n',
    "a price alone": '2026-01-02 * "x"\n  Assets:Bank  @ 2 EUR\n  Income:Sales  -2 EUR\n',
    "two amounts missing": '2026-01-02 * "x"\n  Assets:Bank\n  Income:Sales\n  Expenses:Food  1 EUR\n',
    "many digits": sale(2, "123456789012.00"),
    "fine digits": sale(2, "0.0000000001"),
    "a sum of many digits": '2026-01-02 * "x"\n' + "  Assets:Bank  99999999999 EUR\n" * 2 + "  Income:Sales\n",
    "a line of one's own": '2026-01-02 * "x"\n  lineno: 3\n  Assets:Bank  1 EUR\n  Income:Sales  -1 EUR\n',
    "a file of one's own": '2026-01-02 * "x"\n  filename: "y"\n  Assets:Bank  1 EUR\n  Income:Sales  -1 EUR\n',
    "a custom of nothing": '2026-01-02 custom "x"\n',
    "another plugin": 'plugin "beancount.plugins.implicit_prices"\n',
    "two plugins": 'plugin "beancoop"\nplugin "beancoop.chart"\n',
    "no such plugin": 'plugin "nowhere.at.all"\n',
    "folders of documents": 'option "documents" "."\n',
    "raw": 'option "plugin_processing_mode" "raw"\n',
    "a path of plugins": 'option "insert_pythonpath" "TRUE"\n',
    "negative tolerance": 'option "tolerance_multiplier" "-1"\n',
    "an encrypted file": 'include "other.gpg"\n',
    "a folder": 'include "folder"\n',
    "a quotient without end": '2026-01-02 * "x"\n  Assets:Bank  1 USD\n  Income:Sales\n  Expenses:Food 1/3 EUR\n',
}


@pytest.mark.parametrize("name", STOCK_WAY)
def test_what_the_fast_way_does_not_know_goes_the_stock_way(name, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "other.gpg").write_text("")
    path = tmp_path / "main.beancount"
    path.write_text(OPENS + STOCK_WAY[name])
    with pytest.raises(Unknown):
        fast.load_fast(str(path), Memory())
    assert first_difference(_told(load_stock, path), _told(load_file, path)) is None


def _told(way, path):
    """Give what a loader gives, or what it raises."""
    try:
        return way(path)
    except Exception as failed:  # noqa: BLE001 - whatever one raises the other must
        return [], [], {"raised": (type(failed).__name__, str(failed))}


FAST_WAY = {
    "an assertion that fails": "2026-01-09 balance Assets:Bank  5.00 EUR\n",
    "an assertion on a parent": "2026-01-01 open Assets\n2026-01-09 balance Assets  0.00 EUR\n" + sale(3),
    "an assertion on nothing": "2026-01-09 balance Assets:Nowhere  5.00 EUR\n",
    "an assertion in another currency": "2026-01-09 balance Expenses:Food  0 USD\n",
    "an assertion that tolerates": "2026-01-09 balance Assets:Bank  5.00 ~ 6 EUR\n",
    "two assertions of a day": "2026-01-09 balance Assets:Bank  0 EUR\n2026-01-09 balance Assets:Bank  1 EUR\n",
    "an account opened twice": "2026-01-03 open Assets:Bank\n" + sale(2) + "2026-01-09 balance Assets:Bank  1 EUR\n",
    "an account closed": "2026-01-03 close Assets:Bank\n" + sale(2) + sale(4),
    "an account closed twice": "2026-01-03 close Assets:Bank\n2026-01-04 close Assets:Bank\n",
    "an account that is not open": '2026-01-02 note Assets:Else "x"\n',
    "a currency that may not be": '2026-01-02 * "x"\n  Expenses:Food  1 USD\n  Assets:Bank  -1 USD\n',
    "an entry out of balance": '2026-01-02 * "x"\n  Expenses:Food  1.00 EUR\n  Assets:Bank  -1.01 EUR\n',
    "an amount left out": '2026-01-02 * "x"\n  Expenses:Food  1.00 EUR\n  Assets:Bank\n',
    "a price": '2026-01-02 * "x"\n  Assets:Bank  10.00 USD @@ 9.00 EUR\n  Income:Sales  -9.00 EUR\n',
    "no posting": '2026-01-02 * "x"\n',
    "a flag": '2026-01-02 * "x"\n  ! Expenses:Food  1.00 EUR\n  Assets:Bank  -1.00 EUR\n',
    "a document that is not there": '2026-01-02 document Assets:Bank "nowhere.pdf"\n',
    "a commodity twice": "2026-01-02 commodity EUR\n2026-01-03 commodity EUR\n",
    "whole amounts and cents": '2026-01-02 * "x"\n  Expenses:Food  1 EUR\n  Assets:Bank  -1.00 EUR\n',
    "included twice": 'include "other.beancount"\ninclude "other.beancount"\n',
    "the suite": 'plugin "beancoop"\n2026-01-02 custom "nonsense" 1\n',
    "a root renamed halfway": 'option "name_assets" "Actifs"\n2026-01-02 note Assets:Bank "x"\n' + sale(2),
    "names that are none": "2026-01-02 open Assets:bank\n2026-01-03 open Assets:bank\n2026-01-03 open Assets:b\n",
    "a key twice": 'plugin "beancoop"\n2026-01-02 custom "activity" "A001"\n  rate: 0.10\n  rate: 0.20\n',
    "fixed decimals": 'option "display_precision" "USD:0.001"\n' + sale(2, "1.5"),
}


@pytest.mark.parametrize("name", FAST_WAY)
def test_what_is_wrong_is_told_as_beancount_tells_it(name, tmp_path):
    (tmp_path / "other.beancount").write_text(sale(5))
    path = tmp_path / "main.beancount"
    path.write_text(OPTIONS + OPENS + FAST_WAY[name])
    memory = Memory()
    expected = load_stock(path)
    assert first_difference(expected, fast.load_fast(str(path), memory)[:3]) is None
    assert first_difference(expected, fast.load_fast(str(path), memory)[:3]) is None


def test_the_sides_of_one_transaction_are_told_in_the_same_order_whatever_the_files(tmp_path):
    units = ("COOP", "A002", "A001")
    opens = "".join(f"2026-01-01 open {stem}:{unit}\n" for unit in units for stem in (SERVICES, LIAISON))
    declared = "".join(f'2026-01-01 custom "activity" "{unit}"\n' for unit in units[1:])
    nothing = f'2026-03-01 * "x" ^L0\n  {SERVICES}:A002  0.00 EUR\n  {LIAISON}:A002  0.00 EUR\n'
    mixed = "".join(
        f"  {SERVICES}:{unit}  {sign}{amount} EUR\n  {LIAISON}:{unit}  {other}{amount} EUR\n"
        for unit, sign, other, amount in (("A001", "-", "", 300), ("A002", "", "-", 200))
    )
    (tmp_path / "a.beancount").write_text(opens + nothing)
    (tmp_path / "b.beancount").write_text(f'2026-02-10 * "x" ^L1\n{mixed}')
    path = tmp_path / "main.beancount"
    path.write_text(f'{OPTIONS}plugin "beancoop"\ninclude "a.beancount"\ninclude "b.beancount"\n{declared}')
    expected = load_stock(path)
    assert any(str(error.message).startswith("A001 books -300 EUR") for error in expected[1])
    assert first_difference(expected, fast.load_fast(str(path), Memory())[:3]) is None


def test_nothing_is_said_of_a_part_that_was_not_read():
    outlined = OutlinedPart(b"", False, True, ["A001"], marshal.dumps(encode([])), (b"", ()), {})
    part = Part(AbsentPart(outlined, Decoder(lambda _: None)))
    for say in (lambda: part.entries, lambda: part.columns, lambda: part.opens):
        with pytest.raises(Unknown):
            say()


amounts = st.decimals("-99999", "99999", places=3).map(lambda number: number.normalize() if number % 1 else number)


@given(
    entries=st.lists(
        st.tuples(st.integers(1, 28), st.lists(amounts, min_size=1, max_size=4), st.booleans()), max_size=6
    ),
    multiplier=st.sampled_from(["0", "0.5", "1.2"]),
    asserted=amounts,
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_digits(entries, multiplier, asserted, tmp_path):
    text = f'option "tolerance_multiplier" "{multiplier}"\n{OPENS}2026-01-15 balance Assets:Bank  {asserted:f} EUR\n'
    for day, numbers, balanced in entries:
        postings = [f"  Assets:Bank  {number:f} EUR\n" for number in numbers]
        rest = f"  Income:Sales  {-sum(numbers):f} EUR\n" if balanced else "  Income:Sales\n"
        text += f'2026-01-{day:02} * "x"\n{"".join(postings)}{rest}'
    path = tmp_path / "main.beancount"
    path.write_text(text)
    assert same(path) is None


def test_beancount_can_be_asked_for(ledger, monkeypatch):
    monkeypatch.setattr(fast, "load_fast", None)  # which would fail if it was called
    called = []

    def noted(path):
        called.append(path)
        return load_stock(path)

    monkeypatch.setattr(load, "load_stock", noted)
    monkeypatch.setenv("BEANCOOP_LOADER", "stock")
    load_file(ledger)
    assert called == [ledger]


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (fast, "VERSIONS", frozenset()),
        (loader, "PLUGINS_AUTO", [("beancount.plugins.auto", None)]),
        (loader, "PLUGINS_PRE", []),
        (loader, "PLUGINS_POST", []),
        (loader, "RENAMED_MODULES", {"a": "b"}),
        (validation, "VALIDATIONS", [*validation.VALIDATIONS, validation.validate_data_types]),
    ],
)
def test_another_beancount_loads_by_itself(ledger, monkeypatch, module, name, value):
    monkeypatch.setattr(module, name, value)
    with pytest.raises(Unknown):
        fast.load_fast(str(ledger), Memory())
    assert same(ledger) is None


def stand_in(monkeypatch, added):
    """Have the suite add what it is told to, in both ways of loading."""
    monkeypatch.setattr(beancoop, "suite", lambda entries, _options: ([*entries, *added], []))
    monkeypatch.setattr(
        beancoop,
        "suite_by_part",
        lambda *_: Judgement([Added(lambda: added)], [], {}, read_register([], OPTIONS_DEFAULTS)),
    )


def test_a_suite_that_fails_goes_the_stock_way(ledger, monkeypatch):
    ledger.write_text(ledger.read_text() + 'plugin "beancoop"\n')
    monkeypatch.setattr(beancoop, "suite", lambda *_: 1 / 0)
    monkeypatch.setattr(beancoop, "suite_by_part", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fast.load_fast(str(ledger), Memory())
    assert same(ledger) is None


@pytest.mark.parametrize("number", ["1 HOOL {2 EUR}", "123456789012.00 EUR"])
def test_what_a_plugin_adds_beyond_counting_goes_the_stock_way(ledger, monkeypatch, number):
    text = f'2026-01-05 * "Added"\n  Assets:Bank  {number}\n  Income:Sales  -2 EUR\n'
    (ledger.parent / "added.beancount").write_text(OPENS + text)
    added = [entry for entry in load_stock(ledger.parent / "added.beancount")[0] if isinstance(entry, Transaction)]
    ledger.write_text(ledger.read_text() + 'plugin "beancoop"\n')
    stand_in(monkeypatch, added)
    with pytest.raises(Unknown):
        fast.load_fast(str(ledger), Memory())
    assert same(ledger) is None


def test_what_a_plugin_adds_out_of_balance_is_told(ledger, monkeypatch):
    text = '2026-01-05 * "Added"\n  Assets:Bank  3 EUR\n  Income:Sales  -2 EUR\n'
    (ledger.parent / "added.beancount").write_text(OPENS + text)
    added = [entry for entry in load_stock(ledger.parent / "added.beancount")[0] if not isinstance(entry, Open)]
    ledger.write_text(ledger.read_text() + 'plugin "beancoop"\n')
    stand_in(monkeypatch, added)
    found = fast.load_fast(str(ledger), Memory())
    assert "does not balance" in found.errors[-1].message
    assert first_difference(load_stock(ledger), found[:3]) is None


def test_a_link_that_leads_nowhere(ledger):
    (ledger.parent / "books/c.beancount").symlink_to("nowhere")
    assert "does not exist" in fast.load_fast(str(ledger), Memory()).errors[0].message
    assert same(ledger) is None


def test_a_ledger_that_is_not_there(tmp_path):
    assert same(tmp_path / "nowhere.beancount") is None


def test_a_path_is_read_as_beancount_reads_it(ledger, monkeypatch):
    monkeypatch.chdir(ledger.parent)
    monkeypatch.setenv("HOME", str(ledger.parent))
    monkeypatch.setenv("BOOKS", "books")
    for path in ("main.beancount", "books/../main.beancount", "~/main.beancount", "$BOOKS/../main.beancount"):
        assert same(path) is None


@pytest.mark.parametrize(("before", "after"), [(gc.enable, True), (gc.disable, False)])
def test_the_collector_is_left_as_it_was(ledger, before, after):
    try:
        before()
        frozen = gc.get_freeze_count()
        load_file(ledger)
        assert (gc.isenabled(), gc.get_freeze_count()) == (after, frozen)
    finally:
        gc.enable()


def test_what_lives_to_the_end_is_not_walked_over_once_more(ledger):
    program = (
        "import atexit, gc, sys\n"
        "from beancoop.loading import load_file\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 10_000))\n"  # told after what a load registers
        "load_file(sys.argv[1])\n"
        "print(gc.get_freeze_count())\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(ledger)], capture_output=True, text=True, check=True)
    assert done.stdout == "0\nTrue\n"


def test_what_somebody_has_frozen_stays_frozen(ledger):
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        load_file(ledger)
        assert gc.get_freeze_count() == before
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        (([1], [], {}), ([1], [], {}), None),
        (([1], [], {}), ([True], [], {}), "entries[0]"),
        (([Decimal("1.0")], [], {}), ([Decimal("1.00")], [], {}), "entries[0]"),
        (([], ["a"], {}), ([], [], {}), "errors, number"),
        (([], [], {"a": 1, "b": 2}), ([], [], {"b": 2, "a": 1}), "options, keys"),
        (([], [], {"a": "x" * 300}), ([], [], {"a": "y" * 300}), "options['a']"),
    ],
)
def test_loads_are_compared_to_the_type_the_digit_and_the_order(one, other, where):
    found = first_difference(one, other)
    assert (found and found.where) == where
    assert found is None or (isinstance(found, Difference) and len(found.one) < 250)


def test_of_a_traceback_the_first_and_the_last_line_are_compared():
    told = "Error: Traceback (most recent call last):\n {}\n{}"
    assert first_difference(([told.format(1, "x")], [], {}), ([told.format(2, "x")], [], {})) is None
    assert first_difference(([told.format(1, "x")], [], {}), ([told.format(1, "y")], [], {})) is not None


def test_amounts_that_beancount_cannot_format_are_compared(ledger):
    add = '2026-01-05 * "x"\n  Assets:Bank  1000/0.001 XYZ\n  Income:Sales  -1000/0.001 XYZ\n'
    (ledger.parent / "books/c.beancount").write_text(add)
    assert same(ledger) is None
