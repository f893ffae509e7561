"""One file as it is kept between two loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Transaction
from beancount.parser.options import OPTIONS_DEFAULTS

from beancoop.loading.cache import hashed
from beancoop.loading.copies import Copy, Said, copied
from beancoop.loading.encoding import CannotEncodeError, encode_value
from beancoop.loading.parse import parse
from beancoop.loading.summary import Summary
from beancoop.loading.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from beancount.core.data import BeancountError

    from beancoop.loading.book import Booker


class Header(NamedTuple):
    """What a file says apart from its directives.

    Attributes:
        own: its options that are not the defaults.
        errors: what is wrong with its text.

    """

    own: dict[str, Any]
    errors: list[BeancountError]

    def option(self, name: str) -> Any:  # noqa: ANN401 - any option
        """Give the value of an option, which is not to be written into."""
        return self.own.get(name, OPTIONS_DEFAULTS[name])

    @property
    def hash(self) -> bytes | None:
        """A hash of its options, but for how amounts are written in it; None where it says what is not known here."""
        own = {name: value for name, value in self.own.items() if name != "dcontext"}
        try:
            said = [(name, repr(encode_value(value))) for name, value in sorted(own.items())]
        except CannotEncodeError:
            return None
        return hashed(*(part.encode() for each in said for part in each))


class Unread:
    """Entries of which the transactions are put among the others when they are asked for.

    Attributes:
        directives: all but the transactions.

    """

    def __init__(self, directives: list[Any], transactions: Callable[[], list[Any]]) -> None:
        """Take them."""
        self.directives = directives
        self._transactions = transactions

    def whole(self, places: Sequence[int]) -> list[Any]:
        """Give all of them, the directives at their *places*.

        Raises:
            Unknown: the transactions are gone.

        """
        others, transactions = iter(self.directives), self._transactions()
        held, rest = frozenset(places), iter(transactions)
        return [next(others if place in held else rest) for place in range(len(held) + len(transactions))]


class Shelf:
    """Entries that stay between two loads: those of a file, parsed and booked, or those that follow from a part.

    Attributes:
        header: what a file says apart from its directives.
        summary: what the whole needs of it.
        unbalanced: the indices of the transactions that do not balance.

    """

    __slots__ = (
        "_before",
        "_booker",
        "_entries",
        "_is_out",
        "_out",
        "_repeats_keys",
        "_said",
        "_unread",
        "header",
        "summary",
        "unbalanced",
    )

    def __init__(self, filename: str, text: bytes) -> None:
        """Parse; what is parsed is still to be booked, since a ledger's first file says under which options.

        Raises:
            Unknown: it holds what the fast way does not know.

        """
        parsed = parse(filename, text)
        if not parsed.countable:
            raise Unknown("a number beyond counting")
        if any(entry.meta["filename"] != filename for entry in parsed.entries):
            raise Unknown("a file that is another")
        own = {name: value for name, value in parsed.options.items() if not _is_default(name, value)}
        self.header = Header(own, parsed.errors)
        # Some errors hold the metadata of the entry that they are about, into which booking writes.
        self._entries: list[Any] = copied(parsed.entries) if parsed.errors else parsed.entries
        self._unread: Unread | None = None
        self._repeats_keys = parsed.repeats_keys
        self._keep_to_oneself()
        self._booker: Booker | None = None

    @classmethod
    def of(
        cls,
        entries: Unread | list[Any],
        summary: Summary,
        unbalanced: list[int],
        own: dict[str, Any],
        booker: Booker | None,
    ) -> Shelf:
        """Give entries that need not be parsed, in which nothing was wrong; only a file has options of its *own*."""
        self = cls.__new__(cls)
        self.header = Header(own, [])
        self.summary, self.unbalanced = summary, unbalanced
        self._entries, self._unread = ([], entries) if isinstance(entries, Unread) else (entries, None)
        self._booker = booker
        self._keep_to_oneself()
        return self

    def _keep_to_oneself(self) -> None:
        self._out: Copy | None = None
        self._before: Copy | None = None
        self._said: Said | None = None
        self._is_out = False

    @property
    def entries(self) -> list[Any]:
        """Its entries, which are not to be handed out.

        Raises:
            Unknown: they are gone.

        """
        self.read()
        return self._entries

    def read(self) -> None:
        """Put the transactions among the others, if they are not yet.

        Raises:
            Unknown: they are gone.

        """
        if self._unread is not None:
            self._entries, self._unread = self._unread.whole(self.summary.directives), None

    @property
    def directives(self) -> list[Any]:
        """All of them but the transactions."""
        if self._unread is not None:
            return self._unread.directives
        return [self._entries[place] for place in self.summary.directives]

    @property
    def booker(self) -> Booker | None:
        """Who has booked it."""
        return self._booker

    def book(self, booker: Booker) -> None:
        """Book what it holds, and sum it up."""
        self.unbalanced: list[int] = []
        entries = self._entries
        for index, entry in enumerate(entries):
            if type(entry) is Transaction:
                booked, balances = booker.book(entry)
                if booked is not entry:
                    entries[index] = booked
                if not balances:
                    self.unbalanced.append(index)
        self.summary = Summary(entries, repeats_keys=self._repeats_keys)
        self._booker = booker

    def find_intact(self) -> bool:
        """Have what it was made of at hand, for nobody else to write into; tell whether there is such.

        That is what was handed out before last, where that has been given back; else a copy of what was handed out
        last, which is looked at when it has been copied, since whoever has it may write into it at any time.
        """
        if self._out is None or not self._is_out:
            return True
        assert self._said is not None  # noqa: S101 - what was handed out was noted
        before = self._before
        if before is None or not before.is_given_back() or not before.says(self._said):
            before = self._out.another()
            if not self._out.says(self._said):
                return False
        self._before, self._out, self._is_out = self._out, before, False
        self._entries = before.entries
        return True

    def hand_out(self) -> list[Any]:
        """Give its entries, which `find_intact` has found, to a caller; he may write into them, and has them alone."""
        if self._out is None:
            self._out = Copy(self.entries)
            self._said = self._out.said()
        self._is_out = True
        return self._entries


def _is_default(name: str, value: object) -> bool:
    default = OPTIONS_DEFAULTS[name]
    return value is default or repr(value) == repr(default)  # 0.50 is equal to 0.5, and written otherwise
