"""The gate's child process: parses files it is given, loads nothing, prints what it finds.

On standard input a JSON list of [folder, file]; on standard output, for each file in turn, one line: a JSON list of
[file, line, message]. A crash leaves the lines of the files before it.
"""

from __future__ import annotations

import contextlib
import glob
import io
import json
import re
import resource
import sys
import unicodedata
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from beancount.core import data
from beancount.core.amount import CURRENCY_RE
from beancount.core.number import MISSING
from beancount.parser import _parser  # type: ignore[attr-defined]  # compiled
from beancount.parser.grammar import Builder

from beancoop import declarations as d
from beancoop.accounts import parse_account
from beancoop.gatefiles import BOOK, is_own_file
from beancoop.gatetext import Remark, judge_characters, judge_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount.core.amount import Amount

MAX_BYTES = 2_000_000
MAX_MEMORY = 2_000_000_000
MAX_SECONDS = 10
"""Of a processor, for one file."""

MAX_FINDINGS = 20
"""Told of one file: a person corrects them and checks again."""

MAX_NUMBER = Decimal(10) ** 15
YEARS = range(2000, 2101)

_ROOT = r"[^\W\d_a-z][\w-]*"
OPTIONS = {
    "title": ".*",
    "operating_currency": CURRENCY_RE,
    "tolerance_multiplier": "0",
    **dict.fromkeys(("name_assets", "name_liabilities", "name_equity", "name_income", "name_expenses"), _ROOT),
}
"""The scaffold's options, and what each may be. Beancount takes the names of the roots for a regular expression."""

PLUGIN = "beancoop"
DIRECTIVES = (data.Transaction, data.Open, data.Close, data.Balance, data.Note, data.Document, data.Query, data.Custom)
OWN_CUSTOMS = (d.ACTIVITY, d.TERMS, d.PAUSE, d.RESUME, d.EXIT, d.FOLLOW_UP, d.CLOSED)
QUERIES = re.compile(r"\s*(select|balances|journal|print)\b", re.IGNORECASE)
RESERVED_KEYS = ("filename", "lineno")
"""Where Beancount keeps the place of a directive: an entry that sets them passes for another's."""


class Keeper(Builder):
    """Judges one file of one sub-ledger while Beancount's parser reads it.

    Beancount calls the methods named after its grammar, each with the file and the line. Those of them that would act
    on the parser do not, where they refuse.
    """

    def __init__(self, folder: Path, path: Path) -> None:
        """Start with nothing found."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = folder
        self.path = path
        self.unit = folder.absolute().name
        self.found: list[Remark] = []
        self.pushed: dict[str, list[int]] = {}

    def judge(self) -> list[Remark]:
        """Give what the file may not hold, by line; what its characters or words show is told before its directives."""
        if self.path.stat().st_size > MAX_BYTES:
            return [Remark(0, f"The file has more than {MAX_BYTES:,} bytes; split it by year.")]
        raw = self.path.read_bytes()
        self.found += judge_characters(raw) or judge_words(raw)
        if not self.found:
            _parser.Parser(self).parse(io.BytesIO(raw), filename=str(self.path), lineno=1)
            self._judge_read()
        return sorted(set(self.found))

    def _judge_read(self) -> None:
        for error in self.errors:
            self._refuse(error.source["lineno"], " ".join(error.message.split()))
        for word, lines in self.pushed.items():
            for line in lines:
                self._refuse(line, f"push{word} goes on past the end of the file; close it with pop{word}.")
        for entry in self.entries:
            self._judge_entry(entry)

    def _refuse(self, line: int, message: str) -> None:
        self.found.append(Remark(line, message))

    # What Beancount calls. ---------------------------------------------------------------------------------------

    def build_grammar_error(
        self, filename: str, lineno: int, exc_value: object, exc_type: type | None = None, _traceback: object = None
    ) -> None:
        """Keep an error at its place in the file, and not at that in the program."""
        message = str(exc_value) if exc_type is None else f"Beancount cannot read this ({exc_value})"
        super().build_grammar_error(filename, lineno, message)  # type: ignore[no-untyped-call]

    def option(self, filename: str, lineno: int, key: str, value: str) -> None:
        """Let the scaffold's options through."""
        if key in OPTIONS and re.fullmatch(OPTIONS[key], value):
            super().option(filename, lineno, key, value)  # type: ignore[no-untyped-call]
        else:
            self._refuse(lineno, f'A sub-ledger may not set option "{key}" "{value}"; take the line away.')

    def plugin(self, filename: str, lineno: int, plugin_name: str, plugin_config: str | None) -> None:  # noqa: ARG002
        """Let the one plugin through."""
        if (plugin_name, plugin_config) != (PLUGIN, None):
            self._refuse(lineno, f'A sub-ledger may name the plugin "{PLUGIN}" alone; take "{plugin_name}" away.')

    def include(self, filename: str, lineno: int, include_filename: str) -> None:  # noqa: ARG002
        """Let through what matches ledger files of the folder alone."""
        if not self._is_inside(include_filename):
            message = f'A sub-ledger includes {BOOK} files of its own folder alone; take "{include_filename}" away.'
            self._refuse(lineno, message)

    def _is_inside(self, name: str) -> bool:
        """Say whether an include matches files, and every one of them a plain file of the folder."""
        pattern = PurePosixPath(name)
        parts = pattern.parts
        if pattern.is_absolute() or ".." in parts or parts.count("**") > 1 or pattern.suffix != BOOK:
            return False
        matches = glob.glob(str(self.path.parent / name), recursive=True)  # noqa: PTH207 - as Beancount does it
        return bool(matches) and all(is_own_file(self.folder, Path(match)) for match in matches)

    def account(self, filename: str, lineno: int, account: str) -> str:
        """Let the unit's own accounts through, wherever they are written."""
        name = parse_account(account)
        if name is None or name.unit != self.unit:
            self._refuse(lineno, f"{account} is not an account of {self.unit}; only its own belong here.")
        elif not _looks_like_itself(account):
            self._refuse(lineno, f"{account} holds letters that pass for others; write it again by hand.")
        return super().account(filename, lineno, account)  # type: ignore[no-untyped-call, no-any-return]

    def amount(self, filename: str, lineno: int, number: Decimal, currency: str) -> Amount:
        """Let amounts of a human size through."""
        self._judge_number(lineno, number)
        return super().amount(filename, lineno, number, currency)  # type: ignore[no-untyped-call, no-any-return]

    def key_value(self, filename: str, lineno: int, key: str, value: object) -> object:
        """Let metadata through that is the accountant's own."""
        if key in RESERVED_KEYS:
            self._refuse(lineno, f'The key "{key}" is Beancount\'s own; choose another name.')
        self._judge_number(lineno, value)
        return super().key_value(filename, lineno, key, value)  # type: ignore[no-untyped-call]

    def custom_value(self, filename: str, lineno: int, value: object, dtype: object = None) -> object:
        """Let numbers of a human size through."""
        self._judge_number(lineno, value)
        return super().custom_value(filename, lineno, value, dtype)  # type: ignore[no-untyped-call]

    def posting(self, filename: str, lineno: int, account: str, units: Any, cost: Any, price: Any, *rest: Any) -> Any:  # noqa: ANN401, PLR0913, PLR0917
        """Let prices through that are whole: Beancount fills in amounts, and stumbles over some of the rest."""
        if price is not None and MISSING in (price.number, price.currency):
            self._refuse(lineno, "The price of a posting needs a number and a currency; write both.")
        elif (price is not None or cost is not None) and (units is MISSING or MISSING in units):
            self._refuse(lineno, "A posting with a price or a cost needs its own number and currency; write both.")
        return super().posting(filename, lineno, account, units, cost, price, *rest)  # type: ignore[no-untyped-call]

    def pushtag(self, filename: str, lineno: int, tag: str) -> None:
        """Remember where a tag begins."""
        self.pushed.setdefault("tag", []).append(lineno)
        super().pushtag(filename, lineno, tag)  # type: ignore[no-untyped-call]

    # What it gave. -----------------------------------------------------------------------------------------------

    def _judge_number(self, line: int, value: object) -> None:
        if isinstance(value, Decimal) and abs(value) >= MAX_NUMBER:
            self._refuse(line, "A number has more than 15 digits; write the amount that is meant.")

    def _judge_entry(self, entry: data.Directive) -> None:
        line = entry.meta["lineno"]
        if not isinstance(entry, DIRECTIVES):
            self._refuse(line, f"A sub-ledger may not hold a {type(entry).__name__.lower()} directive; take it away.")
        if entry.date.year not in YEARS:
            self._refuse(line, f"The date {entry.date} lies before {YEARS[0]} or after {YEARS[-1]}; correct it.")
