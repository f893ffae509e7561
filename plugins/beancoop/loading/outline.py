"""What the whole asks of its parts, as it was when nothing was wrong: of a part that is the same no more is read.

That is what the suite has kept of it, its directives of ours, and what its accounts hold where others assert it. The
structure's books, what names more than the accounts of units, and parts that were edited are read. Whether the
documents that it names are there is not asked.
"""

from __future__ import annotations

import marshal
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.loading.checks import Batch
from beancoop.loading.encoding import Decoder, encode
from beancoop.loading.folder import SUFFIX
from beancoop.loading.sub_ledgers import SubLedger
from beancoop.loading.summary import Summary
from beancoop.loading.unknown import Unknown
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from beancount.core.data import Custom

    from beancoop.loading.moves import Sorted
    from beancoop.loading.shelf import Header

    Asked = tuple[int, str, str]
    """A sum that was asked for, see `Summary.before`."""

DIGEST = 32
"""Bytes that a part is known by; what the suite has kept of it is known by these and more."""


class OutlinedFile(NamedTuple):
    """A file of the ledger.

    Attributes:
        digest: what it was known by.
        header: a hash of its options.
        part: the number of its part.

    """

    digest: bytes
    header: bytes
    part: int


class OutlinedPart(NamedTuple):
    """A part of the ledger, in numbers, texts and lists of them.

    Attributes:
        digest: what it was known by.
        is_read: whether it is read in any case, since others may ask more of it.
        is_of_activity: whether it is about units, and not the structure's.
        units: the units that it is about.
        directives: those of ours, encoded; in bytes, since a decoder writes into what it is given.
        facts: what the suite has kept of it, under what that is known by.
        sums: what its accounts hold before entries of the whole, where that was asked of all its batches.

    """

    digest: bytes
    is_read: bool
    is_of_activity: bool
    units: Sequence[str]
    directives: bytes
    facts: tuple[bytes, Any]
    sums: Mapping[Asked, str]

    @classmethod
    def of(cls, part: SubLedger, facts: tuple[bytes, Any], batches: Iterable[Batch]) -> OutlinedPart:
        """Sum a part up, given with all batches of it, those that follow from it included."""
        own = marshal.dumps(encode(part.customs()))
        told = {asked: str(number) for asked, number in _sums(list(batches)).items()}
        is_read = not stands_alone(part)
        return cls(part.digest, is_read, part.is_of_activity, sorted(part.units), own, facts, told)


def _sums(batches: Sequence[Batch]) -> dict[Asked, Decimal]:
    """Add up what some batches hold; where one that uses an account was not asked, what the others say is of old."""
    holders = Counter(account for batch in batches for account in batch.summary.uses)
    asked = Counter(each for batch in batches for each in batch.summary.sums)
    return {
        each: sum((batch.summary.sums.get(each, ZERO) for batch in batches), ZERO)
        for each, count in asked.items()
        if count == holders[each[1]]
    }


class AbsentPart(SubLedger):
    """A part of which no entry is read but the directives of ours."""

    is_absent = True

    def __init__(self, outlined: OutlinedPart, decoder: Decoder) -> None:
        """Take what is known of it."""
        super().__init__((), (), outlined.digest)
        self._units = frozenset(outlined.units)
        self._customs = decoder.directives(marshal.loads(outlined.directives))  # noqa: S302 - see `cache`

    @property
    def units(self) -> frozenset[str]:
        """The units that it is about."""
        return self._units

    def customs(self) -> list[Custom]:
        """Give those that bind its units."""
        return self._customs

    def sorted_out(self) -> Sorted:
        """Refuse to say what it moves.

        Raises:
            Unknown: always.

        """
        raise Unknown("a part that was not read")

    def entries(self) -> list[Any]:
        """Refuse to give more.

        Raises:
            Unknown: always.

        """
        raise Unknown("a part that was not read")


class AbsentBatch(Batch):
    """What the accounts of an absent part hold."""

    def __init__(self, sums: Mapping[Asked, str]) -> None:
        """Take the sums that were asked for."""
        super().__init__([], Summary([]), [])
        self._sums = sums
        self._accounts = {account for _, account, _ in sums}

    @property
    def entries(self) -> list[Any]:
        """None are given.

        Raises:
            Unknown: always.

        """
        raise Unknown("a part that was not read")

    @property
    def accounts(self) -> Iterable[str]:
        """Those of which something is known."""
        return self._accounts

    def before(self, key: int, account: str, currency: str) -> Decimal:
        """Give what an account holds before an entry of the whole.

        Raises:
            Unknown: that was not asked for.

        """
        found = self._sums.get((key, account, currency))
        if found is None:
            raise Unknown("a sum of what was not read")
        return Decimal(found)


class Outline(NamedTuple):
    """What is known of a ledger in which nothing was wrong.

    Attributes:
        files: its files, in the order in which they are read.
        parts: its parts.
        bearing: what the structure says that its parts depend on, in a hash.
        asserted: the accounts of which what is no activity's asserts what they hold.

    """

    files: Mapping[str, OutlinedFile]
    parts: Sequence[OutlinedPart]
    bearing: bytes
    asserted: Collection[str]

    @classmethod
    def of(cls, files: Mapping[str, OutlinedFile], parts: Sequence[OutlinedPart], read: Sequence[SubLedger]) -> Outline:
        """Sum a ledger up, given with the parts that are read."""
        common = next(part for part in read if part.is_common)
        return cls(files, parts, common.bearing or b"", sorted(_asserted_in(read)))

    @classmethod
    def read(
        cls,
        files: Mapping[str, tuple[Any, ...]],
        parts: Sequence[tuple[Any, ...]],
        bearing: bytes,
        asserted: Collection[str],
    ) -> Outline:
        """Give one from plain tuples."""
        named = {name: OutlinedFile(*each) for name, each in files.items()}
        return cls(named, [OutlinedPart(*each) for each in parts], bearing, asserted)

    def written(self) -> tuple[Any, ...]:
        """Give it in plain tuples."""
        files = {name: tuple(each) for name, each in self.files.items()}
        return files, [tuple(each) for each in self.parts], self.bearing, self.asserted

    def renewed(
        self, files: Mapping[str, OutlinedFile], parts: Sequence[OutlinedPart], read: Sequence[SubLedger]
    ) -> Outline:
        """Give it with what was read of it anew; the parts that were not come after the others."""
        absent = sorted({file.part for name, file in self.files.items() if name not in files})
        number_of = {number: len(parts) + place for place, number in enumerate(absent)}
        all_files = {
            name: files[name] if name in files else file._replace(part=number_of[file.part])
            for name, file in self.files.items()
        }
        return Outline.of(all_files, [*parts, *(self.parts[number] for number in absent)], read)

    def is_of(self, read: Sequence[SubLedger]) -> bool:
        """Say whether the structure still says what the parts depend on, and nobody asks more of their accounts."""
        return all(part.bearing in {None, self.bearing} for part in read) and _asserted_in(read) <= {*self.asserted}

    def answers(self, asked: Outline) -> bool:
        """Say whether it knows what was asked of the ledger as *asked* sums it up."""
        known = {part.digest: part.sums.keys() for part in self.parts}
        return (
            self.bearing == asked.bearing
            and {*asked.asserted} <= {*self.asserted}
            and all(part.sums.keys() <= known.get(part.digest, part.sums.keys()) for part in asked.parts)
        )

    def absent(self, digest_of: Callable[[str], bytes | None]) -> frozenset[int]:
        """Give the numbers of the parts that need not be read.

        Raises:
            Unknown: what others depend on has changed.

        """
        changed = {file.part for name, file in self.files.items() if digest_of(name) != file.digest}
        if any(part.is_read and part.is_of_activity for part in (self.parts[number] for number in changed)):
            raise Unknown("an activity that bears on others")
        return frozenset(n for n, part in enumerate(self.parts) if not part.is_read) - changed


def stands_alone(part: SubLedger) -> bool:
    """Say whether a part is about units and names no account or commodity that another part could name, too."""
    for batch in part.batches:
        summary = batch.summary
        named = {*summary.uses, *(entry.account for _, entry in batch.at(summary.opens + summary.closes))}
        if summary.commodities or any(name is None or name.unit is None for name in map(parse_account, named)):
            return False
    return part.is_of_activity and not part.repeats_keys


def _asserted_in(parts: Iterable[SubLedger]) -> frozenset[str]:
    """Give the accounts of which what is no activity's asserts what they hold."""
    return frozenset(
        entry.account
        for part in parts
        if not part.is_of_activity
        for batch in part.batches
        for _, entry in batch.at(batch.summary.balances)
    )


def is_outlined(header: Header) -> bool:
    """Say whether a file includes none but those with the names of ledgers, which are all known."""
    return all(name.endswith(SUFFIX) for name in header.option("include"))
