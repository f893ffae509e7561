"""The gate's child process: parses files it is given, loads nothing, prints what it finds.

On standard input a JSON list of [folder, file]; on standard output, for each file in turn, one line: a JSON list of
[file, line, message]. A crash leaves the lines of the files before it.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from beancount.core import data
from beancount.core.getters import get_entry_accounts
from beancount.parser import _parser  # type: ignore[attr-defined]  # compiled
from beancount.parser.grammar import Builder

from beancoop import declarations as d
from beancoop.accounts import parse_account

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 2_000_000
MAX_LINE = 5_000
MAX_MEMORY = 2_000_000_000
MAX_SECONDS = 60

OPTIONS = (
    "title",
    "operating_currency",
    "name_assets",
    "name_liabilities",
    "name_equity",
    "name_income",
    "name_expenses",
)
EXACT = ("tolerance_multiplier", "0")
PLUGIN = "beancoop"
DIRECTIVES = (data.Transaction, data.Open, data.Close, data.Balance, data.Note, data.Document, data.Query, data.Custom)
OWN_CUSTOMS = (d.ACTIVITY, d.TERMS, d.PAUSE, d.RESUME, d.EXIT, d.FOLLOW_UP, d.CLOSED)

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_MARKUP = re.compile("<[A-Za-z/!?]")


class _Recorder(Builder):
    """Builds the directives as Beancount does, and remembers where options, plugins and includes stand."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.settings: list[tuple[int, str, str, str | None]] = []

    def option(self, filename: str, lineno: int, key: str, value: str) -> None:
        self.settings.append((lineno, "option", key, value))
        super().option(filename, lineno, key, value)  # type: ignore[no-untyped-call]

    def plugin(self, filename: str, lineno: int, plugin_name: str, plugin_config: str | None) -> None:
        self.settings.append((lineno, "plugin", plugin_name, plugin_config))
        super().plugin(filename, lineno, plugin_name, plugin_config)  # type: ignore[no-untyped-call]

    def include(self, filename: str, lineno: int, include_filename: str) -> None:
        self.settings.append((lineno, "include", include_filename, None))
        super().include(filename, lineno, include_filename)  # type: ignore[no-untyped-call]


class Keeper:
    """Judges one file of one sub-ledger."""

    def __init__(self, folder: Path, path: Path) -> None:
        """Start with nothing found."""
        self.folder = folder
        self.path = path
        self.unit = folder.name
        self.found: list[tuple[str, int, str]] = []

    def judge(self) -> list[tuple[str, int, str]]:
        """Give what the file may not hold, as (file, line, message)."""
        if self.path.stat().st_size > MAX_BYTES:
            self._refuse(0, f"The file has more than {MAX_BYTES:,} bytes; split it by year.")
            return self.found
        text = self.path.read_bytes()
        if self._judge_text(text):
            recorder = _Recorder()
            _parser.Parser(recorder).parse(io.BytesIO(text), filename=str(self.path), lineno=1)
            entries, errors, _ = recorder.finalize()  # type: ignore[no-untyped-call]
            for error in errors:
                self._refuse(error.source["lineno"], " ".join(error.message.split()))
            for setting in recorder.settings:
                self._judge_setting(*setting)
            for entry in entries:
                self._judge_entry(entry)
        return self.found

    def _refuse(self, line: int, message: str) -> None:
        self.found.append((str(self.path), line, message))

    def _judge_text(self, raw: bytes) -> bool:
        """Judge the characters; what is not even text is not parsed."""
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self._refuse(line, "The file is not UTF-8 text; save it again as UTF-8.")
            return False
        before = len(self.found)
        for number, line_text in enumerate(text.split("\n"), 1):
            if len(line_text) > MAX_LINE:
                self._refuse(number, f"The line has more than {MAX_LINE:,} characters; shorten it.")
            elif match := _UNPRINTABLE.search(line_text.rstrip("\r")):
                self._refuse(number, f"The line holds the invisible character U+{ord(match[0]):04X}; take it out.")
            elif _MARKUP.search(line_text):
                self._refuse(number, 'The line holds "<" before a letter, as web pages do; put a blank after it.')
        return len(self.found) == before

    def _judge_setting(self, line: int, kind: str, name: str, value: str | None) -> None:
        judge = {"option": self._judge_option, "plugin": self._judge_plugin, "include": self._judge_include}[kind]
        if reason := judge(name, value):
            self._refuse(line, reason)

    def _judge_option(self, name: str, value: str | None) -> str | None:
        if name in OPTIONS or (name, value) == EXACT:
            return None
        return f'A sub-ledger may not set option "{name}" "{value}"; take the line away.'

    def _judge_plugin(self, name: str, value: str | None) -> str | None:
        if name == PLUGIN and value is None:
            return None
        return f'A sub-ledger may name the plugin "{PLUGIN}" alone; take "{name}" away.'

    def _judge_include(self, name: str, _: str | None) -> str | None:
        pattern = PurePosixPath(name)
        inside = not pattern.is_absolute() and ".." not in pattern.parts and (self.path.parent / name).resolve()
        if inside and inside.is_relative_to(self.folder.resolve()) and pattern.suffix == ".beancount":
            return None
        return f'A sub-ledger includes .beancount files of its own folder alone; take "{name}" away.'

    def _judge_entry(self, entry: data.Directive) -> None:
        line = entry.meta["lineno"]
        if not isinstance(entry, DIRECTIVES):
            self._refuse(line, f"A sub-ledger may not hold a {type(entry).__name__.lower()} directive; take it away.")
            return
        for account in sorted(set(get_entry_accounts(entry))):
            name = parse_account(account)
            if name is None or name.unit != self.unit:
                self._refuse(line, f"{account} is not an account of {self.unit}; only its own belong here.")
        if isinstance(entry, data.Custom):
            self._judge_custom(entry)
        elif isinstance(entry, data.Document):
            self._judge_document(entry)

    def _judge_custom(self, entry: data.Custom) -> None:
        line = entry.meta["lineno"]
        if entry.type not in OWN_CUSTOMS:
            self._refuse(line, f'A sub-ledger may not hold custom "{entry.type}"; take it away.')
            return
        values = [value.value for value in entry.values or ()]
        position = 1 if entry.type == d.CLOSED else 0
        if len(values) <= position or values[position] != self.unit:
            self._refuse(line, f'custom "{entry.type}" must name {self.unit}, whose sub-ledger this is.')

    def _judge_document(self, entry: data.Document) -> None:
        if not (self.path.parent / entry.filename).resolve().is_relative_to(self.folder.resolve()):
            self._refuse(entry.meta["lineno"], "The document lies outside the sub-ledger's folder; move it inside.")


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: list[tuple[str, str]]) -> Iterator[str]:
    """Give the line of each file in turn."""
    for folder, path in request:
        yield json.dumps(Keeper(Path(folder), Path(path)).judge())


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    _limit_resources()
    for line in answer(request):
        print(line, flush=True)  # noqa: T201 - this is its answer


if __name__ == "__main__":
    main()
