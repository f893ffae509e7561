"""Sub-ledgers that attack, and sub-ledgers of every day.

Each attack is the text of a book (`books/2026.beancount`), or something done to the folder, with the place and the
words of the refusal that must follow. In the text `{trace}` is a file that nothing may ever create, and `tracer` is a
module that creates it when it is imported.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

BOOK = "books/2026.beancount"
LEDGER = "ledger.beancount"
BANK = "Assets:55:5500-Banque:A001"
SALES = "Income:70:700-VentesPrestations:A001"
INCLUDE = 'include "books/*.beancount"'

OPTIONS = """option "title" "A001"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
"""
TERMS = "terms.beancount"
TERMS_TEXT = """2026-01-05 custom "activity" "A001"
  overdraft: 100000 EUR
"""
ACCOUNTS = f"""
2026-01-05 open {BANK}
2026-01-05 open {SALES}
2026-01-05 open Assets:40:400-Clients:A001
2026-01-05 open Assets:41:411-TVARecuperable:A001
2026-01-05 open Liabilities:44:440-Fournisseurs:A001
2026-01-05 open Liabilities:45:451-TVAAPayer:A001
2026-01-05 open Expenses:60:601-Fournitures:A001
2026-01-05 open Expenses:61:6121-Telephone:A001
2026-01-05 open Assets:9:960-Liaison:A001
"""
LEDGER_TEXT = f'{OPTIONS}plugin "beancoop"\ninclude "{TERMS}"\n{INCLUDE}\n{ACCOUNTS}'
LAST_LINE = LEDGER_TEXT.count("\n") + 1
INCLUDE_LINE = LEDGER_TEXT.split("\n").index(INCLUDE) + 1

NAME_OF_A_COMMAND = "books/a\n::error::.beancount"


def write_honest(folder: Path) -> None:
    """Make the sub-ledger that the attacks start from."""
    for name in ("books", "documents"):
        (folder / name).mkdir(parents=True)
    (folder / LEDGER).write_text(LEDGER_TEXT)
    (folder / TERMS).write_text(TERMS_TEXT)
    (folder / BOOK).write_text("; 2026\n")
    (folder / "documents/facture.txt").write_text("facture")


def write_tracer(folder: Path, trace: Path) -> None:
    """Write the module whose import leaves *trace*, and which is then a plugin like any other."""
    (folder / "tracer.py").write_text(f"open({str(trace)!r}, 'w').close()\n__plugins__ = ()\n")


class Attack(NamedTuple):
    """A way to harm, and the refusal that meets it.

    Attributes:
        name: what is tried.
        words: what the refusal says.
        book: the text of the book, in which `{trace}` stands for the file that must not appear.
        line: the line that the refusal names; 0 where the file as a whole is at fault.
        act: what is done to the folder besides.
        file: the file that the refusal names, from the folder; "" for the folder itself.

    """

    name: str
    words: str
    book: str | bytes = "; 2026\n"
    line: int = 1
    act: Callable[[Path], object] | None = None
    file: str = BOOK

    def lay(self, folder: Path, trace: Path) -> None:
        """Make the sub-ledger in *folder*, with the attack in it."""
        write_honest(folder)
        book = self.book.encode() if isinstance(self.book, str) else self.book
        (folder / BOOK).write_bytes(book.replace(b"{trace}", os.fsencode(trace)))
        if self.act:
            self.act(folder)


def sale(amount: str = "10.00 EUR", extra: str = "") -> str:
    """Write a transaction with one amount at choice on its third line, the first being a comment."""
    return f'; vente\n2026-02-01 * "Client" "Vente"{extra}\n  {BANK}  {amount}\n  {SALES}  -10.00 EUR\n'


def appending(text: str) -> Callable[[Path], object]:
    """Add to the sub-ledger's own ledger file."""

    def act(folder: Path) -> None:
        with (folder / LEDGER).open("a") as file:
            file.write(text)

    return act


def linking(link: Callable[[Path, Path], object], name: str, to: Callable[[Path], Path]) -> Callable[[Path], object]:
    """Make a link in the folder."""
    return lambda folder: link(to(folder), folder / name)


def outside(folder: Path) -> Path:
    """Give a ledger file beside the sub-ledger."""
    path = folder.parent / "outside.beancount"
    path.write_text("; outside\n")
    return path


def making(name: str, content: bytes = b"") -> Callable[[Path], object]:
    """Put a file in the folder."""

    def act(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return act


def in_raw_bytes(folder: Path) -> None:
    """Put a file in the folder whose name is not UTF-8."""
    Path(os.fsdecode(os.fsencode(folder) + b"/documents/caf\xe9.txt")).write_text("")


_FOREIGN = "is not an account of A001"
_INSIDE = "of its own folder alone"
_LINK = "A link or special file"
_DIVISION = "A division is by a number other than zero"
_AS_PROGRAM = "A program has no place"
_UNSEEN = "invisible character"
_TEXTS = "holds quotation marks, behind which other lines can hide"

RUNS_CODE = (
    Attack("a plugin", 'take "tracer" away', '; x\nplugin "tracer"\n', 2),
    Attack("a plugin with a blank before it", 'take "tracer" away', '  plugin "tracer"\n'),
    Attack("a plugin in the middle of a transaction", 'take "tracer" away', sale() + '    plugin "tracer"\n', 5),
    Attack("a plugin after a syntax error", 'take "tracer" away', '2026-02-01 * "x\n"  ]\nplugin "tracer"\n', 3),
    Attack(
        "a plugin in ledger.beancount",
        'take "tracer" away',
        act=appending('plugin "tracer"\n'),
        file=LEDGER,
        line=LAST_LINE,
    ),
    Attack("our plugin with a configuration", 'take "beancoop" away', 'plugin "beancoop" "x"\n'),
    Attack("a plugin without a name", 'take "" away', 'plugin ""\n'),
    Attack("a plugin named from its own folder", 'take ".tracer" away', 'plugin ".tracer"\n'),
    Attack(
        "a plugin that shadows ours",
        'may not set option "insert_pythonpath"',
        'option "insert_pythonpath" "TRUE"\n',
        act=making("beancoop.py", b"import tracer\n"),
    ),
    Attack(
        "the order of plugins", 'may not set option "plugin_processing_mode"', 'option "plugin_processing_mode" "raw"\n'
    ),
    Attack("a page of Fava", 'custom "fava-extension"', '2026-01-05 custom "fava-extension" "tracer"\n'),
    Attack(
        "Fava's import configuration",
        'custom "fava-option"',
        '2026-01-05 custom "fava-option" "import-config" "documents/config.txt"\n',
        act=making("documents/config.txt", b"import tracer\n"),
    ),
    Attack("Fava's import folder", 'custom "fava-option"', '2026-01-05 custom "fava-option" "import-dirs" "/etc"\n'),
    Attack("Fava's file to write to", 'custom "fava-option"', '2026-01-05 custom "fava-option" "default-file" "/x"\n'),
    Attack(
        "a link in Fava's side bar", 'custom "fava-sidebar-link"', '2026-01-05 custom "fava-sidebar-link" "x" "//x"\n'
    ),
    Attack(
        "a load cache",
        _AS_PROGRAM,
        act=making(".ledger.beancount.picklecache", b"ctracer\n__name__\n."),
        file=".ledger.beancount.picklecache",
        line=0,
    ),
    Attack("a module", _AS_PROGRAM, act=making("documents/tracer.PY"), file="documents/tracer.PY", line=0),
    Attack(
        "a git attribute",
        "A hidden file",
        act=making(".gitattributes", b"* merge=union"),
        file=".gitattributes",
        line=0,
    ),
    Attack("a query that writes a file", "A query begins with", '2026-01-05 query "x" ".output {trace}"\n'),
    Attack(
        "a query that opens a file", "A query begins with", '2026-01-05 query "x" "create table x using \'csv:/x\'"\n'
    ),
)
REACHES_OUT = (
    Attack("an include of another sub-ledger", _INSIDE, 'include "../../A002/ledger.beancount"\n'),
    Attack("an include that comes back", _INSIDE, 'include "../../A001/books/2026.beancount"\n'),
    Attack("an include with a blank before it", _INSIDE, '\t include "../../A002/ledger.beancount"\n'),
    Attack("an include by an absolute path", _INSIDE, 'include "/etc/passwd"\n'),
    Attack("an include of the environment", _INSIDE, 'include "/proc/self/environ"\n'),
    Attack("an include of the whole disk", _INSIDE, 'include "/**/*.beancount"\n'),
    Attack("an include of folders without end", _INSIDE, 'include "**/**/**/**/*.beancount"\n'),
    Attack("an include of a text", _INSIDE, 'include "../documents/facture.txt"\n'),
    Attack(
        "an include of what is encrypted", _INSIDE, 'include "x.beancount.gpg"\n', act=making("books/x.beancount.gpg")
    ),
    Attack("an include of nothing", _INSIDE, 'include "absent.beancount"\n'),
    Attack("an include of a device", _INSIDE, 'include "/dev/zero"\n'),
    Attack(
        "a symbolic link",
        _INSIDE,
        act=linking(os.symlink, "books/x.beancount", outside),
        file=LEDGER,
        line=INCLUDE_LINE,
    ),
    Attack(
        "a symbolic link, itself",
        _LINK,
        act=linking(os.symlink, "books/x.beancount", outside),
        file="books/x.beancount",
        line=0,
    ),
    Attack("a hard link", _INSIDE, act=linking(os.link, "books/x.beancount", outside), file=LEDGER, line=INCLUDE_LINE),
    Attack(
        "a linked folder",
        _LINK,
        'include "x/*.beancount"\n',
        act=linking(os.symlink, "books/x", lambda folder: folder.parent),
        file="books/x",
        line=0,
    ),
    Attack(
        "an include through a linked folder",
        _INSIDE,
        'include "x/*.beancount"\n',
        act=linking(os.symlink, "books/x", lambda folder: outside(folder).parent),
    ),
    Attack(
        "a link in a circle", _LINK, act=linking(os.symlink, "books/x", lambda folder: folder), file="books/x", line=0
    ),
    Attack(
        "a pipe", _INSIDE, act=lambda folder: os.mkfifo(folder / "books/x.beancount"), file=LEDGER, line=INCLUDE_LINE
    ),
    Attack(
        "a folder named as a book",
        _INSIDE,
        act=lambda folder: (folder / "books/x.beancount").mkdir(),
        file=LEDGER,
        line=INCLUDE_LINE,
    ),
    Attack("a book in capitals", "in small letters", act=making("books/X.BEANCOUNT"), file="books/X.BEANCOUNT", line=0),
    Attack("a document by an absolute path", "lies outside", f'2026-01-05 document {BANK} "/etc/passwd"\n'),
    Attack("a document of another", "lies outside", f'2026-01-05 document {BANK} "../../A002/documents/x.pdf"\n'),
    Attack(
        "a ledger as a document, to be deleted", "is no document", f'2026-01-05 document {BANK} "../ledger.beancount"\n'
    ),
    Attack("a folder of documents", 'may not set option "documents"', 'option "documents" "/"\n'),
)
TOUCHES_OTHERS = (
    Attack("an account of another activity", _FOREIGN, "2026-01-05 open Assets:55:5500-Banque:A002\n"),
    Attack("an account of the structure", _FOREIGN, sale().replace(BANK, "Assets:55:5500-Banque:COOP"), 3),
    Attack("the bank account of all", _FOREIGN, "2026-01-05 balance Assets:55:5500-Banque  0.00 EUR\n"),
    Attack("closing the structure's bank", _FOREIGN, "2026-02-01 close Assets:55:5500-Banque:COOP\n"),
    Attack("an account without a number", _FOREIGN, "2026-01-05 open Assets:Bank:A001\n"),
    Attack("a unit in Cyrillic letters", _FOREIGN, "2026-01-05 open Assets:55:5500-Banque:\u0410001\n"),
    Attack(
        "a label in Cyrillic letters",
        "letters that pass for others",
        "2026-01-05 open Assets:55:5500-B\u0430nque:A001\n",
    ),
    Attack("an account in pieces", "letters that pass for others", "2026-01-05 open Assets:55:5500-Cafe\u0301:A001\n"),
    Attack("an account as metadata", _FOREIGN, sale(extra="\n  contre: Assets:55:5500-Banque:COOP"), 3),
    Attack("an account as a value", _FOREIGN, '2026-01-05 custom "follow-up" "A001" Assets:55:5500-Banque:COOP 1\n'),
    Attack("a note on another's account", _FOREIGN, '2026-01-05 note Assets:55:5500-Banque:A002 "x"\n'),
    Attack("another's terms", "must name A001", '2026-01-05 custom "activity-terms" "A002"\n  rate: 0.00\n'),
    Attack("another's seal", "must name A001", '2026-01-31 custom "closed" "2026-01" "A002"\n'),
    Attack("terms of nobody", "must name A001", '2026-01-05 custom "activity-terms"\n'),
    Attack("a meeting of the structure", 'may not hold custom "meeting"', '2026-01-05 custom "meeting" "monthly"\n'),
    Attack("a budget", 'may not hold custom "budget"', f'2026-01-05 custom "budget" {BANK} "daily" 1 EUR\n'),
    Attack("a pad", "may not hold a pad", f"2026-01-05 pad {BANK} {SALES}\n"),
    Attack("a price", "may not hold a price", "2026-01-05 price USD 1000 EUR\n"),
    Attack("an event", "may not hold a event", '2026-01-05 event "lieu" "Huy"\n'),
    Attack("a currency", "may not hold a commodity", "2026-01-05 commodity EUR\n"),
    Attack(
        "a place that is another's",
        '"filename" belongs to Beancount',
        sale(extra='\n  filename: "../A002/ledger.beancount"'),
        3,
    ),
    Attack("a line that is another's", '"lineno" belongs to Beancount', sale(extra="\n  lineno: 1"), 3),
    Attack("a posting's place", '"filename" belongs to Beancount', sale('10.00 EUR\n    filename: "x"'), 4),
    Attack("an entry as if made by the program", 'The letter "P"', sale().replace(" * ", " P "), 2),
    Attack("a tolerance", 'may not set option "tolerance_multiplier"', 'option "tolerance_multiplier" "1"\n'),
    Attack(
        "a tolerance by currency",
        'may not set option "inferred_tolerance_default"',
        'option "inferred_tolerance_default" "*:1"\n',
    ),
    Attack("a balance that is always right", "exact to the cent", f"2026-02-01 balance {BANK}  1.00 ~ 9999999 EUR\n"),
    Attack("a tag left open", "pushtag #paie goes on", "pushtag #paie\n"),
    Attack("metadata left open", "pushmeta rate: goes on", "; x\npushmeta rate: 0.00 EUR\n", 2),
    Attack(
        "a unit that is the structure",
        "code of its activity",
        act=lambda folder: folder.rename(folder.parent / "COOP"),
        file="..",
        line=0,
    ),
    Attack(
        "a unit without a code",
        "code of its activity",
        act=lambda folder: folder.rename(folder.parent / "a001"),
        file="..",
        line=0,
    ),
)
BREAKS_THE_PROGRAM = (
    Attack("a division by zero", _DIVISION, sale("1/0 EUR"), 3),
    Attack("zero by zero", _DIVISION, sale("0/0 EUR"), 3),
    Attack("a division by zero, worked out", _DIVISION, sale("10/(1-1) EUR"), 3),
    Attack("a division by minus zero", _DIVISION, sale("10/-0.00 EUR"), 3),
    Attack("a division by zero, on the way", _DIVISION, sale("10/2/0*5 EUR"), 3),
    Attack("a division by zero as a value", _DIVISION, '2026-02-12 custom "follow-up" "A001" "x" 1/0\n'),
    Attack("a division by zero as metadata", _DIVISION, '2026-02-12 custom "activity-terms" "A001"\n  rate: 1/0\n', 2),
    Attack("a division by zero in a price", _DIVISION, sale("1 USD @ 1/0 EUR"), 3),
    Attack("a division by zero in a balance", _DIVISION, f"2026-02-01 balance {BANK}  1/0 EUR\n"),
    Attack("a cost without a price", "A price needs", sale("1 USD {} @@"), 3),
    Attack("a total price of nothing", "What has a price", sale("@@ 10 EUR"), 3),
    Attack("parentheses without end", "parentheses are open", sale("(" * 2000 + "1" + ")" * 2000 + " EUR"), 3),
    Attack("a number without end", "more than 20 digits", sale("9" * 4000 + " EUR"), 3),
    Attack("decimals without end", "more than 20 digits", sale("0." + "0" * 4000 + "1 EUR"), 3),
    Attack("a product without end", "is 1,000,000,000,000,000 or more", sale("9999999999*9999999999 EUR"), 3),
    Attack(
        "a huge rate",
        "is 1,000,000,000,000,000 or more",
        '2026-02-12 custom "activity-terms" "A001"\n  rate: 9999999999*9999999999\n',
        2,
    ),
    Attack("a line without end", "more than 5,000 characters", "; ok\n; " + "x" * 1_000_000, 2),
    Attack("a file without end", "more than 2,000,000 bytes", "; x\n" * 600_000, 0),
    Attack("a text without end", "more than 64 lines", '2026-02-01 * "' + "x\n" * 200 + '"\n', 201),
    Attack("the name of a root as a pattern", 'may not set option "name_assets"', 'option "name_assets" "(A+)+$"\n'),
    Attack("a date before the books", "lies before 2000", f'1999-12-31 note {BANK} "x"\n'),
    Attack("a date beyond all books", "or after 2100", f'9999-12-31 note {BANK} "x"\n'),
    Attack("a date that does not exist", "There is no such date", f'2026-02-30 note {BANK} "x"\n'),
    Attack("what is no ledger", "Invalid token", "<html>\n", 1),
)
DECEIVES = (
    Attack("a zero byte", _UNSEEN, b"; x\n; a\x00b\n", 2),
    Attack("a control character", _UNSEEN, f'2026-01-05 note {BANK} "a\x1b[2Jb"\n'),
    Attack("a control character as an escape", _UNSEEN, f'2026-01-05 note {BANK} "a\\bb"\n'),
    Attack("text from right to left", "U+202E", f'; x\n2026-01-05 note {BANK} "a\u202eb"\n', 2),
    Attack("a blank without width", "U+200B", f'2026-01-05 note {BANK} "a\u200bb"\n'),
    Attack("a tag character", "U+E0041", f'2026-01-05 note {BANK} "a\U000e0041b"\n'),
    Attack("a letter without shape", "U+3164", f'2026-01-05 note {BANK} "a\u3164b"\n'),
    Attack("a line that hides in a carriage return", "U+000D", '; x\rplugin "tracer"\n'),
    Attack("a byte order mark", "U+FEFF", b"\xef\xbb\xbf; x\n"),
    Attack("UTF-16", "not UTF-8", '; x\nplugin "tracer"\n'.encode("utf-16")),
    Attack("Latin-1", "not UTF-8", "; un\n; café\n".encode("latin-1"), 2),
    Attack("a program for the browser", '"<" before a letter', sale(extra=' "<img src=x onerror=alert(1)>"'), 2),
    Attack("a program in a payee", '"<" before a letter', sale().replace("Client", "<script>"), 2),
    Attack("a program behind an escape", '"<" before a letter', sale().replace("Client", "<\\script>"), 2),
    Attack("a program as metadata", '"<" before a letter', sale(extra='\n  ref: "</a><b>"'), 3),
    Attack("a program in a title", '"<" before a letter', 'option "title" "<!-- "\n'),
    Attack("a tag with markup", "Invalid token", sale(extra=" #<b>"), 2),
    Attack("a link with markup", "Invalid token", sale(extra=" ^<b>"), 2),
    Attack("lines in a note", _TEXTS, f'2026-01-05 note {BANK} "x\\"\n2026-01-06 custom \\"x"\n', 1),
    Attack("lines in a note, by escapes", _TEXTS, f'2026-01-05 note {BANK} "x\\"\\nplugin \\"tracer"\n'),
    Attack("lines in a query", _TEXTS, '2026-01-05 query "x" "SELECT 1\\"\\nplugin \\"tracer"\n'),
    Attack("lines in a value", _TEXTS, '2026-01-05 custom "follow-up" "A001" "x\\"\\nplugin \\"tracer" 1\n'),
    Attack("a command in a file's name", "rename the file", act=making(NAME_OF_A_COMMAND), file="", line=0),
    Attack("markup in a file's name", "rename the file", act=making("documents/<img src=x>.txt"), file="", line=0),
    Attack(
        "a file's name from right to left", "rename the file", act=making("documents/a\u202etxt.exe"), file="", line=0
    ),
    Attack("a file's name in Latin-1", "rename the file", act=in_raw_bytes, file="", line=0),
)
ATTACKS = RUNS_CODE + REACHES_OUT + TOUCHES_OTHERS + BREAKS_THE_PROGRAM + DECEIVES
