"""What may explain what waits, each with its why: the rules, the open invoices, what the same party was for before.

They are proposals: none is ever taken unasked. So an equal amount may propose what the import would not book.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import open_items
from beancoop.books.waiting import DECIDES, INVOICE_REFERENCE
from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.months import Month
from beancoop.model.pcmn import INTERNAL, SUSPENSE, TREASURY, VAT
from beancoop.words.messages import Text, phrase
from beancount.core.data import Transaction

from beancoop_importers.deciding.accounts import Open
from beancoop_importers.deciding.case import account_of
from beancoop_importers.matching.communication import references_in
from beancoop_importers.matching.open_invoices import Invoices
from beancoop_importers.rules.patterns import fold
from beancoop_importers.rules.rules import first_match

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from beancoop.books.open_items import Item
    from beancoop.model.register import Register
    from beancount.core.data import Directive

    from beancoop_importers.deciding.case import Case
    from beancoop_importers.rules.rules import Rules

BY_RULE = phrase("rule {rule}")
NAMED = phrase("the communication names invoice {invoice} of {party}, of which {amount} is open")
SAME_AMOUNT = phrase("invoice {invoice} of {party} is open for the same amount")
NAMED_AND_SAME = phrase("the communication names invoice {invoice} of {party}, open for the same amount")
SAME_ACCOUNT = phrase(
    "so decided {count} time before for the account {party}", "so decided {count} times before for the account {party}"
)
SAME_NAME = phrase("so decided {count} time before for {party}", "so decided {count} times before for {party}")

RULE, INVOICE, HISTORY = "rule", "invoice", "history"
_MOST = 9
"""So that one figure chooses, and two are an account."""
_NO_PURPOSE = (TREASURY, SUSPENSE, *VAT, INTERNAL)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An account that may take the place of 499.

    Attributes:
        account: the account.
        kind: `rule`, `invoice` or `history`; "" for an account that was typed.
        why: what proposes it.
        invoice: the invoice that would be settled, "" where none is.
        link: that invoice's link, "" where it has none.
        rule: the rule's name, "" where none proposes it.

    """

    account: str
    kind: str = ""
    why: Text | None = None
    invoice: str = ""
    link: str = ""
    rule: str = ""


class _Past(NamedTuple):
    """What an earlier movement was for."""

    account: AccountName
    is_received: bool


class Proposer:
    """Proposes, by what one loaded ledger and the rules beside it tell."""

    def __init__(self, entries: Sequence[Directive], register: Register, rules: Rules) -> None:
        """Take note of what is open and what was decided before."""
        self.register, self.rules = register, rules
        self._items = [item for item in open_items(entries, register.currency) if item.name]
        self._invoices = Invoices(entries, register.currency)
        self._by_account: dict[str, Counter[_Past]] = {}
        self._by_name: dict[str, Counter[_Past]] = {}
        for entry in entries:
            if isinstance(entry, Transaction):
                self._remember(entry)

    def day(self, case: Case, unit: str | None = None) -> datetime.date:
        """Give the day to settle on: the movement's own, or the first on which the units' books are open."""
        closed = [self.register.last_closed(each) for each in {case.item.unit, unit or case.item.unit}]
        firsts = [month.next().first_day for month in closed if month and Month.of(case.item.entry.date) <= month]
        return max([case.item.entry.date, *firsts])

    def open(self, case: Case) -> Open:
        """Give the accounts that are open on the day to settle on."""
        return Open.on(self.day(case), self.register)

    def proposals(self, case: Case) -> list[Proposal]:
        """Give what may explain *case*, the surest first, each once; of what waits within an invoice, history alone."""
        usable = {name.name for name in self.open(case).names}
        found: dict[tuple[str, str], Proposal] = {}
        sources = () if case.is_of_an_invoice else (*self._by_rule(case), *self._by_invoice(case))
        for each in (*sources, *self._by_history(case)):
            if each.account in usable:
                found.setdefault((each.account, each.invoice), each)
        return list(found.values())[:_MOST]

    def _by_rule(self, case: Case) -> Iterator[Proposal]:
        facts = case.facts
        agreeing = [one for one in self.rules.movements if not (facts.unit and one.unit) or one.unit == facts.unit]
        rule = first_match(agreeing, facts)
        if rule is None or not rule.account:
            return
        account = self.open(case).by_stem(rule.account, rule.unit or case.item.unit)
        if account:
            yield Proposal(account, RULE, BY_RULE(rule=rule.name), rule=rule.name)

    def _by_invoice(self, case: Case) -> Iterator[Proposal]:
        if case.item.currency != self.register.currency:
            return
        named = self._named(case)
        fitting = [one for one in self._items if case.concerns(one.unit) and one.amount * case.amount > 0]
        for one in sorted(fitting, key=lambda one: (one.account, one.name) not in named):
            is_named, is_same = (one.account, one.name) in named, one.amount == case.amount
            if is_named or is_same:
                yield _settling(one, is_named=is_named, is_same=is_same)

    def _named(self, case: Case) -> set[tuple[str, str]]:
        """Give the invoices that the communication names."""
        references = references_in(case.text, case.structured)
        found = (self._invoices.find(each) for each in (*references.exact, *references.words))
        return {(one.account, one.name) for several in found for one in several}

    def _by_history(self, case: Case) -> Iterator[Proposal]:
        known = (
            (SAME_ACCOUNT, case.counterparty_account, self._by_account.get(case.counterparty_account)),
            (SAME_NAME, case.counterparty, self._by_name.get(_party(case.counterparty))),
        )
        for why, party, past in known:
            for one, count in past.most_common() if party and past else ():
                if one.is_received == (case.amount > 0) and case.concerns(one.account.unit):
                    yield Proposal(one.account.name, HISTORY, why(count=count, party=party))

    def _remember(self, entry: Transaction) -> None:
        """Take note of what a movement, or a decision, was for."""
        names = [(posting, parse_account(posting.account)) for posting in entry.postings]
        moves = any(name and name.number.startswith(TREASURY) for _, name in names)
        if not moves and DECIDES not in entry.meta and INVOICE_REFERENCE not in entry.meta:
            return
        for posting, name in names:
            if name and name.unit and posting.units and not name.number.startswith(_NO_PURPOSE):
                past = _Past(name, (posting.units.number or 0) < 0)
                for among, key in ((self._by_account, account_of(entry)), (self._by_name, _party(entry.payee or ""))):
                    if key:
                        among.setdefault(key, Counter())[past] += 1


def _settling(item: Item, *, is_named: bool, is_same: bool) -> Proposal:
    why = NAMED_AND_SAME if is_named and is_same else NAMED if is_named else SAME_AMOUNT
    text = why(invoice=item.name, party=item.payee or "?", amount=abs(item.amount))
    link = item.name if item.name in item.entry.links else ""
    return Proposal(item.account, INVOICE, text, item.name, link)


def _party(name: str) -> str:
    return " ".join(fold(name).split())
