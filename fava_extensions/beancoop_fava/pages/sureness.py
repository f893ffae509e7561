"""Whether a load needs no other proof that the suite ran to its end.

The proof (`beancoop.rules.proof`) runs the suite once more over what was loaded. It can find nothing where the suite
was the one plugin, nothing failed, nothing was added after it ran, and no entry says itself where it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.rules.engine import SUITE
from beancount.core.data import Pad
from beancount.loader import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop.loading.ledger import Ledger
    from beancount.core.data import Directives


def is_sure(ledger: Ledger) -> bool:
    """Tell whether *ledger* was surely left by the loader as the suite gave it back."""
    return (
        ledger.options["plugin"] == [(SUITE, None)]
        and not any(isinstance(each, LoadError) for each in ledger.errors)
        and not any(type(each) is Pad for each in ledger.entries)
        and all(_stand_in(frozenset(ledger.options["include"]), ledger.entries))
    )


def _stand_in(files: frozenset[str], entries: Directives) -> Iterator[bool]:
    """Say of each entry whether it is where the parser, or who made it, says."""
    for entry in entries:
        meta = entry.meta
        line = meta["lineno"]
        yield type(line) is int and (line <= 0 or meta["filename"] in files)
