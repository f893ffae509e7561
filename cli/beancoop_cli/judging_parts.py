"""The whole judged without a load, where no more was edited than what the books hold in open months.

That a load finds nothing wrong is known from what an earlier one has kept of its files (`loading.load.find_sound`).
What `check` asks beside follows from what has to be the same as when all was found good, as one hash tells: the
directives of ours, what stands in periods that are not open, and what stands beside the books; and from a few facts of
each part, which are kept by its files. Where that does not do, all is loaded.
"""

from __future__ import annotations

import marshal
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from beancoop.closing.canonical import canonical
from beancoop.closing.checklist import is_in_order, pieces_of
from beancoop.closing.documents import check_documents, named_documents
from beancoop.closing.seal import check_units, lines_up_to
from beancoop.contribution.entries import TAG
from beancoop.loading import cache
from beancoop.loading.encoding import PLACE
from beancoop.loading.folder import GIT
from beancoop.loading.load import find_sound
from beancoop.loading.outline import Outline
from beancoop.model.accounts import COOP
from beancoop.model.directives import VAT_RETURN
from beancoop.model.provenance import settles
from beancoop.rules.written_amounts import inexact_in
from beancoop.storage.layout import LEDGER_FILE, home_of
from beancount.core.data import Custom, Open, Transaction

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from beancoop.loading.sound import Sound
    from beancoop.loading.sub_ledgers import SubLedger
    from beancoop.model.register import Register
    from beancount.core.data import Directive

    from beancoop_cli.judged import Before

_SMALL_PART = 16
"""Where less than one part in so many is new, what is kept need not be written anew."""
_VAT = "vat-"
"""What the link of an entry begins with that settles a return."""


class Facts(NamedTuple):
    """What the whole asks of a sub-ledger, as `marshal` writes it.

    Attributes:
        said: a hash of what has to be the same: its directives of ours, what is said of its accounts, such as a VAT
            code, what settles a VAT return or a financial year, levies, where VAT returns stand, and transactions of
            periods that are not open; of what is no activity's all that a seal may hold: nothing else proves it.
        pieces: its piece numbers by series, each with the number of its day; None where one is malformed.
        documents: the documents that it names.

    """

    said: bytes
    pieces: Mapping[str, Sequence[tuple[int, int]]] | None
    documents: Sequence[str]

    @classmethod
    def of(cls, part: SubLedger, register: Register, day: datetime.date | None) -> Facts:
        """Gather them from a part.

        Args:
            part: the part.
            register: what the directives of the whole say.
            day: the last that is not open, if there is any.

        Raises:
            LookupError: an amount in it is not exact, or a document not what it was, which is to be told.

        """
        entries = part.entries()
        if any(inexact_in(entries, [register.currency])) or check_documents(entries):
            raise LookupError
        said = [_kept_of(entry, day) for entry in entries if _has_to_stay(entry, day)]
        said += [_where_filed(entry) for entry in entries if isinstance(entry, Custom) and entry.type == VAT_RETURN]
        if day is not None and not part.is_of_activity:
            said += (repr(line).encode() for line in lines_up_to(entries, day))
        documents = {os.path.normpath(each) for entry in entries for each in named_documents(entry)}
        return cls(cache.hashed(*said), pieces_of(entries), sorted(documents))


def _has_to_stay(entry: Directive, until: datetime.date | None) -> bool:
    if isinstance(entry, Transaction):
        is_held = until is not None and entry.date <= until
        return is_held or settles(entry) or TAG in entry.tags or any(link.startswith(_VAT) for link in entry.links)
    return isinstance(entry, Custom) or (isinstance(entry, Open) and len(entry.meta) > len(PLACE))


def _kept_of(entry: Directive, until: datetime.date | None) -> bytes:
    """Give what an entry means, and of one that a VAT return may have counted the order of its postings."""
    said = canonical(entry)
    if until is not None and entry.date <= until and isinstance(entry, Transaction):
        return repr((said, [posting._replace(meta=None) for posting in entry.postings])).encode()
    return said.encode()


def _where_filed(entry: Custom) -> bytes:
    """Give the file of a VAT return, beside which stands what it counted."""
    return os.fsencode(entry.meta["filename"])


class _Kept:
    """What earlier checks have left of a cooperative.

    Attributes:
        names: a hash of the names of its files.
        outline: what was asked of its parts; None where that is not known.
        facts: those of its parts, by their digests.
        under: what they were gathered under: the last day that was not open, by its number, and the currency.

    """

    def __init__(self, slot: cache.Slot) -> None:
        self._slot = slot
        self.names: bytes | None = None
        self.outline: Outline | None = None
        self.facts: dict[bytes, Facts] = {}
        self.under: tuple[int | None, str] | None = None

    @classmethod
    def of(cls, path: str) -> _Kept:
        """Read it, if it is there."""
        kept = cls(cache.Slot.of("parts", path, "beancoop", "beancoop_cli"))
        with suppress(Exception):
            names, outline, facts, kept.under = marshal.loads(kept._slot.read() or b"")  # noqa: S302 - nobody else has written it, see `cache`
            kept.names, kept.outline = names, outline and Outline.read(*outline)
            kept.facts = {digest: Facts(*each) for digest, each in facts.items()}
        return kept

    def facts_of(self, sound: Sound) -> dict[bytes, Facts]:
        """Give the facts of each part by its digest, those that are known if the same days are open still."""
        day = _last_day_that_is_not_open(sound.register)
        under = (None if day is None else day.toordinal(), sound.register.currency)
        if under != self.under:
            self.facts, self.under = {}, under
        return {part.digest: self.facts.get(part.digest) or Facts.of(part, sound.register, day) for part in sound.parts}

    def renew(self, names: bytes, sound: Sound, facts: Mapping[bytes, Facts], *, is_by_outline: bool) -> None:
        """Keep what was found good, for the next check, where much of it is new, or was not told by the outline."""
        new = facts.keys() - self.facts.keys()
        is_little = names == self.names and len(new) * _SMALL_PART <= len(facts)
        if is_little and is_by_outline:
            return
        with suppress(Exception):
            outline = sound.outline()
            if is_little and (outline is None or (self.outline and self.outline.answers(outline))):
                return
            written = {digest: tuple(each) for digest, each in facts.items()}
            self._slot.write(marshal.dumps((names, outline and outline.written(), written, self.under)))


class Seen(NamedTuple):
    """A whole in which, looking at its parts, nothing was found.

    Attributes:
        hash: of what was not looked at: that nothing is wrong with it has to be known from an earlier check.
        register: what its directives say.

    """

    hash: bytes
    register: Register


def look_at_parts(ledger: Path, folders: Collection[Path], before: Before) -> Seen | None:
    """Look at the parts of a cooperative in which each sub-ledger alone is good; None where that does not do.

    Args:
        ledger: its main file.
        folders: those of all its sub-ledgers.
        before: what earlier checks have found.

    """
    if before.hash_beside(()) is None:
        return None
    path = os.path.abspath(ledger)  # noqa: PTH100 - links stay links
    homes = frozenset(os.path.abspath(folder) for folder in folders)  # noqa: PTH100 - as above
    kept = _Kept.of(path)
    outline = kept.outline if kept.names == before.names else None
    return (outline and _look(path, homes, before, kept, outline)) or _look(path, homes, before, kept, None)


def _look(path: str, homes: Collection[str], before: Before, kept: _Kept, outline: Outline | None) -> Seen | None:
    """Look at all parts, or by an outline at those alone that have changed."""
    try:
        sound = find_sound(path, before.digest_of, outline)
        if sound is None:
            return None
        facts = kept.facts_of(sound)
    except Exception:  # noqa: BLE001 - whatever it is, a load tells
        return None
    inside = os.path.dirname(path)  # noqa: PTH120
    documents = {name for each in facts.values() for name in each.documents}
    if (
        not is_inside(inside, [*sound.included_by, *sound.included, *documents])
        or not sound.register.is_settled
        or not _are_at_home(sound, homes)
        or not _are_in_order(facts.values())
        or not _have_own_documents(sound, facts, homes)
        or check_units(sound.register)
    ):
        return None
    kept.renew(before.names, sound, facts, is_by_outline=outline is not None)
    own = [name for part in sound.parts if not part.is_of_activity for name in part.names]
    rest = before.hash_beside(own) if documents.isdisjoint(own) else None
    if rest is None:
        return None
    bearing = [part.bearing for part in sound.parts if part.bearing is not None]
    said = sorted(facts[part.digest].said for part in sound.parts)
    return Seen(cache.hashed(rest, sound.register.currency.encode(), *bearing, *said), sound.register)


def is_inside(folder: str | Path, names: Iterable[str]) -> bool:
    """Say whether files stand in a folder, and none among what git keeps there: its hash covers them.

    A pattern may be among the names: what goes up or begins with a dot may come to stand for what git keeps, or beside.
    """
    inside = os.path.join(os.path.abspath(folder), "")  # noqa: PTH100, PTH118 - names as they are written
    hidden = inside + GIT[0]
    return all(name.startswith(inside) and not name.startswith(hidden) and "/../" not in name for name in names)


def _are_at_home(sound: Sound, homes: Collection[str]) -> bool:
    """Say whether what is about a unit stands in the one folder of its sub-ledger, whose own ledger reads it."""
    home = {name: home_of(name, homes) for part in sound.parts for name in part.names}
    for part in sound.parts:
        found = {home[name] for name in part.names}
        if part.is_common and found != {None}:
            return False
        if part.is_of_activity and (len(part.units) > 1 or len(found) > 1 or None in found):
            return False
    return all(
        own is None or home.get(includer) == own or name == os.path.join(own, LEDGER_FILE)  # noqa: PTH118
        for name, includer in sound.included_by.items()
        for own in [home[name]]
    )


def _have_own_documents(sound: Sound, facts: Mapping[bytes, Facts], homes: Collection[str]) -> bool:
    """Say whether no part names a document in the folder of a sub-ledger that is not its own."""
    return all(
        home is None or (part.is_of_activity and home == home_of(part.names[0], homes))
        for part in sound.parts
        if not part.is_absent
        for home in {home_of(name, homes) for name in facts[part.digest].documents}
    )


def _last_day_that_is_not_open(register: Register) -> datetime.date | None:
    """Give the last day that the structure has closed, in a month or a year, or that a VAT return was filed of."""
    from beancoop.vat.periods import VatPeriod  # noqa: PLC0415 - the rest of `check` knows no VAT

    closed = register.last_closed(COOP)
    years = (seal.date for seal in register.year_seals.get(COOP, {}).values())
    filed = (VatPeriod.parse(each.values[0]) for each in register.vat_returns)
    days = [period.span.last for period in filed if period is not None]
    return max([*days, *years, *([closed.last_day] if closed else [])], default=None)


def _are_in_order(facts: Iterable[Facts]) -> bool:
    series: dict[str, list[tuple[int, int]]] = {}
    for each in facts:
        if each.pieces is None:
            return False
        for name, pieces in each.pieces.items():
            series.setdefault(name, []).extend(pieces)
    return all(map(is_in_order, series.values()))
