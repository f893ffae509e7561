"""`beancoop export`: what belongs to an activity, whole, readable by anyone, and nothing of anybody else."""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from beancoop.books.inventories import holdings
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Finding
from beancoop_cli.dossier import dossier as portfolio
from beancoop_cli.dossier import statement as statements
from beancoop_cli.main import main
from beancoop_cli.reports.rendering import NoEngineError
from beancount.core.data import Balance, Custom, Document, Open, Transaction
from click.testing import CliRunner
from exported import Facts, code, numbers, texts

EXAMPLE = Path(__file__).parents[2] / "ledgers"
UNITS = tuple(f"A00{number}" for number in range(1, 9))


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def export(unit, folder, *options, ledger=EXAMPLE / "main.beancount"):
    result = run("export", unit, "--to", folder, "--ledger", ledger, *options)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def whole():
    return load_ledger(EXAMPLE / "main.beancount")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Export every activity of the example, and keep what was told beside."""
    folder = tmp_path_factory.mktemp("exported")
    for unit in UNITS:
        (folder / f"{unit}.told").write_text(export(unit, folder / unit, "--lang", "fr").stdout)
    return folder


def held(entries, unit):
    """Give what each account of a unit holds, as text."""
    return {account: str(inventory) for account, inventory in holdings(entries).items() if account.endswith(f":{unit}")}


BARE = """
import json, sys
from importlib.metadata import distributions
from beancount import loader
from beancount.core import data, inventory

found = {}
for path in sys.argv[1:]:
    entries, errors, options = loader.load_file(path)
    held = {}
    for entry in entries:
        for posting in entry.postings if isinstance(entry, data.Transaction) else ():
            held.setdefault(posting.account, inventory.Inventory()).add_position(posting)
    balances = {account: str(each) for account, each in held.items() if not each.is_empty()}
    found[path] = [str(error) for error in errors], options["plugin"], balances
print(json.dumps([sorted(each.name.lower() for each in distributions()), found]))
"""


def needed(name):
    """Give the installed package of that name, and all that it needs."""
    try:
        found = distribution(name)
    except PackageNotFoundError:  # needed on another system
        return
    yield found
    for each in found.requires or ():
        if "extra ==" not in each:
            yield from needed(re.match(r"[\w.-]+", each)[0])


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Make a fresh environment with Beancount, as it is installed here, and nothing of ours."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for each in needed("beancount"):
        for name in {file.parts[0] for file in each.files} - {"..", "__pycache__"}:
            if not (packages / name).exists():
                (packages / name).symlink_to(each.locate_file(name))
    return folder / "bin/python"


def test_every_export_loads_in_a_bare_beancount_with_the_cooperative_s_balances(exported, bare, whole, tmp_path):
    paths = [str(exported / unit / "ledger.beancount") for unit in UNITS]
    opened = [str(exported / unit / "opening-balance.beancount") for unit in UNITS]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    child = subprocess.run(
        [bare, "-c", BARE, *paths, *opened], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path
    )
    packages, found = json.loads(child.stdout)
    assert "beancount" in packages
    assert not [name for name in packages if name.startswith(("beancoop", "fava", "beangulp"))]
    assert {path: each[:2] for path, each in found.items()} == {path: [[], []] for path in [*paths, *opened]}
    for unit, path in zip(UNITS, paths, strict=True):
        assert found[path][2] == held(whole.entries, unit)


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_of_another_unit_is_in_any_file(exported, whole, unit, tmp_path):
    facts = Facts(whole.entries, unit)
    assert len(facts.payees_elsewhere) > 100
    assert len(facts.amounts_elsewhere) > 1500
    names = [name for name, _ in texts(exported / unit)]
    assert {"journal.xlsx/xl/sharedStrings.xml", "ledger.beancount", "README.txt", "statement.pdf"} <= set(names)
    computed = statement_alone(unit, tmp_path)
    for name, text in texts(exported / unit):
        assert [other for other in (*UNITS, "COOP") if other != unit and code(other).search(text)] == [], name
        assert [payee for payee in facts.payees_elsewhere if payee in text] == [], name
        found = numbers(text) & facts.amounts_elsewhere
        assert found - (computed if name == "statement.pdf" else set()) == set(), name


def statement_alone(unit, folder):
    """Give the numbers of the same statement drawn from the sub-ledger alone, which knows of nobody else."""
    arguments = ("--ledger", EXAMPLE / f"activities/{unit}/ledger.beancount", "--to", folder / "statement.html")
    assert run("report", "activity", "--lang", "fr", *arguments).exit_code == 0
    return numbers((folder / "statement.html").read_text())


def test_the_search_for_leaks_finds_them(exported, whole, tmp_path):
    """What is planted in each kind of file is found, so that finding nothing means something."""
    folder = shutil.copytree(exported / "A001", tmp_path / "A001")
    facts = Facts(whole.entries, "A001")
    assert "Boulangerie Le Fournil" in facts.payees_elsewhere
    for name, planted in (
        ("note.txt", "A003-2026-0014, 85,91 euros"),
        ("x.csv", 'Boulangerie Le Fournil,"85.91",A003'),
    ):
        (folder / name).write_text(planted)
    shutil.copy(exported / "A003/journal.xlsx", folder)
    found = dict(texts(folder))
    for name in ("note.txt", "x.csv", "journal.xlsx/xl/sharedStrings.xml"):
        assert code("A003").search(found[name]), name
    for name in ("note.txt", "x.csv", "journal.xlsx/xl/worksheets/sheet1.xml"):
        assert numbers(found[name]) & facts.amounts_elsewhere, name


@pytest.mark.parametrize("unit", UNITS)
def test_every_entry_of_hers_is_there(exported, whole, unit):
    alone = load_ledger(exported / unit / "ledger.beancount")
    assert alone.errors == []
    assert alone.options["plugin"] == []
    source = load_ledger(EXAMPLE / f"activities/{unit}/ledger.beancount")
    for kind in (Transaction, Open, Balance):
        counts = [sum(isinstance(entry, kind) for entry in ledger.entries) for ledger in (alone, source)]
        assert counts[0] == counts[1], kind
    assert sum("provisional" in entry.tags for entry in alone.entries if isinstance(entry, Transaction)) > 3
    kinds = {entry.type for entry in alone.entries if isinstance(entry, Custom)}
    assert {"activity", "follow-up", "meeting"} <= kinds
    assert {
        entry.meta["attended"] for entry in alone.entries if isinstance(entry, Custom) and entry.type == "meeting"
    } == {unit}


def test_a_sub_ledger_alone_gives_the_same_but_for_meetings(exported, tmp_path):
    unit, same = (
        "A005",
        ("journal.csv", "journal.xlsx", "invoices.csv", "opening-balance.beancount", "trial-balance.csv"),
    )
    export(unit, tmp_path / unit, "--lang", "fr", ledger=EXAMPLE / f"activities/{unit}/ledger.beancount")
    both = [load_ledger(folder / unit / "ledger.beancount") for folder in (exported, tmp_path)]
    assert held(both[0].entries, unit) == held(both[1].entries, unit)
    for name in same:
        assert (exported / unit / name).read_bytes() == (tmp_path / unit / name).read_bytes(), name
    for name, text in texts(tmp_path / unit):
        assert [other for other in UNITS if other != unit and code(other).search(text)] == [], name


def test_the_same_ledger_gives_the_same_bytes_wherever_it_lies(exported, tmp_path):
    copied = shutil.copytree(EXAMPLE, tmp_path / "elsewhere/ledgers")
    export("A001", tmp_path / "A001", "--lang", "fr", ledger=copied / "main.beancount")
    files = [path.relative_to(exported) for path in (exported / "A001").rglob("*") if path.is_file()]
    assert len(files) == 22
    assert [name for name in files if not filecmp.cmp(exported / name, tmp_path / name, shallow=False)] == []


def test_the_manifest_is_what_sha256sum_checks(exported):
    folder = exported / "A001"
    checked = subprocess.run(
        ["sha256sum", "-c", "MANIFEST.sha256"], cwd=folder, capture_output=True, text=True, check=True
    )
    named = {line.rpartition(": ")[0] for line in checked.stdout.splitlines()}
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert named == files - {"MANIFEST.sha256"}


def test_what_is_left_out_is_told(exported):
    told = (exported / "A001.told").read_text()
    place = "activities/A001/books/2025.beancount:171"
    assert f"{place}: Ceci nomme une autre unité\N{NO-BREAK SPACE}:" in told
    assert "Activité autre-1" in told
    assert "17 réunions" in told


def test_the_readme_explains_what_is_there_in_four_languages(exported):
    text = (exported / "A001/README.txt").read_text()
    for word in ("Français", "Nederlands", "Deutsch", "English"):
        assert text.count(f"{word} - ") == 1
    named = {line.split("  ")[0] for line in text.splitlines() if "  " in line}
    assert named == {
        *("README.txt", "MANIFEST.sha256", "ledger.beancount", "opening-balance.beancount", "documents/"),
        *(
            "journal",
            "trial-balance",
            "invoices",
            "customers",
            "purchases",
            "suppliers",
            "opening-balance",
            "statement.pdf",
        ),
    }
    assert max(map(len, text.splitlines())) < 100
    assert "documents/" not in (exported / "A002/README.txt").read_text()


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there/mine.txt").write_text("mine")
    result = run("export", "A001", "--to", tmp_path / "there", "--ledger", EXAMPLE / "main.beancount")
    assert result.exit_code == 2
    assert "not empty" in result.stderr
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("ledger", "folder"), [("main", "x"), ("activities/A001/ledger", "activities/A009")])
def test_a_folder_among_the_books_is_misuse(tmp_path, ledger, folder):
    """Includes such as `activities/*/ledger.beancount` would read what was written there."""
    copied = shutil.copytree(EXAMPLE, tmp_path / "ledgers")
    result = run("export", "A001", "--to", copied / folder, "--ledger", copied / f"{ledger}.beancount")
    assert result.exit_code == 2
    assert "lies among the books" in result.stderr
    assert not (copied / folder).exists()


@pytest.mark.parametrize("unit", ["COOP", "A099", "a001"])
def test_another_unit_is_misuse(tmp_path, unit):
    result = run("export", unit, "--to", tmp_path / "x", "--ledger", EXAMPLE / "main.beancount")
    assert result.exit_code == 2
    assert unit in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("days", [("--from", "2026-02-01", "--until", "2026-01-01"), ("--until", "2020-01-01")])
def test_days_without_an_entry_are_misuse(tmp_path, days):
    result = run("export", "A001", "--to", tmp_path / "x", "--ledger", EXAMPLE / "main.beancount", *days)
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_load_as_it_was_meant_is_taken_back(tmp_path, monkeypatch):
    written = []

    def load_wrongly(path, _):
        written.append(path.is_file())
        return [Finding(str(path), 1, "Planted.")]

    monkeypatch.setattr(portfolio, "judge", load_wrongly)
    result = run("export", "A001", "--to", tmp_path / "x", "--ledger", EXAMPLE / "main.beancount")
    assert (result.exit_code, written) == (1, [True, True])
    assert "Planted." in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_the_engine_of_pdf_says_so_and_exports_the_rest(tmp_path, monkeypatch):
    def fail(_):
        raise NoEngineError("PDF needs libraries.")

    monkeypatch.setattr(statements, "pdf", fail)
    result = export("A008", tmp_path / "x")
    assert "There is no statement beside the books. PDF needs libraries." in result.stderr
    assert not (tmp_path / "x/statement.pdf").exists()
    assert "statement.pdf" not in (tmp_path / "x/README.txt").read_text()


def test_days_without_a_whole_month_have_no_statement(tmp_path):
    result = export("A008", tmp_path / "x", "--from", "2026-08-02", "--until", "2026-08-30")
    assert "hold no whole month" in result.stderr
    assert not (tmp_path / "x/statement.pdf").exists()


def test_an_empty_folder_is_filled_in_the_language_asked_for(tmp_path):
    (tmp_path / "x").mkdir()
    export("A008", tmp_path / "x", "--lang", "nl", "--until", "2026-08-30")
    assert (tmp_path / "x/invoices.csv").read_text().startswith("Datum,Nummer,Klant,")
    (text,) = (text for name, text in texts(tmp_path / "x") if name == "statement.pdf" and text != name)
    assert "juli 2026" in text


@pytest.mark.parametrize(
    ("unit", "first", "last"), [("A003", "2026-01-01", "2026-06-30"), ("A006", "2025-12-15", None)]
)
def test_books_that_begin_in_the_middle_end_on_the_cooperative_s_balances(tmp_path, whole, unit, first, last):
    export(unit, tmp_path / "x", "--from", first, *(("--until", last) if last else ()))
    cut = load_ledger(tmp_path / "x/ledger.beancount")
    assert cut.errors == []
    until = [entry for entry in whole.entries if last is None or str(entry.date) <= last]
    assert held(cut.entries, unit) == held(until, unit)
    transactions = [entry for entry in cut.entries if isinstance(entry, Transaction)]
    opening = transactions[0]
    assert {entry.date for entry in transactions if str(entry.date) < first} == {opening.date}
    assert sum(posting.units.number for posting in opening.postings) == 0
    before = [entry for entry in whole.entries if str(entry.date) < first]
    assert held([opening], unit) == held(before, unit)
    if unit == "A003":
        assert sum(isinstance(entry, Balance) for entry in cut.entries) == 6


def test_documents_come_along(exported):
    assert (exported / "A001/documents/2025-01-06.convention.txt").read_bytes() == (
        EXAMPLE / "activities/A001/documents/2025-01-06.convention.txt"
    ).read_bytes()
    assert not any(isinstance(entry, Document) for entry in load_ledger(exported / "A001/ledger.beancount").entries)
