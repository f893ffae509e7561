"""Every known way to make a Fava that only shows do more than show, tried on ours."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import fava
import pytest
from beancoop.storage.atomic import write_text
from beancoop_fava.server import doors as adapter
from beancoop_fava.server.app import create_app
from beancoop_fava.server.fava_app import LedgerApp
from fava.application import create_app as stock_fava
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from tests.fava.conftest import make_coop

if TYPE_CHECKING:
    from tests.fava.conftest import Coop

HOST = "compta.example.be"
SLUG = "/toute-la-coop"
ONERROR = "<img src=x onerror=alert(1)>"


def client(ledger: Path) -> Client:
    return Client(create_app(ledger, hosts=(HOST,)))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Coop:
    """Write a cooperative that no test changes."""
    made = make_coop(tmp_path_factory.mktemp("still") / "ledgers")
    made.add("A001", '2026-03-01 query "ventes" "SELECT date"\n')
    return made


@pytest.fixture(scope="module")
def still(whole: Coop) -> Client:
    """Serve it."""
    return client(whole.main)


def asked(asking: Client, path: str, **headers: str) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = asking.get(path, headers={"Host": HOST, **named})
    return answer.status_code, answer.text


def get(ledger: Path, path: str, **headers: str) -> tuple[int, str]:
    return asked(client(ledger), path, **headers)


def query(text: str) -> str:
    return f"{SLUG}/api/query?query_string={quote(text)}"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    file = tmp_path / "précieux.txt"
    write_text(file, "à garder")
    return file


@pytest.mark.parametrize("way", [".output {}", "  .output {}", ".OUTPUT {}", "output {}", ".explain select 1", "!ls"])
@pytest.mark.parametrize("endpoint", ["api/query", "download-query/query_result.csv"])
def test_a_shell_command_is_refused_and_touches_no_file(still: Client, victim: Path, way: str, endpoint: str) -> None:
    command = quote(way.format(victim))
    status, _ = asked(still, f"{SLUG}/{endpoint}?query_string={command}")
    assert status == 400
    assert victim.read_text(encoding="utf-8") == "à garder"


def test_the_same_command_empties_the_file_in_a_stock_read_only_fava(coop: Coop, victim: Path) -> None:
    app = stock_fava([coop.main], load=True, read_only=True)
    Client(app).get(query(f".output {victim}"))
    assert victim.read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    "text",
    [
        "create table x using 'csv:/etc/hostname'",
        "CREATE TABLE x (a int)",
        "insert into x values (1)",
        "set pager 1",
        "clear",
        "errors",
        "history",
        "exit",
        "",
        "/* */ create table x (a int)",
        'run "',
    ],
)
def test_a_query_that_does_not_read_is_refused(still: Client, text: str) -> None:
    assert asked(still, query(text))[0] == 400


@pytest.mark.parametrize(
    "text", ["select account, sum(position) group by account", "BALANCES", "journal", "Print", "run ventes"]
)
def test_a_query_that_reads_is_answered(still: Client, text: str) -> None:
    status, body = asked(still, query(text))
    assert status == 200, body
    assert json.loads(body)["data"]


def test_a_stored_query_that_does_not_read_is_refused(coop: Coop) -> None:
    coop.add("A001", '2026-03-01 query "ventes" "create table x using \'csv:/etc/hostname\'"\n')
    assert get(coop.main, query("run ventes"))[0] == 400
    assert get(coop.main, query('RUN "ventes" ;'))[0] == 400


def test_a_request_for_another_host_is_misdirected(still: Client) -> None:
    """DNS rebinding: the attacker's name now points at us."""
    for host in ("evil.example", f"{HOST}:81", f"x{HOST}", ""):
        assert asked(still, f"{SLUG}/journal/", Host=host)[0] == 421
    assert asked(still, f"{SLUG}/journal/", Host=HOST.upper())[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"https://{HOST}.evil.example", "", "file://"])
def test_a_request_from_a_foreign_origin_is_refused(still: Client, origin: str) -> None:
    assert asked(still, query("select 1"), Origin=origin)[0] == 403


def test_an_image_on_a_foreign_page_cannot_query(still: Client, victim: Path) -> None:
    """`<img src="http://fava/…/api/query?…">`: no Origin header, but the browser says where it stands."""
    image = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}
    for text in ("select 1", f".output {victim}"):
        assert asked(still, query(text), **image)[0] == 403
    assert asked(still, f"{SLUG}/download-journal/", **{**image, "Sec_Fetch_Dest": "iframe"})[0] == 403
    assert victim.read_text(encoding="utf-8") == "à garder"


def test_a_link_from_the_sign_in_page_opens_a_page_and_nothing_else(still: Client) -> None:
    follows = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert asked(still, f"{SLUG}/journal/", **follows)[0] == 200
    assert asked(still, query("select 1"), **follows)[0] == 403
    assert asked(still, f"{SLUG}/journal/", **{**follows, "Sec_Fetch_Dest": "iframe"})[0] == 403
    assert asked(still, query("select 1"), Sec_Fetch_Site="same-origin", Origin=f"https://{HOST}")[0] == 200


WRITES = ["source", "source_slice", "add_entries", "attach_document", "move", "format_source", "add_document"]


@pytest.mark.parametrize("name", [*WRITES, "upload_import_file"])
def test_nothing_can_be_put(whole: Coop, still: Client, name: str) -> None:
    before = {file: file.read_bytes() for file in whole.folder.rglob("*") if file.is_file()}
    body = {
        "file_path": str(whole.main),
        "source": "",
        "sha256sum": "",
        "entries": [],
        "filename": "x",
        "entry_hash": "x",
    }
    answer = still.put(f"{SLUG}/api/{name}", json=body, headers={"Host": HOST})
    assert answer.status_code in (401, 404)
    foreign = {"Host": HOST, "Origin": "https://evil.example"}
    assert still.put(f"{SLUG}/api/{name}", json=body, headers=foreign).status_code == 403
    rebound = still.put(f"{SLUG}/api/{name}", json=body, headers={"Host": "evil.example"})
    assert rebound.status_code == 421
    assert before == {file: file.read_bytes() for file in whole.folder.rglob("*") if file.is_file()}


def test_the_editor_reads_no_file_outside_the_ledger(coop: Coop) -> None:
    write_text(coop.folder.parent / "secret.beancount", "; secret\n")
    for name in ("/etc/passwd", f"{coop.folder}/../secret.beancount", "../secret.beancount"):
        status, body = get(coop.main, f"{SLUG}/api/source?filename={quote(name)}")
        assert status != 200
        assert "; secret" not in body
        assert "root:" not in body
    assert get(coop.main, f"{SLUG}/api/source?filename={quote(str(coop.main))}")[0] == 200


def test_a_default_file_outside_the_ledger_is_not_read(coop: Coop) -> None:
    coop.add("A001", '2026-03-01 custom "fava-option" "default-file" "/etc/passwd"\n')
    status, body = get(coop.main, f"{SLUG}/api/source?filename=")
    assert status != 200
    assert "root:" not in body


def test_a_ledger_that_includes_a_file_outside_its_folder_is_not_shown(coop: Coop) -> None:
    own = coop.own("A001")
    before = own.read_text(encoding="utf-8")
    write_text(own, before + 'include "../A002/books/2026.beancount"\n')
    for ledger, slug in ((own, "/livre-a001"), (coop.main, SLUG)):
        status, body = get(ledger, f"{slug}/journal/")
        assert (status, "beancoop check" in body, "Peeters" in body) == (500, True, False)
    assert get(coop.own("A002"), "/livre-a002/journal/")[0] == 200
    write_text(own, before)
    outside = coop.folder.parent / "dehors.beancount"
    write_text(outside, "; dehors\n")
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + f'include "{outside}"\n')
    status, body = get(coop.main, f"{SLUG}/journal/")
    assert status == 403
    assert "hors de son dossier" in body


@pytest.mark.parametrize("where", ["main", "books"])
def test_a_division_by_zero_ends_no_server(coop: Coop, where: str) -> None:
    """Beancount ends the process that reads one; whoever asks next is answered."""
    asking = client(coop.main)
    path = coop.main if where == "main" else coop.books("A001")
    before = path.read_text(encoding="utf-8")
    write_text(path, f'{before}\n2026-03-01 custom "follow-up" "A001" "x" 1/0\n')
    refused = asking.get(f"{SLUG}/journal/", headers={"Host": HOST})
    assert (refused.status_code, "beancoop check" in refused.text) == (500, True)
    write_text(path, before)
    assert asking.get(f"{SLUG}/journal/", headers={"Host": HOST}).status_code == 200


def test_the_whole_passes_the_gate_too(coop: Coop) -> None:
    write_text(coop.books("A001"), coop.books("A001").read_text(encoding="utf-8") + LEVY)
    assert get(coop.main, f"{SLUG}/journal/")[0] == 500
    assert get(coop.own("A002"), "/livre-a002/journal/")[0] == 200


LEVY = """
2026-01-31 * "Coopérative" "Contribution" #contribution
  Assets:55:5500-Banque:A001   0 EUR
  Assets:40:400-Clients:A001   0 EUR
"""


@pytest.mark.parametrize(
    "asked", ["api/source?filename={books}", "api/source_slice?entry_hash={hash}", "download-journal/"]
)
def test_a_link_that_is_led_elsewhere_after_the_load_shows_nothing(tmp_path: Path, asked: str) -> None:
    """No folder that is watched has changed: the link stands in none that holds a file of the ledger."""
    within, outside = tmp_path / "led/deep/real", tmp_path / "out"
    for folder, payee in ((within, "Within"), (outside, "Outside")):
        folder.mkdir(parents=True)
        text = f'2026-01-05 open Assets:A\n2026-01-06 * "{payee}"\n  Assets:A  0 EUR\n'
        write_text(folder / "books.beancount", text)
    link = tmp_path / "led/deep/link"
    link.symlink_to(within)
    write_text(tmp_path / "led/main.beancount", 'option "title" "T"\ninclude "deep/link/books.beancount"\n')
    for path in (outside, outside / "books.beancount"):
        os.utime(path, (0, 0))
    app = LedgerApp(tmp_path / "led/main.beancount", lambda: None)
    asking = Client(app)
    (entry,) = (each for each in asking.get("/t/api/journal").json["data"] if each["t"] == "Transaction")
    address = f"/t/{asked.format(books=link / 'books.beancount', hash=entry['entry_hash'])}"
    assert "Within" in asking.get(address).text
    link.unlink()
    link.symlink_to(outside)
    app.refresh()
    answer = asking.get(address)
    assert answer.status_code == 403
    assert "Outside" not in answer.text


NAMES = ("a", "b", "..", ".", "file")
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5).map("/".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PATHS, PATHS, st.booleans()), max_size=6), st.lists(PATHS, min_size=1, max_size=4))
def test_files_are_inside_where_their_links_lead_inside(links: list[tuple[str, str, bool]], files: list[str]) -> None:
    with tempfile.TemporaryDirectory() as home:
        ledger = Path(home).resolve() / "ledger"
        (ledger / "a/b").mkdir(parents=True)
        (ledger.parent / "b/a").mkdir(parents=True)
        for at, to, is_absolute in links:
            with contextlib.suppress(OSError, RuntimeError):
                (ledger / at).symlink_to(ledger / to if is_absolute else to)
        named = [f"{ledger}/{each}" for each in files if each.split("/")[-1] in {"a", "b", "file"}]
        try:
            expected = all(Path(each).resolve().parent.is_relative_to(ledger) for each in named)
        except RuntimeError:
            return  # a loop, which is no file
        assert adapter.are_inside(named, ledger) is expected


def test_a_document_outside_the_ledger_is_not_served(coop: Coop, victim: Path) -> None:
    link = coop.folder / "lien.txt"
    link.symlink_to(victim)
    for name in (victim, link):
        coop.add("A001", f'2026-03-01 document Assets:55:5500-Banque:A001 "{name}"\n')
        status, body = get(coop.main, f"{SLUG}/document/?filename={quote(str(name))}")
        assert (status, body) == (404, "")


def test_a_statement_outside_the_ledger_is_not_served(coop: Coop, victim: Path) -> None:
    coop.add("A001", f'2026-03-01 document Assets:55:5500-Banque:A001 "{victim}"\n')
    coop.add("A001", f'2026-03-01 note Assets:55:5500-Banque:A001 "relevé"\n  statement: "{victim}"\n')
    _, journal = get(coop.main, f"{SLUG}/api/journal")
    (entry,) = (each for each in json.loads(journal)["data"] if each["t"] == "Note")
    assert get(coop.main, f"{SLUG}/statement/?entry_hash={entry['entry_hash']}&key=statement") == (404, "")


def test_an_import_folder_outside_the_ledger_is_not_served(coop: Coop) -> None:
    coop.add("A001", '2026-03-01 custom "fava-option" "import-dirs" "/etc"\n')
    assert get(coop.main, f"{SLUG}/document/?filename=/etc/hostname") == (404, "")


def test_no_document_can_be_deleted(coop: Coop, victim: Path) -> None:
    coop.add("A001", f'2026-03-01 document Assets:55:5500-Banque:A001 "{victim}"\n')
    path = f"{SLUG}/api/document?filename={quote(str(victim))}"
    assert client(coop.main).delete(path, headers={"Host": HOST}).status_code in (401, 404)
    assert victim.is_file()


@pytest.mark.parametrize("name", ["facture.html", "logo.svg", "facture.pdf"])
def test_a_document_is_downloaded_and_can_run_nothing(coop: Coop, name: str) -> None:
    file = coop.own("A001").parent / "documents" / name
    file.parent.mkdir()
    write_text(file, "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    coop.add("A001", f'2026-03-01 document Assets:55:5500-Banque:A001 "../documents/{name}"\n')
    answer = client(coop.main).get(f"{SLUG}/document/?filename={quote(str(file))}", headers={"Host": HOST})
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_text_of_an_entry_stays_text_in_the_journal(coop: Coop) -> None:
    coop.add(
        "A001",
        f"""\
2026-03-01 * "{ONERROR}" "{ONERROR}"
  note: "{ONERROR}"
  Assets:55:5500-Banque:A001   0 EUR
  Assets:40:400-Clients:A001   0 EUR
    note: "{ONERROR}"
2026-03-01 note Assets:55:5500-Banque:A001 "{ONERROR}"
2026-03-01 custom "{ONERROR}" "{ONERROR}"
2026-03-01 query "{ONERROR}" "select 1"
""",
    )
    for path in ("journal_page?page=1&order=asc", "account_report?a=Assets:55:5500-Banque:A001"):
        _, body = get(coop.main, f"{SLUG}/api/{path}")
        html = json.loads(body)["data"]["journal"]
        assert "&lt;img" in html
        assert "<img" not in html
        assert "&lt;span" not in html  # what Fava's own macros make is not escaped a second time
        assert "<strong class='payee'>" in html


def test_fava_has_no_other_unescaped_place_in_its_templates() -> None:
    templates = Path(fava.__file__).parent / "templates"
    unescaped = ("|safe", "| safe", "Markup(", "autoescape false")
    found = {
        (file.name, mark)
        for file in templates.rglob("*")
        if file.is_file()
        for mark in unescaped
        if mark in file.read_text(encoding="utf-8")
    }
    # `beancount_file` is the journal as a text file to download, not a page
    assert found == {("_journal_table.html", "autoescape false"), ("beancount_file", "|safe")}


def test_our_own_pages_escape_everything() -> None:
    package = Path(adapter.__file__).parent
    for file in (*package.rglob("*.html"), *package.rglob("*.js")):
        text = file.read_text(encoding="utf-8")
        for mark in ("|safe", "| safe", "autoescape", "innerHTML", "{@html}", "<script"):
            assert mark not in text, file


def test_every_answer_forbids_foreign_scripts_and_frames(still: Client) -> None:
    for path in ("/", f"{SLUG}/journal/", query("select 1"), query(".output x"), "/nulle-part/journal/"):
        answer = still.get(path, headers={"Host": HOST})
        policy = answer.headers["Content-Security-Policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert scripts.split()[1] == "'self'"
        assert "'unsafe-inline'" not in scripts
        assert "'unsafe-eval'" not in scripts
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_endpoint_of_fava_is_known_and_only_those_that_show_are_open(coop: Coop) -> None:
    """A new release of Fava that adds an endpoint must fail here, until someone has looked at it."""
    rules = list(stock_fava([coop.main]).url_map.iter_rules())
    shut = {"json_api.get_extract"}
    writing = {rule.endpoint for rule in rules if not rule.methods or "GET" not in rule.methods}
    assert {rule.endpoint for rule in rules} == adapter.SHOWN | shut | writing
    assert not writing & adapter.SHOWN


def test_an_extension_endpoint_does_not_run(still: Client) -> None:
    for name in ("rows", "download_table", "download-table", "download-table.csv/"):
        assert asked(still, f"{SLUG}/extension/Activites/{name}")[0] == 404
    assert asked(still, f"{SLUG}/api/extract?filename=x&importer=y")[0] == 404


FOREIGN = """
from fava.ext import FavaExtensionBase, extension_endpoint

class Foreign(FavaExtensionBase):
    @extension_endpoint("download-table.csv", ["GET", "POST"])
    def run(self):
        open({proof!r}, "w").close()
        return "ran"
"""


def test_a_download_is_of_our_own_pages_alone(coop: Coop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = tmp_path / "ran"
    write_text(tmp_path / "foreign.py", FOREIGN.format(proof=str(proof)))
    monkeypatch.syspath_prepend(tmp_path)
    text = coop.main.read_text(encoding="utf-8")
    write_text(coop.main, text + '2026-01-01 custom "fava-extension" "foreign"\n')
    assert get(coop.main, f"{SLUG}/extension/Foreign/download-table.csv")[0] == 404
    assert not proof.exists()
    path = f"{SLUG}/extension/Activites/download-table.csv?table=activities"
    assert get(coop.main, path)[0] == 200
    for method in ("POST", "PUT", "DELETE"):
        assert client(coop.main).open(path, method=method, headers={"Host": HOST}).status_code in (401, 404)
    asking = client(coop.main)
    headers = {"Host": HOST, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert asking.get(path, headers=headers).status_code == 403


def test_no_cell_of_an_exported_table_is_a_formula(coop: Coop) -> None:
    texts = ["=cmd|' /C calc'!A0", "@SUM(1)", "+++123/4567/89012+++", "-2+3", "Madame Dupont"]
    for text in texts:
        coop.add(
            "A001",
            f'2026-03-05 * "{text}" "x"\n'
            "  Assets:55:5500-Banque:A001  -0.10 EUR\n  Assets:40:400-Clients:A001  0.10 EUR\n",
        )
    said = quote("select payee, number(units(position)) as n where date = 2026-03-05 and number < 0")
    status, body = get(coop.main, f"{SLUG}/download-query/query_result.csv?query_string={said}")
    assert status == 200
    _, *rows = csv.reader(io.StringIO(body))
    assert [row[0] for row in rows] == [*(f"'{text}" for text in texts[:-1]), texts[-1]]
    assert {float(row[1]) for row in rows} == {-0.10}


def test_a_ledger_that_cannot_be_loaded_is_told_without_a_traceback(coop: Coop) -> None:
    own = coop.own("A001")
    write_text(own, own.read_text(encoding="utf-8") + 'option "insert_pythonpath" "TRUE"\nplugin "casse_exprès"\n')
    write_text(own.parent / "casse_exprès.py", "raise RuntimeError\n")
    status, body = get(own, "/livre-a001/journal/")
    assert status == 500
    assert "beancoop check" in body
    assert "Traceback" not in body


def test_a_changed_file_and_a_new_file_are_seen_by_the_next_request(coop: Coop) -> None:
    asking = client(coop.main)

    def trades() -> str:
        return asking.get(f"{SLUG}/extension/Activites/", headers={"Host": HOST}).text

    assert "Boulangerie" not in trades()
    coop.add("A001", '2026-02-01 custom "activity-terms" "A001"\n  trade: "Boulangerie"\n')
    assert "Boulangerie" in trades()
    write_text(
        coop.books("A002").with_name("bank-2026.beancount"),
        '2026-03-01 * "Relieur" "Vente"\n  Assets:55:5500-Banque:A002  1 EUR\n  Assets:40:400-Clients:A002  -1 EUR\n',
    )
    assert "Relieur" in asking.get(f"{SLUG}/api/journal", headers={"Host": HOST}).text


def test_refusals_speak_the_readers_language(still: Client) -> None:
    for language, words in {
        "nl": "Alleen zoekopdrachten",
        "es": "Seules les requêtes",
        "de-AT,de;q=0.9,en;q=0.8": "Nur lesende",
    }.items():
        _, body = asked(still, query(".x"), Accept_Language=language)
        assert json.loads(body)["error"].startswith(words)
