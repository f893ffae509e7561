"""The gate's child process: judges the text of files it is given, loads nothing, prints what it finds.

On standard input a JSON list of [folder, file]; on standard output, for each file in turn, one line: a JSON list of
[file, line, message]. A crash leaves the lines of the files before it.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from beancount.core import data

from beancoop.gate.files import BOOK
from beancoop.gate.lexical import Remark, judge_characters, judge_words
from beancoop.gate.syntax import Watcher
from beancoop.model import directives as d

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 2_000_000
MAX_MEMORY = 2_000_000_000
MAX_SECONDS = 10
"""Of a processor, for one file."""

MAX_REMARKS = 20
"""Told of one file: a person corrects them and checks again."""

YEARS = range(2000, 2101)
FLAGS = frozenset("*!&#?%")
"""Marks of a transaction. Letters are Beancount's own, on what it makes itself."""

DIRECTIVES = (data.Transaction, data.Open, data.Close, data.Balance, data.Note, data.Document, data.Query, data.Custom)
OWN_CUSTOMS = (d.ACTIVITY, d.TERMS, d.PAUSE, d.RESUME, d.EXIT, d.FOLLOW_UP, d.CLOSED)
_READING = re.compile(r"\s*(select|balances|journal|print)\b", re.IGNORECASE)


def judge_file(folder: Path, path: Path) -> list[Remark]:
    """Give what the file may not hold, by line; nothing more than its characters and words where these are wrong."""
    if path.stat().st_size > MAX_BYTES:
        return [Remark(0, f"The file has more than {MAX_BYTES:,} bytes; split it by year.")]
    raw = path.read_bytes()
    remarks = judge_characters(raw) or list(judge_words(raw))
    if not remarks:
        watcher = Watcher(folder, path)
        entries = watcher.read(raw)
        remarks = watcher.remarks
        remarks += (Remark(entry.meta["lineno"], why) for entry in entries for why in _judge(entry, watcher))
    remarks = sorted(set(remarks))
    if len(remarks) > MAX_REMARKS:
        more = f"There are {len(remarks) - MAX_REMARKS} more findings in this file; correct the first ones."
        remarks[MAX_REMARKS:] = [Remark(remarks[MAX_REMARKS].line, more)]
    return remarks


def _judge(entry: data.Directive, watcher: Watcher) -> Iterator[str]:
    """Say what is wrong with a directive; its accounts, numbers and metadata are judged where they are read."""
    if entry.date.year not in YEARS:
        yield f"The date {entry.date} lies before {YEARS[0]} or after {YEARS[-1]}; correct it."
    if not isinstance(entry, DIRECTIVES):
        yield f"A sub-ledger may not hold a {type(entry).__name__.lower()} directive; take it away."
    elif isinstance(entry, data.Transaction) and entry.flag not in FLAGS:
        yield f'The letter "{entry.flag}" marks what Beancount itself makes; begin the transaction with * or !.'
    elif isinstance(entry, data.Balance) and entry.tolerance:
        yield "A balance is exact to the cent here; take the ~ and the number after it away."
    elif isinstance(entry, data.Note):
        yield from _judge_text(entry.comment)
    elif isinstance(entry, data.Query):
        yield from _judge_query(entry)
    elif isinstance(entry, data.Document):
        yield from _judge_document(entry, watcher)
    elif isinstance(entry, data.Custom):
        yield from _judge_custom(entry, watcher.unit)


def _judge_text(*texts: str) -> Iterator[str]:
    """Refuse what Beancount would print without escaping it, and read again as several lines."""
    if any('"' in text and "\n" in text for text in texts):
        yield "A text of several lines holds quotation marks, behind which other lines can hide; take those out."


def _judge_query(entry: data.Query) -> Iterator[str]:
    if not _READING.match(entry.query_string):
        yield "A query begins with SELECT, BALANCES, JOURNAL or PRINT: it may read, and do nothing else."
    yield from _judge_text(entry.name, entry.query_string)


def _judge_document(entry: data.Document, watcher: Watcher) -> Iterator[str]:
    path = (watcher.path.parent / entry.filename).resolve()
    if not path.is_relative_to(watcher.folder.resolve()):
        yield "The document lies outside the sub-ledger's folder; move it inside."
    elif path.suffix == BOOK:
        yield "A ledger file is no document; name the invoice or receipt itself."
    yield from _judge_text(entry.filename)


def _judge_custom(entry: data.Custom, unit: str) -> Iterator[str]:
    values = [value.value for value in entry.values or ()]
    position = 1 if entry.type == d.CLOSED else 0
    if entry.type not in OWN_CUSTOMS:
        yield f'A sub-ledger may not hold custom "{entry.type}"; take it away.'
    elif len(values) <= position or values[position] != unit:
        yield f'custom "{entry.type}" must name {unit}, whose sub-ledger this is.'
    yield from _judge_text(*(value for value in values if isinstance(value, str)))


def limit_resources() -> None:
    """Take from this process what reading a file does not need; some systems know only some limits."""
    limits = ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0))
    for limit, most in limits:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def limit_seconds() -> None:
    """Give this process so much time from now on, beyond which the system ends it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime) + MAX_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def answer(request: list[tuple[str, str]]) -> Iterator[str]:
    """Give the line of each file in turn."""
    for folder, path in request:
        yield json.dumps([(path, *remark) for remark in judge_file(Path(folder), Path(path))])


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin)
    limit_resources()
    limit_seconds()
    for line in answer(request):
        print(line, flush=True)  # noqa: T201 - this is its answer
        limit_seconds()


if __name__ == "__main__":
    main()
