"""Account names: `<Root>:<class>:<number>-<Label>:<UNIT>`, the number being the PCMN's.

The number says what an account is (`beancoop.model.pcmn`); Beancount's root must agree with it (contract, section 2).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.pcmn import INTERNAL, usual_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancoop.model.pcmn import Root

COOP = "COOP"
"""The unit of the structure itself, always declared."""

UNIT = re.compile(r"[A-Z][A-Z0-9-]*")
_ACCOUNT = re.compile(rf"([^:]+):(\d\d?):(\d+)-([^:]+)(?::({UNIT.pattern}))?")


@lru_cache(maxsize=1 << 16)
def is_unit(text: str) -> bool:
    """Say whether *text* has the form of a unit's code."""
    return UNIT.fullmatch(text) is not None


class AccountName(NamedTuple):
    """The parts of an account's name.

    Attributes:
        name: the name as written.
        root: its first part, `Assets` or the name the ledger's options give it.
        chapter: its second part, the PCMN class.
        number: the PCMN number.
        label: what people call it.
        unit: whose it is, or None for a parent that holds the shares of several units.

    """

    name: str
    root: str
    chapter: str
    number: str
    label: str
    unit: str | None

    @property
    def parent(self) -> str:
        """The name without the unit: the account whose shares the units hold."""
        return f"{self.root}:{self.chapter}:{self.stem}"

    @property
    def stem(self) -> str:
        """The number and the label, as in `601-Fournitures`."""
        return f"{self.number}-{self.label}"


@lru_cache(maxsize=1 << 16)  # the rules ask for the same accounts again and again
def parse_account(name: str) -> AccountName | None:
    """Take an account's name apart; None where it is not of the contract's form."""
    match = _ACCOUNT.fullmatch(name)
    return AccountName(name, *match.groups()) if match else None


def chapter_of(number: str) -> str:
    """Give the class an account of that PCMN number stands in: two digits, but one for class 9."""
    return INTERNAL if number.startswith(INTERNAL) else number[:2]


@lru_cache(maxsize=1 << 12)  # each levy names the same four
def _account(root: str, stem: str, unit: str) -> str:
    return f"{root}:{chapter_of(stem.partition('-')[0])}:{stem}:{unit}"


class RootNames(NamedTuple):
    """The names this ledger gives to Beancount's five roots."""

    assets: str
    liabilities: str
    equity: str
    income: str
    expenses: str

    @classmethod
    def of(cls, options: Mapping[str, object]) -> RootNames:
        """Read the `name_*` options."""
        return cls(*(str(options.get(f"name_{root}", usual)) for root, usual in BEANCOUNTS_OWN._asdict().items()))

    def option_lines(self) -> list[str]:
        """Give the lines by which a file uses these names; none where they are Beancount's own."""
        if self == BEANCOUNTS_OWN:
            return []
        return [f'option "name_{root}" "{name}"' for root, name in self._asdict().items()]

    def new_account(self, stem: str, unit: str) -> str:
        """Build the account of *unit* from a stem such as `700-Ventes`, under the usual root of its number.

        Raises:
            ValueError: the PCMN has no such number.

        """
        return self.account(usual_root(stem.partition("-")[0]), stem, unit)

    def account(self, root: Root, stem: str, unit: str) -> str:
        """Build the account of *unit* from a stem such as `950-Contribution`."""
        return _account(getattr(self, root), stem, unit)


BEANCOUNTS_OWN = RootNames("Assets", "Liabilities", "Equity", "Income", "Expenses")
