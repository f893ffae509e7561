"""Other units' codes are replaced wherever they stand, hers and all other words are kept."""

import datetime

import pytest
from beancoop.leaving.redaction import Discretion, Replaced
from beancount.core.data import Close, Custom, Note, Posting, Transaction, new_metadata
from beancount.parser.grammar import ValueType
from hypothesis import given
from hypothesis import strategies as st

OTHERS = ("A002", "A0012", "B-7", "B", "COOP", "A001-X")
DAY = datetime.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Activité A002", "Activité autre-1"),
        ("A002-2026-0001 et A0012, puis A002", "autre-1-2026-0001 et autre-2, puis autre-1"),
        ("avance-A002", "avance-autre-1"),
        ("PI-A002-3", "PI-autre-1-3"),
        ("(COOP)", "(structure)"),
        ("B-7, B, B-8", "autre-1, autre-2, autre-2-8"),
        ("A001-X-1 n'est pas A001-1", "autre-1-1 n'est pas A001-1"),
        ("Assets:40:400-Clients-A002:A001", "Assets:40:400-Clients-autre-1:A001"),
        ("A0021 XA002 A002b COOPérative Bois a002 _A002x", "A0021 XA002 A002b COOPérative Bois a002 _A002x"),
        ("Facture A001-2026-0001 de A001", "Facture A001-2026-0001 de A001"),
    ],
)
def test_codes_are_replaced_and_nothing_else_is(text, clean):
    assert Discretion("A001", OTHERS).text(text) == clean
    assert Discretion("A001", OTHERS).names_another(text) is (text != clean)


def test_every_part_of_an_entry_is_looked_at():
    postings = [
        Posting("Assets:55:5500-Banque:A001", None, None, None, None, {"filename": "A002", "note": "pour A002"})
    ]
    meta = new_metadata("books/A002.beancount", 7, {"wie": "A002", "__hidden__": "A002"})
    entry = Transaction(
        meta, DAY, "*", "A002", "chez B-7", frozenset(["A002"]), frozenset(["x-B-7", "A001-1"]), postings
    )
    clean, told = Discretion("A001", OTHERS).entry(entry)
    assert clean == entry._replace(
        meta={**meta, "wie": "autre-1"},
        payee="autre-1",
        narration="chez autre-2",
        tags=frozenset(["autre-1"]),
        links=frozenset(["x-autre-2", "A001-1"]),
        postings=[postings[0]._replace(meta={"filename": "A002", "note": "pour autre-1"})],
    )
    assert told[:2] == [Replaced("A002", "autre-1")] * 2
    assert told[0].told_at(entry).message.startswith('This names another unit: "A002" is now "autre-1"')
    assert len(told) == 6


def test_other_directives_too():
    discretion = Discretion("A001", OTHERS)
    note = Note(new_metadata("f", 1), DAY, "Assets:55:5500-Banque:A001", "vu avec A002", None, None)
    custom = Custom(new_metadata("f", 1), DAY, "follow-up", [ValueType("A001", str), ValueType("A002", str)])
    close = Close(new_metadata("f", 1), DAY, "Assets:55:5500-Banque:A001")
    assert discretion.entry(note)[0].comment == "vu avec autre-1"
    assert [value.value for value in discretion.entry(custom)[0].values] == ["A001", "autre-1"]
    assert discretion.entry(close) == (close, [])


CODES = st.from_regex(r"[A-Z][A-Z0-9-]{0,4}", fullmatch=True)


@given(CODES, st.lists(CODES, min_size=1, max_size=4), st.data())
def test_no_code_of_another_is_left_as_a_word(unit, others, data):
    others = [other for other in others if other != unit]
    words = data.draw(st.lists(st.one_of(st.sampled_from([*others, unit]), st.text("aé. ,:/", max_size=3)), max_size=6))
    text = " ".join(words)
    clean = Discretion(unit, others).text(text)
    assert not Discretion(unit, others).names_another(clean)
    assert [word == unit for word in clean.split()] == [word == unit for word in text.split()]
    assert Discretion(unit, others).text(clean) == clean
