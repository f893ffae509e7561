"""The files of one ledger as they were parsed and booked, kept for the next process."""

from __future__ import annotations

import marshal
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from beancount.core import display_context

from beancoop.loading import cache
from beancoop.loading.book import Settings
from beancoop.loading.encoding import CannotEncodeError, Decoder, encode, encode_value
from beancoop.loading.shelf import Shelf
from beancoop.loading.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from beancoop.loading.book import Booker
    from beancoop.loading.memory import Kept

_CONTEXT = "dcontext"


class Pack:
    """What an earlier process has written of a ledger.

    Attributes:
        booker: who has booked it.

    """

    def __init__(self, body: bytes, booker_of: Callable[[Settings], Booker]) -> None:
        """Open it.

        Raises:
            Exception: it is none.

        """
        settings, self._files = marshal.loads(body)  # noqa: S302 - checked by `cache`: nobody else has written it
        self.booker = booker_of(Settings(*Decoder(_no_tolerances).value(settings)))
        self._decoder = Decoder(self.booker.tolerances)

    def find(self, filename: str, digest: bytes) -> Shelf | None:
        """Give what is known of a file that holds this."""
        known, blob = self._files.get(filename, (b"", b""))
        if known != digest:
            return None
        with suppress(Exception):
            own, context, entries, facts, unbalanced = marshal.loads(blob)  # noqa: S302 - as above
            options = {**self._decoder.value(own), _CONTEXT: _context_of(context)}
            return Shelf.of(options, self._decoder.decode(entries), Summary.of(facts), unbalanced, self.booker)
        return None

    def blob(self, filename: str, digest: bytes) -> bytes | None:
        """Give what was written of a file that holds this."""
        known, blob = self._files.get(filename, (b"", b""))
        return blob if known == digest else None


def _no_tolerances(_: tuple[Any, ...]) -> None:
    raise TypeError


def read_pack(root: str, booker_of: Callable[[Settings], Booker]) -> Pack | None:
    """Give what is kept of the ledger *root*, if it is of this program."""
    body = cache.read(_name(root), _valid(root))
    with suppress(Exception):
        return None if body is None else Pack(body, booker_of)
    return None


def write_pack(root: str, booker: Booker, files: Mapping[str, Kept], old: Pack | None) -> None:
    """Keep the files of the ledger *root*; what *old* has of them is not written anew."""
    try:
        blobs = {
            name: (kept.digest, (old and old.blob(name, kept.digest)) or _blob(kept.shelf))
            for name, kept in files.items()
        }
        settings = encode_value(tuple(booker.settings))
    except CannotEncodeError:
        return
    cache.write(_name(root), _valid(root), marshal.dumps((settings, blobs)))


def _blob(shelf: Shelf) -> bytes:
    own = {name: value for name, value in shelf.header.own.items() if name != _CONTEXT}
    context = _told(shelf.header.own[_CONTEXT])
    return marshal.dumps((encode_value(own), context, encode(shelf.entries), shelf.summary.facts, shelf.unbalanced))


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


def _name(root: str) -> str:
    return "ledger-" + cache.hashed(os.fsencode(root)).hex()[:32]


def _valid(root: str) -> bytes:
    return cache.hashed(cache.program("beancoop"), os.fsencode(root))
