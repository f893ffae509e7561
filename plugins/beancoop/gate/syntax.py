"""Beancount's parser with an eye on it: each word it reads is judged, at its own line, as it reads it.

Nothing is included, imported or executed: the parser says that an include or a plugin is named, and that is all.
"""

from __future__ import annotations

import io
import os
import re
import textwrap
import unicodedata
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from beancount.core.amount import CURRENCY_RE, Amount
from beancount.core.number import MISSING
from beancount.parser import _parser  # type: ignore[attr-defined]  # compiled
from beancount.parser.grammar import Builder

from beancoop.gate.files import BOOK, is_own_file
from beancoop.gate.lexical import Remark
from beancoop.gate.places import room_of, unfit_for
from beancoop.loading.includes import matching
from beancoop.model.accounts import parse_account
from beancoop.model.provenance import SUITE
from beancoop.words.messages import error

if TYPE_CHECKING:
    from beancount.core.data import Directive

    from beancoop.words.messages import Template, Text

MAX_MESSAGE, MAX_QUOTED = 300, 120
MAX_NUMBER = Decimal(10) ** 15

OPTION = error("BC621", 'A sub-ledger may not set option "{option}" "{value}"; take the line away.')
OTHER_PLUGIN = error("BC622", 'A sub-ledger may name the plugin "{plugin}" alone; take "{other}" away.')
OUTSIDE = error("BC623", 'A sub-ledger includes {suffix} files of its own folder alone; take "{file}" away.')
NOT_ITS_OWN = error("BC624", "{account} is not an account of {unit}; only its own belong here.")
LOOKALIKES = error("BC625", "{account} holds letters that pass for others; type its name again.")
BEANCOUNTS_KEY = error("BC626", 'The metadata key "{key}" belongs to Beancount; choose another name.')
HALF_A_PRICE = error("BC627", "A price needs a number and a currency; write both.")
HALF_AN_AMOUNT = error("BC628", "What has a price or a cost needs a number and a currency itself; write both.")
LARGE_NUMBER = error("BC629", "A number is {most} or more; write the amount that is meant.")
NOTHING_AT_A_TOTAL = error(
    "BC648", "A total cost needs units to be shared out over; write how many they are, or take the cost away."
)
DOCUMENT_OUTSIDE = error("BC639", "The document lies outside the sub-ledger's folder; move it inside.")
LEDGER_AS_DOCUMENT = error("BC640", "A ledger file is no document; name the invoice or receipt itself.")
NOT_ENDED = error("BC630", "{push} goes on to the end of the file; end it with {pop}.")
_PUSHED = {"tag": "#{}", "meta": "{}:"}

ROOT_NAMES = ("name_assets", "name_liabilities", "name_equity", "name_income", "name_expenses")
"""The options that stand in every file, since Beancount reads each with its own."""

_ROOT = r"[^\W\d_a-z][\w-]*"
OPTIONS = {
    "title": ".*",
    "operating_currency": CURRENCY_RE,
    "tolerance_multiplier": "0",
    **dict.fromkeys(ROOT_NAMES, _ROOT),
}
"""The scaffold's options, and what each may be; Beancount makes a regular expression of the names of the roots."""

_OWN_LETTERS = frozenset("æÆœŒßøØ")
_SEEN_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0308\u030a\u0327")
"""Grave, acute, circumflex, tilde, diaeresis, ring and cedilla."""

DOCUMENT = "document"
"""How the metadata keys begin that name a supporting document."""

RESERVED_KEYS = ("filename", "lineno")
"""Where Beancount keeps the place of a directive: one that sets them passes for another's."""


class Watcher(Builder):
    """Reads one file of the sub-ledger of a unit, and remarks on what has no place there.

    Beancount calls the methods named after the rules of its grammar, each with a file and a line. What could act on the
    parser itself does not where it is refused.

    Attributes:
        remarks: what is wrong, in the order it was read.

    """

    def __init__(self, folder: Path, path: Path) -> None:
        """Start with nothing read; *folder* is named after its unit, *path* lies in it."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = folder
        self.path = path
        self.unit = folder.absolute().name
        self.room = room_of(folder, path)
        self.remarks: list[Remark] = []
        self._pushed: dict[tuple[str, str], list[int]] = {}

    def read(self, raw: bytes) -> list[Directive]:
        """Read the file's bytes and give its directives, as far as they could be read."""
        _parser.Parser(self).parse(io.BytesIO(raw), filename=str(self.path), lineno=1)
        for fault in self.errors:
            self.remarks.append(Remark(fault.source["lineno"], shortened(fault.message, MAX_MESSAGE)))
        for (kind, name), lines in self._pushed.items():
            what = f"{kind} {_PUSHED[kind].format(name)}"
            for line in lines:
                self.refuse(line, NOT_ENDED, push=f"push{what}", pop=f"pop{what}")
        return list(self.entries)

    def refuse(self, line: int, template: Template, **quoted: str) -> None:
        """Remark on a line, in as many words as a person reads, whatever the file has in the place that is quoted."""
        self.remarks.append(Remark(line, template(**{name: shortened(text) for name, text in quoted.items()})))

    def build_grammar_error(
        self, filename: str, lineno: int, exc_value: object, exc_type: type | None = None, _traceback: object = None
    ) -> None:
        """Tell an error at its place in the ledger; Beancount would name that in its own program."""
        message = f"{exc_type.__name__}: {exc_value}" if exc_type else str(exc_value)
        super().build_grammar_error(filename, lineno, message)  # type: ignore[no-untyped-call]

    def option(self, filename: str, lineno: int, key: str, value: str) -> None:
        """Let the options of the scaffold through, in the file that may hold them."""
        if key not in OPTIONS or not re.fullmatch(OPTIONS[key], value):
            self.refuse(lineno, OPTION, option=key, value=value)
        elif key in ROOT_NAMES or self._may_stand_here(lineno, f'option "{key}"'):
            super().option(filename, lineno, key, value)  # type: ignore[no-untyped-call]

    def plugin(self, _filename: str, lineno: int, plugin_name: str, plugin_config: str | None) -> None:
        """Let the one plugin through, in the file that may name it."""
        if (plugin_name, plugin_config) != (SUITE, None):
            self.refuse(lineno, OTHER_PLUGIN, plugin=SUITE, other=plugin_name)
        else:
            self._may_stand_here(lineno, "plugin")

    def include(self, _filename: str, lineno: int, include_filename: str) -> None:
        """Let through what matches ledger files of the folder alone, in the file that may include them."""
        if not self._is_inside(include_filename):
            self.refuse(lineno, OUTSIDE, suffix=BOOK, file=include_filename)
        else:
            self._may_stand_here(lineno, "include")

    def _may_stand_here(self, line: int, what: str) -> bool:
        elsewhere = unfit_for(self.room, what)
        if elsewhere:
            self.remarks.append(Remark(line, elsewhere))
        return not elsewhere

    def _is_inside(self, name: str) -> bool:
        """Say whether an include matches files, every one of them a plain file of the folder."""
        pattern = PurePosixPath(name)
        parts = pattern.parts
        if pattern.is_absolute() or ".." in parts or parts.count("**") > 1 or pattern.suffix != BOOK:
            return False
        matches = matching(self.path, name)
        return bool(matches) and all(is_own_file(self.folder, Path(match)) for match in matches)

    def account(self, filename: str, lineno: int, account: str) -> str:
        """Let the unit's own accounts through, wherever they are written."""
        name = parse_account(account)
        if name is None or name.unit != self.unit:
            self.refuse(lineno, NOT_ITS_OWN, account=account, unit=self.unit)
        elif not _looks_like_itself(account):
            self.refuse(lineno, LOOKALIKES, account=account)
        return super().account(filename, lineno, account)  # type: ignore[no-untyped-call, no-any-return]

    def amount(self, filename: str, lineno: int, number: object, currency: str) -> object:
        """Let amounts of a human size through."""
        self._judge_number(lineno, number)
        return super().amount(filename, lineno, number, currency)  # type: ignore[no-untyped-call]

    def key_value(self, filename: str, lineno: int, key: str, value: object) -> object:
        """Let metadata through that is the accountant's own."""
        if key in RESERVED_KEYS:
            self.refuse(lineno, BEANCOUNTS_KEY, key=key)
            key = f"refused-{key}"  # else what is found later in this entry would be told at a place of its choice
        self._judge_number(lineno, value)
        if key.startswith(DOCUMENT) and isinstance(value, str) and (refusal := self.judge_document(value)):
            self.remarks.append(Remark(lineno, refusal))
        return super().key_value(filename, lineno, key, value)  # type: ignore[no-untyped-call]

    def judge_document(self, name: str) -> Text | None:
        """Say what is wrong with a document as the file names it, in a directive or in metadata, if anything."""
        path = (self.path.parent / name).resolve()
        named = os.path.normpath(self.path.absolute().parent / name)  # by name, too: a link above may be turned
        inside = os.path.normpath(self.folder.absolute())
        if not path.is_relative_to(self.folder.resolve()) or not Path(named).is_relative_to(inside):
            return DOCUMENT_OUTSIDE()
        return LEDGER_AS_DOCUMENT() if path.suffix == BOOK else None

    def custom_value(self, filename: str, lineno: int, value: object, dtype: object = None) -> object:
        """Let numbers of a human size through."""
        self._judge_number(lineno, value)
        return super().custom_value(filename, lineno, value, dtype)  # type: ignore[no-untyped-call]

    def posting(self, filename: str, lineno: int, account: str, *parts: object) -> object:
        """Let prices and costs through that are whole: Beancount fills in amounts, and stumbles over some of these."""
        units, cost, price = parts[:3]
        if _lacks_a_part(price):
            self.refuse(lineno, HALF_A_PRICE)
        elif (price is not None or cost is not None) and _lacks_a_part(units):
            self.refuse(lineno, HALF_AN_AMOUNT)
        elif _costs_without_units(units, cost):
            self.refuse(lineno, NOTHING_AT_A_TOTAL)
        return super().posting(filename, lineno, account, *parts)  # type: ignore[no-untyped-call]

    def pushtag(self, filename: str, lineno: int, tag: str) -> None:
        """Remember where a tag begins."""
        self._pushed.setdefault(("tag", tag), []).append(lineno)
        super().pushtag(filename, lineno, tag)  # type: ignore[no-untyped-call]

    def poptag(self, filename: str, lineno: int, tag: str) -> None:
        """Note that a tag ends."""
        self._pop("tag", tag)
        super().poptag(filename, lineno, tag)  # type: ignore[no-untyped-call]

    def pushmeta(self, filename: str, lineno: int, key_value: tuple[str, object]) -> None:
        """Remember where metadata begins."""
        self._pushed.setdefault(("meta", key_value[0]), []).append(lineno)
        super().pushmeta(filename, lineno, key_value)  # type: ignore[no-untyped-call]

    def popmeta(self, filename: str, lineno: int, key: str) -> None:
        """Note that metadata ends."""
        self._pop("meta", key)
        super().popmeta(filename, lineno, key)  # type: ignore[no-untyped-call]

    def _pop(self, kind: str, name: str) -> None:
        if lines := self._pushed.get((kind, name)):
            lines.pop()

    def _judge_number(self, line: int, value: object) -> None:
        if isinstance(value, Decimal) and abs(value) >= MAX_NUMBER:
            self.remarks.append(Remark(line, LARGE_NUMBER(most=MAX_NUMBER)))


def shortened(text: str, most: int = MAX_QUOTED) -> str:
    """Give a text of the file on one line, in as many characters as a person reads."""
    return textwrap.shorten(text, most, placeholder=" ...")


def _lacks_a_part(amount: object) -> bool:
    """Say whether an amount is left out, or a part of it."""
    return amount is MISSING or (isinstance(amount, tuple) and MISSING in amount)


def _costs_without_units(units: object, cost: object) -> bool:
    """Say whether a cost is given in total for no units: Beancount divides the one by the other."""
    return isinstance(units, Amount) and units.number == 0 and getattr(cost, "number_total", None) is not None


def _looks_like_itself(account: str) -> bool:
    """Say whether no other account looks like it: of ASCII, and of Latin letters with a mark that is seen.

    An accented letter is one letter and its marks, composed; the few letters of the languages of Belgium that are not
    made so are named. A fullwidth letter, a dotless i or a letter of another script looks like one of ASCII.
    """
    return account.isascii() or (unicodedata.is_normalized("NFC", account) and all(map(_is_seen, account)))


def _is_seen(character: str) -> bool:
    if character.isascii() or character in _OWN_LETTERS:
        return True
    letter, *marks = list(unicodedata.normalize("NFD", character))
    return letter.isascii() and letter.isalpha() and bool(marks) and _SEEN_MARKS.issuperset(marks)
