"""What `beancoop check` finds, the gate first: each remedy is done as its message says, and nothing is left."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from beancoop.model.findings import Finding
from remedies.doing import Act, named, swap, take_entry_out, take_out
from trust.lab import START, Lab

if TYPE_CHECKING:
    from collections.abc import Callable

BOOK, LEDGER, TERMS = "books/2026.beancount", "ledger.beancount", "terms.beancount"
CLOSED = "closed/contributions-2026.beancount"
BANK, SALES = "Assets:55:5500-Banque:A001", "Income:70:700-VentesPrestations:A001"
PIPES = ("2026-02-01 query",)


class Case(NamedTuple):
    """A mistake in A001's folder, or beside it, and what its message says to do.

    Attributes:
        code: the code of the finding.
        lay: makes the mistake.
        act: does what the message says.
        also: the codes of what the same mistake brings about besides.

    """

    code: str
    lay: Callable[[Lab], object]
    act: Callable[[Lab, Finding], object]
    also: frozenset[str] = frozenset()


def book(text: str | bytes, file: str = BOOK):
    """Add to a file of A001."""

    def lay(lab: Lab) -> None:
        with (lab.folder("A001") / file).open("ab") as opened:
            opened.write(b"\n" + (text.encode() if isinstance(text, str) else text))

    return lay


def put(name: str, content: bytes = b"x"):
    """Put a file into the folder of A001."""

    def lay(lab: Lab) -> None:
        path = lab.folder("A001") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return lay


def text(act: Act):
    """Change the text of the file found."""

    def deed(_: Lab, finding: Finding) -> None:
        path = Path(finding.file)
        path.write_text("\n".join(act(path.read_text(encoding="utf-8").split("\n"), finding)), encoding="utf-8")

    return deed


def away(_: Lab, finding: Finding) -> None:
    """Take the file found away."""
    path = Path(finding.file)
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def named_again(new: str):
    """Give the file found another name."""
    return lambda _, finding: Path(finding.file).rename(Path(finding.file).with_name(new))


def fix_layout(lab: Lab, finding: Finding) -> None:
    """Run the command that the message names."""
    name, option = named(r"beancoop (check --fix-layout)", finding).split()
    assert lab.run(name, option).exit_code == 0


def sale(amount: str = "10.00 EUR", extra: str = "") -> str:
    return f'2026-02-03 * "Client" "Vente"{extra}\n  {BANK}  {amount}\n  {SALES}  -10.00 EUR\n'


def note(said: str) -> str:
    return f'2026-02-03 note {BANK} "{said}"\n'


def renamed(lab: Lab, _: Finding) -> None:
    """Rename the file, whose name the message shows with its signs made harmless."""
    documents = lab.folder("A001") / "documents"
    (documents / "<b>.txt").rename(documents / "b.txt")


def linked(lab: Lab) -> None:
    (lab.folder("A001") / "documents/x.pdf").symlink_to("/etc/hostname")


def plain_file(_: Lab, finding: Finding) -> None:
    """Put a plain file where the link was."""
    path = Path(finding.file)
    path.unlink()
    path.write_bytes(b"x")


def in_utf8(_: Lab, finding: Finding) -> None:
    path = Path(finding.file)
    path.write_bytes(path.read_bytes().decode("latin-1").encode())


def by_year(_: Lab, finding: Finding) -> None:
    """Split the file."""
    path = Path(finding.file)
    lines = path.read_text().split("\n")
    path.write_text("\n".join(lines[: len(lines) // 2]))
    path.with_name("2027.beancount").write_text("\n".join(lines[len(lines) // 2 :]))


def outside(lab: Lab) -> None:
    (lab.main.parent / "statements/recu.pdf").write_bytes(b"%PDF")
    book(f'2026-02-03 document {BANK} "../../../statements/recu.pdf"\n')(lab)


def inside(lab: Lab, finding: Finding) -> None:
    shutil.move(lab.main.parent / "statements/recu.pdf", lab.folder("A001") / "documents/recu.pdf")
    text(swap("../../../statements", "../documents"))(lab, finding)


def without_ledger(lab: Lab) -> None:
    assert lab.run("activity", "A003", "--start", START).exit_code == 0
    (lab.folder("A003") / LEDGER).rename(lab.root / "kept")


def with_ledger(lab: Lab, finding: Finding) -> None:
    (lab.root / "kept").rename(lab.folder("A003") / named(r"needs a file (\S+);", finding))


def terms_in_books(lab: Lab) -> None:
    book('2026-03-01 custom "activity-terms" "A001"\n  rate: 0.08\n')(lab)


def without_terms(lab: Lab) -> None:
    folder = lab.folder("A001")
    said = (folder / TERMS).read_text()
    (folder / TERMS).unlink()
    ledger = folder / LEDGER
    ledger.write_text(ledger.read_text().replace('include "terms.beancount"\n', "") + "\n" + said)


LATE = '2026-03-01 custom "activity-terms" "A001"\n  rate: 0.08\n'
GATE = [
    Case("BC601", book("; café\n".encode("latin-1")), in_utf8),
    Case("BC602", book("; " + "x" * 6000 + "\n"), text(lambda lines, _: [line[:80] for line in lines])),
    Case("BC603", book("; a\u202eb\n"), text(swap("\u202e", ""))),
    Case("BC604", book(sale("10/(1-1) EUR")), text(swap("10/(1-1)", "10.00"))),
    Case("BC605", book(sale("9" * 40 + " EUR")), text(swap("9" * 40, "10.00"))),
    Case(
        "BC606",
        book(sale("(" * 200 + "10.00" + ")" * 200 + " EUR")),
        text(swap("(" * 200 + "10.00" + ")" * 200, "10.00")),
    ),
    Case("BC607", book(note("a\\bb")), text(swap("a\\bb", "ab"))),
    Case(
        "BC608",
        book('2026-02-03 * "' + "x\n" * 100 + "\n" + sale()),
        text(
            lambda lines, _: [*(line.replace('2026-02-03 * "x', '; 2026-02-03 "x"') for line in lines if line != "x")]
        ),
    ),
    Case("BC609", book(note("<b")), text(swap("<b", "< b"))),
    Case("BC611", put("documents/<b>.txt"), renamed),
    Case("BC612", linked, plain_file),
    Case("BC613", put("documents/x.py"), away),
    Case("BC614", put("books/2027.BEANCOUNT", b"; x\n"), named_again("2027.beancount")),
    Case("BC615", put("documents/.x"), away),
    Case(
        "BC616",
        put("documents/" + "/".join(["d" * 60] * 10) + "/x.pdf"),
        lambda lab, _: shutil.rmtree(lab.folder("A001") / "documents" / ("d" * 60)),
    ),
    Case("BC621", book('option "documents" "/"\n', LEDGER), text(take_out())),
    Case("BC622", book('plugin "os"\n', LEDGER), text(take_out())),
    Case("BC623", book('include "../A002/ledger.beancount"\n', LEDGER), text(take_out())),
    Case("BC624", book("2026-02-03 open Assets:57:571-Caisse:A002\n"), text(swap("A002", "A001"))),
    Case("BC625", book("2026-02-03 open Assets:57:571-C\u0430isse:A001\n"), text(swap("C\u0430isse", "Caisse"))),
    Case("BC626", book(sale(extra='\n  filename: "x"')), text(swap("filename", "fichier"))),
    Case("BC627", book(sale("10.00 USD @@")), text(swap("@@", "@@ 10.00 EUR"))),
    Case("BC628", book(sale("@@ 10.00 EUR")), text(swap("@@", "10.00 USD @@")), frozenset({"BC021"})),
    Case("BC629", book(sale("9999999999*9999999999 EUR")), text(swap("9999999999*9999999999", "10.00"))),
    Case(
        "BC630",
        book("pushtag #paie\n"),
        text(lambda lines, finding: [*lines, named(r"end it with (.*?)\. \[", finding)]),
    ),
    Case("BC631", book("; x\n" * 600_000), by_year),
    Case("BC633", book(note("x").replace("2026", "1999")), text(swap("1999", "2026"))),
    Case("BC634", book("2026-02-03 price USD 1.00 EUR\n"), text(take_out())),
    Case("BC635", book(sale().replace(" * ", " P ")), text(swap(" P ", " {said} ", said=r"transaction with (\*) or"))),
    Case("BC636", book(f"2026-02-02 balance {BANK}  0.00 ~ 9 EUR\n"), text(swap(" ~ 9", ""))),
    Case("BC637", book(f'2026-02-03 note {BANK} "x\\"\n2026-02-04 y"\n'), text(swap('\\"', ""))),
    Case(
        "BC638",
        book('2026-02-03 query "x" ".output x"\n'),
        text(swap(".output x", "{said} account", said=r"begins with (SELECT),")),
    ),
    Case("BC639", outside, inside),
    Case(
        "BC640",
        book(f'2026-02-03 document {BANK} "../ledger.beancount"\n'),
        lambda lab, finding: (
            put("documents/recu.pdf")(lab),
            text(swap("../ledger.beancount", "../documents/recu.pdf"))(lab, finding),
        ),
    ),
    Case("BC641", book('2026-02-03 custom "budget" "x"\n'), text(take_out())),
    Case(
        "BC642",
        book('2026-03-01 custom "activity-terms" "A002"\n  rate: 0.08\n', TERMS),
        text(swap("A002", "{said}", said=r"must name (\S+),")),
    ),
    Case("BC648", book(sale("0 USD {{10.00 EUR}}")), text(swap("0 USD {{10.00 EUR}}", "10.00 EUR"))),
    Case("BC651", without_ledger, with_ledger),
    Case(
        "BC652",
        lambda lab: (lab.folder("A001").parent / "notes.txt").write_text("x"),
        lambda lab, finding: (lab.folder("A001").parent / named(r"take '(\S+)' away", finding)).unlink(),
    ),
    Case(
        "BC653",
        lambda lab: shutil.copytree(lab.folder("A001"), lab.folder("a003")),
        lambda lab, finding: shutil.rmtree(lab.folder("A001").parent / named(r"take '(\S+)' away", finding)),
    ),
    Case("BC660", terms_in_books, fix_layout),
    Case(
        "BC660",
        terms_in_books,
        lambda lab, finding: (
            text(take_entry_out)(lab, finding),
            book(LATE, named(r"belongs in (\S+?);", finding).rpartition("/")[2] or TERMS)(lab),
        ),
    ),
    Case(
        "BC661",
        book(
            '2026-02-28 * "x" #contribution\n  Expenses:9:950-Contribution:A001  1.00 EUR\n'
            "  Assets:9:960-Liaison:A001  -1.00 EUR\n"
        ),
        text(take_entry_out),
    ),
    Case(
        "BC662",
        lambda lab: (
            put("autres.beancount", note("x").encode())(lab),
            book('include "autres.beancount"\n', LEDGER)(lab),
        ),
        fix_layout,
    ),
    Case(
        "BC662",
        put("autres.beancount", note("x").encode()),
        lambda lab, finding: (book(note("x"))(lab), away(lab, finding)),
    ),
    Case("BC663", without_terms, fix_layout, frozenset({"BC660"})),
]


def coop(text_: str, file: str = "coop/2026.beancount"):
    """Add to a file of the cooperative."""

    def lay(lab: Lab) -> None:
        with (lab.main.parent / file).open("a") as opened:
            opened.write(f"\n{text_}")

    return lay


def in_main(old: str, new: str):
    def lay(lab: Lab) -> None:
        said = lab.main.read_text()
        assert old in said
        lab.main.write_text(said.replace(old, new))

    return lay


PIECE = """2026-02-0{} * "Vente"
  piece: "{}"
  Assets:57:570-Caisse:COOP  1.00 EUR
  Income:74:743-ProduitsDivers:COOP  -1.00 EUR
"""
OWN = '2026-02-03 * "x"\n  Assets:57:570-Caisse:COOP  {}\n  Income:74:743-ProduitsDivers:COOP  {}\n'
WHOLE = [
    Case(
        "BC221",
        in_main('option "tolerance_multiplier" "0"\n', ""),
        text(lambda lines, finding: [named(r"add the line: (.*)\. \[", finding), *lines]),
    ),
    Case("BC222", coop("2026-02-03 balance Assets:57:570-Caisse:COOP  0.00 ~ 1 EUR\n"), text(swap(" ~ 1", ""))),
    Case(
        "BC223",
        coop(OWN.format("1.00 EUR", "")),
        text(
            lambda lines, finding: [
                f"{line.rstrip()}  {named(r'write it, (.*) if that', finding)}" if number == finding.line else line
                for number, line in enumerate(lines, 1)
            ]
        ),
    ),
    Case(
        "BC224",
        coop(OWN.format("1.005 EUR", "-1.005 EUR")),
        text(lambda lines, _: [line.replace("1.005", "1.00") for line in lines]),
        frozenset(),
    ),
    Case(
        "BC291",
        in_main('plugin "beancoop"\n', ""),
        text(lambda lines, finding: [named(r'no line: (plugin "beancoop")\.', finding), *lines]),
    ),
    Case("BC554", coop(PIECE.format(3, "VEN/2026/1")), text(swap("VEN/2026/1", "{said}", said=r'such as "(.*?)"'))),
    Case("BC555", coop(2 * PIECE.format(3, "VEN-2026-0001")), text(swap("VEN-2026-0001", "VEN-2026-0002"))),
    Case(
        "BC556",
        coop(PIECE.format(3, "VEN-2026-0001") + PIECE.format(4, "VEN-2026-0003")),
        text(lambda lines, finding: [*lines, *PIECE.format(4, named(r"Piece (\S+) is missing", finding)).split("\n")]),
    ),
    Case(
        "BC557",
        coop(PIECE.format(4, "VEN-2026-0001") + PIECE.format(3, "VEN-2026-0002")),
        text(swap("2026-02-03", "2026-02-04")),
    ),
]


@pytest.fixture
def lab(template, tmp_path):
    return Lab(Path(shutil.copytree(template, tmp_path / "lab")))


def checked(lab: Lab) -> list[Finding]:
    result = lab.run("check", "--format", "json")
    assert result.exit_code in {0, 1}, result.output
    return [Finding(one["file"], one["line"], f"{one['message']} [{one['code']}]") for one in json.loads(result.stdout)]


def codes(found: list[Finding]) -> set[str]:
    return {re.search(r"\[(\w*)\]$", one.message)[1] for one in found}


def test_the_books_of_the_test_are_without_fault(lab):
    assert checked(lab) == []


@pytest.mark.parametrize("case", [*GATE, *WHOLE], ids=lambda case: case.code)
def test_what_the_message_says_does(lab, case):
    case.lay(lab)
    found = checked(lab)
    assert codes(found) == {case.code, *case.also}, found
    first = next(one for one in found if f"[{case.code}]" in one.message)
    path = lab.main.parent.parent / first.file if not Path(first.file).is_absolute() else Path(first.file)
    case.act(lab, first._replace(file=str(path)))
    assert checked(lab) == []
