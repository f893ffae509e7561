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


def load_fast(root: str, memory: Memory) -> Answer:
    """Load the ledger whose main file is *root*, an absolute path.

    Raises:
        Unknown: the stock loader has to load it.

    """
    _check_process()
    load = _Load(root, memory)
    answer = load.answer()
    memory.keep(root, load.kept)
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

    def __init__(self, root: str, memory: Memory) -> None:
        self._memory = memory
        self._booker: Booker | None = None
        self.kept: dict[str, Kept] = {}
        self._files, self._errors = walk(root, self._shelf_of)

    def _shelf_of(self, filename: str, text: bytes) -> Shelf:
        digest = hashlib.blake2b(text, digest_size=16).digest()
        known = self._memory.find(filename, digest)
        if self._booker is None:
            known = known or Shelf(filename, text, None)
            _check_options(known.header)
            self._booker = self._memory.booker(Settings.of(_options(known.header)))
            if known.booker is None:
                known.book(self._booker)
        if known is None or known.booker is not self._booker:
            known = Shelf(filename, text, self._booker)
        if known.header.option("insert_pythonpath"):
            raise Unknown("a path of plugins")
        if not known.header.errors:
            self.kept[filename] = Kept(digest, known)
        return known

    def answer(self) -> Answer:
        """Put the files together, run the suite, and check."""
        parts = [Part(shelf.hand_out(), shelf.summary, shelf.unbalanced) for shelf in self._files.values()]
        keys, entries = merged([part.summary.keys for part in parts], [part.entries for part in parts])
        options = self._options()
        errors = list(self._errors)
        named = [entry for _, entry in in_order(parts, lambda summary: summary.documents)]
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
