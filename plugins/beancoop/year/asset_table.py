"""The table of fixed assets of a financial year, and how it agrees with the ledger's accounts 2x, 2xx9 and 630."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.model.pcmn import DEPRECIABLE, DEPRECIATION
from beancoop.year.assets import AssetRegister, is_contra

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Span
    from beancoop.year.assets import Asset, Unnumbered


class AssetLine(NamedTuple):
    """An asset at the end of a year; amounts in the operating currency.

    Attributes:
        asset: the asset.
        cost: what it cost; of one that has left, what it cost before.
        before: what was written down before the year.
        during: what was written down in the year.
        due: what is still to be written down for the year.

    """

    asset: Asset
    cost: Decimal
    before: Decimal
    during: Decimal
    due: Decimal

    @property
    def value(self) -> Decimal:
        """What it is worth in the books: its cost less what is written down."""
        return self.cost - self.before - self.during


class Agreement(NamedTuple):
    """What the register says of a group of accounts, and what the ledger holds on them.

    Attributes:
        numbers: the accounts, such as "24", "24x9" or "630".
        register: by the register.
        ledger: by the ledger.

    """

    numbers: str
    register: Decimal
    ledger: Decimal

    @property
    def difference(self) -> Decimal:
        """What the ledger has and the register has not."""
        return self.ledger - self.register


class AssetTable(NamedTuple):
    """The fixed assets of a year.

    Attributes:
        register: where they are from.
        rubrics: those there at its end, by the two digits of their accounts, in order.
        left: those that left in it.
        agreements: whether they agree with the ledger.
        unnumbered: the postings that belong to no asset.

    """

    register: AssetRegister
    rubrics: dict[str, list[AssetLine]]
    left: Sequence[AssetLine]
    agreements: Sequence[Agreement]
    unnumbered: Sequence[Unnumbered]

    @property
    def difference(self) -> Decimal:
        """How far register and ledger are apart, all differences added up without their signs."""
        return sum((abs(each.difference) for each in self.agreements), ZERO)


def asset_table(books: Books, span: Span, unit: str | None = None) -> AssetTable:
    """Draw up the table of the assets of one *unit*, or of all, at the end of *span*."""
    register = AssetRegister(books)
    own = [asset for asset in register.assets if unit in {None, asset.unit}]
    rubrics: dict[str, list[AssetLine]] = {}
    left: list[AssetLine] = []
    for asset in sorted(own, key=lambda each: (each.account.number[:2], each.unit, each.number)):
        if asset.left is not None and span.first <= asset.left <= span.last:
            left.append(_left(asset, span, asset.left))
        elif cost := asset.cost(span.last):
            rubrics.setdefault(asset.account.number[:2], []).append(_line(asset, span, cost))
    unnumbered = [each for each in register.unnumbered if unit in {None, each.account.unit}]
    unnumbered = [each for each in unnumbered if each.entry.date <= span.last]
    during = sum((line.during for line in [*_all(rubrics), *left]), ZERO)
    return AssetTable(register, rubrics, left, list(_agreements(books, span, unit, rubrics, during)), unnumbered)


def _all(rubrics: dict[str, list[AssetLine]]) -> Iterator[AssetLine]:
    for lines in rubrics.values():
        yield from lines


def _line(asset: Asset, span: Span, cost: Decimal) -> AssetLine:
    return AssetLine(asset, cost, *_booked(asset, span, span.last), asset.due(span.last))


def _left(asset: Asset, span: Span, day: datetime.date) -> AssetLine:
    """Give an asset that left: what it cost, and what was written down by then."""
    costs = (move.amount for move in asset.moves if not move.is_depreciation and move.amount > ZERO)
    return AssetLine(asset, sum(costs, ZERO), *_booked(asset, span, day, is_gone=True), ZERO)


def _booked(asset: Asset, span: Span, last: datetime.date, *, is_gone: bool = False) -> tuple[Decimal, Decimal]:
    """Give what was written down before the year and in it, without what an asset took along on its *last* day."""
    before = during = ZERO
    for move in asset.moves:
        if not move.is_depreciation or move.day > last or (is_gone and move.day == last and move.amount < ZERO):
            continue
        if move.is_opening or move.day < span.first:
            before += move.amount
        else:
            during += move.amount
    return before, during


def _agreements(
    books: Books, span: Span, unit: str | None, rubrics: dict[str, list[AssetLine]], during: Decimal
) -> Iterable[Agreement]:
    accounts = books.sums.of(*DEPRECIABLE, unit=unit)
    for rubric in sorted({*rubrics, *(account.name.number[:2] for account in accounts)}):
        of_rubric = [account for account in accounts if account.name.number.startswith(rubric)]
        costs = [each for each in of_rubric if not is_contra(each.name.number)]
        contra = [each for each in of_rubric if is_contra(each.name.number)]
        lines = rubrics.get(rubric, [])
        held = sum((account.series.before(span.after) for account in costs), ZERO)
        yield Agreement(rubric, sum((line.cost for line in lines), ZERO), held)
        held = -sum((account.series.before(span.after) for account in contra), ZERO)
        yield Agreement(f"{rubric}x9", sum((line.before + line.during for line in lines), ZERO), held)
    charged = books.sums.moved(span.first, span.after, DEPRECIATION, unit=unit)
    if charged or during:
        yield Agreement(DEPRECIATION, during, charged)
