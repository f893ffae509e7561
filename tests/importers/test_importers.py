"""The readers behind beangulp's protocol, as Fava and beangulp call them."""

from __future__ import annotations

import datetime

import beangulp
import pytest
from beancoop_importers.importers import CodaImporter
from beancoop_importers.model.statement import Refused
from beancount import loader
from beancount.core import data
from beancount.parser import printer
from click.testing import CliRunner
from coda_writer import Line, Paper, coda
from cooperative import OWN, found
from fava.core import FavaLedger

SALE = Line(100_000, name="Boulangerie Dupont", communication="Facture 12")


@pytest.fixture
def cooperative(tmp_path):
    (tmp_path / "ledgers").mkdir()
    return found(tmp_path / "ledgers")


@pytest.fixture
def importer(cooperative):
    return CodaImporter(cooperative.main)


@pytest.fixture
def bank_file(tmp_path):
    def write(*papers, name="bank.cod"):
        file = tmp_path / name
        file.write_bytes(coda(*papers))
        return str(file)

    return write


def test_identify(importer, bank_file, tmp_path):
    assert importer.identify(bank_file(Paper((SALE,))))
    (tmp_path / "other").write_bytes(b"a;b\n")
    assert not importer.identify(str(tmp_path / "other"))
    assert not importer.identify(str(tmp_path / "missing"))
    assert not importer.identify(str(tmp_path))


def test_account_date_and_name(importer, bank_file):
    file = bank_file(Paper((SALE,)), name="..évil name;.cod")
    assert importer.account(file) == "Assets:55:5500-Banque"
    assert importer.date(file) == datetime.date(2026, 1, 15)
    assert importer.filename(file) == "vil-name-.cod"
    assert importer.name == "beancoop.coda"


def test_two_accounts_in_a_file_have_a_parent(importer, bank_file):
    assert importer.account(bank_file(Paper((SALE,)), Paper((SALE,), account=OWN))) == "Assets:55"


def test_extract_and_deduplicate(importer, bank_file, cooperative):
    file = bank_file(Paper((SALE, Line(2_000, sequence=2))))
    entries = importer.extract(file, [])
    assert [type(entry) for entry in entries] == [data.Transaction, data.Transaction, data.Balance]
    cooperative.add(cooperative.coop / "accounts.beancount", printer.format_entry(entries[0]))
    existing, _, _ = cooperative.load()
    importer.deduplicate(entries, existing)
    assert [entry.meta["bank-ref"][-9:] for entry in entries if isinstance(entry, data.Transaction)] == ["0002.0000"]


def test_likeness_is_not_identity(importer, bank_file):
    mine, other = Paper((SALE,)), Paper((SALE,), number="002", old=100_000)
    existing = importer.extract(bank_file(mine), [])
    entries = importer.extract(bank_file(other, name="other.cod"), [])
    importer.deduplicate(entries, existing)
    assert sum(isinstance(entry, data.Transaction) for entry in entries) == 1


def test_same_reference_other_content(importer, bank_file):
    existing = importer.extract(bank_file(Paper((SALE,))), [])
    entries = importer.extract(bank_file(Paper((Line(1_000),)), name="other.cod"), [])
    with pytest.raises(Refused, match=r"100\.00 EUR.*1\.00 EUR"):
        importer.deduplicate(entries, existing)


def test_a_refusal_names_file_and_line(importer, bank_file):
    file = bank_file(Paper((SALE,), new=1))
    with pytest.raises(Refused, match=rf"{file}:6: the old balance"):
        importer.extract(file, [])


def test_what_is_dated_beyond_today_is_refused(importer, bank_file):
    to_come = bank_file(Paper((Line(1_000, booked="150190", value="150190"),), new_date="150190"), name="to_come.cod")
    with pytest.raises(Refused, match="beyond today") as refused:
        importer.extract(to_come, [])
    assert "to_come.cod:" in str(refused.value)
    assert "--as-dated" in str(refused.value)
    assert importer.date(to_come) > datetime.date.today()  # noqa: DTZ011


def test_an_account_opened_since_is_known(importer, bank_file, cooperative):
    file = bank_file(Paper((SALE,), account="BE62510007547061"))
    with pytest.raises(Refused, match="no account"):
        importer.account(file)
    cooperative.add(
        cooperative.books / "first.beancount",
        '2020-01-01 open Assets:55:5502-Banque:A003\n  iban: "BE62510007547061"\n',
    )
    assert importer.account(file) == "Assets:55:5502-Banque:A003"


def test_beangulp_command(importer, bank_file, cooperative, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    bank_file(Paper((SALE,)), name="inbox/a.cod")
    command = beangulp.Ingest([importer]).cli
    answer = CliRunner().invoke(command, ["extract", "-e", str(cooperative.main), str(inbox)])
    assert answer.exit_code == 0, answer.output
    text = answer.output[answer.output.index("20") :]
    assert "Boulangerie Dupont" in text
    assert "balance Assets:55:5500-Banque" in text


def test_fava_import_page(bank_file, cooperative, tmp_path):
    bank_file(Paper((SALE,)))
    config = tmp_path / "import.py"
    config.write_text(
        f"from beancoop_importers.importers import CodaImporter\nCONFIG = [CodaImporter({str(cooperative.main)!r})]\n"
    )
    cooperative.add(
        cooperative.main,
        f'2020-01-01 custom "fava-option" "import-config" "{config}"\n'
        f'2020-01-01 custom "fava-option" "import-dirs" "{tmp_path}"\n',
    )
    ledger = FavaLedger(str(cooperative.main))
    assert ledger.errors == []
    entries = ledger.ingest.extract(str(tmp_path / "bank.cod"), "beancoop.coda")
    assert [type(entry).__name__ for entry in entries] == ["Transaction", "Balance"]
    assert loader.load_file(str(cooperative.main))[1] == []
