"""Directives as text, proved: what is written is read again, and must be what was meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from beancoop.model.accounts import RootNames
from beancoop.words.messages import error
from beancount.core import data
from beancount.parser import parser, printer

from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MISREAD = error("BC1226", "this movement cannot be written so that Beancount reads it back the same; book it by hand.")


_PLACE = frozenset({"filename", "lineno"})


def root_options(options: Mapping[str, object]) -> str:
    """Give the lines by which a file uses the ledger's own root names; Beancount wants them in every file."""
    return "".join(f"{line}\n" for line in RootNames.of(options).option_lines())


def print_directive(entry: data.Directive) -> str:
    """Write one directive, with what it says and nothing of what the load found."""
    return printer.format_entry(entry._replace(diff_amount=None) if isinstance(entry, data.Balance) else entry)


def print_proved(entries: Sequence[data.Directive], options: Mapping[str, object]) -> list[str]:
    """Write each of *entries* as text.

    Raises:
        Refused: Beancount reads the text otherwise than it was meant, at the line of the bank's file.

    """
    texts = [print_directive(entry) for entry in entries]
    again, errors, _ = parser.parse_string(root_options(options) + "\n".join(texts))
    read = sorted(again, key=_line)
    for meant, found in zip(entries, read, strict=False):
        if not _same(meant, found):
            raise _misread(meant)
    if errors or len(read) != len(entries):
        raise _misread(entries[min(len(read), len(entries) - 1)])
    return texts


def _misread(meant: data.Directive) -> Refused:
    return Refused(MISREAD(), _line(meant))


def _line(entry: data.Directive) -> int:
    return int(entry.meta["lineno"])


def _same(meant: data.Directive, found: data.Directive) -> bool:
    return type(meant) is type(found) and _said(meant) == _said(found)


def _said(entry: data.Directive) -> tuple[object, ...]:
    """Give all a directive says but where it stands."""
    said = entry._replace(meta=_told(entry.meta))
    if isinstance(said, data.Document):  # the parser gives it as seen from the file, here none
        said = said._replace(filename=os.path.abspath(said.filename))  # noqa: PTH100 - links stay links
    if isinstance(said, data.Transaction):
        said = said._replace(postings=[posting._replace(meta=_told(posting.meta or {})) for posting in said.postings])
    return tuple(said)


def _told(meta: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in meta.items() if key not in _PLACE}
