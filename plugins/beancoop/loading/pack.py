"""The files of one ledger as they were parsed and booked, kept for the next process."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core import display_context

from beancoop.loading import cache
from beancoop.loading.book import Settings
from beancoop.loading.encoding import CannotEncodeError, Decoder, encode, encode_transactions, encode_value
from beancoop.loading.shelf import Shelf, Unread
from beancoop.loading.summary import Summary
from beancoop.loading.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from beancoop.loading.book import Booker
    from beancoop.loading.memory import Concluded, Kept

_CONTEXT = "dcontext"
_HEADS, _TRANSACTIONS = "ledger", "transactions"


class _Place(NamedTuple):
    """Where the transactions of a file stand among those of all files, and a hash of them."""

    start: int
    size: int
    hash: bytes


class _File(NamedTuple):
    """What is written of a file.

    Attributes:
        digest: what the file is known by.
        head: all but its transactions.
        place: where those are.

    """

    digest: bytes
    head: bytes
    place: tuple[int, int, bytes]


_NO_FILE = _File(b"", b"", (0, 0, b""))


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
        settings, self._files, facts, self._added = marshal.loads(head)  # noqa: S302 - checked by `cache`: nobody else has written it
        self.booker = booker_of(Settings(*Decoder(_no_tolerances).value(settings)))
        self._decoder = Decoder(self.booker.tolerances)
        self._transactions = transactions
        self._is_whole = whole
        self.facts = _Facts(facts)

    def find(self, filename: str, digest: bytes) -> Shelf | None:
        """Give what is known of a file that holds this."""
        known = self._file(filename, digest)
        if known is None:
            return None
        with suppress(Exception):
            own, context, directives, facts, unbalanced = marshal.loads(known.head)  # noqa: S302 - as above
            options = self._decoder.value(own)
            if self._is_whole:  # nothing else writes an amount
                options[_CONTEXT] = _context_of(context)
            entries = Unread(self._decoder.directives(directives), partial(self._entries, _Place(*known.place)))
            shelf = Shelf.of(entries, Summary.of(facts), unbalanced, options, self.booker)
            if self._is_whole:  # now, so that what cannot be read is parsed
                shelf.read()
            return shelf
        return None

    def _file(self, filename: str, digest: bytes) -> _File | None:
        known = _File(*self._files.get(filename, _NO_FILE))
        return known if known.digest == digest else None

    def _entries(self, place: _Place) -> list[Any]:
        """Give the transactions that stand in a place.

        Raises:
            Unknown: they are not there any more.

        """
        blob = self._transactions.at(place)
        if blob is None:
            raise Unknown("transactions that are gone")
        return self._decoder.transactions(marshal.loads(blob))  # noqa: S302 - as above

    def added(self, known_by: bytes, make: Callable[[], list[Any]]) -> Shelf | None:
        """Give transactions that follow from a part, which are made when they are asked for, if they are known."""
        with suppress(Exception):
            facts, unbalanced = marshal.loads(self._added[known_by])  # noqa: S302 - as above
            return Shelf.of(Unread([], make), Summary.of(facts), unbalanced, {}, None)
        return None

    def blobs(self, filename: str, digest: bytes) -> tuple[bytes, bytes] | None:
        """Give what was written of a file that holds this: all but the transactions, and those."""
        known = self._file(filename, digest)
        rest = self._transactions.at(_Place(*known.place)) if known else None
        return (known.head, rest) if known and rest is not None else None


class _Transactions:
    """The transactions of the files of a ledger.

    Each file's have a hash of their own, since two processes may have written the two files of a pack in turn.
    """

    def __init__(self, root: str, *, whole: bool) -> None:
        """Take those of a ledger; read the *whole* at once, if so much will be asked for."""
        self._slot = _slot(_TRANSACTIONS, root)
        self._body = self._slot.part(0) if whole else None

    def at(self, place: _Place) -> bytes | None:
        """Give what stands in a place."""
        start, size, known_by = place
        found = self._slot.part(start, size) if self._body is None else self._body[start : start + size]
        return found if found is not None and cache.digest(found) == known_by else None

    def are_there(self) -> bool:
        """Say whether there are any, where the whole is read."""
        return self._body is not None


class _Facts(Mapping[bytes, Any]):
    """What the suite has kept of the parts of a ledger, each read when it is asked for."""

    def __init__(self, written: Mapping[bytes, bytes]) -> None:
        self.written = written

    def __getitem__(self, key: bytes) -> Any:  # noqa: ANN401 - what a rule keeps
        return marshal.loads(self.written[key])  # noqa: S302 - as above

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.written)

    def __len__(self) -> int:
        return len(self.written)


def _no_tolerances(_: tuple[Any, ...]) -> None:
    raise TypeError


def read_pack(root: str, booker_of: Callable[[Settings], Booker], *, whole: bool) -> Pack | None:
    """Give what is kept of the ledger *root*, if it is of this program; with its transactions, where the *whole* is."""
    head = _slot(_HEADS, root).read()
    if head is not None:
        transactions = _Transactions(root, whole=whole)
        if not whole or transactions.are_there():
            with suppress(Exception):
                return Pack(head, transactions, booker_of, whole=whole)
    return None


def write_pack(root: str, booker: Booker, files: Mapping[str, Kept], concluded: Concluded, old: Pack | None) -> None:
    """Keep the files of the ledger *root*; what *old* has of them, booked as they are now, is not written anew."""
    written: dict[str, tuple[Any, ...]] = {}
    transactions: list[bytes] = []
    start = 0
    try:
        settings = encode_value(tuple(booker.settings))
        same = old if old is not None and old.booker.settings == booker.settings else None
        for name, kept in files.items():
            head, rest = (same and same.blobs(name, kept.digest)) or _blobs(kept.shelf)
            written[name] = kept.digest, head, (start, len(rest), cache.digest(rest))
            transactions.append(rest)
            start += len(rest)
    except CannotEncodeError:
        return
    facts = dict(_written(concluded.facts, old))
    added = {key: marshal.dumps((each.summary.facts, each.unbalanced)) for key, each in concluded.added.items()}
    _slot(_TRANSACTIONS, root).write(b"".join(transactions))
    _slot(_HEADS, root).write(marshal.dumps((settings, written, facts, added)))


def _written(facts: Mapping[bytes, Any], old: Pack | None) -> Iterator[tuple[bytes, bytes]]:
    known = old.facts.written if old else {}
    for key, kept in facts.items():
        with suppress(ValueError):  # what `marshal` does not know
            yield key, known.get(key) or marshal.dumps(kept)


def _blobs(shelf: Shelf) -> tuple[bytes, bytes]:
    """Give what is written of a file: its options, directives and summary, and its transactions."""
    own = {name: value for name, value in shelf.header.own.items() if name != _CONTEXT}
    context = _told(shelf.header.own[_CONTEXT])
    entries, places = shelf.entries, frozenset(shelf.summary.directives)
    directives = encode([entries[place] for place in shelf.summary.directives])
    head = marshal.dumps((encode_value(own), context, directives, shelf.summary.facts, shelf.unbalanced))
    return head, marshal.dumps(encode_transactions([each for place, each in enumerate(entries) if place not in places]))


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
