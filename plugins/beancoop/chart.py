"""Accounts agree with the PCMN, belong to a declared unit, and a transaction touches one unit.

Before:

    2026-01-05 custom "activity" "A001"
    2026-01-05 open Assets:55:5500-Banque:A001
    2026-01-05 open Assets:55:5500-Banque:COOP
    2026-01-05 open Assets:70:700-VentesPrestations:A001
    2026-01-05 open Income:70:700-VentesPrestations:A002
    2026-01-10 * "Virement"
      Assets:55:5500-Banque:A001                 -10.00 EUR
      Assets:55:5500-Banque:COOP                  10.00 EUR

After, as errors:

    line 4: Assets:70:700-VentesPrestations:A001 stands under Assets; PCMN 700 stands under Income. [BC203]
    line 5: Income:70:700-VentesPrestations:A002 belongs to A002, which is not declared; add custom "activity" "A002",
        or correct the unit. [BC206]
    line 6: This transaction touches A001 and COOP; write one in the books of each, with a common ^link, each balanced
        through 960-Liaison. [BC208]
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from beancoop.model.accounts import AccountName, chapter_of, parse_account
from beancoop.model.findings import BeancoopError
from beancoop.model.pcmn import roots_for
from beancoop.rules import engine
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directives, Posting, Transaction

    from beancoop.model.accounts import RootNames
    from beancoop.model.register import Register
    from beancoop.rules.part import Column, Part
    from beancoop.words.messages import Text

__plugins__ = ("chart",)

NOT_AN_ACCOUNT = error(
    "BC201", "{account} is not of the form Root:class:number-Label:UNIT, such as Assets:55:5500-Banque:A001."
)
WRONG_CLASS = error("BC202", "{account} has class {written} where its number {number} says {chapter}.")
WRONG_ROOT = error("BC203", "{account} stands under {root}; PCMN {number} stands under {right}.")
WRONG_ROOT_OF_TWO = error("BC204", "{account} stands under {root}; PCMN {number} stands under {right} or {other}.")
NO_SUCH_NUMBER = error("BC205", "{account} has the number {number}, which the PCMN does not know.")
UNDECLARED_UNIT = error(
    "BC206",
    '{account} belongs to {unit}, which is not declared; add custom "activity" "{unit}", or correct the unit.',
)
POSTED_TO_PARENT = error(
    "BC207",
    "{account} holds the shares of several units and takes no posting of its own; post to a unit's share of it, such "
    "as {account}:COOP.",
)
SEVERAL_UNITS = error(
    "BC208",
    "This transaction touches {units} and {last}; write one in the books of each, with a common ^link, each balanced "
    "through 960-Liaison.",
)


class Chart(engine.Rule):
    """Judges each account where it is opened, and the units of each transaction."""

    def __init__(self, register: Register) -> None:
        """Start with no transaction seen."""
        super().__init__(register)
        self.errors: list[BeancoopError] = []

    def watch(self, account: AccountName, _: Column) -> engine.Poster | None:
        """Watch the parents, which take no postings."""
        return self._post_to_parent if account.number and account.unit is None else None

    def _post_to_parent(self, transaction: Transaction, posting: Posting) -> None:
        message = POSTED_TO_PARENT(account=posting.account)
        self.errors.append(BeancoopError(posting.meta or transaction.meta, message, transaction))

    def keep(self, part: Part) -> engine.Kept:
        """Give the errors of the accounts and of the transactions."""
        opens = self.register.opens
        wrong = [
            BeancoopError(entry.meta, message, entry)
            for entry in part.opens
            if opens[entry.account] is entry  # opened once more it is Beancount's to tell
            for message in _judge(self.register, entry.account)
        ]
        return engine.Kept(None, [*wrong, *map(_mixed, part.mixed), *self.errors])


def _judge(register: Register, name: str) -> list[Text]:
    """Say what is wrong with an account's name."""
    account = parse_account(name)
    if account is None:
        return [NOT_AN_ACCOUNT(account=name)]
    number = account.number
    wrong: list[Text] = []
    if account.chapter != (chapter := chapter_of(number)):
        wrong.append(WRONG_CLASS(account=name, written=account.chapter, number=number, chapter=chapter))
    if account.root not in (right := _roots(register.roots, number)):
        wrong.append(_wrong_root(account, right))
    if account.unit is not None and register.misses(account.unit):
        wrong.append(UNDECLARED_UNIT(account=name, unit=account.unit))
    return wrong


@lru_cache(maxsize=1 << 12)  # each sub-ledger has the same numbers
def _roots(roots: RootNames, number: str) -> Sequence[str]:
    """Give the names of the roots under which a number may stand."""
    return [getattr(roots, root) for root in roots_for(number)]


def _wrong_root(account: AccountName, roots: Sequence[str]) -> Text:
    name, number = account.name, account.number
    match roots:
        case [right]:
            return WRONG_ROOT(account=name, root=account.root, number=number, right=right)
        case [right, other]:
            return WRONG_ROOT_OF_TWO(account=name, root=account.root, number=number, right=right, other=other)
    return NO_SUCH_NUMBER(account=name, number=number)


def _mixed(transaction: Transaction) -> BeancoopError:
    accounts = (parse_account(posting.account) for posting in transaction.postings)
    *units, last = sorted({account.unit for account in accounts if account and account.unit})
    return BeancoopError(transaction.meta, SEVERAL_UNITS(units=units, last=last), transaction)


def chart(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check accounts and units; adds nothing."""
    return engine.run_plugin(__name__, (Chart,), entries, options)
