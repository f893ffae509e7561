"""What was filed: the directive of a return, and beside it the entries that it counted, posting by posting.

    coop/vat-2026.beancount   2026-04-20 custom "vat-return" "2026-Q1", with its grids
    coop/vat/2026-Q1.xml      the file that Intervat took
    coop/vat/2026-Q1.csv      what each posting added to each grid, before the carry

A return that replaces another has files of its own, `2026-Q1.2.xml`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount

from beancoop.closing.canonical import canonical
from beancoop.model import directives as d
from beancoop.model.findings import Finding
from beancoop.model.money import ZERO
from beancoop.presentation.delimited import rows_as_csv
from beancoop.storage.atomic import read_bytes
from beancoop.vat.operation import CODE
from beancoop.vat.periods import VatPeriod
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from beancount.core.data import Custom, Meta, Posting, Transaction

    from beancoop.model.register import Register
    from beancoop.vat.parts import Declared

FOLDER = "vat"
COLUMNS = ("sha256", "posting", "unit", "code", "grid", "amount")

_VERSION = "beancoop vat 1\n"
"""Hashed first, as in a seal."""
_PLACE = frozenset(("filename", "lineno"))
_KEPT = _PLACE | {CODE}
_SAID = f"{CODE}-"

_NUMBER = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
"""As we write them: an amount without exponent, and of no length that arithmetic gives up at."""

FILE_GONE = error("BC1060", "The filed return of {period} has lost its file {file}; take it back from the history.")
NOT_A_ROW = error("BC1061", "This line is not as beancoop vat file wrote it; take the file back from the history.")


class Row(NamedTuple):
    """What one posting added to one grid of a filed return.

    Attributes:
        entry: the sha256 of its transaction, see `fingerprint`.
        posting: its number there, from 1.
        unit: whose it is.
        code: its code.
        grid: the grid.
        amount: what it added, signed.

    """

    entry: str
    posting: int
    unit: str
    code: str
    grid: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Filed:
    """A return that was filed.

    Attributes:
        period: its period.
        number: 1, or more for one that replaces another.
        entry: its directive.
        grids: what its grids say.
        carried: what it leaves to the next one, by grid.
        sha256: of the transactions that it counted.
        xml_sha256: of its file.
        replaces: Intervat's reference of the return that it replaces; "" for none.
        reference: Intervat's reference of this one; "" where it is not written yet.

    """

    period: VatPeriod
    number: int
    entry: Custom
    grids: Mapping[str, Decimal]
    carried: Mapping[str, Decimal]
    sha256: str
    xml_sha256: str
    replaces: str
    reference: str

    @property
    def day(self) -> datetime.date:
        """The day on which it was filed."""
        return self.entry.date

    @property
    def xml(self) -> Path:
        """The file that Intervat took."""
        return self._beside("xml")

    @property
    def csv(self) -> Path:
        """What it counted."""
        return self._beside("csv")

    def _beside(self, suffix: str) -> Path:
        return Path(self.entry.meta["filename"]).parent / FOLDER / file_name(self.period, self.number, suffix)

    def rows(self) -> tuple[list[Row], list[Finding]]:
        """Read what it counted, and tell of what cannot be read.

        Raises:
            OSError: the file cannot be read.

        """
        content = read_bytes(self.csv)
        if content is None:
            return [], [Finding.at(self.entry, FILE_GONE(period=str(self.period), file=self.csv.name))]
        rows: list[Row] = []
        lines = csv.reader(io.StringIO(content.decode(errors="replace"), newline=""))
        number = 0
        try:
            for number, cells in enumerate(lines, 1):
                if number == 1 and tuple(cells) == COLUMNS:
                    continue
                if (row := _row(cells)) is None:
                    return rows, [Finding(str(self.csv), number, NOT_A_ROW())]
                rows.append(row)
        except csv.Error:  # a cell without end
            return rows, [Finding(str(self.csv), number + 1, NOT_A_ROW())]
        return rows, []


def file_name(period: VatPeriod, number: int, suffix: str) -> str:
    """Give the name of a file of a return: `2026-Q1.xml`, of the second one `2026-Q1.2.xml`."""
    return f"{period}.{suffix}" if number == 1 else f"{period}.{number}.{suffix}"


def filed_returns(register: Register) -> Sequence[Filed]:
    """Give the returns that were filed, by period; those of one period in the order in which they were filed."""
    by_period: dict[VatPeriod, list[Filed]] = defaultdict(list)
    for declaration in register.vat_returns:
        period = VatPeriod.parse(declaration.values[0])
        if period is None:
            continue
        said = declaration.terms
        by_period[period].append(
            Filed(
                period,
                len(by_period[period]) + 1,
                declaration.entry,
                _amounts(said, d.GRID),
                _amounts(said, d.CARRY),
                *(str(said.get(key, "")) for key in ("sha256", "xml-sha256", "replaces", "reference")),
            )
        )
    return [filed for period in sorted(by_period) for filed in by_period[period]]


def in_force(filed: Iterable[Filed]) -> Sequence[Filed]:
    """Leave out the returns that another one replaces."""
    return list({each.period: each for each in filed}.values())


def fingerprint(entry: Transaction) -> str:
    """Give the sha256 of what a return counts of a transaction: date, amounts, accounts, codes and links.

    It is canonical as in a seal, and leaves out what stays free after filing: narration, payee, tags, documents.
    """
    postings = [_bare(posting) for posting in entry.postings]
    kept = entry._replace(
        flag="*", payee=None, narration="", tags=frozenset(), meta=_codes(entry.meta), postings=postings
    )
    return hashlib.sha256(canonical(kept).encode()).hexdigest()


def _bare(posting: Posting) -> Posting:
    """Leave out what stays free: of most postings there is nothing to leave out, and they are given as they are."""
    meta = posting.meta
    if posting.flag is None and (not meta or meta.keys() == _PLACE):
        return posting
    return posting._replace(flag=None, meta=_codes(meta or {}))


def _codes(meta: Meta) -> Meta:
    """Keep what says what an operation is to VAT."""
    return {key: meta[key] for key in meta if key in _KEPT or (key.startswith(_SAID) and _is_line(key))}


def _is_line(key: str) -> bool:
    return key.removeprefix(_SAID).isdecimal()


def digest(rows: Iterable[Row]) -> str:
    """Give one sha256 over the transactions of a return, whatever their order; one that stands twice counts twice."""
    hashes = sorted(counted(rows).elements())
    return hashlib.sha256((_VERSION + "".join(f"{each}\n" for each in hashes)).encode()).hexdigest()


def counted(rows: Iterable[Row]) -> Counter[str]:
    """Give how many transactions of each fingerprint stand behind *rows*.

    Of two that are alike, each posting and grid stands there twice.
    """
    times = Counter((row.entry, row.posting, row.grid, row.code) for row in rows)
    found: Counter[str] = Counter()
    for (entry, *_), count in times.items():
        found[entry] = max(found[entry], count)
    return found


def rows_of(declared: Iterable[Declared]) -> list[Row]:
    """Give what transactions add to a return: one row for each posting, code and grid."""
    rows: list[Row] = []
    for each in declared:
        entry, sums = fingerprint(each.operation.entry), dict[tuple[int, str, str], Decimal]()
        for part in each.parts:
            key = part.posting, part.code, part.grid
            sums[key] = sums.get(key, ZERO) + part.amount
        rows += [
            Row(entry, posting, each.operation.unit, code, grid, amount)
            for (posting, code, grid), amount in sums.items()
        ]
    return rows


def as_csv(rows: Iterable[Row]) -> str:
    """Write them as the file beside a filed return has them."""
    return rows_as_csv([COLUMNS, *rows], end="\n")


def _row(cells: Sequence[str]) -> Row | None:
    if len(cells) != len(COLUMNS) or not _NUMBER.fullmatch(cells[1]) or not _AMOUNT.fullmatch(cells[5]):
        return None
    return Row(cells[0], int(cells[1]), cells[2], cells[3], cells[4], Decimal(cells[5]))


def _amounts(said: Mapping[str, object], prefix: str) -> dict[str, Decimal]:
    return {
        key.removeprefix(prefix): value.number
        for key, value in sorted(said.items())
        if key.startswith(prefix) and isinstance(value, Amount) and value.number is not None
    }
