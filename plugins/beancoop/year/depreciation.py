"""Writing fixed assets down for a year: one `#inventory` entry a unit, 630 against 2xx9 (contract, section 10).

Linear, from the month of purchase: cost x months so far / months of life, rounded, less what is booked. What was not
written down for an earlier year is caught up, and a second run finds nothing to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.books.books import Books
from beancoop.model.accounts import COOP, RootNames, parse_account
from beancoop.model.findings import Finding, Refusal, news
from beancoop.model.pcmn import DEPRECIATION, DEPRECIATION_OF, DEPRECIATION_OF_TANGIBLE, WRITTEN_DOWN
from beancoop.model.pcmn.chart import account as row_of
from beancoop.model.provenance import INVENTORY, is_injected
from beancoop.rules.dry_run import DryRun
from beancoop.storage.atomic import read_text
from beancoop.storage.commit import Writing, changes_of, commit_changes, to_be_written
from beancoop.storage.layout import book_to_write
from beancoop.storage.new_account import accounts_file, first_open_day, stem_of, with_account
from beancoop.words.messages import error
from beancoop.year.assets import ASSET, Asset, AssetRegister

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from decimal import Decimal
    from pathlib import Path

    from beancoop.loading.ledger import Ledger
    from beancoop.model.periods import Span
    from beancoop.model.register import Register
    from beancoop.rules import engine

TITLE, NARRATION = "inventaire {year}", "Amortissements {year}"
"""Texts of the books, which are in French whoever closes them."""

NOT_BEGUN = error("BC390", "{year} begins on {first}, and it is {today}: nothing of it can be written down yet.")
SEALED = error(
    "BC391", "{year} of {unit} is sealed, and {asset} is not written down in it; it is caught up in the year after."
)
WRONG_REGISTER = error("BC392", "The register of fixed assets is not right; nothing is written down.")
OPENS_LATER = error(
    "BC393", "{account} is open from {opened} on, after {day}, the last of the year; open it earlier, and try again."
)
DOES_NOT_HOLD = error("BC394", "With these entries the ledger finds what it did not find before; nothing was written.")
NOT_INCLUDED = error("BC395", "{file} is not included by {ledger}; include it, and write down again.")


class Share(NamedTuple):
    """What an asset loses for a year, and the accounts it is booked on."""

    asset: Asset
    amount: Decimal
    charge: str
    contra: str


class Depreciation(NamedTuple):
    """What writes a year's assets down.

    Attributes:
        writings: one transaction a unit.
        opens: the accounts that are opened for it, with their day, by the file they are opened in.
        shares: what each asset loses.
        currency: of all amounts.

    """

    writings: Sequence[Writing]
    opens: Sequence[tuple[Path, data.Open]]
    shares: Sequence[Share]
    currency: str


def plan_depreciation(
    ledger: Ledger, year: int, today: datetime.date, rules: Sequence[type[engine.Rule]]
) -> Depreciation:
    """Work out what writes the assets down for the financial *year*, and prove that the ledger takes it.

    Raises:
        Refusal: the year has not begun by *today* or is sealed, the register is not right, or the ledger would not
            hold.

    """
    books = Books(ledger)
    span = books.register.cooperative.year(year)
    if today < span.first:
        raise Refusal(NOT_BEGUN(year=str(year), first=span.first, today=today))
    assets = AssetRegister(books)
    if assets.findings:
        raise Refusal(WRONG_REGISTER(), assets.findings)
    due = [asset for asset in assets.assets if asset.due(span.last)]
    _refuse_sealed(books.register, year, due)
    finder = _Accounts(books.register, span.last)
    shares = [Share(each, each.due(span.last), finder.charge(each), finder.contra(each)) for each in due]
    writings = [
        Writing(unit, book_to_write(ledger, books.register, unit, f"inventory-{year}.beancount"), [entry])
        for unit, entry in _entries(shares, span, year, books.currency)
    ]
    opens = [(accounts_file(ledger, books.register, _unit(opened)), opened) for opened in finder.new.values()]
    new = [*(opened for _, opened in opens), *(entry for writing in writings for entry in writing.entries)]
    if found := news(DryRun(ledger, rules, ()).wrong(), DryRun(ledger, rules, new).wrong()):
        raise Refusal(DOES_NOT_HOLD(), found)
    return Depreciation(writings, opens, shares, books.currency)


def write_depreciation(path: Path, year: int, today: datetime.date, rules: Sequence[type[engine.Rule]]) -> Depreciation:
    """Write the assets of the ledger at *path* down for the financial *year*: all of them, or nothing.

    Raises:
        Refusal: see `plan_depreciation`; or what was written did not load as it was meant, and was taken back.
        ConflictError: another program is writing, or changed a file meanwhile.
        OSError: a file could not be read or written.

    """
    with to_be_written(path) as ledger:
        planned = plan_depreciation(ledger, year, today, rules)
        if planned.writings:
            earlier = _opened(planned.opens)
            title = TITLE.format(year=year)
            changes = changes_of(planned.writings, title, RootNames.of(ledger.options), earlier)

            def judge(after: Ledger) -> list[Finding]:
                return [*_unread(after, planned), *news(ledger.findings, after.findings)]

            commit_changes(ledger, changes, judge)
    return planned


def _refuse_sealed(register: Register, year: int, due: Sequence[Asset]) -> None:
    found = [
        Finding.where(asset.meta, why)
        for asset in due
        if register.has_sealed(asset.unit, year)
        for why in (SEALED(year=str(year), unit=asset.unit, asset=asset.number),)
    ]
    if found:
        raise Refusal(found[0].message, found)


def _entries(shares: Sequence[Share], span: Span, year: int, currency: str) -> Iterator[tuple[str, data.Transaction]]:
    """Give one transaction a unit, the structure's last; each posting says of which asset it is."""
    for unit in sorted({share.asset.unit for share in shares}, key=lambda unit: (unit == COOP, unit)):
        postings = [
            data.Posting(account, Amount(amount, currency), None, None, None, {**_meta(), ASSET: share.asset.number})
            for share in shares
            if share.asset.unit == unit
            for account, amount in ((share.charge, share.amount), (share.contra, -share.amount))
        ]
        tags, text = frozenset((INVENTORY,)), NARRATION.format(year=year)
        yield unit, data.Transaction(_meta(), span.last, "*", None, text, tags, frozenset(), postings)


class _Accounts:
    """The accounts that depreciation is booked on: open ones, or those to be opened."""

    def __init__(self, register: Register, day: datetime.date) -> None:
        self._register = register
        self._day = day
        self.new: dict[str, data.Open] = {}

    def charge(self, asset: Asset) -> str:
        """Give 6300, 6301 or 6302 by what the asset is, or the unit's 630 where that is what it has open."""
        wanted = DEPRECIATION_OF.get(asset.account.number[:2], DEPRECIATION_OF_TANGIBLE)
        return self._found(asset.unit, wanted, DEPRECIATION)

    def contra(self, asset: Asset) -> str:
        """Give the account that holds what is written down of it already, else that of its number."""
        used = [move.account.name for move in asset.moves if move.is_depreciation]
        return used[-1] if used else self._found(asset.unit, contra_of(asset.account.number))

    def _found(self, unit: str, *numbers: str) -> str:
        for number in numbers:
            for name, opened in self._register.opens.items():
                own = parse_account(name)
                if own and (own.number, own.unit) == (number, unit) and self._is_open(name, opened):
                    return name
        account = self._register.roots.new_account(stem_of(numbers[0], ""), unit)
        if there := self._register.opens.get(account):
            text = OPENS_LATER(account=account, opened=there.date, day=self._day)
            raise Refusal(text, [Finding.at(there, text)])
        if account not in self.new:
            self.new[account] = self._opening(unit, account)
        return account

    def _is_open(self, name: str, opened: data.Open) -> bool:
        closed = self._register.closes.get(name)
        return opened.date <= self._day and not is_injected(opened) and (closed is None or closed.date > self._day)

    def _opening(self, unit: str, account: str) -> data.Open:
        """Open an account on the unit's first open day, or on the last of the year where that comes before it."""
        day = min(first_open_day(self._register, unit, None), self._day)
        return data.Open(_meta(), day, account, None, None)  # type: ignore[arg-type]


def contra_of(number: str) -> str:
    """Give the number that holds what is written down of an asset's account: its end made a 9, as the chart has it.

    >>> contra_of("230"), contra_of("2410"), contra_of("221"), contra_of("201")
    ('2309', '2419', '229', '2019')
    """
    shorter = (f"{number[:length]}{WRITTEN_DOWN}" for length in range(len(number), 1, -1))
    return next((each for each in shorter if row_of(each)), f"{number[:3]}{WRITTEN_DOWN}")


def _opened(opens: Sequence[tuple[Path, data.Open]]) -> dict[Path, tuple[str, str]]:
    """Give the files in which accounts are opened: what they hold, and what they are to hold."""
    texts: dict[Path, tuple[str, str]] = {}
    for path, opened in opens:
        before, after = texts.get(path) or (read_text(path) or "",) * 2
        texts[path] = before, with_account(after, opened.account, opened.date)[0]
    return texts


def _unit(opened: data.Open) -> str:
    name = parse_account(opened.account)
    return str(name.unit) if name else COOP


def _unread(ledger: Ledger, planned: Depreciation) -> list[Finding]:
    files = dict.fromkeys(writing.path for writing in planned.writings if writing.path not in ledger.files)
    return [Finding(str(file), 0, NOT_INCLUDED(file=file, ledger=ledger.path)) for file in files]


def _meta() -> dict[str, Any]:
    return data.new_metadata("<beancoop.year>", 0)
