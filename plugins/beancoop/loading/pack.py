"""The files of one ledger as they were parsed and booked, kept for the next process."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from beancount.core import display_context

from beancoop.loading import cache
from beancoop.loading.book import Settings
from beancoop.loading.encoding import CannotEncodeError, Decoder, encode, encode_value
from beancoop.loading.shelf import Held, Shelf
from beancoop.loading.summary import Summary
from beancoop.loading.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from beancoop.loading.book import Booker
    from beancoop.loading.memory import Kept

_CONTEXT = "dcontext"
_HEADS, _TRANSACTIONS = "ledger", "transactions"


class Pack:
    """What an earlier process has written of a ledger, in two files: the transactions, and all that is asked first.

    Attributes:
        booker: who has booked it.
        facts: what the suite has kept of its parts.

    """

    def __init__(
        self, head: bytes, transactions: _Transactions, booker_of: Callable[[Settings], Booker], *, whole: bool
    ) -> None:
        """Open it, to read the *whole* of each file at once, or its transactions when they are asked for.

        Raises:
            Exception: it is none.

        """
        settings, self._files, facts = marshal.loads(head)  # noqa: S302 - checked by `cache`: nobody else has written it
        self.booker = booker_of(Settings(*Decoder(_no_tolerances).value(settings)))
        self._decoder = Decoder(self.booker.tolerances)
        self._transactions = transactions
        self._is_whole = whole
        self.facts = _Facts(facts, self._decoder)

    def find(self, filename: str, digest: bytes) -> Shelf | None:
        """Give what is known of a file that holds this."""
        known, blob = self._files.get(filename, (b"", b""))
        if known != digest:
            return None
        with suppress(Exception):
            own, context, directives, facts, unbalanced = marshal.loads(blob)  # noqa: S302 - as above
            options = {**self._decoder.value(own), _CONTEXT: _context_of(context)}
            entries = Held(self._decoder.directives(directives), partial(self._entries, filename, digest))
            shelf = Shelf.of(options, entries, Summary.of(facts), unbalanced, self.booker)
            if self._is_whole:  # now, so that what cannot be read is parsed
                shelf.read()
            return shelf
        return None

    def _entries(self, filename: str, digest: bytes) -> list[Any]:
        """Give the transactions of a file.

        Raises:
            Unknown: they are not there any more.

        """
        blob = self._transactions.blob(filename, digest)
        if blob is None:
            raise Unknown("transactions that are gone")
        return self._decoder.transactions(marshal.loads(blob))  # noqa: S302 - as above

    def blobs(self, filename: str, digest: bytes) -> tuple[bytes, bytes] | None:
        """Give what was written of a file that holds this: all but the transactions, and those."""
        known, blob = self._files.get(filename, (b"", b""))
        rest = self._transactions.blob(filename, digest)
        return None if known != digest or rest is None else (blob, rest)


class _Transactions:
    """The transactions of the files of a ledger, read when they are asked for."""

    def __init__(self, root: str) -> None:
        self._root = root

    @cached_property
    def _files(self) -> Mapping[str, tuple[bytes, bytes]]:
        body = _slot(_TRANSACTIONS, self._root).read()
        with suppress(Exception):
            return dict(marshal.loads(body or b""))  # noqa: S302 - as above
        return {}

    def blob(self, filename: str, digest: bytes) -> bytes | None:
        known, blob = self._files.get(filename, (b"", b""))
        return blob if known == digest else None

    def is_there(self) -> bool:
        return bool(self._files)


class _Facts(Mapping[bytes, Any]):
    """What the suite has kept of the parts of a ledger, each decoded when it is asked for."""

    def __init__(self, encoded: Mapping[bytes, bytes], decoder: Decoder) -> None:
        self.encoded = encoded
        self._decoder = decoder

    def __getitem__(self, key: bytes) -> Any:  # noqa: ANN401 - what a rule keeps
        encoded = self.encoded[key]
        try:
            return self._decoder.value(marshal.loads(encoded))  # noqa: S302 - as above
        except Exception as failed:
            raise KeyError(key) from failed

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.encoded)

    def __len__(self) -> int:
        return len(self.encoded)


def _no_tolerances(_: tuple[Any, ...]) -> None:
    raise TypeError


def read_pack(root: str, booker_of: Callable[[Settings], Booker], *, whole: bool) -> Pack | None:
    """Give what is kept of the ledger *root*, if it is of this program; with its transactions, where the *whole* is."""
    head = _slot(_HEADS, root).read()
    transactions = _Transactions(root)
    if head is not None and (not whole or transactions.is_there()):
        with suppress(Exception):
            return Pack(head, transactions, booker_of, whole=whole)
    return None


def write_pack(
    root: str, booker: Booker, files: Mapping[str, Kept], facts: Mapping[bytes, Any], old: Pack | None
) -> None:
    """Keep the files of the ledger *root*; what *old* has of them is not written anew."""
    try:
        blobs = {
            name: (kept.digest, *((old and old.blobs(name, kept.digest)) or _blobs(kept.shelf)))
            for name, kept in files.items()
        }
        settings = encode_value(tuple(booker.settings))
    except CannotEncodeError:
        return
    transactions = {name: (digest, rest) for name, (digest, _, rest) in blobs.items()}
    heads = {name: (digest, head) for name, (digest, head, _) in blobs.items()}
    _slot(_TRANSACTIONS, root).write(marshal.dumps(transactions))
    _slot(_HEADS, root).write(marshal.dumps((settings, heads, dict(_encoded(facts, old)))))


def _encoded(facts: Mapping[bytes, Any], old: Pack | None) -> Iterator[tuple[bytes, bytes]]:
    written = old.facts.encoded if old else {}
    for key, kept in facts.items():
        if key in written:
            yield key, written[key]
        else:
            with suppress(CannotEncodeError):
                yield key, marshal.dumps(encode_value(kept))


def _blobs(shelf: Shelf) -> tuple[bytes, bytes]:
    """Give what is written of a file: its options, directives and summary, and its transactions."""
    own = {name: value for name, value in shelf.header.own.items() if name != _CONTEXT}
    context = _told(shelf.header.own[_CONTEXT])
    entries, places = shelf.entries, frozenset(shelf.summary.directives)
    directives = encode([entries[place] for place in shelf.summary.directives])
    head = marshal.dumps((encode_value(own), context, directives, shelf.summary.facts, shelf.unbalanced))
    return head, marshal.dumps(encode([each for place, each in enumerate(entries) if place not in places]))


def _told(context: Any) -> tuple[Any, ...]:  # noqa: ANN401 - Beancount's own, untyped
    """Give what a display context has learned."""
    learned = tuple((currency, each.integer_max, _digits(each)) for currency, each in context.ccontexts.items())
    return context.commas, learned


def _digits(learned: Any) -> int | dict[int, int]:  # noqa: ANN401 - Beancount's own, untyped
    """Give the decimals of a currency where they are fixed, else how often each number of them was met."""
    fixed = getattr(learned, "fractional_digits", None)
    return dict(learned.fractional_dist.hist) if fixed is None else int(fixed)


def _context_of(told: tuple[Any, ...]) -> Any:  # noqa: ANN401 - Beancount's own, untyped
    commas, learned = told
    context = display_context.DisplayContext()
    context.set_commas(commas)
    for currency, integer_max, digits in learned:
        if isinstance(digits, int):
            context.set_fixed_precision(currency, digits)
        else:
            context.ccontexts[currency].fractional_dist.hist.update(digits)  # type: ignore[attr-defined]
        context.ccontexts[currency].integer_max = integer_max
    return context


def _slot(kind: str, root: str) -> cache.Slot:
    return cache.Slot.of(kind, root, "beancoop")
