"""A load put together from its files (decision 0011)."""

from __future__ import annotations

import copy
import hashlib
import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

import beancount
from beancount import loader
from beancount.core.data import Custom
from beancount.ops import documents, validation
from beancount.parser.options import OPTIONS_DEFAULTS

from beancoop.loading.book import Settings
from beancoop.loading.checks import Checks, Part, in_order, unbalanced
from beancoop.loading.memory import Kept, Memory
from beancoop.loading.pack import Pack, read_pack, write_pack
from beancoop.loading.shelf import Shelf
from beancoop.loading.summary import Summary, merged, sort_key
from beancoop.loading.unknown import Unknown
from beancoop.loading.walk import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import BeancountError

    from beancoop.loading.book import Booker
    from beancoop.loading.shelf import Header

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
    pack = None if memory.knows(root) or not lasting else read_pack(root, memory.booker)
    load = _Load(root, memory, pack)
    answer = load.answer()
    memory.keep(root, load.kept)
    if lasting and load.is_news():
        write_pack(root, load.booker, load.kept, pack)
    return answer


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

    """

    def __init__(self, root: str, memory: Memory, pack: Pack | None) -> None:
        self._memory = memory
        self._pack = pack
        self._known = self._new = 0
        self._booker: Booker | None = None
        self.kept: dict[str, Kept] = {}
        self._files, self._errors = walk(root, self._shelf_of)

    def _shelf_of(self, filename: str, text: bytes) -> Shelf:
        digest = hashlib.blake2b(text, digest_size=16).digest()
        known = self._memory.find(filename, digest)
        if known is None and self._pack is not None:
            known = self._pack.find(filename, digest)
        if self._booker is None:
            if known is None:
                known = Shelf(filename, text, None)
                self._new += len(text)
            _check_options(known.header)
            self._booker = self._memory.booker(Settings.of(_options(known.header)))
            if known.booker is None:
                known.book(self._booker)
        if known is None or known.booker is not self._booker:
            known = Shelf(filename, text, self._booker)
            self._new += len(text)
        self._known += len(text)
        if known.header.option("insert_pythonpath"):
            raise Unknown("a path of plugins")
        if not known.header.errors:
            self.kept[filename] = Kept(digest, known)
        return known

    @property
    def booker(self) -> Booker:
        """Who has booked its files."""
        assert self._booker is not None  # noqa: S101 - a load has a first file
        return self._booker

    def is_news(self) -> bool:
        """Say whether so much was parsed that it is worth writing all of it anew."""
        return self._new * _SMALL_PART > self._known

    def answer(self) -> Answer:
        """Put the files together, run the suite, and check."""
        parts = [Part(shelf.hand_out(), shelf.summary, shelf.unbalanced) for shelf in self._files.values()]
        keys, entries = merged([part.summary.keys for part in parts], [part.entries for part in parts])
        options = self._options()
        errors = list(self._errors)
        named = [entry for _, entry in in_order(parts, lambda part: part.summary.documents)]
        errors += documents.verify_document_files_exist(named, options)[1]
        for name, _ in options["plugin"]:
            entries, added, found = _run(name, entries, options)
            errors += found
            added.sort(key=sort_key)
            part = Part(added, Summary(added), unbalanced(added, options))
            parts.append(part)
            keys, entries = merged([keys, part.summary.keys], [entries, added])
        if any(part.summary.has_empty_custom for part in parts):
            _refuse_empty_customs(entries)
        checks = Checks(parts, entries, options)
        errors += checks.check_assertions()
        errors += checks.validate()
        options["input_hash"] = loader.compute_input_hash(options["include"])
        return Answer(checks.entries, errors, options)

    def _options(self) -> dict[str, Any]:
        """Give the options of the whole, which nobody else has."""
        first, *others = (shelf.header for shelf in self._files.values())
        options = copy.deepcopy(_options(first))
        options["include"] = sorted(self._files)
        names = ("operating_currency", "dcontext", "insert_pythonpath", "filename")
        told = [{name: header.option(name) for name in names} for header in others]
        return dict(loader.aggregate_options_map(options, told))


def _options(header: Header) -> dict[str, Any]:
    return {**OPTIONS_DEFAULTS, **header.own}


def _check_options(header: Header) -> None:
    if (
        header.option("plugin") not in _PLUGINS
        or header.option("plugin_processing_mode") != "default"
        or header.option("documents")
    ):
        raise Unknown("another plugin, or folders of documents")


def _run(
    name: str, entries: list[Any], options: dict[str, Any]
) -> tuple[list[Any], list[Any], Sequence[BeancountError]]:
    """Run a plugin; give the entries it was given, what it has added, and its errors."""
    module = importlib.import_module(name)
    (function,) = module.__plugins__
    after, errors = getattr(module, function)(entries, options)
    before, added = after[: len(entries)], after[len(entries) :]
    if len(before) != len(entries) or not all(map(_stands_for, before, entries)):
        raise Unknown("a plugin that changes entries")
    return before, added, errors


def _refuse_empty_customs(entries: list[Any]) -> None:
    if any(type(entry) is Custom and entry.values is None for entry in entries):
        raise Unknown("a custom without values")


def _stands_for(new: Any, old: Any) -> bool:  # noqa: ANN401 - any directives
    """Tell whether an entry is what it was, or a `custom` of the same place with other values."""
    return new is old or (type(new) is type(old) is Custom and new.meta is old.meta and new.date == old.date)
