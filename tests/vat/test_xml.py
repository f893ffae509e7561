"""The three files are valid against schemas rebuilt from the published descriptions; the program names no grid."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from beancoop.storage import atomic
from beancoop.vat import law
from filing_books import Cooperative, purchase, sale
from lxml import etree

HERE = Path(__file__).parent
PROGRAM = [
    *(HERE.parents[1] / "plugins/beancoop/vat").glob("*.py"),
    *(HERE.parents[1] / "cli/beancoop_cli").glob("vat*.py"),
]


def valid(content: str, schema: str) -> etree._Element:
    root = etree.fromstring(content.encode())
    etree.XMLSchema(etree.parse(HERE / "xsd" / f"{schema}.xsd")).assertValid(root)
    return root


@pytest.fixture
def cooperative(tmp_path) -> Cooperative:
    return Cooperative(tmp_path)


def test_a_return_of_every_kind_is_valid(cooperative):
    show = ("return", "2026-Q1", "--format", "xml")
    valid(cooperative.vat(*show).out, "return")
    cooperative.write(sale("2026-01-15", "1000.00", "210.00"))
    cooperative.write(purchase("2026-02-03", "-400.00", "-84.00"))
    valid(cooperative.vat(*show).out, "return")
    asked = valid(cooperative.vat(*show, "--restitution").out, "return").find(".//{*}Ask")
    assert dict(asked.attrib) == {"Restitution": "YES", "Payment": "NO"}
    assert cooperative.file("2026-Q1", "2026-04-20").status == 0
    assert cooperative.file("2026-Q1", "2026-04-21", "--replaces", "12-0123456789-123456").status == 0
    valid((cooperative.ledgers / "coop/vat/2026-Q1.2.xml").read_text(), "return")


def test_the_last_return_says_whether_there_are_customers(cooperative):
    def nihil() -> str:
        return valid(cooperative.vat("return", "2026-Q4", "--format", "xml").out, "return").findtext(
            ".//{*}ClientListingNihil"
        )

    assert nihil() == "YES"
    cooperative.write(sale("2026-10-15", "1000.00", "210.00", meta='party-vat: "BE 0123.456.749"'))
    assert nihil() == "NO"


def test_the_listings_are_valid_and_one_customer_of_two_activities_is_one_line(cooperative):
    party = 'party-vat: "BE0123456749"'
    cooperative.write(sale("2026-01-15", "200.00", "42.00", meta=party))
    cooperative.write(sale("2026-02-15", "100.00", "6.00", "A002", meta=party), "A002")
    cooperative.write(sale("2026-03-01", "500.00", "0", meta='vat: "ICS"\nparty-vat: "FR40303265045"'))
    assert (
        cooperative.vat("clients", "2026", "--format", "csv").out == "number,turnover,vat\nBE0123456749,300.00,48.00\n"
    )
    assert cooperative.vat("intra", "2026-Q1", "--format", "csv").out == "number,code,amount\nFR40303265045,S,500.00\n"
    valid(cooperative.vat("clients", "2026", "--format", "xml").out, "clients")
    valid(cooperative.vat("intra", "2026-Q1", "--format", "xml").out, "intra")


@pytest.mark.parametrize("schema", ["return", "clients", "intra"])
def test_the_schemas_refuse_what_is_something_else(schema):
    with pytest.raises(etree.DocumentInvalid):
        valid("<other/>", schema)


def test_no_code_of_the_program_names_a_grid_or_a_rate():
    names = {*law.grids("base"), *law.grids("tax"), law.grid("owed"), law.grid("claimed")}
    trees = [(path, ast.parse(path.read_text())) for path in PROGRAM]
    formats = {
        id(part)
        for _, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FormattedValue) and node.format_spec
        for part in ast.walk(node.format_spec)
    }
    found = [
        f"{path.name}:{node.lineno}: {node.value!r}"
        for path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and id(node) not in formats
        and (node.value in names or node.value in {"6", "12", "21"} or node.value == 21)
    ]
    assert len(PROGRAM) > 15
    assert found == []


def test_a_filing_that_fails_at_any_file_leaves_nothing(cooperative, monkeypatch):
    cooperative.write(sale("2026-01-15", "1000.00", "210.00"))
    before, write = cooperative.files(), atomic.write_bytes
    for failing in ("2026-Q1.xml", "2026-Q1.csv", "activities", "coop/vat-2026.beancount"):

        def full(path, content, failing=failing):
            if failing in str(path):
                raise OSError(28, "No space left on device")
            write(path, content)

        monkeypatch.setattr(atomic, "write_bytes", full)
        assert cooperative.file("2026-Q1", "2026-04-20").status == 1
        monkeypatch.setattr(atomic, "write_bytes", write)
        assert cooperative.files() == before
    assert cooperative.file("2026-Q1", "2026-04-20").status == 0
