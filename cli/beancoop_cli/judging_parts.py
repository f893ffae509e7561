"""The whole judged without a load, where no more was edited than what the sub-ledgers hold in open months.

That a load finds nothing wrong is known from what an earlier one has kept of its files (`loading.fast.find_sound`).
What `check` asks beside follows from the structure's books and from the directives of ours, which are the same as when
all was found good, as one hash tells; from what is sealed, which each sub-ledger alone proves; and from a few facts of
each sub-ledger, which are kept by its files. Where that does not do, all is loaded.
"""

from __future__ import annotations

import marshal
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from beancoop.closing.canonical import canonical
from beancoop.closing.checklist import is_in_order, pieces_of
from beancoop.closing.documents import named_documents
from beancoop.closing.seal import check_units
from beancoop.loading import cache
from beancoop.loading.fast import find_sound
from beancoop.loading.folder import VERSIONS
from beancoop.model.accounts import COOP
from beancoop.model.provenance import settles
from beancoop.storage.layout import LEDGER_FILE
from beancount.core.data import Custom, Open, Transaction

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from beancoop.loading.fast import Sound
    from beancoop.loading.sub_ledgers import SubLedger
    from beancoop.model.register import Register
    from beancount.core.data import Directive

_PLACE = 2
"""Of metadata, what says where it stands: a file and a line."""
_VAT = "vat-"
"""What the link of an entry begins with that settles a return."""


class Facts(NamedTuple):
    """What the whole asks of a sub-ledger, as `marshal` writes it.

    Attributes:
        said: a hash of its directives of ours, of what is said of its accounts, such as a VAT code, and of what settles
            a VAT return.
        pieces: its piece numbers by series, each with the number of its day; None where one is malformed.
        settling: the days, by their numbers, of what settles a financial year.
        documents: the documents that it names.

    """

    said: bytes
    pieces: Mapping[str, Sequence[tuple[int, int]]] | None
    settling: Sequence[int]
    documents: Sequence[str]

    @classmethod
    def of(cls, entries: Iterable[Directive]) -> Facts:
        """Gather them from entries."""
        entries = list(entries)
        said = [canonical(entry).encode() for entry in entries if _is_asked(entry)]
        settling = [entry.date.toordinal() for entry in entries if settles(entry)]
        documents = {os.path.normpath(each) for entry in entries for each in named_documents(entry)}
        return cls(cache.hashed(*said), pieces_of(entries), settling, sorted(documents))


def _is_asked(entry: Directive) -> bool:
    if isinstance(entry, Transaction):
        return any(link.startswith(_VAT) for link in entry.links)
    return isinstance(entry, Custom) or (isinstance(entry, Open) and len(entry.meta) > _PLACE)


class Seen(NamedTuple):
    """A whole in which, looking at its parts, nothing was found.

    Attributes:
        hash: of what was not looked at: that nothing is wrong with it has to be known from an earlier check.
        lasts: whether the folder of the cooperative holds all that was read.
        register: what its directives say.

    """

    hash: bytes
    lasts: bool
    register: Register


def look_at_parts(ledger: Path, folders: Collection[Path], rest: bytes) -> Seen | None:
    """Look at the parts of a cooperative in which each sub-ledger alone is good; None where that does not do.

    Args:
        ledger: its main file.
        folders: those of all its sub-ledgers.
        rest: a hash of what its folder holds beside those.

    """
    path = os.path.abspath(ledger)  # noqa: PTH100 - links stay links
    try:
        sound = find_sound(path)
    except Exception:  # noqa: BLE001 - whatever it is, a load tells
        return None
    if sound is None or not is_inside(ledger.parent, sound.included_by):
        return None
    homes = frozenset(os.path.abspath(folder) for folder in folders)  # noqa: PTH100 - as above
    if not sound.register.is_settled or not _are_at_home(sound, homes):
        return None
    facts = _facts_of(path, sound.sub_ledgers)
    if not _are_sealed(sound, facts) or not _are_in_order(facts.values()) or check_units(sound.register):
        return None
    said = [facts[part.digest].said for part in sound.sub_ledgers if part.units and not part.is_common]
    common = [part.digest for part in sound.sub_ledgers if part.is_common]
    documents = (name for each in facts.values() for name in each.documents)
    return Seen(cache.hashed(rest, *common, *sorted(said)), is_inside(ledger.parent, documents), sound.register)


def is_inside(folder: Path, names: Iterable[str]) -> bool:
    """Say whether files stand in a folder, and not among what git keeps there: its hash covers them."""
    inside = os.path.join(os.path.abspath(folder), "")  # noqa: PTH100, PTH118 - names as they are written
    of_git = os.path.join(inside, VERSIONS)  # noqa: PTH118 - as above
    return all(name.startswith(inside) and not name.startswith(of_git) for name in names)


def _are_at_home(sound: Sound, homes: Collection[str]) -> bool:
    """Say whether what is about a unit stands in the one folder of its sub-ledger, whose own ledger reads it."""
    for part in sound.sub_ledgers:
        found = {_home(name, homes) for name in part.names}
        if part.is_common and found != {None}:
            return False
        if part.units and not part.is_common and (len(part.units) > 1 or len(found) > 1 or None in found):
            return False
    return all(
        home is None or name == os.path.join(home, LEDGER_FILE) or _home(includer, homes) == home  # noqa: PTH118
        for name, includer in sound.included_by.items()
        for home in [_home(name, homes)]
    )


def _home(name: str, homes: Collection[str]) -> str | None:
    """Give the folder of the sub-ledger in which a file stands, however deep."""
    folder = os.path.dirname(name)  # noqa: PTH120 - thousands of names
    while folder not in homes:
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above
    return folder


def _facts_of(path: str, parts: Sequence[SubLedger]) -> dict[bytes, Facts]:
    """Give the facts of each part by its digest; those that were not known are kept for the next check."""
    name = "parts-" + cache.hashed(os.fsencode(path)).hex()[:32]
    valid = cache.hashed(cache.program("beancoop", "beancoop_cli"), os.fsencode(path))
    held: dict[bytes, tuple[object, ...]] = {}
    with suppress(Exception):
        held = marshal.loads(cache.read(name, valid) or b"")  # noqa: S302 - nobody else has written it, see `cache`
    found = {part.digest: Facts(*held[part.digest]) for part in parts if part.digest in held}  # type: ignore[arg-type]
    new = {part.digest: Facts.of(part.entries()) for part in parts if part.digest not in found}
    if new:
        cache.write(name, valid, marshal.dumps({digest: tuple(each) for digest, each in (found | new).items()}))
    return found | new


def _are_sealed(sound: Sound, facts: Mapping[bytes, Facts]) -> bool:
    """Say whether each unit has sealed all it has in periods that are closed, or that a VAT return was filed of."""
    register = sound.register
    until = _last_day_that_holds(register)
    if until is None:
        return True
    for part in sound.sub_ledgers:
        if part.is_common or part.first_day is None or part.first_day > until:
            continue
        (unit,) = part.units
        last = register.last_closed(unit)
        years = {seal.date.toordinal() for seal in register.closed_years(unit).values()}
        settling = [day for day in facts[part.digest].settling if day <= until.toordinal()]
        if last is None or last.last_day < until or not years.issuperset(settling):
            return False
    return True


def _last_day_that_holds(register: Register) -> datetime.date | None:
    """Give the last day of the last period that the structure has closed, or that a VAT return was filed of."""
    from beancoop.vat.periods import VatPeriod  # noqa: PLC0415 - the rest of `check` knows no VAT

    closed = register.last_closed(COOP)
    filed = (VatPeriod.parse(each.values[0]) for each in register.vat_returns)
    days = [period.span.last for period in filed if period is not None]
    return max([*days, *([closed.last_day] if closed else [])], default=None)


def _are_in_order(facts: Iterable[Facts]) -> bool:
    series: dict[str, list[tuple[int, int]]] = {}
    for each in facts:
        if each.pieces is None:
            return False
        for name, pieces in each.pieces.items():
            series.setdefault(name, []).extend(pieces)
    return all(map(is_in_order, series.values()))
