"""What may hide another unit's code in a document: letters around it, another encoding, a packed file."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from beancoop.leaving.redaction import Discretion
from beancoop.leaving.searching import text_of

DISCRETION = Discretion("A001", ["A001", "A002", "COOP"])


def office(text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        undated = zipfile.ZipInfo("xl/sharedStrings.xml")  # so that each worker names the test alike
        archive.writestr(undated, f"<sst><si><t>{text}</t></si></sst>", zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def packed(raw):
    return gzip.compress(raw, mtime=0)


@pytest.mark.parametrize(
    "raw",
    [
        b"facture de A002",
        b"factureA002bis",
        b"pour a002",
        "payé par A002".encode("latin-1"),
        "facture de A002".encode("utf-16"),
        packed(b"facture de A002"),
        packed(office("A002")),
        office("A002"),
        office("A0</t><t>02"),
        b"%PDF-1.4 A002",
    ],
)
def test_another_code_is_found(raw):
    searched = text_of(raw)
    assert searched is not None
    assert DISCRETION.hints_at_another(searched)


@pytest.mark.parametrize("raw", [b"facture de A001", b"A0021", "A001".encode("utf-16"), office("A001"), b"%PDF-1.4"])
def test_what_is_her_own_goes_along(raw):
    searched = text_of(raw)
    assert searched is not None
    assert not DISCRETION.hints_at_another(searched)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01",
        "A002".encode("utf-16-le"),
        office("A002")[:-9],
        packed(b"A002" * 9)[:-6],
        packed(packed(packed(b"x"))),
        b"PK\x03\x04",
    ],
)
def test_what_cannot_be_searched_is_none(raw):
    assert text_of(raw) is None


def test_a_code_within_her_own_is_not_another():
    own = Discretion("A001-B", ["A001", "A0011", "A001-B", "COOP"])
    assert not own.hints_at_another("facture A001-B-2026-1")
    assert own.hints_at_another("facture A001-2026-1")
