"""The README and every guide, run: each command as it stands there, in order, with the files it speaks of."""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from beancoop_cli.main import main
from camt_writer import Entry, camt
from camt_writer import Paper as Statement
from cii_writer import factur_x
from click.testing import CliRunner
from coda_writer import IBAN, Line, Paper, coda
from ubl_writer import CUSTOMER, DELHEZ, OURS, US, Bill, Item, ubl

ROOT = Path(__file__).parents[2]
GUIDES = ("README.md", "ledgers/README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
SYNOPSIS = "docs/contract.md"
"""What it shows are forms of commands, with dots and bars."""


class Shown(NamedTuple):
    """A command of a guide, the file that its answer goes to, and the lines that the guide shows as its answer."""

    program: str
    words: tuple[str, ...]
    to: str
    answer: tuple[str, ...]


def shown(guide: str) -> list[Shown]:
    """Give the commands of a guide; what stands below those of a block is the answer of the last."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    found: list[Shown] = []
    for block in re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", text, re.MULTILINE):
        lines = [line[4:] for line in block.splitlines() if line]
        commands = list(itertools.takewhile(re.compile("(beancoop|cd) ").match, lines))
        found += map(_read, commands)
        if commands:
            found[-1] = found[-1]._replace(answer=tuple(lines[len(commands) :]))
    return found


def _read(line: str) -> Shown:
    program, *words = shlex.split(line, comments=True)
    if ">" not in words:
        return Shown(program, tuple(words), "", ())
    return Shown(program, tuple(words[: words.index(">")]), words[-1], ())


SALE = """
2026-03-12 * "Commune de Huy" "Facture A001-2026-0001" ^A001-2026-0001
  Assets:40:400-Clients:A001               1210.00 EUR
  Income:70:700-VentesPrestations:A001    -1000.00 EUR
  Liabilities:45:451-TVAPayer:A001         -210.00 EUR
"""
FOUNDED = (
    f"init . --start 2026-01-01 --iban {IBAN} --enterprise {OURS}",
    "activity A002 --start 2026-01-01",
    "activity A014 --start 2026-01-01",
)
RULE = f"""
[[invoice]]
name = "Delhez"
when = {{ supplier = "{DELHEZ}" }}
then = {{ account = "604-Marchandises", flag = "*" }}
"""
OPENING, YEAR_END = "docs/opening.md", "docs/year-end.md"
PREPARED = {"docs/leaving.md": "import releve.cod"}
"""What was done before, beside what `found` does: her customer has paid."""
BOUGHT = Bill((Item(Decimal("100.00")),), number="D-1", date="2026-03-03", due="2026-04-03", buyer_reference="A001")
SOLD = replace(BOUGHT, number="A001-2026-0002", seller=US, buyer=CUSTOMER)
PAID = Line(1_210_000, booked="160326", value="160326", communication="A001-2026-0001", name="Commune de Huy")


def lay_files(folder: Path, guide: str) -> None:
    """Put into *folder* what the guides speak of: statements, invoices, people, a rule for the supplier."""
    with (folder / "ledgers/rules.toml").open("a", encoding="utf-8") as rules:
        rules.write(RULE)
    spent = Entry("-20.00", booked="2026-03-17", value="2026-03-17")
    old, old_date = (1_000_000, "311225") if guide == OPENING else (0, "150326")
    table = re.search(r"```csv\n(.*?)```", (ROOT / OPENING).read_text(encoding="utf-8"), re.DOTALL)[1]
    files = {
        "opening.csv": table.encode(),
        "releve.cod": coda(Paper((PAID,), old=old, old_date=old_date, new_date="160326")),
        "extrait.xml": camt(Statement((spent,), old="1210.00", old_date="2026-03-16", new_date="2026-03-17")),
        "facture.xml": ubl(BOUGHT),
        "facture.pdf": factur_x(replace(BOUGHT, number="D-2")),
        "inbox/vente.xml": ubl(SOLD),
        "people.toml": people().encode(),
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def people() -> str:
    """Give the list of people that docs/serving.md shows."""
    text = (ROOT / "docs/serving.md").read_text(encoding="utf-8")
    return re.search(r"    # people.toml\n((?:    .*\n|\n)+)", text)[1].replace("\n    ", "\n").strip()


def found(guide: str) -> None:
    """Make a cooperative in this folder, with a sale in March."""
    for command in FOUNDED:
        assert run(*command.split()).exit_code == 0, command
    with Path("ledgers/activities/A001/books/2026.beancount").open("a", encoding="utf-8") as books:
        books.write(SALE)
    lay_files(Path(), guide)


BOUGHT_A_SAW = """
2025-04-02 * "Outillage SA" "Scie"
  Assets:23:2300-InstallationsMachinesOutillage:A001   600.00 EUR
    asset: "A001-01"
    life: 5
  Liabilities:44:440-Fournisseurs:A001   -600.00 EUR
"""
SHARES = "date,member,movement,class,shares,paid,account,note\n2025-01-02,M001,subscribed,A,12,3000.00,1109,\n"
PAID_UP = """
2025-01-02 * "Apports"
  Assets:55:5500-Banque:COOP   3000.00 EUR
  Equity:11:1109-Apports:COOP   -3000.00 EUR
"""


def live_a_year() -> None:
    """Make a cooperative whose year 2025 is closed but for December, and what the guide shows in its books."""
    for command in (*(each.replace("2026-01-01", "2025-01-01") for each in FOUNDED[:2]),):
        assert run(*command.split()).exit_code == 0, command
    text = (ROOT / YEAR_END).read_text(encoding="utf-8")
    stock, decided = (
        re.search(rf"^      {start}.*\n(?:      .+\n)+", text, re.MULTILINE)[0].replace("\n      ", "\n").strip()
        for start in ("2025-12-31 \\*", "2026-05-20 \\*")
    )
    written = {
        "activities/A001/books/2025.beancount": SALE.replace("2026", "2025") + BOUGHT_A_SAW + f"\n{stock}\n",
        "coop/2025.beancount": PAID_UP,
        "coop/2026.beancount": f"{decided}\n",
        "coop/shares.csv": SHARES,
    }
    for name, more in written.items():
        with (Path("ledgers") / name).open("a", encoding="utf-8") as file:
            file.write(more)
    for month in range(1, 12):
        assert run("close", f"2025-{month:02}").exit_code == 0, month
    for quarter in ("2025-Q1", "2025-Q2", "2025-Q3"):
        assert run("vat", "file", quarter).exit_code == 0, quarter


def run(*words: str):
    """Run a command of beancoop here, in English."""
    return CliRunner().invoke(main, ["--lang", "en", *words])


def put_under_version_control() -> None:
    """Have all that is here in a history of versions."""
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=A", "-c", "user.email=a@b.be", "commit", "-qm", "A"),
    ):
        subprocess.run(["git", *words], check=True)


def check_out(*folders: str) -> None:
    """Make the checkouts that a proposal is judged with, all as the books are now."""
    for folder in folders:
        shutil.copytree("ledgers", f"{folder}/ledgers")


def is_served(words: tuple[str, ...], folder: Path) -> bool:
    """Say whether a command that serves does, until it is told to stop; at a place of its own, as others test too."""
    place = folder / "here"
    bind = f"127.0.0.1:{free_port()}" if "--write" in words else f"unix:{place}"
    program = [sys.executable, "-c", "from beancoop_cli.main import main; main()"]
    server = subprocess.Popen([*program, *words, "--bind", bind], stdout=subprocess.PIPE, text=True)
    try:
        return bind in server.stdout.readline()
    finally:
        server.terminate()
        server.communicate()


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


PREPARE = {"doctor": put_under_version_control, "gate": lambda: check_out("trusted", "idea", "proposal")}


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if guide != SYNOPSIS and shown(guide)])
def test_each_command_of_a_guide_does_what_it_says(guide, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if guide == "ledgers/README.md":
        shutil.copytree(ROOT / "ledgers", "ledgers")
    elif guide == YEAR_END:
        live_a_year()
    elif shown(guide)[0].words[0] != "init":
        found(guide)
    if guide in PREPARED:
        assert run(*PREPARED[guide].split()).exit_code == 0
    for program, words, to, answer in shown(guide):
        if program == "cd":
            monkeypatch.chdir(*words)
            lay_files(Path(), guide)
        elif words[0] == "serve":
            assert is_served(words, tmp_path), words
        else:
            PREPARE.get(words[0], lambda: None)()
            result = run(*words)
            assert result.exit_code == 0, (words, result.output)
            assert set(answer) <= set(result.output.splitlines()), words
            if to:
                Path(to).write_text(result.stdout, encoding="utf-8")


def test_the_guides_show_commands_enough():
    """A guide whose form is no longer known is not a guide without commands."""
    assert sum(len(shown(guide)) for guide in GUIDES if guide != SYNOPSIS) >= 35
    assert len(shown("README.md")) > 10


def test_each_command_of_the_contract_is_there():
    names = re.findall(r"^    beancoop (\w\S*)", (ROOT / SYNOPSIS).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) > 10
    for name in names:
        assert run(name, "--help").exit_code == 0, name
