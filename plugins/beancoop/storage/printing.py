"""A directive as text that Beancount reads back as the same directive."""

from __future__ import annotations

from typing import Any

from beancount.core import data
from beancount.core.account import TYPE as ACCOUNT
from beancount.parser.printer import format_entry
from beancount.utils.misc_utils import escape_string


def as_text(entry: data.Directive) -> str:
    """Write *entry* as Beancount's printer does, with the quotation marks escaped that it leaves as they are."""
    if isinstance(entry, data.Note):
        entry = entry._replace(comment=escape_string(entry.comment))
    elif isinstance(entry, data.Document):
        entry = entry._replace(filename=escape_string(entry.filename))
    elif isinstance(entry, data.Query):
        entry = entry._replace(name=escape_string(entry.name), query_string=escape_string(entry.query_string))
    elif isinstance(entry, data.Custom):
        entry = entry._replace(
            type=escape_string(entry.type), values=[(_escaped(*each), each[1]) for each in entry.values or ()]
        )
    return format_entry(entry)


def _escaped(value: Any, kind: Any) -> Any:  # noqa: ANN401 - whatever a directive may hold
    return escape_string(value) if isinstance(value, str) and kind != ACCOUNT else value
