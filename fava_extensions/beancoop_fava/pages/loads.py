"""A load of Fava's as our pages take it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from beancoop.books.books import Books
from beancoop.loading.ledger import Ledger
from beancoop.model.accounts import COOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.loading.checks import Piece
    from fava.core import FavaLedger


class PutTogether(list[Any]):
    """The entries of a load that were put together from pieces; Fava keeps them, and takes them for any others.

    Attributes:
        pieces: what they were put together from.

    """

    def __init__(self, entries: Sequence[Any], pieces: Sequence[Piece]) -> None:
        """Take them."""
        super().__init__(entries)
        self.pieces = pieces


def loaded(ledger: FavaLedger) -> Ledger:
    """Give a load of *ledger* as the suite takes it."""
    entries, errors, options = (cast("Any", each) for each in (ledger.all_entries, ledger.errors, ledger.options))
    return Ledger(Path(ledger.beancount_file_path), entries, errors, options)


def added_up(ledger: FavaLedger) -> Books:
    """Add up a load of *ledger*, all of it, when the first of our pages is asked for."""
    return Books(loaded(ledger)).added_up()


def is_alone(ledger: FavaLedger) -> bool:
    """Tell whether it is the sub-ledger of one activity; what has accounts of the structure is not, unread."""
    opens = ledger.all_entries_by_type.Open
    return not any(each.account.endswith(f":{COOP}") for each in opens) and Books(loaded(ledger)).is_alone
