"""What Beancount cannot work out, and letters that pass for others (case trust/z1-zero-units-total-cost)."""

from __future__ import annotations

import pytest
from beancoop.gate.check import check_gate
from trust.lab import laboratory

ZERO = """2026-02-20 * "Zéro pièce au prix total"
  Assets:40:400-Clients:A001   {amount}
  Income:70:700-VentesPrestations:A001  -20.00 EUR
"""


@pytest.fixture
def lab(tmp_path):
    return laboratory(tmp_path / "lab")


def line_of(lab, words):
    lines = lab.book().read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def refused(lab):
    return [(found.file, found.line, str(found)) for found in check_gate([lab.folder("A001")])]


@pytest.mark.parametrize("amount", ["0 PIECE {{20.00 EUR}}", "0.00 PIECE {1.00 # 20.00 EUR}"])
def test_the_gate_names_the_line(lab, amount):
    lab.write(ZERO.format(amount=amount))
    ((file, line, text),) = refused(lab)
    assert (file, line) == (str(lab.book()), line_of(lab, "PIECE"))
    assert "[BC648]" in text


@pytest.mark.parametrize("command", [("contributions",), ("close", "2026-01", "--today", "2026-03-02")])
def test_every_command_ends_with_a_message_at_its_line(lab, command):
    lab.write(ZERO.format(amount="0 PIECE {{20.00 EUR}}"))
    before = {path: path.read_bytes() for path in lab.root.rglob("*") if path.is_file()}
    result = lab.run(*command)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert f"{lab.book()}:{line_of(lab, 'PIECE')}" in result.output
    assert "Traceback" not in result.output
    assert {path: path.read_bytes() for path in lab.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "label",
    [
        "Cl\N{LATIN SMALL LETTER DOTLESS I}ents",
        "\N{FULLWIDTH LATIN CAPITAL LETTER C}lients",
        "\N{CYRILLIC CAPITAL LETTER ES}lients",
        "Client\N{CYRILLIC SMALL LETTER DZE}",
        "Client\N{LATIN SMALL LETTER LONG S}",
        "Clients\N{COMBINING DOT ABOVE}",
        "Cl\N{LATIN SUBSCRIPT SMALL LETTER I}ents",
        "Cl\N{LATIN SMALL LETTER IOTA}ents",
    ],
)
def test_a_label_that_looks_like_another_is_refused(lab, label):
    lab.write(f"2026-01-01 open Assets:40:400-{label}:A001\n")
    assert refused(lab)


@pytest.mark.parametrize(
    "label", ["CréancesÀRecevoir", "Œuvres", "FrançaisNoël", "Umsatzerlöse", "Straße", "PremièresÊtreÎle", "Geïnd"]
)
def test_an_accent_is_let_through(lab, label):
    lab.write(f"2026-01-01 open Assets:40:400-{label}:A001\n")
    assert not refused(lab)
