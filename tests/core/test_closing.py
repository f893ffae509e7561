"""Closing a month: what is written, when it is refused, and what is found when a closed month is touched."""

from __future__ import annotations

import datetime
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop.closing.close import plan_closing
from beancoop.closing.seal import check_seals
from beancoop.contribution.rule import read_levies
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import BEANCOUNTS_OWN
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.storage.scaffold import FRENCH, Settings, create_activity, create_cooperative
from beancoop.storage.step import ConflictError, one_writer
from closings import close_month

START = datetime.date(2026, 1, 5)
LATER = datetime.date(2027, 1, 1)
JANUARY, FEBRUARY, MARCH = Month(2026, 1), Month(2026, 2), Month(2026, 3)
BOOK = """
2026-01-20 * "Facture" ^A001-2026-0001
  document: "../documents/facture.pdf"
  {assets}:40:400-Clients:A001                2050.00 EUR
  {income}:70:700-VentesPrestations:A001     -2050.00 EUR
2026-02-20 * "Facture"
  {assets}:40:400-Clients:A001                 576.45 EUR
  {income}:70:700-VentesPrestations:A001      -576.45 EUR
2026-03-20 * "Sous-traitance"
  {expenses}:60:603-SousTraitance:A001         420.00 EUR
  {liabilities}:44:440-Fournisseurs:A001      -420.00 EUR
2026-04-20 * "Facture"
  {assets}:40:400-Clients:A001                1000.00 EUR
  {income}:70:700-VentesPrestations:A001     -1000.00 EUR
"""


@pytest.fixture(params=[BEANCOUNTS_OWN, FRENCH], ids=["en", "fr"])
def main(request, tmp_path):
    """Make a cooperative of two activities, the first with the contract's table."""
    settings = Settings(START, request.param)
    folder = tmp_path / "ledgers"
    create_cooperative(folder, "A001", settings)
    create_activity(folder / "activities/A002", settings)
    book = folder / "activities/A001/books/2026.beancount"
    book.write_text(book.read_text() + BOOK.format(**request.param._asdict()))
    (folder / "activities/A001/documents/facture.pdf").write_bytes(b"%PDF-1.7")
    return folder / "main.beancount"


def close(main, *months, today=LATER):
    for month in months:
        close_month(main, month, today)


def rows(main, errors=()):
    """Give the levies without what closing changes: whether they are closed."""
    ledger = load_ledger(main)
    assert [finding.code for finding in ledger.findings] == list(errors)
    levies = [levy for months in read_levies(ledger.entries, ledger.options).values() for levy in months]
    return [levy._replace(closed=False) for levy in levies if levy.levy]


def found(main):
    ledger = load_ledger(main)
    return [
        (Path(each.file).name, each.message)
        for each in [*ledger.findings, *check_seals(ledger.entries, ledger.options)]
    ]


def snapshot(main):
    return {path: path.read_bytes() for path in main.parent.rglob("*") if path.is_file()}


def test_closing_then_loading_equals_loading(main):
    before = rows(main)
    close(main, JANUARY, FEBRUARY)
    assert rows(main) == before
    assert found(main) == []
    injected = [entry for entry in load_ledger(main).entries if "provisional" in getattr(entry, "tags", ())]
    assert {str(Month.of(entry.date)) for entry in injected} == {"2026-03", "2026-04"}


def test_the_seals_are_as_the_contract_says(main):
    close(main, JANUARY, FEBRUARY)
    seals = {}
    for entry in load_ledger(main).entries:
        if getattr(entry, "type", "") == "closed":
            seals[tuple(value.value for value in entry.values)] = entry
    assert set(seals) == {(month, unit) for month in ("2026-01", "2026-02") for unit in ("A001", "A002", "COOP")}
    for (period, unit), seal in seals.items():
        assert seal.date == Month.parse(period).last_day
        assert len(seal.meta["sha256"]) == 64
        assert isinstance(seal.meta["entries"], Decimal)
        assert ("units" in seal.meta) == (unit == "COOP")
        assert Path(seal.meta["filename"]).name == "contributions-2026.beancount"
    assert seals["2026-01", "A001"].meta["previous"] == ""
    assert seals["2026-02", "A001"].meta["previous"] == seals["2026-01", "A001"].meta["sha256"]


def test_a_sub_ledger_alone_takes_its_proof_along(main, tmp_path):
    close(main, JANUARY)
    alone = tmp_path / "alone"
    shutil.copytree(main.parent / "activities/A001", alone)
    assert found(alone / "ledger.beancount") == []
    book = alone / "books/2026.beancount"
    book.write_text(book.read_text().replace("2050.00", "2051.00"))
    assert any("are not as they were closed" in message for _, message in found(alone / "ledger.beancount"))


@pytest.mark.parametrize(
    ("closed", "month", "today", "words"),
    [
        ((), FEBRUARY, LATER, "2026-01 is still open"),
        ((JANUARY,), JANUARY, LATER, "2026-01 is closed already"),
        ((JANUARY,), MARCH, LATER, "2026-02 is still open"),
        ((), Month(2025, 12), LATER, "nothing to close"),
        ((), JANUARY, datetime.date(2026, 1, 31), "2026-01 is not over on 2026-01-31; close it from 2026-02-01 on"),
    ],
)
def test_when_closing_is_refused_nothing_is_written(main, closed, month, today, words):
    close(main, *closed)
    before = snapshot(main)
    with pytest.raises(Refusal, match=words):
        close(main, month, today=today)
    assert snapshot(main) == before


def test_the_first_closing_may_be_of_a_month_without_transactions(main):
    """A month before the first transaction, with declarations alone, can be closed, and need not be."""
    edit(main, "2026-01-20", "2026-02-10")
    close(main, JANUARY, FEBRUARY)
    assert found(main) == []


def test_a_ledger_with_an_error_is_not_closed(main):
    book = main.parent / "coop/2026.beancount"
    book.write_text(book.read_text() + '2026-01-10 custom "activty" "A001"\n')
    before = snapshot(main)
    with pytest.raises(Refusal, match="has errors") as refused:
        close(main, JANUARY)
    assert [Path(finding.file).name for finding in refused.value.findings] == ["2026.beancount"]
    assert snapshot(main) == before


def test_a_sub_ledger_alone_is_not_closed(main):
    with pytest.raises(Refusal, match="does not hold the books of COOP"):
        close(main.parent / "activities/A001/ledger.beancount", JANUARY)


def test_a_month_with_a_broken_seal_is_no_ground_to_build_on(main):
    close(main, JANUARY)
    edit(main, "2050.00", "2051.00")
    with pytest.raises(Refusal, match="A closed month was changed"):
        close(main, FEBRUARY)


def edit(main, old, new, count=-1):
    book = main.parent / "activities/A001/books/2026.beancount"
    text = book.read_text()
    assert old in text
    book.write_text(text.replace(old, new, count))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2050.00", "2051.00"),
        ("2026-01-20", "2026-01-21"),
        ("2026-01-20", "2026-02-01"),
        ("Facture", "Autre facture"),
        ("^A001-2026-0001", ""),
        ("facture.pdf", "autre.pdf"),
        ("2026-01-20 *", "2026-01-20 !"),
        ("2026-02-20", "2026-01-25"),
    ],
)
def test_editing_or_re_dating_an_entry_of_a_closed_month_is_found(main, old, new):
    close(main, JANUARY)
    edit(main, old, new, 1)
    (finding,) = [message for file, message in found(main) if file == "contributions-2026.beancount"]
    assert "A001, 2026-01: the books are not as they were closed" in finding


def test_adding_and_deleting_an_entry_of_a_closed_month_is_found(main):
    close(main, JANUARY)
    book = main.parent / "activities/A001/books/2026.beancount"
    text = book.read_text()
    first = text[text.index("2026-01-20") : text.index("2026-02-20")]
    book.write_text(text + first)
    assert "4 entries" not in str(found(main))
    assert any("are not as they were closed" in message for _, message in found(main))
    book.write_text(text.replace(first, ""))
    assert any("are not as they were closed" in message for _, message in found(main))


@pytest.mark.parametrize("file", ["activities/A002/books/2026.beancount", "coop/2026.beancount"])
def test_an_entry_added_in_another_unit_is_found_there(main, file):
    close(main, JANUARY)
    book = main.parent / file
    unit = "COOP" if "coop" in file else "A002"
    assets = load_ledger(main).options["name_assets"]
    entry = (
        f'2026-01-15 * "Tard"\n  {assets}:40:400-Clients:{unit}  1 EUR\n  {assets}:41:411-TVARecuperer:{unit}  -1 EUR\n'
    )
    book.write_text(book.read_text() + entry)
    messages = [message for _, message in found(main)]
    assert len(messages) == 1
    assert messages[0].startswith(f"{unit}, 2026-01: the books are not as they were closed")


def test_changing_or_removing_a_seal_is_found(main):
    close(main, JANUARY, FEBRUARY)
    path = main.parent / "activities/A002/closed/contributions-2026.beancount"
    text = path.read_text()
    second = text[text.index('2026-02-28 custom "closed"') :]
    path.write_text(text.replace(second, ""))
    assert any("The units' seals of 2026-02 are not those that COOP closed" in message for _, message in found(main))
    digit = text.index('sha256: "') + 9
    path.write_text(text[:digit] + ("0" if text[digit] != "0" else "1") + text[digit + 1 :])
    assert found(main)


def test_a_new_unit_in_a_closed_month_is_found(main):
    close(main, JANUARY)
    ledger = load_ledger(main)
    create_activity(main.parent / "activities/A003", Settings(START, read_roots(ledger)))
    book = main.parent / "activities/A003/books/2026.beancount"
    assets = ledger.options["name_assets"]
    book.write_text(
        book.read_text()
        + f'2026-01-15 * "x"\n  {assets}:40:400-Clients:A003  1 EUR\n  {assets}:41:411-TVARecuperer:A003  -1 EUR\n'
    )
    assert any("A003 has an entry in 2026-01, which is closed without it" in message for _, message in found(main))


def read_roots(ledger):
    return FRENCH if ledger.options["name_assets"] == "Actifs" else BEANCOUNTS_OWN


def test_how_a_closed_month_is_written_does_not_matter(main):
    close(main, JANUARY)
    book = main.parent / "activities/A001/books/2026.beancount"
    text = book.read_text()
    start, end = text.index("2026-01-20"), text.index("2026-02-20")
    head, first, rest = text[:start], text[start:end], text[end:]
    lines = first.splitlines()
    meta, debit, credit = (line.strip() for line in lines[1:4])
    moved = "\n".join([lines[0], f"    {meta}", f"    {credit}", "  ; un commentaire", f"      {debit}"])
    other = book.with_name("autre.beancount")
    other.write_text(head + moved.replace("2050.00 EUR", "2050.000   EUR") + "\n")
    book.write_text(head + rest)
    assert found(main) == []


def test_a_late_entry_of_a_closed_month_falls_in_the_first_open_one(main):
    close(main, JANUARY, FEBRUARY)
    before = {(levy.unit, levy.month): levy.levy for levy in rows(main)}
    edit(
        main, '2026-03-20 * "Sous-traitance"', BOOKED_LATE.format(**load_names(main)) + '2026-03-20 * "Sous-traitance"'
    )
    after = {(levy.unit, levy.month): levy.levy for levy in rows(main)}
    assert after == {**before, ("A001", MARCH): before["A001", MARCH] + Decimal("10.00")}
    assert found(main) == []


BOOKED_LATE = """2026-03-02 * "Facture de janvier, reçue en mars"
  {assets}:40:400-Clients:A001  100.00 EUR
  {income}:70:700-VentesPrestations:A001  -100.00 EUR
"""


def load_names(main):
    return read_roots(load_ledger(main))._asdict()


def test_planning_writes_nothing_and_says_the_same(main):
    before = snapshot(main)
    plan = plan_closing(load_ledger(main), JANUARY, LATER)
    assert snapshot(main) == before
    assert [closing.unit for closing in plan] == ["A001", "A002", "COOP"]
    closed = close_month(main, JANUARY, LATER)
    assert [closing.entries[-1].meta["sha256"] for closing in closed] == [
        closing.entries[-1].meta["sha256"] for closing in plan
    ]


def test_a_seal_that_the_structure_has_not_closes_nothing_and_stands_in_the_way(main):
    close(main, JANUARY)
    before = rows(main)
    coop = main.parent / "coop/contributions-2026.beancount"
    coop.unlink()
    (main.parent / "activities/A002/closed/contributions-2026.beancount").write_text("; rien\n")
    january, *later = before
    assert rows(main, ["BC404"]) == later
    supplied = [entry for entry in load_ledger(main).entries if "provisional" in getattr(entry, "tags", ())]
    assert [str(posting.units) for posting in supplied[0].postings] == ["205.00 EUR", "-205.00 EUR"]
    assert (january.levy, supplied[0].date) == (Decimal("205.00"), JANUARY.last_day)
    assert supplied[0].postings[0].account.endswith("Liaison:COOP")
    found = snapshot(main)
    with pytest.raises(Refusal) as refused:
        close(main, JANUARY)
    assert [finding.code for finding in refused.value.findings] == ["BC404"]
    assert snapshot(main) == found


def test_a_second_writer_is_kept_out(main):
    before = snapshot(main)
    with one_writer(main.parent), pytest.raises(ConflictError, match="Another program is writing"):
        close(main, JANUARY)
    assert snapshot(main) == before


def test_books_without_room_for_what_is_closed_are_not_closed(main):
    folder = main.parent / "activities/A001"
    ledger = folder / "ledger.beancount"
    ledger.write_text(ledger.read_text().replace('include "closed/*.beancount"\n', ""))
    shutil.rmtree(folder / "closed")
    before = {path: path.read_bytes() for path in main.parent.rglob("*.beancount")}
    with pytest.raises(Refusal, match="beancoop check --fix-layout") as refused:
        close(main, JANUARY)
    assert [Path(finding.file).name for finding in refused.value.findings] == ["terms.beancount"]
    assert {path: path.read_bytes() for path in main.parent.rglob("*.beancount")} == before


def test_the_command_closes_and_checks(main, monkeypatch):
    from beancoop_cli.main import main as command  # noqa: PLC0415
    from click.testing import CliRunner  # noqa: PLC0415

    def run(*arguments):
        return CliRunner().invoke(command, [*arguments, "--ledger", str(main)])

    dry = run("close", "2026-01", "--today", "2026-02-01", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "2026-01 would be closed; seals to write: 3, " in dry.stdout
    assert 'custom "closed" "2026-01" "COOP"' in dry.stdout
    assert run("close", "2026-01", "--today", "2026-01-31").exit_code == 1
    assert run("close", "janvier").exit_code == 2
    assert run("close", "2026-01", "--today", "2026-02-01").exit_code == 0
    assert run("check").exit_code == 0
    contributions = json.loads(run("contributions", "--format", "json").stdout)
    assert [row["closed"] for row in contributions if row["unit"] == "A001"] == [True, False, False, False]
    edit(main, "2050.00", "2049.00")
    check = run("check")
    assert check.exit_code == 1
    assert "are not as they were closed" in check.stderr
