"""The desk at which a person decides: what waits, one decision after the other, and the last one taken back.

Each decision is one step on the files of the ledger, and the ledger is its judge: it is loaded again, and where it
finds what it did not find before, or what was decided still waits, every file is as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.waiting import waiting
from beancoop.model.accounts import parse_account
from beancoop.model.findings import Finding, Refusal
from beancoop.model.register import read_register
from beancoop.storage.commit import changes_of, commit_changes, to_be_written
from beancoop.storage.step import Change, one_step, one_writer, take_back_step
from beancoop.words.messages import error
from beancount.core.data import Transaction

from beancoop_importers.deciding.case import Case
from beancoop_importers.deciding.new_rule import NewRule, appended, proved, rule_from
from beancoop_importers.deciding.proposals import Proposal, Proposer
from beancoop_importers.deciding.replacing import may_be_replaced, replacement
from beancoop_importers.deciding.settling import TITLE, settlement
from beancoop_importers.ingest.ledger import load_whole
from beancoop_importers.model.statement import Refused
from beancoop_importers.rules.rulebook import RULES_FILE, read_rules
from beancoop_importers.rules.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from beancoop.books.waiting import Waiting
    from beancoop.loading.ledger import Ledger

GONE = error("BC1297", "It no longer waits: somebody else has settled or changed it meanwhile.")
NOT_SETTLED = error(
    "BC1298",
    "{file} is not read by {ledger}, so that this would still wait; make it, empty, where it is not there, and "
    "include it first.",
)
NOT_SO = error("BC1299", "With this decision the ledger finds what it did not find before; all is as it was.")


class Desk:
    """What waits in the ledger at *path*, and what is decided of it.

    Attributes:
        cases: what waits, the oldest first.
        rules_refused: why the rules beside the ledger tell nothing, None where they can be read.

    """

    def __init__(self, path: Path, unit: str | None = None) -> None:
        """Read the ledger and the rules beside it; of one *unit*, or of all.

        Raises:
            Refusal: the ledger cannot be read whole.

        """
        self.path, self.unit = path, unit
        self.rules_file = path.parent / RULES_FILE
        self.rules_refused: Finding | None = None
        self._done: list[list[Change]] = []
        self._rules = self._read_rules()
        self._read(load_whole(path))

    def _read_rules(self) -> Rules:
        try:
            return read_rules(self.rules_file)
        except Refused as refused:
            self.rules_refused = refused.within(self.rules_file)
            return Rules()

    def _read(self, ledger: Ledger) -> None:
        self.register = read_register(ledger.entries, ledger.options)
        self._proposer = Proposer(ledger.entries, self.register, self._rules)
        found = [Case.of(item, self.register) for item in _waiting(ledger, self.register.currency)]
        self.cases = [case for case in found if self.unit in {None, case.item.unit}]

    @property
    def decided(self) -> int:
        """How many decisions stand."""
        return len(self._done)

    def proposals(self, case: Case) -> Sequence[Proposal]:
        """Give what may explain *case*."""
        return self._proposer.proposals(case)

    def typed(self, case: Case, text: str) -> Proposal:
        """Give the account that a person typed.

        Raises:
            Refusal: no account is meant by it, or several are.

        """
        return Proposal(self._proposer.open(case).meant(text, case.item.unit))

    def decide(self, case: Case, choice: Proposal) -> None:
        """Settle *case* by *choice*: all of it, or nothing.

        Raises:
            Refusal: it cannot be settled so, and why.
            OSError: a file could not be read or written.

        """
        with to_be_written(self.path, load_whole) as ledger:
            register = read_register(ledger.entries, ledger.options)
            if not _waits(ledger, register.currency, case):
                self._read(ledger)
                raise Refusal(GONE())
            proposer = Proposer((), register, self._rules)
            name = parse_account(choice.account)
            day = proposer.day(case, name.unit if name else None)
            if case.is_of_an_invoice and may_be_replaced(case, ledger.entries, register):
                changes = [replacement(case, choice)]
            else:
                changes = changes_of(settlement(ledger, register, case, choice, day), TITLE, register.roots)
            after = commit_changes(ledger, changes, lambda found: _wrong(ledger, found, case, changes), load_whole)
        self._done.append(changes)
        self._read(after)

    def offer(self, case: Case, choice: Proposal) -> NewRule | None:
        """Give the rule by which the next such movement would be booked by itself; None where none would do."""
        if choice.kind == "invoice" or choice.rule or self.rules_refused:
            return None
        return rule_from(case, choice.account, self._rules)

    def add_rule(self, case: Case, rule: NewRule) -> None:
        """Add *rule* to those beside the ledger; taking the decision back takes it away again.

        Raises:
            Refusal: it is not taken, or another program is writing.
            OSError: the file could not be read or written.

        """
        with one_writer(self.path.parent):
            change = appended(self.rules_file, rule)
            with one_step(self.path.parent, [change]):
                self._rules = proved(self.rules_file, rule, case)
        self._done[-1].append(change)

    def undo(self) -> bool:
        """Take the last decision back, every file as it was before; False where there is none.

        Raises:
            Refusal: a file was changed since, and is left as it is.
            OSError: a file could not be read or written.

        """
        if not self._done:
            return False
        with one_writer(self.path.parent):
            take_back_step(self.path.parent, self._done[-1])
        self._done.pop()
        self._rules = self._read_rules()
        self._read(load_whole(self.path))
        return True


def _waiting(ledger: Ledger, currency: str) -> list[Waiting]:
    return waiting((entry for entry in ledger.entries if isinstance(entry, Transaction)), currency)


def _waits(ledger: Ledger, currency: str, case: Case) -> bool:
    return any(one.key == case.item.key and one.units == case.item.units for one in _waiting(ledger, currency))


def _wrong(before: Ledger, after: Ledger, case: Case, changes: Sequence[Change]) -> list[Finding]:
    """Give what the ledger finds now and did not find before; lines may have moved, so that messages are compared."""
    known = {(finding.file, finding.message) for finding in before.findings}
    news = [finding for finding in after.findings if (finding.file, finding.message) not in known]
    if news:
        raise Refusal(NOT_SO(), news)
    if not _waits(after, read_register(after.entries, after.options).currency, case):
        return []
    return [Finding(str(each.path), 1, NOT_SETTLED(file=each.path, ledger=before.path)) for each in changes]
