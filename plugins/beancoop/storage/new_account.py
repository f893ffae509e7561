"""Opening one more account of a unit, where its others are opened (contract, section 3).

An activity's accounts are opened in its `ledger.beancount`, the structure's in `coop/accounts.beancount`. What is
written is loaded again, and taken back where the ledger then finds something that it did not find before.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.account import is_valid

from beancoop.model.accounts import COOP, parse_account
from beancoop.model.findings import Finding, Refusal, news, place
from beancoop.model.months import Month
from beancoop.model.pcmn import roots_for
from beancoop.model.pcmn.chart import known, nearest, slug
from beancoop.model.provenance import is_injected
from beancoop.model.register import read_register
from beancoop.storage.atomic import read_text
from beancoop.storage.commit import commit_changes, to_be_written
from beancoop.storage.layout import ledger_of
from beancoop.storage.step import Change
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime

    from beancount.core.data import Open

    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register

UNKNOWN_NUMBER = error(
    "BC280", "The chart of accounts has no number {number}; the nearest are {nearest}. With --label it can be opened."
)
NO_SUCH_NUMBER = error("BC281", "The chart of accounts leaves no room for {number}; the nearest numbers are {nearest}.")
OPEN_ALREADY = error("BC282", "{account} is open already, at {place}.")
UNKNOWN_UNIT = error("BC283", "{ledger} has no books of {unit}; it has those of {known}.")
BEFORE_START = error(
    "BC284", "{unit} begins on {start}; an account of it opens on that day at the earliest, not on {day}."
)
CLOSED_MONTH = error(
    "BC285",
    "{month} of {unit} is closed, and an account opened in it would break its seal; the first open day is {first}.",
)
NOT_A_LABEL = error("BC286", "No account can be called {label}; write a word or a few, such as FraisBancaires.")
NOT_READ = error("BC287", "{file} is no file of {ledger}; include it, and open the account again.")
TAKEN_BACK = error("BC288", "With {account} open, the ledger finds what it did not find before; all is as it was.")

_OPEN = re.compile(r"\d{4}[-/]\d\d[-/]\d\d\s+open\s+(\S+)(\s+)?(\S.*)?")


class Opened(NamedTuple):
    """An account that was opened: its name, its day, its file and the line of that file."""

    account: str
    day: datetime.date
    file: Path
    line: int


def open_account(path: Path, number: str, unit: str, label: str = "", day: datetime.date | None = None) -> Opened:
    """Open the account *number* of *unit* in the ledger at *path*: all of it, or nothing.

    Args:
        path: the ledger, the cooperative's or a sub-ledger alone.
        number: its PCMN number.
        unit: whose it is.
        label: what it is called; the chart's name, where it is empty.
        day: from when it is open; the first day of the unit that no seal covers, where it is None.

    Raises:
        Refusal: it cannot be opened, and why.
        ConflictError: another program is writing, or changed the file meanwhile.
        OSError: the file cannot be read or written.

    """
    with to_be_written(path) as ledger:
        register = read_register(ledger.entries, ledger.options)
        _refuse_unknown(ledger, register, unit)
        account = register.roots.new_account(stem_of(number, label), unit)
        _refuse_open(register, account, by_number=not label)
        opened = first_open_day(register, unit, day)
        file = accounts_file(ledger, register, unit)
        before = read_text(file) or ""
        after, line = with_account(before, account, opened)

        def judge(found: Ledger) -> tuple[()]:
            _refuse_news(ledger, found, account, file)
            return ()

        commit_changes(ledger, [Change(file, before, after)], judge)
    return Opened(account, opened, file, line)


def _refuse_unknown(ledger: Ledger, register: Register, unit: str) -> None:
    units = [*([COOP] if register.coop_is_open else []), *register.activities]
    if unit not in units:
        raise Refusal(UNKNOWN_UNIT(ledger=ledger.path, unit=unit, known=units))


def stem_of(number: str, label: str) -> str:
    """Give the number and the name of an account; a name of several words is made one.

    Raises:
        Refusal: the chart has no such number, or no account can be called so.

    """
    beside = [row.number for row in nearest(number)]
    if len(number) == 1 or not roots_for(number):
        raise Refusal(NO_SUCH_NUMBER(number=number, nearest=beside))
    if not label:
        row = known(number)
        if row is None:
            raise Refusal(UNKNOWN_NUMBER(number=number, nearest=beside))
        return f"{number}-{row.word}"
    word = label if re.fullmatch(r"[A-Z0-9][A-Za-z0-9-]*", label) else slug(label)
    if not word or not is_valid(f"Assets:{number}-{word}"):
        raise Refusal(NOT_A_LABEL(label=label))
    return f"{number}-{word}"


def account_for(register: Register, unit: str, number: str, day: datetime.date) -> str:
    """Give the first account of *unit* that is open on *day* and whose PCMN number begins so, or the chart's own.

    Raises:
        Refusal: no account is open, and the chart has no such number.

    """
    for name, opened in sorted(register.opens.items()):
        own = parse_account(name)
        closed = register.closes.get(name)
        is_open = opened.date <= day and (closed is None or closed.date > day)
        if own and own.unit == unit and own.number.startswith(number) and is_open:
            return name
    return register.roots.new_account(stem_of(number, ""), unit)


def _refuse_open(register: Register, account: str, *, by_number: bool) -> None:
    """Refuse a name that is open; where the chart's own was asked for, any other of the same number and unit too."""
    wanted = parse_account(account)
    for name, opened in register.opens.items():
        other = parse_account(name)
        same = other and wanted and (other.number, other.unit) == (wanted.number, wanted.unit)
        if (name == account or (by_number and same)) and not is_injected(opened):
            raise Refusal(OPEN_ALREADY(account=name, place=place(opened.meta)))


def first_open_day(register: Register, unit: str, wanted: datetime.date | None) -> datetime.date:
    """Give the day from which an account of *unit* is open: the first one that no seal covers, unless another is named.

    The last day of a financial year that is not closed may be named, too: what settles the year is dated then.

    Raises:
        Refusal: the day that is named is before the unit's first, or in a closed month.

    """
    start = register.activities[unit].start if unit in register.activities else _first_open(register, unit)
    last = register.last_closed(unit)
    first = max(start, last.next().first_day) if last else start
    if wanted is None:
        return first
    if wanted < start:
        raise Refusal(BEFORE_START(unit=unit, start=str(start), day=str(wanted)))
    if wanted < first and not _ends_open_year(register, unit, wanted):
        raise Refusal(CLOSED_MONTH(month=str(Month.of(wanted)), unit=unit, first=str(first)))
    return wanted


def _ends_open_year(register: Register, unit: str, day: datetime.date) -> bool:
    """Say whether *day* ends a financial year that is not closed, on a month's last day (see `closing.seal`)."""
    year = register.cooperative.year_of(day)
    ends = register.cooperative.year(year).last == day == Month.of(day).last_day
    return ends and year not in register.closed_years(unit)


def _first_open(register: Register, unit: str) -> datetime.date:
    return min(opened.date for opened in _opens_of(register, unit))


def _opens_of(register: Register, unit: str) -> list[Open]:
    return [opened for name, opened in register.opens.items() if (own := parse_account(name)) and own.unit == unit]


def accounts_file(ledger: Ledger, register: Register, unit: str) -> Path:
    """Give the file that opens the unit's accounts; where the usual one is not read, that of its first account."""
    usual = ledger.path.parent / "coop" / "accounts.beancount" if unit == COOP else ledger_of(ledger, register, unit)
    if usual in ledger.files:
        return usual
    opens = [Path(opened.meta["filename"]) for opened in _opens_of(register, unit)]
    return next((file for file in opens if file in ledger.files), ledger.path)


def with_account(text: str, account: str, day: datetime.date) -> tuple[str, int]:
    """Give *text* with the account open in it, after the others of its unit that come before it, and its line.

    Args:
        text: what the file holds.
        account: the account's name.
        day: from when it is open.

    """
    lines = text.splitlines(keepends=True)
    wanted = parse_account(account)
    own: list[tuple[str, int]] = []
    for place_, line in enumerate(lines):
        match = _OPEN.match(line)
        name = parse_account(match[1]) if match else None
        if name and wanted and name.unit == wanted.unit:
            own.append((name.number, place_))
    number = wanted.number if wanted else ""
    earlier = [each for each in own if each[0] <= number]
    if not own:
        ended = text if text.endswith("\n") or not text else f"{text}\n"
        return f"{ended}\n{day} open {account}\n", ended.count("\n") + 2
    beside = max(earlier)[1] if earlier else min(own, key=lambda each: each[1])[1]
    at = beside
    if earlier:
        at += 1
        while at < len(lines) and lines[at].strip() and lines[at][0] in " \t":  # its metadata
            at += 1
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    lines.insert(at, _line(account, day, lines[beside]))
    return "".join(lines), at + 1


def _line(account: str, day: datetime.date, neighbour: str) -> str:
    """Write the directive with the currency, the column and the line end of its neighbour."""
    end = "\r\n" if neighbour.endswith("\r\n") else "\n"
    match = _OPEN.match(neighbour.rstrip())
    currencies = (match[3] or "").partition(";")[0].strip() if match else ""
    begun = f"{day} open {account}"
    if not match or not currencies:
        return f"{begun}{end}"
    return f"{begun.ljust(match.start(3) - 1)} {currencies}{end}"


def _refuse_news(before: Ledger, after: Ledger, account: str, file: Path) -> None:
    """Refuse what the ledger does not read, or finds wrong now; lines have moved, so that messages are compared."""
    found = news(before.findings, after.findings)
    if account not in read_register(after.entries, after.options).opens:
        found.append(Finding(str(file), 0, NOT_READ(file=file, ledger=before.path)))
    if found:
        raise Refusal(TAKEN_BACK(account=account), found)
