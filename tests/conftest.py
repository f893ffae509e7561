"""What every test needs before it starts."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"  # a cached load would hide a change of the program
os.environ["BEANCOOP_LANG"] = "en"  # the texts in the code: what a test expects stands there word for word
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="beancoop-tests-")  # nobody's own, and gone afterwards
os.environ["GNUPGHOME"] = tempfile.mkdtemp(prefix="beancoop-tests-keys-")
(Path(os.environ["GNUPGHOME"]) / "pubring.kbx").touch()  # gpg tells of it where it makes one, and not the next time
for folder in ("XDG_CACHE_HOME", "GNUPGHOME"):
    atexit.register(shutil.rmtree, os.environ[folder], ignore_errors=True)
HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    str(HERE / "importers"),
    str(HERE / "vat"),
]  # the tests' own helpers: oracle, strategies, writers of bank files

SLOW = frozenset(
    {
        *("test_benchmark_ledger.py", "test_contribution_oracle.py", "test_crash.py", "test_crash_again.py"),
        *("test_exactness.py", "test_formulas_in_tables.py", "test_fuzz.py", "test_hledger.py", "test_mutation.py"),
        *("test_packaging.py", "test_red_twins.py", "test_seals.py", "test_simulation.py", "test_writers.py"),
        *(
            "cli/test_check_closed.py",
            "cli/test_check_beside.py",
            "cli/test_check_memory.py",
            "cli/test_check_parts.py",
            "cli/test_commands.py",
            "cli/test_deciding.py",
            "cli/test_deployment.py",
        ),
        *("cli/test_depreciate.py", "cli/test_doctor.py", "cli/test_exit.py", "cli/test_export.py"),
        *("cli/test_export_leaks.py", "cli/test_gating.py", "cli/test_guides.py", "cli/test_language.py"),
        *("cli/test_opening.py", "cli/test_people.py", "cli/test_queries.py", "cli/test_reports.py"),
        *("cli/test_reports_again.py", "cli/test_reports_hostile.py", "cli/test_startup.py"),
        *("core/test_annual.py", "core/test_closing_properties.py", "core/test_commit.py"),
        *("core/test_committee.py", "core/test_departure.py", "core/test_earned.py", "core/test_gate.py"),
        *("core/test_journal.py", "core/test_loading.py", "core/test_loading_cache.py", "core/test_places.py"),
        *("core/test_year.py",),
        *("fava/test_activities.py", "fava/test_alone.py", "fava/test_attacks.py", "fava/test_broken.py"),
        *("fava/test_browser.py", "fava/test_choosing.py", "fava/test_entries.py", "fava/test_import_page.py"),
        *("fava/test_isolation.py", "fava/test_pages.py", "fava/test_people.py", "fava/test_phone.py"),
        *("fava/test_reserves.py", "fava/test_serve_write.py", "fava/test_serve_write_browser.py"),
        *("fava/test_server.py", "fava/test_shown.py", "fava/test_signing_in.py", "fava/test_treasury.py"),
        *("fava/test_vat.py", "fava/test_walk.py", "fava/test_workers.py", "fava/test_writing.py"),
        *("golden/test_golden_year.py",),
        *("importers/test_csv_properties.py", "importers/test_einvoice_properties.py"),
        *("importers/test_einvoice_vat_properties.py", "importers/test_matching_properties.py"),
        *("loading_equal/test_fixtures.py", "loading_equal/test_hostile.py", "loading_equal/test_processes.py"),
        *("loading_equal/test_random.py",),
        *("remedies/test_remedies_check.py", "remedies/test_remedies_commands.py"),
        *("remedies/test_remedies_import.py", "remedies/test_remedies_vat.py"),
        *("trust/test_attacks_of_a_writer.py", "trust/test_closed_for_good.py"),
        *("vat/test_drift.py", "vat/test_filing.py", "vat/test_naive.py"),
        *(
            "fava/test_fava_accounts.py",
            "fava/test_stray_dates.py",
            "fava/test_downloads.py",
            "fava/test_named_queries.py",
            "fava/test_watching.py",
        ),
        *(
            "core/test_plot.py",
            "core/test_inventory_book.py",
            "importers/test_damage.py",
            "importers/test_properties.py",
        ),
        *("importers/test_ingest.py", "cli/test_year_on_paper.py", "core/test_board.py"),
        *(
            "cli/test_import.py",
            "importers/test_cases.py",
            "importers/test_csv_ingest.py",
            "importers/test_einvoice_booking.py",
            "importers/test_einvoice_vat.py",
        ),
    }
)
"""What starts servers and processes, founds many books, or tries many seeds: `make quick` goes without."""

UNMEASURED = frozenset(
    {
        "cli/test_check_closed.py",
        *("cli/test_exit.py", "cli/test_export_leaks.py", "cli/test_guides.py", "cli/test_language.py"),
        *("cli/test_reports_again.py", "cli/test_reports_hostile.py", "cli/test_startup.py"),
        *("core/test_annual.py", "core/test_catalogue.py", "core/test_closing_edges.py"),
        *("core/test_closing_properties.py", "core/test_committee.py", "core/test_earned.py"),
        *("core/test_explanation.py", "core/test_journal.py", "golden/test_golden_year.py"),
        *("fava/test_alone.py", "fava/test_autonomy.py", "fava/test_broken.py", "fava/test_browser.py"),
        *("fava/test_import_page.py", "fava/test_now.py", "fava/test_pages.py", "fava/test_phone.py"),
        *("fava/test_serve_write_browser.py", "fava/test_shown.py", "fava/test_walk.py", "fava/test_year_pages.py"),
        *("importers/test_csv_properties.py", "importers/test_einvoice_properties.py"),
        *("importers/test_einvoice_vat_properties.py", "importers/test_matching_properties.py"),
        *("loading_equal/test_comparison.py", "loading_equal/test_fixtures.py", "loading_equal/test_hostile.py"),
        *("loading_equal/test_processes.py", "loading_equal/test_random.py", "remedies/test_remedies_check.py"),
        *("remedies/test_remedies_commands.py", "remedies/test_remedies_import.py"),
        *("test_benchmark_ledger.py", "test_contribution_oracle.py", "test_crash.py", "test_crash_again.py"),
        *("test_exactness.py", "test_fuzz.py", "test_hledger.py", "test_mutation.py", "test_red_twins.py"),
        *("test_seals.py", "test_simulation.py", "test_writers.py", "trust/test_attacks_of_a_writer.py"),
        *("vat/test_naive.py", "vat/test_properties.py"),
    }
)
"""What runs, on many books, the lines that other tests run too: it takes twice as long where coverage counts them."""

APART = frozenset(
    {
        *("cli/test_commands.py", "cli/test_gating.py", "cli/test_language.py"),
        *("core/test_gate.py", "gate/test_readable.py", "test_fuzz.py"),
    }
)
"""What tests the processes that the program starts to read and to load; elsewhere `inside` does their work."""


@pytest.fixture(scope="session", autouse=True)
def loaded_once() -> Iterator[None]:
    """Load no ledger of the example a second time."""
    from books import load_once  # noqa: PLC0415 - imports the program, which no collection need wait for

    with pytest.MonkeyPatch.context() as patch:
        load_once(patch.setattr)
        yield


@pytest.fixture(scope="module", autouse=True)
def inside_or_apart(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start no process to read or to load, but where this is tested; and none that is measured where none is."""
    name = request.path.relative_to(HERE).as_posix()
    with pytest.MonkeyPatch.context() as patch:
        if name in UNMEASURED:
            patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # nor what it starts
        if name not in APART:
            from inside import stay_inside  # noqa: PLC0415 - imports the program, which no collection need wait for

            stay_inside(patch.setattr)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None]:
    """Have coverage count nothing in what is not measured: in a worker of xdist it was begun more than once."""
    paused: list[Coverage] = []
    while item.get_closest_marker("unmeasured") and (measuring := Coverage.current()):
        measuring.stop()
        paused.append(measuring)
    try:
        return (yield)
    finally:
        for each in reversed(paused):
            each.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and what coverage is not to count."""
    for item in items:
        if item.path.is_relative_to(HERE):
            name = item.path.relative_to(HERE).as_posix()
            for mark, names in (("slow", SLOW), ("unmeasured", UNMEASURED)):
                if name in names:
                    item.add_marker(mark)
