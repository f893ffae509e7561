"""Whether a load needs no other proof that the suite ran to its end.

The proof (`beancoop.rules.proof`) runs the suite once more over what was loaded. It can find nothing where the suite
was the one plugin, nothing failed, nothing was added after it ran, and no entry says itself where it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.provenance import SUITE
from beancoop.rules.proof import feigned
from beancount.core.data import Pad
from beancount.loader import LoadError

from beancoop_fava.pages.loads import PutTogether

if TYPE_CHECKING:
    from beancoop.loading.ledger import Ledger


def is_sure(ledger: Ledger) -> bool:
    """Tell whether *ledger* was surely left by the loader as the suite gave it back."""
    return (
        ledger.options["plugin"] == [(SUITE, None)]
        and not any(isinstance(each, LoadError) for each in ledger.errors)
        and (isinstance(ledger.entries, PutTogether) or _is_plain(ledger))
    )


def _is_plain(ledger: Ledger) -> bool:
    """Tell whether there is neither a `pad` nor what says itself where it stands: with either, Beancount loads."""
    return Pad not in set(map(type, ledger.entries)) and next(feigned(ledger), None) is None
