"""Proof that the suite ran, and to its end.

A plugin that is missing, fails or is undone by another leaves a ledger that loads, with figures that look right. So the
rules are run once more over what was loaded: every error they find must have been reported, and every levy they
conclude must be there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from beancount.core.data import Transaction
from beancount.parser.printer import format_entry

from beancoop.model.findings import Finding
from beancoop.model.provenance import SUITE, is_injected
from beancoop.model.register import read_register
from beancoop.rules import engine
from beancoop.rules.part import Part
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from beancoop.loading.ledger import Ledger

NO_PLUGIN = error("BC291", 'The ledger has no line: plugin "beancoop". Without it nothing is checked; add it.')
NOT_REPORTED = error("BC292", "{message} The load did not report this: a plugin stands in the way.")
OTHER_LEVIES = error(
    "BC293",
    "The contributions in the loaded ledger are not those that follow from its entries: the plugin did not run to its "
    "end, or another one changed what it added. Name no other plugin after it.",
)
SWITCHED_OFF = error(
    "BC295", 'Beancount\'s own checks are switched off; take out the line: option "plugin_processing_mode".'
)
FEIGNED = error("BC294", '"filename" and "lineno" are Beancount\'s own keys; take them out.')


def unproved(ledger: Ledger, rules: Sequence[type[engine.Rule]]) -> Iterator[Finding]:
    """Give a finding for what the suite should have done to *ledger*, and has not."""
    if SUITE not in (name for name, _ in ledger.options["plugin"]):
        yield _finding(ledger, NO_PLUGIN())
        return
    if ledger.options["plugin_processing_mode"] != "default":
        yield _finding(ledger, SWITCHED_OFF())
    yield from feigned(ledger)
    register = read_register(ledger.entries, ledger.options)
    added, errors = engine.judge(rules, register, Part.whole(ledger.entries))
    reported = {Finding.of(each).order for each in ledger.errors}  # whatever the language it was loaded in
    for each in [*register.errors, *errors]:
        finding = Finding.of(each)
        if finding.order not in reported:
            yield finding._replace(message=NOT_REPORTED(message=finding.message))
    if not _are_same(_levies(added), _levies(entry for entry in ledger.entries if is_injected(entry))):
        yield _finding(ledger, OTHER_LEVIES())


def feigned(ledger: Ledger) -> Iterator[Finding]:
    """Tell of a directive whose metadata says where it stands: it could hide from a seal, or behind another file."""
    files = frozenset(ledger.options["include"])
    for entry in ledger.entries:
        file, line = entry.meta["filename"], entry.meta["lineno"]
        if type(line) is not int or (file not in files and line > 0):
            yield Finding(str(file), line if type(line) is int else 0, FEIGNED())


def _levies(entries: Iterable[object]) -> list[Transaction]:
    return [entry for entry in entries if isinstance(entry, Transaction)]


def _are_same(some: Sequence[Transaction], others: Sequence[Transaction]) -> bool:
    """Say whether some transactions are equal to others, in whatever order, or at least printed alike."""
    one, other = _by_accounts(some), _by_accounts(others)
    if one == other and len(one) == len(some) == len(others):
        return True
    return Counter(map(format_entry, some)) == Counter(map(format_entry, others))


def _by_accounts(transactions: Iterable[Transaction]) -> dict[tuple[object, ...], Transaction]:
    return {(each.date, each.narration, *(one.account for one in each.postings)): each for each in transactions}


def _finding(ledger: Ledger, message: str) -> Finding:
    return Finding(str(ledger.path), 1, message)
