"""The files of one load: what is known of them, and what has to be parsed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from beancount import loader
from beancount.parser.options import OPTIONS_DEFAULTS

from beancoop.loading import cache
from beancoop.loading.book import Settings
from beancoop.loading.memory import Kept
from beancoop.loading.shelf import Shelf
from beancoop.loading.unknown import Unknown
from beancoop.loading.walk import read
from beancoop.model.provenance import SUITE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from beancoop.loading.book import Booker
    from beancoop.loading.memory import Memory
    from beancoop.loading.pack import Pack
    from beancoop.loading.shelf import Header

_PLUGINS: tuple[list[tuple[str, None]], ...] = ([], [(SUITE, None)])


class Reader:
    """Who reads the files of a ledger, its own first.

    Attributes:
        digests: what each file is known by that was read, in order.
        kept: the files that may be kept, by name.
        size: how many bytes were read.
        parsed: how many of those were parsed.

    """

    def __init__(
        self, memory: Memory, pack: Pack | None, digest_of: Callable[[str], bytes | None] = lambda _: None
    ) -> None:
        """Read what is not known.

        Args:
            memory: what this process knows.
            pack: what an earlier one has left.
            digest_of: gives what a file is known by that need not be read for it; else None.

        """
        self._memory = memory
        self._pack = pack
        self._digest_of = digest_of
        self._booker: Booker | None = None
        self.digests: list[bytes] = []
        self.kept: dict[str, Kept] = {}
        self.size = self.parsed = 0

    @property
    def booker(self) -> Booker:
        """Who has booked the files."""
        assert self._booker is not None  # noqa: S101 - a ledger has a first file
        return self._booker

    def shelf_of(self, filename: str) -> Shelf | None:
        """Give what a file holds; None where there is none of that name.

        Raises:
            Unknown: the stock loader has to load it.

        """
        digest = self._digest_of(filename)
        shelf = None if digest is None else self._find(filename, digest)
        if digest is None or shelf is None:
            text = read(filename)
            if text is None:
                return None
            digest = cache.digest(text)
            self.size += len(text)
            shelf = self._find(filename, digest) or self._parse(filename, text)
        self._booker = shelf.booker
        self.digests.append(digest)
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
        shelf = Shelf(filename, text)
        shelf.book(self._booker or self._booker_of(shelf.header))
        self.parsed += len(text)
        return shelf

    def _booker_of(self, header: Header) -> Booker:
        """Give who books a ledger whose first file says this."""
        _check_options(header)
        return self._memory.booker(Settings.of(_options(header)))


def options_of(files: Mapping[str, Shelf]) -> dict[str, Any]:
    """Give the options of a ledger of some files, which nobody else has."""
    first, *others = (shelf.header for shelf in files.values())
    options = copy.deepcopy(_options(first))
    options["include"] = sorted(files)
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
