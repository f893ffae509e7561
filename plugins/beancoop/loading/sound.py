"""Whether a load finds nothing wrong, told from what is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.loading.checks import Batch, UnreadBatch
from beancoop.loading.encoding import Decoder
from beancoop.loading.fast import Load, check_process
from beancoop.loading.includes import searched
from beancoop.loading.outline import (
    DIGEST,
    AbsentBatch,
    AbsentPart,
    Outline,
    OutlinedFile,
    OutlinedPart,
    is_outlined,
    stands_alone,
)
from beancoop.loading.pack import read_pack
from beancoop.loading.reading import Reader
from beancoop.loading.unknown import Unknown
from beancoop.loading.walk import Walked, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from beancoop.loading.fast import Assembled
    from beancoop.loading.memory import Memory
    from beancoop.loading.pack import Pack
    from beancoop.loading.sub_ledgers import Judgement, SubLedger
    from beancoop.model.register import Register


class Sound(NamedTuple):
    """A ledger in which a load finds nothing wrong.

    Attributes:
        register: what its directives say.
        parts: its parts.
        included_by: for each of its files, the one that includes it, see `Walked`; by an outline none.
        included: where the files that were read have others looked for.
        outline: gives what will be asked of it when a part of it has changed; None where that will not do.

    """

    register: Register
    parts: Sequence[SubLedger]
    included_by: Mapping[str, str]
    included: Sequence[str]
    outline: Callable[[], Outline | None]


def find_sound(
    root: str, memory: Memory, digest_of: Callable[[str], bytes | None], outline: Outline | None = None
) -> Sound | None:
    """Say whether a load of the ledger finds nothing wrong, from what an earlier process has left; None where not.

    No more entries are looked at than that takes.

    Args:
        root: its path, absolute.
        memory: what this process knows.
        digest_of: gives what a file is known by that need not be read for it; else None.
        outline: what was asked of it when it was sound, if it has the same files still.

    Raises:
        Exception: that cannot be told without a load.

    """
    check_process()
    pack = read_pack(root, memory.booker, whole=False)
    if pack is None:
        return None
    reader = Reader(memory, pack, digest_of)
    if outline is None:
        return _judge(Load(root, memory, pack, reader), walk(root, reader.shelf_of), None)
    absent = outline.absent(digest_of)
    load = _PartialLoad(root, memory, pack, reader, [outline.parts[number] for number in absent])
    sound = _judge(load, _take(outline, reader, absent), outline)
    if sound is None:
        return None
    read = [part for part in sound.parts if not part.is_absent]
    return sound if outline.is_of(read) and _stand_alone(sound.parts, outline) else None


def _stand_alone(parts: Sequence[SubLedger], outline: Outline) -> bool:
    """Say whether what was edited is about no unit, account or commodity of what was not read.

    What is no activity's may name accounts and commodities of nobody: what was not read has none of these.
    """
    known = {part.digest for part in outline.parts}
    absent = frozenset().union(*(part.units for part in parts if part.is_absent))
    read = [part for part in parts if not part.is_absent]
    return all(
        absent.isdisjoint(part.units) and (part.digest in known or not part.is_of_activity or stands_alone(part))
        for part in read
    )


def _take(outline: Outline, reader: Reader, absent: frozenset[int]) -> Walked:
    """Read but the files of which an outline says too little.

    Raises:
        Unknown: the ledger is made of other files.

    """
    files = {}
    for name, file in outline.files.items():
        if file.part not in absent:
            shelf = reader.shelf_of(name)
            if shelf is None or shelf.header.errors or shelf.header.hash != file.header:
                raise Unknown("another ledger")
            files[name] = shelf
    return Walked(files, {}, [])


class _PartialLoad(Load):
    """A load of which some parts are not read."""

    def __init__(self, root: str, memory: Memory, pack: Pack, reader: Reader, absent: Sequence[OutlinedPart]) -> None:
        """Start one without the *absent* parts."""
        super().__init__(root, memory, pack, reader)
        self._absent = absent

    def beside(self) -> Sequence[SubLedger]:
        """Give the parts that are not read."""
        decoder = Decoder(self.reader.booker.tolerances)
        return [AbsentPart(each, decoder) for each in self._absent]

    def held_beside(self) -> Sequence[Batch]:
        """Give what their accounts hold."""
        return [AbsentBatch(each.sums) for each in self._absent]

    def known(self) -> Mapping[bytes, Any]:
        """Give what the suite has kept of parts, of those that are not read first."""
        known = super().known()
        found: dict[bytes, Any] = {each.digest: () for each in self._absent}
        found |= (each.facts for each in self._absent)
        return found | {key: known[key] for key in known if key[:DIGEST] not in found}

    def whole(self, batches: Sequence[Batch]) -> Sequence[Any]:  # noqa: ARG002 - as `Load` has it
        """Refuse to give all entries.

        Raises:
            Unknown: always.

        """
        raise Unknown("parts that were not read")


def _judge(load: Load, walked: Walked, before: Outline | None) -> Sound | None:
    judged = load.judge(walked, UnreadBatch)
    suite, digests = judged.suite, load.reader.digests
    if judged.errors or suite is None:
        return None
    return Sound(
        suite.register,
        judged.parts,
        walked.included_by,
        [searched(name, each) for name, shelf in walked.files.items() for each in shelf.header.option("include")],
        lambda: _outlined(judged, suite, walked, digests, before),
    )


def _outlined(
    judged: Assembled, suite: Judgement, walked: Walked, digests: Sequence[bytes], before: Outline | None
) -> Outline | None:
    """Sum a ledger up, if the names of its files tell which they are; of what was not read it is as it was *before*."""
    named = (shelf.header.hash for shelf in walked.files.values() if is_outlined(shelf.header))
    headers = [each for each in named if each is not None]
    if len(headers) < len(walked.files):
        return None
    facts = {key[:DIGEST]: (key, kept) for key, kept in suite.facts.items() if len(key) > DIGEST}
    added: dict[bytes, list[Batch]] = {}
    for key, batch in judged.added.items():
        added.setdefault(key[:DIGEST], []).append(batch)
    read = [part for part in judged.parts if not part.is_absent]
    parts = [OutlinedPart.of(part, facts[part.digest], [*part.batches, *added.get(part.digest, ())]) for part in read]
    number_of = {name: number for number, part in enumerate(read) for name in part.names}
    files = {
        name: OutlinedFile(digest, header, number_of[name])
        for name, digest, header in zip(walked.files, digests, headers, strict=True)
    }
    return Outline.of(files, parts, read) if before is None else before.renewed(files, parts, read)
