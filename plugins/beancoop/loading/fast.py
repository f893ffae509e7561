"""A load put together from its files (decision 0011)."""

from __future__ import annotations

import copy
import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

import beancount
from beancount import loader
from beancount.ops import documents, validation
from beancount.parser.options import OPTIONS_DEFAULTS

from beancoop.loading import cache
from beancoop.loading.book import Settings
from beancoop.loading.checks import Batch, Checks, UnreadBatch, in_order, merged_batches, unbalanced
from beancoop.loading.encoding import Decoder
from beancoop.loading.memory import Concluded, Kept, Memory
from beancoop.loading.outline import (
    DIGEST,
    AbsentBatch,
    AbsentPart,
    Outline,
    OutlinedFile,
    OutlinedPart,
    asserts_of_others,
    header_hash,
    is_outlined,
)
from beancoop.loading.pack import Pack, read_pack, write_pack
from beancoop.loading.shelf import Shelf
from beancoop.loading.sub_ledgers import Parted, sub_ledgers
from beancoop.loading.summary import Summary, sort_key
from beancoop.loading.unknown import Unknown
from beancoop.loading.walk import Walked, read, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from beancount.core.data import BeancountError

    from beancoop.loading.book import Booker
    from beancoop.loading.shelf import Header
    from beancoop.loading.sub_ledgers import Added, Judgement, SubLedger
    from beancoop.model.register import Register

VERSIONS = frozenset({"3.2.3"})
"""Of Beancount, those with which this was compared."""

SUITE = "beancoop"
_SMALL_PART = 16
"""A process that finds less than one part in so many to be new leaves that to be parsed by the next, too."""

_PLUGINS: tuple[list[tuple[str, None]], ...] = ([], [(SUITE, None)])
_PRE = [("beancount.ops.documents", None)]
_POST = [("beancount.ops.pad", None), ("beancount.ops.balance", None)]
_VALIDATIONS = (
    validation.validate_open_close,
    validation.validate_active_accounts,
    validation.validate_currency_constraints,
    validation.validate_duplicate_balances,
    validation.validate_duplicate_commodities,
    validation.validate_documents_paths,
    validation.validate_check_transaction_balances,
)


class Sound(NamedTuple):
    """A ledger in which a load finds nothing wrong.

    Attributes:
        register: what its directives say.
        sub_ledgers: its parts.
        included_by: for each of its files but the first that were read anew, the one that includes it.
        outline: what will be asked of it when a part of it has changed; None where that will not do.

    """

    register: Register
    sub_ledgers: list[SubLedger]
    included_by: Mapping[str, str]
    outline: Callable[[], Outline | None]


class _Judged(NamedTuple):
    options: dict[str, Any]
    errors: list[BeancountError]
    checks: Checks
    suite: Judgement | None
    sub_ledgers: list[SubLedger]
    added: Mapping[bytes, Batch]


class Answer(NamedTuple):
    """What a load gives."""

    entries: list[Any]
    errors: list[BeancountError]
    options: dict[str, Any]


def load_fast(root: str, memory: Memory, *, lasting: bool = False) -> Answer:
    """Load the ledger whose main file is *root*, an absolute path.

    Args:
        root: its path.
        memory: what this process knows.
        lasting: whether what an earlier process has left may be used, and something be left for a later one.

    Raises:
        Unknown: the stock loader has to load it.

    """
    _check_process()
    is_first = lasting and not memory.knows(root)
    pack = read_pack(root, memory.booker, whole=True) if is_first else None
    load = _Load(root, memory, pack)
    answer = load.answer()
    memory.keep(root, load.kept, load.concluded)
    if lasting and load.is_news(is_first=is_first):
        write_pack(root, load.booker, load.kept, load.concluded, pack)
    return answer


def find_sound(
    root: str, memory: Memory, digest_of: Callable[[str], bytes | None], outline: Outline | None
) -> Sound | None:
    """Say whether a load of the ledger finds nothing wrong, from what an earlier process has left; None where not.

    Args:
        root: its path, absolute.
        memory: what this process knows.
        digest_of: gives what a file is known by that need not be read for it; else None.
        outline: what was asked of it when it was sound, if it has the same files still.

    Raises:
        Exception: that cannot be told without a load.

    """
    _check_process()
    pack = read_pack(root, memory.booker, whole=False)
    return None if pack is None else _Load(root, memory, pack, digest_of, outline).sound()


def _check_process() -> None:
    """Refuse a Beancount that is not the one known here, or that somebody has changed in this process."""
    if (
        beancount.__version__ not in VERSIONS
        or loader.RENAMED_MODULES
        or loader.PLUGINS_AUTO
        or loader.PLUGINS_PRE != _PRE
        or loader.PLUGINS_POST != _POST
        or tuple(validation.VALIDATIONS) != _VALIDATIONS
    ):
        raise Unknown("another Beancount")


class _Load:
    """One load.

    Attributes:
        kept: the files that may be kept, by name.
        concluded: what is kept of how the suite judged the ledger.

    """

    def __init__(
        self,
        root: str,
        memory: Memory,
        pack: Pack | None,
        digest_of: Callable[[str], bytes | None] = lambda _: None,
        outline: Outline | None = None,
    ) -> None:
        self._memory = memory
        self._pack = pack
        self._digest_of = digest_of
        self._read = self._parsed = 0
        self._booker: Booker | None = None
        self.kept: dict[str, Kept] = {}
        self.concluded = Concluded({}, {})
        self._root = root
        self._digests: list[bytes] = []
        self._absent: Sequence[OutlinedPart] = ()
        self._files, self._included_by, self._errors = self._take(outline) if outline else walk(root, self._shelf_of)

    def _take(self, outline: Outline) -> Walked:
        """Read but the files of which an outline says too little.

        Raises:
            Unknown: it does not do.

        """
        files: dict[str, Shelf] = {}
        names, self._absent = outline.to_read(self._digest_of)
        for name in names:
            shelf = self._shelf_of(name)
            if shelf is None or shelf.header.errors or header_hash(shelf.header) != outline.files[name].header:
                raise Unknown("another ledger")
            files[name] = shelf
        return Walked(files, {}, [])

    def _shelf_of(self, filename: str) -> Shelf | None:
        """Give what a file holds; None where there is none of that name."""
        digest = self._digest_of(filename)
        shelf = None if digest is None else self._find(filename, digest)
        if digest is None or shelf is None:
            text = read(filename)
            if text is None:
                return None
            digest = cache.digest(text)
            self._read += len(text)
            shelf = self._find(filename, digest) or self._parse(filename, text)
        self._booker = shelf.booker
        self._digests.append(digest)
        if shelf.header.option("insert_pythonpath"):
            raise Unknown("a path of plugins")
        if not shelf.header.errors:
            self.kept[filename] = Kept(digest, shelf)
        return shelf

    def _find(self, filename: str, digest: bytes) -> Shelf | None:
        """Give what is known of a file that holds this, if it was booked as this ledger asks for."""
        shelf = self._memory.find(filename, digest)
        if shelf is None and self._pack is not None:
            shelf = self._pack.find(filename, digest)
        if shelf is None or shelf.booker is not (self._booker or self._booker_of(shelf.header)):
            return None
        return shelf

    def _parse(self, filename: str, text: bytes) -> Shelf:
        shelf = Shelf(filename, text, self._booker)
        if shelf.booker is None:
            shelf.book(self._booker_of(shelf.header))
        self._parsed += len(text)
        return shelf

    def _booker_of(self, header: Header) -> Booker:
        """Give who books a ledger whose first file says this."""
        _check_options(header)
        return self._memory.booker(Settings.of(_options(header)))

    @property
    def booker(self) -> Booker:
        """Who has booked its files."""
        assert self._booker is not None  # noqa: S101 - a load has a first file
        return self._booker

    def is_news(self, *, is_first: bool) -> bool:
        """Say whether so much of what was read was parsed, or looked at, that it is worth writing all of it anew.

        Of a ledger that this process loads for the first time all is news that no other has left.
        """
        if is_first and self._pack is None:
            return True
        facts = self.concluded.facts
        looked_at = len(facts.keys() - self._pack.facts.keys()) if self._pack is not None else 0
        return self._parsed * _SMALL_PART > self._read or looked_at * _SMALL_PART > len(facts)

    def answer(self) -> Answer:
        """Put the files together, run the suite, and check."""
        judged = self._judge(_handed_out)
        judged.options["input_hash"] = loader.compute_input_hash(judged.options["include"])
        return Answer(judged.checks.entries, judged.errors, judged.options)

    def sound(self) -> Sound | None:
        """Run the suite, and check, without a look at more entries than that takes; None where anything is wrong."""
        judged = self._judge(UnreadBatch)
        suite = judged.suite
        if judged.errors or suite is None or (self._absent and any(map(asserts_of_others, judged.sub_ledgers))):
            return None
        return Sound(suite.register, judged.sub_ledgers, self._included_by, lambda: self._outline(judged, suite))

    def _outline(self, judged: _Judged, suite: Judgement) -> Outline | None:
        """Sum up what was read, if that is all, and the names of its files tell which they are."""
        if self._absent or not all(is_outlined(shelf.header) for shelf in self._files.values()):
            return None
        facts = {key[:DIGEST]: (key, kept) for key, kept in suite.facts.items() if len(key) > DIGEST}
        added: dict[bytes, list[Batch]] = {}
        for key, batch in judged.added.items():
            added.setdefault(key[:DIGEST], []).append(batch)
        parts, number_of = [], {}
        for number, part in enumerate(judged.sub_ledgers):
            if part.digest not in facts:
                return None
            parts.append(OutlinedPart.of(part, facts[part.digest], [*part.batches, *added.get(part.digest, ())]))
            number_of.update(dict.fromkeys(part.names, number))
        files = {
            name: OutlinedFile(digest, header_hash(shelf.header), number_of[name])
            for (name, shelf), digest in zip(self._files.items(), self._digests, strict=True)
        }
        return Outline(files, parts)

    def _judge(self, batch_of: Callable[[Shelf], Batch]) -> _Judged:
        batches = [batch_of(shelf) for shelf in self._files.values()]
        if any(batch.summary.has_empty_custom for batch in batches):
            raise Unknown("a custom without values")
        options = self._options()
        errors = list(self._errors)
        named = [entry for _, entry in in_order(batches, lambda batch: batch.summary.documents)]
        errors += documents.verify_document_files_exist(named, options)[1]
        suite, own = None, [*sub_ledgers([*self._files], batches, self._digests), *self._absent_parts()]
        added: dict[bytes, Batch] = {}
        if options["plugin"]:
            suite = self._suite(batches, own, options)
            errors += suite.errors
            for each in suite.added:
                batches.append(batch_of(self._shelf_of_added(each, options)))
                if each.known_by is not None:
                    added[each.known_by] = batches[-1]
        checks = Checks([*batches, *(AbsentBatch(part.sums) for part in self._absent)], options)
        errors += checks.check_assertions()
        errors += checks.validate()
        return _Judged(options, errors, checks, suite, own, added)

    def _absent_parts(self) -> list[AbsentPart]:
        if not self._absent:
            return []
        decoder = Decoder(self.booker.tolerances)
        return [AbsentPart(each, decoder) for each in self._absent]

    def _suite(self, batches: Sequence[Batch], own: Sequence[SubLedger], options: Mapping[str, Any]) -> Judgement:
        """Have the suite judge the files; of their parts it may know what it has kept."""
        directives = [entry for _, entry in in_order(batches, lambda batch: batch.summary.directives)]
        directives += (entry for part in own if part.is_absent for entry in part.directives())
        suite = importlib.import_module(SUITE)
        given = Parted(directives, options, own, lambda: merged_batches(batches), self._known())
        judged: Judgement = suite.suite_by_part(given)
        self.concluded = Concluded(judged.facts, {})
        return judged

    def _known(self) -> Mapping[bytes, Any]:
        """Give what the suite has kept of parts."""
        known: Mapping[bytes, Any] = (
            self._pack.facts if self._pack is not None else self._memory.concluded(self._root).facts
        )
        if not self._absent:
            return known
        found: dict[bytes, Any] = {each.digest: () for each in self._absent}
        found |= (each.facts for each in self._absent)
        return found | {key: known[key] for key in known if key[:DIGEST] not in found}

    def _shelf_of_added(self, added: Added, options: Mapping[str, Any]) -> Shelf:
        """Give entries that follow from the ledger, by what was known of them if they are the same."""
        if (key := added.known_by) is None:
            return _made(added, options)
        shelf = self._memory.concluded(self._root).added.get(key)
        if shelf is None and self._pack is not None:
            shelf = self._pack.added(key, lambda: sorted(added.entries(), key=sort_key))
        if shelf is None or not shelf.intact():
            shelf = _made(added, options)
        self.concluded.added[key] = shelf
        return shelf

    def _options(self) -> dict[str, Any]:
        """Give the options of the whole, which nobody else has."""
        first, *others = (shelf.header for shelf in self._files.values())
        options = copy.deepcopy(_options(first))
        options["include"] = sorted(self._files)
        names = ("operating_currency", "dcontext", "insert_pythonpath", "filename")
        told = [{name: header.option(name) for name in names} for header in others]
        return dict(loader.aggregate_options_map(options, told))


def _handed_out(shelf: Shelf) -> Batch:
    return Batch(shelf.hand_out(), shelf.summary, shelf.unbalanced)


def _made(added: Added, options: Mapping[str, Any]) -> Shelf:
    entries = sorted(added.entries(), key=sort_key)
    return Shelf.of(entries, Summary(entries), unbalanced(entries, options), {}, None)


def _options(header: Header) -> dict[str, Any]:
    return {**OPTIONS_DEFAULTS, **header.own}


def _check_options(header: Header) -> None:
    if (
        header.option("plugin") not in _PLUGINS
        or header.option("plugin_processing_mode") != "default"
        or header.option("documents")
    ):
        raise Unknown("another plugin, or folders of documents")
