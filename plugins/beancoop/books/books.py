"""One loaded ledger as statements read it: each thing is worked out once, when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.books.sums import Sums
from beancoop.closing.seal import check_seals
from beancoop.contribution.rule import read_levies
from beancoop.model.accounts import COOP
from beancoop.model.months import Month
from beancoop.model.ownership import unit_of
from beancoop.model.register import read_register

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from beancoop.contribution.levy import Levy
    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding
    from beancoop.model.periods import Span
    from beancoop.model.register import Register


class Standing(NamedTuple):
    """Whether the books behind a statement may still change.

    Attributes:
        is_closed: whether every month of it is sealed, and the seals hold.
        seal: the sha256 of the seal of its last month; "" where it is not closed.

    """

    is_closed: bool
    seal: str


PROVISIONAL = Standing(is_closed=False, seal="")


class Books:
    """What the statements of one ledger are drawn from; amounts are in its operating currency, unrounded."""

    def __init__(self, ledger: Ledger) -> None:
        """Read the directives; the transactions when they are asked for."""
        self.ledger = ledger
        self.register: Register = read_register(ledger.entries, ledger.options)

    @property
    def title(self) -> str:
        """Whose books they are, as the ledger's `title` says."""
        return str(self.ledger.options["title"] or "")

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.register.currency

    @cached_property
    def sums(self) -> Sums:
        """What every account moved, added up."""
        return Sums(self.ledger.entries, self.currency)

    @cached_property
    def levies(self) -> Mapping[str, list[Levy]]:
        """The levies of each activity."""
        return read_levies(self.ledger.entries, self.ledger.options)

    @cached_property
    def transactions(self) -> Sequence[Transaction]:
        """The transactions, in the order of dates."""
        return [entry for entry in self.ledger.entries if isinstance(entry, Transaction)]

    @cached_property
    def _by_unit(self) -> Mapping[str, list[Transaction]]:
        found: dict[str, list[Transaction]] = {}
        for entry in self.transactions:
            if unit := unit_of(entry):
                found.setdefault(unit, []).append(entry)
        return found

    def of(self, unit: str | None) -> Sequence[Transaction]:
        """Give the transactions of one *unit*, or of all, in the order of dates."""
        return self.transactions if unit is None else self._by_unit.get(unit, [])

    def within(self, begin: datetime.date, span: Span, unit: str | None) -> Iterator[Transaction]:
        """Give those dated from *begin* to the last day of *span*."""
        return (entry for entry in self.of(unit) if begin <= entry.date <= span.last)

    @property
    def last_day(self) -> datetime.date | None:
        """The day of the last transaction; None where there is none."""
        return self.transactions[-1].date if self.transactions else None

    @property
    def units(self) -> tuple[str, ...]:
        """The activities by code, and the structure before them where its books are part of the ledger."""
        return (*((COOP,) if self.register.coop_is_open else ()), *self.register.activities)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each PCMN number is called in this ledger: the first of its labels where there are several."""
        labels: dict[str, str] = {}
        for name in sorted(account.name for account in self.sums.accounts.values()):
            labels[name.number] = min(labels.get(name.number, name.label), name.label)
        return labels

    @cached_property
    def broken_seals(self) -> Sequence[Finding]:
        """What is wrong with the seals of closed months: as long as there is anything, nothing counts as closed."""
        return check_seals(self.ledger.entries, self.ledger.options) if self.register.seals else ()

    def standing(self, span: Span, unit: str | None) -> Standing:
        """Say whether the books of a *unit*, or all of them, are closed for the whole of *span*.

        The seal of all of them is the structure's hash over the seals of every unit of that month.
        """
        owner = self._owner(unit)
        seal = self.register.seals.get(owner, {}).get(Month.of(span.last))
        if seal is None or self.broken_seals or self.ledger.errors:
            return PROVISIONAL
        return Standing(
            is_closed=True, seal=str(seal.meta.get("units" if unit is None and owner == COOP else "sha256"))
        )

    def _owner(self, unit: str | None) -> str:
        """Give the unit whose seals close *unit*, or all of them: the only activity's where it stands alone."""
        if unit is not None or self.register.coop_is_open:
            return unit or COOP
        return next(iter(self.register.activities), COOP)
