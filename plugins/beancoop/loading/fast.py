"""A load put together from its files (decision 0011)."""

from __future__ import annotations

import decimal
import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

import beancount
from beancount import loader
from beancount.ops import documents, validation

from beancoop.loading.checks import Batch, Checks, Piece, entries_at, merged_batches, unbalanced
from beancoop.loading.memory import Concluded, Memory
from beancoop.loading.pack import Pack, read_pack, write_pack
from beancoop.loading.reading import Reader, options_of
from beancoop.loading.shelf import Shelf
from beancoop.loading.sub_ledgers import Parted, sub_ledgers
from beancoop.loading.summary import Summary, sort_key
from beancoop.loading.unknown import Unknown
from beancoop.loading.walk import Walked, walk
from beancoop.model.provenance import SUITE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from beancount.core.data import BeancountError

    from beancoop.loading.sub_ledgers import Added, Judgement, SubLedger

VERSIONS = frozenset({"3.2.3"})
"""Of Beancount, those with which this was compared."""

_SMALL_PART = 16
"""A process that finds less than one part in so many to be new leaves that to be parsed by the next, too."""

_SUMS = 28, decimal.ROUND_HALF_EVEN
"""How many digits of a sum Python keeps, and how it rounds it, unless it is told otherwise."""

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


class Assembled(NamedTuple):
    """A ledger that was judged.

    Attributes:
        options: its options.
        errors: what is wrong.
        checks: those of Beancount, which give its entries.
        suite: what the suite says, if it runs.
        parts: its parts.
        added: what the suite has added, by what it is known by.

    """

    options: dict[str, Any]
    errors: list[BeancountError]
    checks: Checks
    suite: Judgement | None
    parts: Sequence[SubLedger]
    added: Mapping[bytes, Batch]


class Answer(NamedTuple):
    """What a load gives, and what its entries were put together from; None where Beancount did that."""

    entries: list[Any]
    errors: list[BeancountError]
    options: dict[str, Any]
    pieces: Sequence[Piece] | None = None


def load_fast(root: str, memory: Memory, *, lasting: bool = False) -> Answer:
    """Load the ledger whose main file is *root*, an absolute path.

    Args:
        root: its path.
        memory: what this process knows.
        lasting: whether what an earlier process has left may be used, and something be left for a later one.

    Raises:
        Unknown: the stock loader has to load it.

    """
    check_process()
    is_first = lasting and not memory.knows(root)
    pack = read_pack(root, memory.booker, whole=True) if is_first else None
    reader = Reader(memory, pack)
    load = Load(root, memory, pack, reader)
    judged = load.judge(walk(root, reader.shelf_of), _handed_out)
    memory.keep(root, reader.kept, load.concluded)
    if lasting and _is_news(reader, load.concluded, pack, is_first=is_first):
        write_pack(root, reader.booker, reader.kept, load.concluded, pack)
    judged.options["input_hash"] = loader.compute_input_hash(judged.options["include"])
    return Answer(judged.checks.entries, judged.errors, judged.options, judged.checks.pieces())


def _handed_out(shelf: Shelf) -> Batch:
    return Batch(shelf.hand_out(), shelf.summary, shelf.unbalanced)


def _is_news(reader: Reader, concluded: Concluded, pack: Pack | None, *, is_first: bool) -> bool:
    """Say whether so much of what was read was parsed, or looked at, that it is worth writing all of it anew.

    Of a ledger that this process loads for the first time all is news that no other has left.
    """
    if is_first and pack is None:
        return True
    looked_at = len(concluded.facts.keys() - pack.facts.keys()) if pack is not None else 0
    return reader.parsed * _SMALL_PART > reader.size or looked_at * _SMALL_PART > len(concluded.facts)


def check_process() -> None:
    """Refuse a Beancount that is not the one known here, or that somebody has changed in this process, or its sums.

    Raises:
        Unknown: it is not.

    """
    if (
        beancount.__version__ not in VERSIONS
        or (decimal.getcontext().prec, decimal.getcontext().rounding) != _SUMS
        or loader.RENAMED_MODULES
        or loader.PLUGINS_AUTO
        or loader.PLUGINS_PRE != _PRE
        or loader.PLUGINS_POST != _POST
        or tuple(validation.VALIDATIONS) != _VALIDATIONS
    ):
        raise Unknown("another Beancount")


class Load:
    """One load.

    Attributes:
        reader: who reads its files.
        concluded: what is kept of how the suite judged the ledger.

    """

    def __init__(self, root: str, memory: Memory, pack: Pack | None, reader: Reader) -> None:
        """Start one.

        Args:
            root: the path of the ledger.
            memory: what this process knows.
            pack: what an earlier one has left.
            reader: who reads the files.

        """
        self._before = memory.concluded(root)
        self._pack = pack
        self.reader = reader
        self.concluded = Concluded({}, {})

    def judge(self, walked: Walked, batch_of: Callable[[Shelf], Batch]) -> Assembled:
        """Put the files together, run the suite, and check.

        Raises:
            Unknown: the stock loader has to judge it.

        """
        batches = [batch_of(shelf) for shelf in walked.files.values()]
        if any(batch.summary.has_empty_custom for batch in batches):
            raise Unknown("a custom without values")
        options = options_of(walked.files)
        errors = [*walked.errors]
        named = [entry for _, entry in entries_at(batches, lambda batch: batch.summary.documents)]
        errors += documents.verify_document_files_exist(named, options)[1]
        headers = [shelf.header for shelf in walked.files.values()]
        suite, parts = None, [*sub_ledgers([*walked.files], batches, self.reader.digests, headers), *self.beside()]
        added: dict[bytes, Batch] = {}
        if options["plugin"]:
            suite = self._suite(batches, parts, options)
            errors += suite.errors
            for each in suite.added:
                batches.append(batch_of(self._shelf_of_added(each, options)))
                if each.known_by is not None:
                    added[each.known_by] = batches[-1]
        checks = Checks([*batches, *self.held_beside()], options)
        errors += checks.check_assertions()
        errors += checks.validate()
        return Assembled(options, errors, checks, suite, parts, added)

    def beside(self) -> Sequence[SubLedger]:
        """Give the parts that are not read."""
        return ()

    def held_beside(self) -> Sequence[Batch]:
        """Give what their accounts hold."""
        return ()

    def known(self) -> Mapping[bytes, Any]:
        """Give what the suite has kept of parts."""
        return self._before.facts if self._pack is None else self._pack.facts

    def whole(self, batches: Sequence[Batch]) -> Sequence[Any]:
        """Give all entries in order."""
        return merged_batches(batches)

    def _suite(self, batches: Sequence[Batch], parts: Sequence[SubLedger], options: Mapping[str, Any]) -> Judgement:
        """Have the suite judge the files; of their parts it may know what it has kept."""
        directives = [entry for _, entry in entries_at(batches, lambda batch: batch.summary.directives)]
        directives += (entry for part in parts if part.is_absent for entry in part.customs())
        suite = importlib.import_module(SUITE)
        given = Parted(directives, options, parts, lambda: self.whole(batches), self.known())
        judged: Judgement = suite.suite_by_part(given)
        self.concluded = Concluded(judged.facts, {})
        return judged

    def _shelf_of_added(self, added: Added, options: Mapping[str, Any]) -> Shelf:
        """Give entries that follow from the ledger, by what was known of them if they are the same."""
        if (key := added.known_by) is None:
            return _made(added, options)
        shelf = self._before.added.get(key)
        if shelf is None and self._pack is not None:
            shelf = self._pack.added(key, lambda: sorted(added.entries(), key=sort_key))
        if shelf is None or not shelf.find_intact():
            shelf = _made(added, options)
        self.concluded.added[key] = shelf
        return shelf


def _made(added: Added, options: Mapping[str, Any]) -> Shelf:
    entries = sorted(added.entries(), key=sort_key)
    return Shelf.of(entries, Summary(entries), unbalanced(entries, options), {}, None)
