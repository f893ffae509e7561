"""An exported folder as someone who looks for a leak reads it: every file of it as text."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING
from zipfile import ZipFile

from beancoop.model.accounts import parse_account
from beancount.core.amount import Amount
from beancount.core.data import Transaction
from pypdf import PdfReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from beancount.core.data import Directive

_NUMBER = re.compile(r"\d(?:[.,\u00a0\u202f ]?\d)*")
_TAG = re.compile(r"<[^<>]*>")
_SPACES = re.compile(r"[ \u00a0\u202f]")


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each file of *folder* by name with all the text in it: members of workbooks, pages of PDF."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, content = str(path.relative_to(folder)), path.read_bytes()
            yield name, name
            if path.suffix == ".xlsx":
                with ZipFile(io.BytesIO(content)) as archive:
                    yield from ((f"{name}/{each}", archive.read(each).decode()) for each in archive.namelist())
            elif path.suffix == ".pdf":
                yield name, "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
            elif path.suffix == ".csv":
                yield name, "\n".join(cell for row in csv.reader(io.StringIO(content.decode())) for cell in row)
            else:
                yield name, content.decode()


def numbers(text: str) -> set[Decimal]:
    """Give every number with a decimal part written in *text*, with a point or a comma, grouped or not.

    Of XML it is what stands between the tags: in them are the margins of a page, and a vocabulary that ends in 1.1.
    """
    text = _TAG.sub(" ", text) if text.startswith("<") else text
    found = set()
    for match in _NUMBER.finditer(text):
        for word in {_SPACES.sub("", match[0]), *_SPACES.split(match[0])}:
            *whole, part = re.split(r"[.,]", word)
            if whole and part and "".join(whole):
                found.add(Decimal(f"{''.join(whole)}.{part}"))
    return found


def code(unit: str) -> re.Pattern[str]:
    """Give a pattern that finds the code of *unit*, be it part of the number of an invoice."""
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(unit)}(?![A-Za-z0-9])")


class Facts:
    """Who is named in the entries of which unit, and what amounts stand there."""

    def __init__(self, entries: Iterable[Directive], unit: str) -> None:
        self.payees: dict[bool, set[str]] = {True: set(), False: set()}
        self.amounts: dict[bool, set[Decimal]] = {True: set(), False: set()}
        moved: dict[tuple[str, bool], Decimal] = defaultdict(Decimal)
        asked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for entry in entries:
            if isinstance(entry, Transaction):
                owners = {parse_account(posting.account).unit for posting in entry.postings}
                own = owners == {unit}
                self.payees[own] |= {entry.payee} - {None, ""}
                self.amounts[own] |= {abs(posting.units.number) for posting in entry.postings}
                if own:
                    self.amounts[own] |= {each.number for each in entry.meta.values() if isinstance(each, Amount)}
                    for posting in entry.postings:
                        moved[posting.account, posting.units.number > 0] += posting.units.number
                        asked[entry.payee, parse_account(posting.account).chapter] += posting.units.number
        sides = [(moved[account, True], moved[account, False]) for account, _ in list(moved)]
        self.sums = {abs(total) for total in asked.values()}
        self.sums |= {abs(sum(both)) for both in sides} | {abs(side) for both in sides for side in both}

    @property
    def payees_elsewhere(self) -> set[str]:
        """Those whom no entry of the unit names."""
        return self.payees[False] - self.payees[True]

    @property
    def amounts_elsewhere(self) -> set[Decimal]:
        """Those with cents that are neither in the unit's entries nor sums of what its accounts or parties moved."""
        return {amount for amount in self.amounts[False] - self.amounts[True] - self.sums if amount != int(amount)}
