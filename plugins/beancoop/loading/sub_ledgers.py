"""The files of a ledger that concern the same units, which the suite judges together."""

from __future__ import annotations

import os
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Close, Custom, Open

from beancoop.loading.cache import hashed
from beancoop.loading.encoding import PLACE
from beancoop.loading.moves import put_together
from beancoop.loading.summary import arranged, inverse, order_of
from beancoop.model.accounts import COOP

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from beancount.core.data import Directive

    from beancoop.loading.checks import Batch
    from beancoop.loading.moves import Sorted
    from beancoop.loading.shelf import Header
    from beancoop.model.findings import BeancoopError
    from beancoop.model.register import Register

_NOBODY = ""
_BEARING = (Open, Close, Custom)


class SubLedger:
    """The entries of some files.

    Attributes:
        names: the files.
        digest: of the files; of others than the structure's, of what those say that others depend on, too.
        bearing: of the structure's files, a hash of that; of others None.
        is_absent: whether no more of it is read than an outline says.

    """

    is_absent = False

    def __init__(
        self, names: Sequence[str], files: Sequence[tuple[int, Batch]], digest: bytes, bearing: bytes | None = None
    ) -> None:
        """Take files with their numbers among all, in order."""
        self.names = names
        self._files = files
        self.digest = digest
        self.bearing = bearing

    @property
    def is_common(self) -> bool:
        """Whether its files are the structure's."""
        return self.bearing is not None

    @property
    def batches(self) -> list[Batch]:
        """The entries of each file."""
        return [batch for _, batch in self._files]

    @property
    def is_of_activity(self) -> bool:
        """Whether they are about units, and not the structure's; else they are the cooperative's, or about nobody."""
        return bool(self.units) and not self.is_common

    def entries(self) -> list[Any]:
        """Give its entries in the order of dates."""
        if len(self._files) == 1:
            return self._files[0][1].entries
        return arranged([batch.entries for batch in self.batches], self._order)

    @cached_property
    def _order(self) -> list[int]:
        """The order of all entries, by where each stands when its files are put one after the other."""
        return order_of([batch.summary.keys for batch in self.batches])

    @property
    def repeats_keys(self) -> bool:
        """Whether a directive of ours may have a key twice."""
        return any(batch.summary.repeats_keys for batch in self.batches)

    def customs(self) -> list[Custom]:
        """Give its directives of ours."""
        return [entry for batch in self.batches for _, entry in batch.at(batch.summary.customs)]

    @property
    def units(self) -> frozenset[str]:
        """The units that they are about."""
        return frozenset().union(*(batch.summary.units for _, batch in self._files))

    @property
    def first_day(self) -> datetime.date | None:
        """The day of its first transaction, if it has any."""
        days = (day for _, batch in self._files if (day := batch.summary.first_day) is not None)
        return min(days, default=None)

    def rank(self, place: int) -> tuple[int, int, int]:
        """Give what orders one of its entries among all of the ledger."""
        return self._ranks[place]

    @cached_property
    def _ranks(self) -> list[tuple[int, int, int]]:
        return sorted(
            (key, number, index) for number, batch in self._files for index, key in enumerate(batch.summary.keys)
        )

    def sorted_out(self) -> Sorted:
        """Give what they move by account."""
        sorts = [batch.sorted_out() for batch in self.batches]
        if len(sorts) == 1:
            return sorts[0]
        places = iter(inverse(self._order))
        return put_together(
            [
                (each, [*islice(places, len(batch.summary.keys))])
                for each, batch in zip(sorts, self.batches, strict=True)
            ]
        )


class Parted(NamedTuple):
    """A ledger as the suite judges it part by part.

    Attributes:
        directives: all entries but the transactions, in order; those of absent parts last.
        options: of the ledger.
        parts: the parts.
        whole: gives all entries in order.
        known: what the suite has kept of parts, by what they are known by.

    """

    directives: Sequence[Any]
    options: Mapping[str, Any]
    parts: Sequence[SubLedger]
    whole: Callable[[], Sequence[Any]]
    known: Mapping[bytes, Any]


class Added(NamedTuple):
    """Entries that follow from a ledger.

    Attributes:
        entries: makes them.
        known_by: what they are known by from one load to the next, where they are transactions that follow from one
            part alone; else None.

    """

    entries: Callable[[], Sequence[Directive]]
    known_by: bytes | None = None


class Judgement(NamedTuple):
    """What the suite says of a ledger.

    Attributes:
        added: the entries that follow from it, in the order in which equal ones are to stand.
        errors: what is wrong, in order.
        facts: what may be kept of each part, by what it is known by.
        register: what the directives say.

    """

    added: list[Added]
    errors: list[BeancoopError]
    facts: dict[bytes, Any]
    register: Register


def sub_ledgers(
    names: Sequence[str], batches: Sequence[Batch], digests: Sequence[bytes], headers: Sequence[Header]
) -> list[SubLedger]:
    """Share the files of a ledger out, so that what is about one unit is together.

    The first file goes with the structure's, since its options hold for all. Files that are about no unit, such as the
    hours of accompaniment, are together; no rule asks them about an activity.

    Args:
        names: of the files.
        batches: the entries of each file.
        digests: what each file is known by, beside its name, by which documents are found.
        headers: what each says apart from its directives.

    """
    groups = _together([batch.summary.units or {_NOBODY} for batch in batches])
    common = next(group for group in groups if 0 in group)
    said = [(headers[number].hash or digests[number], *_said(batches[number])) for number in common]
    bearing = hashed(*(part for each in said for part in each))
    known_by = [(os.fsencode(name), digest) for name, digest in zip(names, digests, strict=True)]
    return [
        SubLedger(
            [names[number] for number in group],
            [(number, batches[number]) for number in group],
            hashed(b"" if group is common else bearing, *(part for each in group for part in known_by[each])),
            bearing if group is common else None,
        )
        for group in groups
    ]


def _said(batch: Batch) -> Iterator[bytes]:
    """Give what a file of the structure says that other parts may depend on, wherever it stands: no transaction.

    With what their own files say, the register is read from that.
    """
    for _, entry in batch.directives:
        if type(entry) in _BEARING:
            meta = [(key, value) for key, value in entry.meta.items() if key not in PLACE]
            yield repr((type(entry).__name__, entry._replace(meta=None), meta)).encode()


def _together(units: Sequence[Iterable[str]]) -> list[list[int]]:
    """Put the numbers of what shares a unit together, directly or through others; the first goes with the structure."""
    group_of: dict[str, list[int]] = {COOP: []}
    for number, named in enumerate(units):
        own = {COOP, *named} - {_NOBODY} if number == 0 else named
        met = {id(group): group for unit in own if (group := group_of.get(unit)) is not None}
        first, *others = met.values() or ([],)
        first.append(number)
        for other in others:
            first += other
        if others:
            gone = {id(other) for other in others}
            group_of = {unit: first if id(group) in gone else group for unit, group in group_of.items()}
        group_of.update(dict.fromkeys(own, first))
    return [sorted(group) for group in {id(group): group for group in group_of.values()}.values()]
