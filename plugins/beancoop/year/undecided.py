"""What somebody has flagged "!" in a financial year, and nobody has decided since.

A sealed entry keeps its flag. What waited on 499 is decided by an entry that says so (`decides:`, see `books.waiting`);
anything else by its exact negative under one of its links, after which the right entry is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Transaction

from beancoop.books.waiting import waiting
from beancoop.model.findings import Finding
from beancoop.model.ownership import touches
from beancoop.model.pcmn import SUSPENSE
from beancoop.model.provenance import DOUBTFUL
from beancoop.model.reversal import moved_by
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from beancount.core.data import Directive

    from beancoop.model.periods import Span

FLAGGED = error(
    "BC576",
    'This entry is flagged "!", and nothing has decided it since; give it the flag "*", or where its month is closed, '
    "take it back by its negative under the same link, and write what is right.",
)


def flagged(entries: Iterable[Directive], year: Span, currency: str) -> Iterator[Finding]:
    """Tell of each entry of a *year* that is flagged "!" and not decided by its end."""
    upto = [entry for entry in entries if isinstance(entry, Transaction) and entry.date <= year.last]
    doubtful = [entry for entry in upto if entry.flag == DOUBTFUL and entry.date >= year.first]
    if not doubtful:
        return
    still = {id(item.entry) for item in waiting(upto, currency)}
    turned = {(link, moved_by(entry, -1)) for entry in upto for link in entry.links}
    for entry in doubtful:
        is_decided = touches(entry, SUSPENSE) and id(entry) not in still
        is_taken_back = any((link, moved_by(entry)) in turned for link in entry.links)
        if not is_decided and not is_taken_back:
            yield Finding.at(entry, FLAGGED())
