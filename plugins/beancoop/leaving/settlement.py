"""The entries that settle an activity on leaving: each of its balances passes to the structure, through account 960.

The cooperative is one company: its bank accounts, its VAT and its debts stay what they are, and only change units.
What the activity is then still worth is what its entrepreneur is owed, or owes: a charge of the activity, and a debt or
a claim of the structure until it is paid. Before, on 30 June, A001 holds:

    Assets:55:5500-Banque:A001                1000.00 EUR
    Liabilities:45:451-TVAPayer:A001          -210.00 EUR
    Assets:9:960-Liaison:A001                  -79.00 EUR

After, its accounts hold nothing, and the structure owes 711.00:

    2026-06-30 * "Coopérative" "Sortie : TVA reprise par la coopérative" ^exit-A001
      Liabilities:45:451-TVAPayer:A001         210.00 EUR
      Assets:9:960-Liaison:A001               -210.00 EUR
    2026-06-30 * "Coopérative" "Sortie : trésorerie remise à la coopérative" ^exit-A001
      Assets:55:5500-Banque:A001             -1000.00 EUR
      Assets:9:960-Liaison:A001               1000.00 EUR
    2026-06-30 * "Coopérative" "Sortie : solde dû à l'entrepreneur·e" ^exit-A001
      Expenses:61:619-Indemnites:A001          711.00 EUR
      Assets:9:960-Liaison:A001               -711.00 EUR

and the same in the books of the structure, with the signs turned and 489 in the place of 619.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Open, Posting, Transaction, new_metadata

from beancoop.contribution.entries import LIAISON_STEM
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO
from beancoop.model.pcmn import TREASURY, VAT
from beancoop.model.provenance import exit_link

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.model.accounts import AccountName
    from beancoop.model.register import Register

CHARGE, CHARGE_BESIDE_MARGIN = "619-Indemnites", "643-ChargesDiverses"
"""What bears the balance in her books: where class 61 counts in the margin, an account that does not."""
DEBT, CLAIM = "489-DettesDiverses", "416-CreancesDiverses"
"""Where the structure owes it to her, or she owes it to the structure."""

_OTHERS = ("",)
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Sortie : TVA reprise par la coopérative": VAT,
    "Sortie : trésorerie remise à la coopérative": (TREASURY,),
    "Sortie : autres soldes repris par la coopérative": _OTHERS,
}
_DUE, _OWED = "Sortie : solde dû à l'entrepreneur·e", "Sortie : solde dû par l'entrepreneur·e"


class Parting(NamedTuple):
    """The two sides of a settlement.

    Attributes:
        own: the transactions in the books of the activity.
        structures: those in the books of the structure, one for each.
        due: what the structure owes her; negative, what she owes.

    """

    own: Sequence[Transaction]
    structures: Sequence[Transaction]
    due: Decimal


class SettlementWriter:
    """Writes the entries of one activity that leaves, on one day."""

    def __init__(self, register: Register, unit: str, day: datetime.date, accounts: Sequence[str] = ()) -> None:
        """Start from the accounts that are open on *day*.

        Args:
            register: what is open.
            unit: the activity.
            day: the day of all entries.
            accounts: accounts without root and unit, such as 620-Remunerations: of class 6 or 7, what bears the balance
                in her books; of class 4, where the structure owes or claims it.

        """
        self.register = register
        self.unit = unit
        self.day = day
        self.charge = next((stem for stem in accounts if stem[0] in "67"), None)
        self.debt = next((stem for stem in accounts if stem[0] == "4"), None)

    @property
    def link(self) -> str:
        """What binds the entries of an exit."""
        return exit_link(self.unit)

    def part(self, held: Mapping[str, Decimal]) -> Parting:
        """Give the entries that bring to zero what the accounts of the balance sheet *held*."""
        liaison = self.register.roots.account("assets", LIAISON_STEM, self.unit)
        left = {account: amount for account, amount in held.items() if account != liaison}
        own: list[Transaction] = []
        for narration, numbers in _GROUPS.items():
            group = {account: left.pop(account) for account in sorted(left) if _number(account).startswith(numbers)}
            if group:
                postings = [(account, -amount) for account, amount in group.items()]
                own.append(self._transaction(narration, [*postings, (liaison, sum(group.values(), ZERO))]))
        due = sum(held.values(), ZERO)
        if due:
            own.append(self._transaction(_DUE if due > ZERO else _OWED, [(self._charge(), due), (liaison, -due)]))
        return self.mirrored(own)

    def mirrored(self, own: Sequence[Transaction]) -> Parting:
        """Give what her side of a settlement is with the structure's."""
        results = (self.register.roots.income, self.register.roots.expenses)
        due = ZERO
        structures = []
        for transaction in own:
            postings = []
            for posting in transaction.postings:
                name = parse_account(posting.account)
                assert name is not None  # noqa: S101 - hers, and so of the contract's form
                assert posting.units is not None  # noqa: S101 - written out
                assert posting.units.number is not None  # noqa: S101
                amount = posting.units.number
                if name.root in results:
                    due += amount
                    account = self._debt(amount)
                else:
                    account = self._counterpart(name)
                postings.append((account, -amount))
            structures.append(self._transaction(transaction.narration or "", postings, COOP))
        return Parting(own, structures, due)

    def opens(self, transactions: Iterable[Transaction]) -> Iterator[Open]:
        """Give the accounts that *transactions* need and nobody has opened."""
        used = {posting.account for transaction in transactions for posting in transaction.postings}
        for account in sorted(used - self.register.opens.keys()):
            yield Open(new_metadata("<exit>", 0), self.day, account, None, None)  # type: ignore[arg-type]

    def _charge(self) -> str:
        if self.charge:
            return self._account(self.charge, self.unit)
        operating = self.register.activities[self.unit].terms_on(self.day).margin == "operating"
        return self._find(CHARGE_BESIDE_MARGIN if operating else CHARGE, self.unit)

    def _debt(self, amount: Decimal) -> str:
        return self._account(self.debt, COOP) if self.debt else self._find(DEBT if amount > ZERO else CLAIM, COOP)

    def _counterpart(self, name: AccountName) -> str:
        """Give the structure's share of the account, or, unless it is a real one at a bank, one of the same number."""
        own = f"{name.parent}:{COOP}"
        if own in self.register.opens or name.number.startswith(TREASURY):
            return own
        return next(iter(self._with_number(name.number, COOP)), own)

    def _find(self, stem: str, unit: str) -> str:
        """Give the first account of *unit* that the number of *stem* begins, or else that one."""
        number = stem.partition("-")[0]
        return next(iter(self._with_number(number, unit)), self._account(stem, unit))

    def _with_number(self, number: str, unit: str) -> list[str]:
        """Give the accounts of *unit* whose number begins so and which are open on the day, in order of numbers."""
        found = [
            (name.number, account)
            for account, opened in self.register.opens.items()
            if (name := parse_account(account)) and name.unit == unit and name.number.startswith(number)
            if opened.date <= self.day and account not in self.register.closes
        ]
        return [account for _, account in sorted(found)]

    def _account(self, stem: str, unit: str) -> str:
        return self.register.roots.new_account(stem, unit)

    def _transaction(
        self, narration: str, postings: Iterable[tuple[str, Decimal]], unit: str | None = None
    ) -> Transaction:
        currency = self.register.currency
        written = [Posting(account, Amount(amount, currency), None, None, None, None) for account, amount in postings]
        payee = f"Activité {self.unit}" if unit == COOP else "Coopérative"
        meta = new_metadata("<exit>", 0)
        return Transaction(meta, self.day, "*", payee, narration, frozenset(), frozenset((self.link,)), written)


def _number(account: str) -> str:
    name = parse_account(account)
    return name.number if name else ""
