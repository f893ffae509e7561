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

    line 4: Assets:70:700-VentesPrestations:A001 stands under Assets; PCMN 700 stands under Income.
    line 5: Income:70:700-VentesPrestations:A002 belongs to A002, which is not declared;
    line 6: This transaction touches A001 and COOP; write one in the books of each,
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.model.accounts import COOP, AccountName, chapter_of, parse_account
from beancoop.model.findings import BeancoopError
from beancoop.model.pcmn import roots_for
from beancoop.rules import engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount.core.data import Directives, Open, Posting, Transaction

    from beancoop.model.register import Register

__plugins__ = ("chart",)


class Chart(engine.Rule):
    """Judges each account where it is opened, and the units of each transaction."""

    def __init__(self, register: Register) -> None:
        """Start with no transaction seen."""
        super().__init__(register)
        self.errors: list[BeancoopError] = []
        self.roots: dict[str, list[str]] = {}

    def watch(self, account: AccountName) -> engine.Poster | None:
        """Watch the parents, which take no postings."""
        return self._post_to_parent if account.number and account.unit is None else None

    def _post_to_parent(self, transaction: Transaction, posting: Posting) -> None:
        self.errors.append(
            BeancoopError(
                posting.meta or transaction.meta,
                f"{posting.account} holds the shares of several units and takes no posting of its own; "
                f"post to a unit's share of it, such as {posting.account}:{COOP}.",
                transaction,
            )
        )

    def finish(self, reading: engine.Reading) -> engine.Outcome:
        """Give the errors of the accounts, then of the transactions."""
        errors = [error for opened in self.register.opens.values() for error in self._judge(opened)]
        errors += map(_mixed, reading.mixed)
        return (), [*errors, *self.errors]

    def _judge(self, opened: Open) -> Iterator[BeancoopError]:
        account = parse_account(opened.account)
        if account is None:
            yield _error(opened, "is not of the form Root:class:number-Label:UNIT, such as Assets:55:5500-Banque:A001")
            return
        if account.chapter != (chapter := chapter_of(account.number)):
            yield _error(opened, f"has class {account.chapter} where its number {account.number} says {chapter}")
        if account.root not in self._roots(account.number):
            yield self._wrong_root(opened, account)
        if account.unit is not None and not self.register.knows(account.unit):
            yield _error(
                opened,
                f'belongs to {account.unit}, which is not declared; add custom "activity" "{account.unit}", or '
                "correct the unit",
            )

    def _roots(self, number: str) -> list[str]:
        """Give the names of the roots under which a number may stand, looked up once."""
        if number not in self.roots:
            self.roots[number] = [getattr(self.register.roots, root) for root in roots_for(number)]
        return self.roots[number]

    def _wrong_root(self, opened: Open, account: AccountName) -> BeancoopError:
        if names := self._roots(account.number):
            where = f"PCMN {account.number} stands under {' or '.join(names)}"
            return _error(opened, f"stands under {account.root}; {where}")
        return _error(opened, f"has the number {account.number}, which the PCMN does not know")


def _mixed(transaction: Transaction) -> BeancoopError:
    accounts = (parse_account(posting.account) for posting in transaction.postings)
    units = sorted({account.unit for account in accounts if account and account.unit})
    return BeancoopError(
        transaction.meta,
        f"This transaction touches {' and '.join(units)}; write one in the books of each, with a common ^link, each "
        "balanced through 960-Liaison.",
        transaction,
    )


def _error(opened: Open, message: str) -> BeancoopError:
    return BeancoopError(opened.meta, f"{opened.account} {message}.", opened)


def chart(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check accounts and units; adds nothing."""
    return engine.run_plugin(__name__, (Chart,), entries, options)
