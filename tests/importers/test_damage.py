"""A public bank file that is sound, damaged: never booked as if it still were. `make evidence` tries every damage."""

from __future__ import annotations

from dataclasses import replace

import pytest
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.sources import read_statements
from camt_writer import Entry, camt
from camt_writer import Paper as CamtPaper
from coda_writer import Line as CodaLine
from coda_writer import Paper as CodaPaper
from coda_writer import coda
from cooperative import found
from corpus import must_be_there, samples
from damage import FORMATS, KINDS, damages, fate, fates, sampled
from mt940_writer import Line as Mt940Line
from mt940_writer import Paper as Mt940Paper
from mt940_writer import mt940
from ofx_writer import Line as OfxLine
from ofx_writer import Paper as OfxPaper
from ofx_writer import sgml

EACH = {"coda": 100, "camt": 6, "mt940": 40, "ofx": 60}
"""Faults of each kind tried on each file; of CAMT there are a hundred files."""

WRITTEN = {
    "coda": coda(CodaPaper((CodaLine(5_000, name="X"), CodaLine(-2_000, sequence=2)))),
    "camt": camt(CamtPaper((Entry("5.00"), Entry("-2.00")))),
    "mt940": mt940(
        Mt940Paper((Mt940Line("5.00", texts=("X",)),), closing="62M", number="7/1"),
        Mt940Paper((Mt940Line("-2.00"),), old="5.00", opening="60M", number="7/2"),
    ),
    "ofx": sgml(OfxPaper((OfxLine("5.00", fitid="1"), OfxLine("-2.00", fitid="2")))),
}


def sound(name: str) -> list:
    """Give the samples of a format that are read."""
    paths = []
    for sample in samples(name):
        try:
            read_statements(sample.values[0])
        except Refused:
            continue
        paths.append(sample.values[0])
    return paths


@pytest.mark.parametrize("name", FORMATS)
def test_every_damage_of_a_small_file(name):
    content, marks = WRITTEN[name], FORMATS[name]
    for kind in KINDS:
        counted = fates(name, content, damages(content, marks, kind))
        assert counted["BOOKED"] == 0, kind
        assert counted["refused"] or counted["told"], kind
        assert not counted["told"] or name == "ofx", kind


@pytest.mark.parametrize("name", FORMATS)
def test_a_sample_of_the_damages_of_each_public_file(name):
    paths = sound(name)
    must_be_there(paths)
    for path in paths:
        content = path.read_bytes()
        counted = fates(name, content, sampled(content, FORMATS[name], EACH[name], path.name))
        assert counted["BOOKED"] == 0, path.name
        assert counted.keys() <= {"refused", "same", "nothing", *(["told"] if name in {"ofx", "camt"} else [])}


def test_a_sign_lost_where_balances_have_none_is_seen_against_the_ledger(tmp_path):
    """Such a statement also agrees the other way round, but does not begin where the ledger stands."""
    (tmp_path / "ledgers").mkdir()
    cooperative = found(tmp_path / "ledgers", opening="8.00")
    data = camt(CamtPaper((Entry("-8.00"),), old="8.00", signed=False))
    assert fates("camt", data, [*damages(data, FORMATS["camt"], "sign")]) == {"told": 1}
    file = tmp_path / "bank.xml"
    file.write_bytes(data.replace(b"DBIT", b"CRDT"))
    (result,) = import_files(cooperative.main, [file])
    assert any("begins at -8.00" in warning and "stands at 8.00" in warning for warning in map(str, result.warnings))


def test_what_a_reader_that_proves_nothing_books_is_seen():
    """The judge is judged: a reader that looks away is found out."""
    marks = FORMATS["mt940"]
    content = WRITTEN["mt940"]

    def careless(data: bytes):
        del data
        (statement,) = marks.read(content)
        return (replace(statement, new_balance=statement.new_balance + 1),)

    first = next(damages(content, marks, "digit"))
    assert fate(marks._replace(read=careless), marks.read(content), first.of(content)) == "BOOKED"
