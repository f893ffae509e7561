"""The gate's child process: judges the text of files it is given, loads nothing, prints what it finds.

On standard input a JSON list of [folder, file]; on standard output, for each file in turn, one line: a JSON list of
[line, code, values], which whoever asked puts in his reader's words, or [line, message] of what Beancount's parser
says. A crash leaves the lines of the files before it.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beancount.core import data

from beancoop.gate.lexical import Remark, judge_characters, judge_words
from beancoop.gate.places import misplaced
from beancoop.gate.syntax import Watcher, shortened
from beancoop.model import directives as d
from beancoop.model.findings import as_told
from beancoop.words.language import SOURCE, speaking
from beancoop.words.messages import CODES, Text, error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, TypeAlias

    Request: TypeAlias = list[tuple[str, str]]
    """Files, each after the folder of its sub-ledger."""

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
LARGE_FILE = error("BC631", "The file has more than {most} bytes; split it by year.")
MORE_FINDINGS = error(
    "BC632",
    "There is {count} more finding in this file; correct the first ones.",
    "There are {count} more findings in this file; correct the first ones.",
)
FAR_DATE = error("BC633", "The date {day} lies before {first} or after {last}; correct it.")
FOREIGN_DIRECTIVE = error("BC634", "A sub-ledger may not hold a {directive} directive; take it away.")
BEANCOUNTS_FLAG = error(
    "BC635", 'The letter "{flag}" marks what Beancount itself makes; begin the transaction with * or !.'
)
TOLERANT_BALANCE = error("BC636", "A balance is exact to the cent here; take the ~ and the number after it away.")
HIDING_TEXT = error(
    "BC637", "A text of several lines holds quotation marks, behind which other lines can hide; take those out."
)
WRITING_QUERY = error(
    "BC638", "A query begins with SELECT, BALANCES, JOURNAL or PRINT: it may read, and do nothing else."
)
FOREIGN_CUSTOM = error("BC641", 'A sub-ledger may not hold custom "{type}"; take it away.')
NOT_OF_THE_UNIT = error("BC642", 'custom "{type}" must name {unit}, whose sub-ledger this is.')

NUMBER = "number"
"""The one key of a number within the values of a message, which JSON would not keep exact."""

_READING = re.compile(r"\s*(select|balances|journal|print)\b", re.IGNORECASE)


def judge_file(folder: Path, path: Path) -> list[Remark]:
    """Give what the file may not hold, by line; nothing more than its characters and words where these are wrong."""
    if path.stat().st_size > MAX_BYTES:
        return [Remark(0, LARGE_FILE(most=Decimal(MAX_BYTES)))]
    raw = path.read_bytes()
    remarks = judge_characters(raw) or list(judge_words(raw))
    if not remarks:
        watcher = Watcher(folder, path)
        entries = watcher.read(raw)
        remarks = watcher.remarks
        remarks += (Remark(entry.meta["lineno"], why) for entry in entries for why in _judge(entry, watcher))
    remarks = sorted(set(remarks), key=lambda remark: remark.order)
    if len(remarks) > MAX_REMARKS:
        more = MORE_FINDINGS(count=len(remarks) - MAX_REMARKS)
        remarks[MAX_REMARKS:] = [Remark(remarks[MAX_REMARKS].line, more)]
    return remarks


def _judge(entry: data.Directive, watcher: Watcher) -> Iterator[Text]:
    """Say what is wrong with a directive; its accounts, numbers and metadata are judged where they are read."""
    if entry.date.year not in YEARS:
        yield FAR_DATE(day=entry.date.isoformat(), first=YEARS[0], last=YEARS[-1])
    if _may_stand_somewhere(entry) and (elsewhere := misplaced(entry, watcher.room)):
        yield elsewhere
    if not isinstance(entry, DIRECTIVES):
        yield FOREIGN_DIRECTIVE(directive=type(entry).__name__.lower())
    elif isinstance(entry, data.Transaction) and entry.flag not in FLAGS:
        yield BEANCOUNTS_FLAG(flag=entry.flag)
    elif isinstance(entry, data.Balance) and entry.tolerance:
        yield TOLERANT_BALANCE()
    elif isinstance(entry, data.Note):
        yield from _judge_text(entry.comment)
    elif isinstance(entry, data.Query):
        yield from _judge_query(entry)
    elif isinstance(entry, data.Document):
        yield from _judge_document(entry, watcher)
    elif isinstance(entry, data.Custom):
        yield from _judge_custom(entry, watcher.unit)


def _may_stand_somewhere(entry: data.Directive) -> bool:
    return isinstance(entry, DIRECTIVES) and (not isinstance(entry, data.Custom) or entry.type in OWN_CUSTOMS)


def _judge_text(*texts: str) -> Iterator[Text]:
    """Refuse what Beancount would print without escaping it, and read again as several lines."""
    if any('"' in text and "\n" in text for text in texts):
        yield HIDING_TEXT()


def _judge_query(entry: data.Query) -> Iterator[Text]:
    if not _READING.match(entry.query_string):
        yield WRITING_QUERY()
    yield from _judge_text(entry.name, entry.query_string)


def _judge_document(entry: data.Document, watcher: Watcher) -> Iterator[Text]:
    if refusal := watcher.judge_document(entry.filename):
        yield refusal
    yield from _judge_text(entry.filename)


def _judge_custom(entry: data.Custom, unit: str) -> Iterator[Text]:
    values = [value.value for value in entry.values or ()]
    position = 1 if entry.type == d.CLOSED else 0
    if entry.type not in OWN_CUSTOMS:
        yield FOREIGN_CUSTOM(type=shortened(entry.type))
    elif len(values) <= position or values[position] != unit:
        yield NOT_OF_THE_UNIT(type=entry.type, unit=unit)
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


def answer(request: Request) -> Iterator[str]:
    """Give the line of each file in turn."""
    for folder, path in request:
        yield json.dumps([_sent(remark) for remark in judge_file(Path(folder), Path(path))], default=_number)


def _sent(remark: Remark) -> tuple[object, ...]:
    message = remark.message
    return (remark.line, message.code, message.values) if isinstance(message, Text) else (remark.line, message)


def _number(value: object) -> dict[str, str]:
    return {NUMBER: str(value)}


def received(line: str | bytes) -> list[tuple[int, str]]:
    """Give the lines and messages of one file that `answer` has sent, in the language in force."""
    return [
        (number, CODES[said[0]](**said[1]) if len(said) > 1 else as_told(said[0]))
        for number, *said in json.loads(line, object_hook=_value)
    ]


def _value(values: dict[str, Any]) -> object:
    return Decimal(values[NUMBER]) if values.keys() == {NUMBER} else values


def give(request: Request, pipe: BinaryIO) -> None:
    """Answer a request, with no more means than that takes."""
    limit_resources()
    limit_seconds()
    with speaking(SOURCE):  # no catalogue need be read here
        for line in answer(request):
            pipe.write(line.encode() + b"\n")
            pipe.flush()
            limit_seconds()


if __name__ == "__main__":
    give(json.load(sys.stdin), sys.stdout.buffer)
