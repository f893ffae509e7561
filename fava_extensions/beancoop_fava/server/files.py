"""Fava's way to the files of a ledger: reading what no file holds yet, and writing through the one writer."""

from __future__ import annotations

import io
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from beancoop.loading.ledger import Ledger
from beancoop.model.accounts import COOP, RootNames, parse_account
from beancoop.model.findings import Refusal
from beancoop.model.register import read_register
from beancoop.storage.atomic import read_text
from beancoop.storage.commit import Writing, changes_of
from beancoop.storage.layout import book, book_to_write
from beancoop.storage.printing import as_text
from beancoop.storage.step import Change, ConflictError, apply_changes, one_writer
from beancoop.words.language import of_environment
from beancoop.words.messages import error, phrase
from beancoop.words.system import reason
from beancount.core import data
from beancount.parser.parser import parse_string
from fava.beans.account import get_entry_accounts
from fava.beans.funcs import get_position
from fava.beans.str import to_string
from fava.core.file import FileModule, GeneratedEntryError, find_entry_lines
from fava.json_api import FavaJSONAPIError
from flask import request
from markupsafe import Markup

from beancoop_fava.server.writer import QuestionError, listed, unit_of, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flask import Response

    from beancoop_fava.server.watching import Watch

CHANGED = error(
    "BC1554", "{file} was changed by somebody else since you opened it; nothing was written. Load the page again."
)
NOT_OF_THE_LEDGER = error("BC1555", "{file} is not a file of this ledger; nothing was written.")
NOT_AS_ENTERED = error(
    "BC1556",
    "The entry of {day} would not be read back as it was entered; nothing was written. Look at its texts, its amounts "
    "and the names of its metadata.",
)
NO_INBOX = error(
    "BC1557", "The ledger names no folder to import from, in its own folder; add a fava-option import-dirs."
)
NO_FILE_NAME = error("BC1558", "Nothing was uploaded: the file needs a name.")
THERE_ALREADY = error("BC1559", "{file} is there already; give the file another name.")
WROTE = phrase("Written: {files}")

CONFIRMED = "Beancoop-Confirmed"
"""The request's header with the tokens of the questions that were said yes to, separated by commas."""
QUESTION, WRITTEN = "Beancoop-Question", "Beancoop-Written"
"""The answer's headers: the token of the question that it asks; what was written, percent-encoded."""
_TITLE = "écritures"


class RefusedError(FavaJSONAPIError):
    """A refusal as Fava tells one: its message, and the HTTP status (RFC 9110, section 15)."""

    def __init__(self, message: str, status: HTTPStatus) -> None:
        """Refuse with *status*."""
        super().__init__(message)
        self._status = status

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status."""
        return self._status


class ShownFiles(FileModule):
    """The files of a ledger that is shown; an entry that no file holds, such as a provisional levy, is written out."""

    def render_entries(self, entries: Sequence[Any]) -> Iterable[Markup]:
        """Give each entry as its file has it, or else as it would be written."""
        for entry in entries:
            try:
                yield from super().render_entries([entry])
            except (GeneratedEntryError, ValueError):
                yield Markup(self.text_of(entry))  # noqa: S704 - a text file to download, not a page

    def text_of(self, entry: Any) -> str:  # noqa: ANN401 - a directive of Fava's or Beancount's
        """Write an entry out."""
        options = self.ledger.fava_options
        return to_string(entry, options.currency_column, options.indent)


class WrittenFiles(ShownFiles):
    """The files of a ledger that its accountant writes: Fava asks here, and the one writer does it."""

    def set_source(self, path: Path, source: str, sha256sum: str) -> str:
        """Replace a file."""
        held = self._held(path, lambda text: text, sha256sum)
        self._write([Change(path, held, _ended_as(held, source))])
        return _digest(source)

    def save_entry_slice(self, entry_hash: str, source_slice: str, sha256sum: str) -> str:
        """Replace the lines of an entry."""
        self._write([self._replaced(entry_hash, source_slice + "\n", sha256sum)])
        return _digest(source_slice)

    def delete_entry_slice(self, entry_hash: str, sha256sum: str) -> None:
        """Take the lines of an entry out."""
        self._write([self._replaced(entry_hash, "", sha256sum)])

    def insert_entries(self, entries: Sequence[Any]) -> None:
        """Add entries at the end of the books of their units, of their years."""
        now = self._now()
        writings = [_writing(now, entry) for entry in sorted(entries, key=lambda entry: entry.date)]
        self._write(changes_of(writings, _TITLE, RootNames.of(now.options)), now)

    def upload(self) -> str:
        """Lay a file that is sent into the folder to import from."""
        sent = request.files.get("file")
        name = Path((sent.filename or "").replace("\\", "/")).name if sent else ""
        if sent is None or not name or name.startswith("."):
            raise RefusedError(NO_FILE_NAME(), HTTPStatus.BAD_REQUEST)
        folder = self.ledger.join_path(next(iter(self.ledger.fava_options.import_dirs), ".."))
        if not folder.resolve().is_relative_to(self.ledger.join_path().resolve()):
            raise RefusedError(NO_INBOX(), HTTPStatus.UNPROCESSABLE_ENTITY)
        if (folder / name).exists():
            raise RefusedError(THERE_ALREADY(file=name), HTTPStatus.CONFLICT)
        with _told(), one_writer(self.ledger.join_path()):
            apply_changes([Change(folder / name, None, sent.read())])
        self._tell([folder / name])
        return WROTE(files=name)

    def _replaced(self, entry_hash: str, text: str, sha256sum: str) -> Change:
        entry = self.ledger.get_entry(entry_hash)
        file, line = get_position(entry)
        if file.startswith("<") or not line:
            raise GeneratedEntryError
        path, first = Path(file), line - 1
        held = self._held(path, lambda all_of_it: _slice(all_of_it, first), sha256sum)
        lines = _lines(held)
        after = lines[first + len(find_entry_lines(lines, first)) :]
        while not text and after and not after[0].strip():
            after.pop(0)
        return Change(path, held, _ended_as(held, "".join([*lines[:first], text, *after])))

    def _held(self, path: Path, part: Any, sha256sum: str) -> str:  # noqa: ANN401 - a function of the text
        """Read a file of the ledger, and see that the *part* that was opened is still as it was."""
        if str(path) not in self.ledger.options["include"]:
            raise RefusedError(NOT_OF_THE_LEDGER(file=path), HTTPStatus.NOT_FOUND)
        held = read_text(path)
        if held is None or _digest(part("".join(_lines(held)))) != sha256sum:
            raise RefusedError(CHANGED(file=path), HTTPStatus.CONFLICT)
        return held

    def _now(self) -> Ledger:
        ledger = self.ledger
        entries, errors, options = (
            cast("Any", each) for each in (ledger.all_entries, ledger.load_errors, ledger.options)
        )
        return Ledger(Path(ledger.beancount_file_path), entries, errors, options)

    def _write(self, changes: Sequence[Change], now: Ledger | None = None) -> None:
        confirmed = request.headers.get(CONFIRMED, "").split(",")
        with _told():
            written = write(now or self._now(), changes, confirmed)
        self._take_up()
        self._tell([each.file for each in written])

    def _take_up(self) -> None:
        """Load what was written; where that is cut short, the next request finds all of it changed."""
        watch = cast("Watch", self.ledger.watcher)
        watch.look()
        try:
            self.ledger.load_file()
        except BaseException:
            watch.forget()
            raise

    def _tell(self, files: Sequence[Path]) -> None:
        """Tell, on the terminal and in the answer, what was written: by unit and file."""
        main = Path(self.ledger.beancount_file_path)
        each = (f"{unit_of(main, file)}, {file.relative_to(main.parent)}" for file in files)
        told = WROTE(files="; ".join(each))
        print(told.inside(of_environment()), flush=True)  # noqa: T201 - the terminal, in the program's language
        request.environ[WRITTEN] = told


@contextmanager
def _told() -> Iterator[None]:
    """Tell in Fava's way why nothing was written.

    Raises:
        RefusedError: instead of what the block raises.

    """
    try:
        yield
    except QuestionError as asked:
        request.environ[QUESTION] = asked.token
        raise RefusedError(asked.message, HTTPStatus.PRECONDITION_REQUIRED) from asked
    except Refusal as refusal:
        status = HTTPStatus.CONFLICT if isinstance(refusal, ConflictError) else HTTPStatus.UNPROCESSABLE_ENTITY
        raise RefusedError(listed(refusal.message, refusal.findings), status) from refusal
    except (OSError, UnicodeDecodeError) as failed:
        raise RefusedError(reason(failed), HTTPStatus.INTERNAL_SERVER_ERROR) from failed


def answer_of_writing(response: Response) -> Response:
    """Say in the answer's headers what was written, or which question it asks."""
    if QUESTION in request.environ:
        response.headers[QUESTION] = request.environ[QUESTION]
    if WRITTEN in request.environ:
        response.headers[WRITTEN] = quote(request.environ[WRITTEN])
    return response


def _writing(ledger: Ledger, entry: Any) -> Writing:  # noqa: ANN401 - a directive of Fava's or Beancount's
    """Give where an entry goes: to the books of its unit, those of the bank where there are some of its year.

    Raises:
        RefusedError: it would not be read back as it was entered.

    """
    if not _reads_back(entry):
        raise RefusedError(NOT_AS_ENTERED(day=entry.date), HTTPStatus.UNPROCESSABLE_ENTITY)
    register = read_register(ledger.entries, ledger.options)
    units = [name.unit for account in get_entry_accounts(entry) if (name := parse_account(account)) and name.unit]
    unit = next(iter(units), COOP)
    bank = book(ledger, register, unit, f"bank-{entry.date.year}.beancount")
    if bank in ledger.files:
        return Writing(unit, bank, (entry,))
    return Writing(unit, book_to_write(ledger, register, unit, f"{entry.date.year}.beancount"), (entry,))


def _reads_back(entry: Any) -> bool:  # noqa: ANN401
    """Tell whether the text of an entry holds that entry, and nothing that was slipped into one of its texts."""
    try:
        parsed, errors, options = parse_string(as_text(entry))
    except (ValueError, TypeError, AttributeError):  # a value that no text of Beancount's holds
        return False
    if errors or options["plugin"] or options["include"] or len(parsed) != 1:
        return False
    return bool(_bare(parsed[0]) == _bare(entry))


def _bare(entry: Any) -> Any:  # noqa: ANN401
    """Give a directive without its place, and with one form for what is not said."""
    entry = entry._replace(meta=_said(entry.meta))
    if isinstance(entry, data.Transaction):
        postings = [posting._replace(meta=_said(posting.meta)) for posting in entry.postings]
        return entry._replace(payee=entry.payee or None, postings=postings)
    if isinstance(entry, data.Note):
        return entry._replace(tags=entry.tags or None, links=entry.links or None)
    return entry


def _said(meta: data.Meta | None) -> data.Meta:
    return {key: value for key, value in (meta or {}).items() if key not in _OF_PLACE and not key.startswith("__")}


_OF_PLACE = frozenset({"filename", "lineno"})


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _lines(text: str) -> list[str]:
    """Give the lines of a text as Python reads a file: ended by a line feed, and by nothing else."""
    return io.StringIO(text.replace("\r\n", "\n")).readlines()


def _slice(text: str, first: int) -> str:
    lines = _lines(text)
    return "".join(find_entry_lines(lines, first)).rstrip("\n") if first < len(lines) else ""


def _ended_as(held: str, text: str) -> str:
    """Give *text* with the line ends that a file had."""
    return text.replace("\n", "\r\n") if held.partition("\n")[0].endswith("\r") else text
