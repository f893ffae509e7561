"""Account names: `<Root>:<class>:<number>-<Label>:<UNIT>`, the number being the PCMN's.

The PCMN (plan comptable minimum normalisé, royal decree of 21 October 2018, annex 1) says by its number what an
account is; Beancount's root must agree with it (contract, section 2).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Root: TypeAlias = Literal["assets", "liabilities", "equity", "income", "expenses"]

COOP = "COOP"
"""The unit of the structure itself, always declared."""

UNIT = re.compile(r"[A-Z][A-Z0-9-]*")
_ACCOUNT = re.compile(rf"([^:]+):(\d\d?):(\d+)-([^:]+)(?::({UNIT.pattern}))?")

_ANY: tuple[Root, ...] = ("assets", "liabilities", "equity", "income", "expenses")
_ROOTS: Mapping[str, tuple[Root, ...]] = {
    **dict.fromkeys(("10", "11", "12", "13", "14", "15", "19"), ("equity",)),
    **dict.fromkeys(("16", "17", "42", "43", "44", "45", "46", "47", "48", "492", "493"), ("liabilities",)),
    **dict.fromkeys(("2", "3", "40", "41", "490", "491", "5"), ("assets",)),
    "499": ("assets", "liabilities"),
    "6": ("expenses",),
    "7": ("income",),
    "9": _ANY,
    "0": _ANY,
}


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
        return f"{self.root}:{self.chapter}:{self.number}-{self.label}"


@lru_cache(maxsize=1 << 16)  # the rules ask for the same accounts again and again
def parse_account(name: str) -> AccountName | None:
    """Take an account's name apart; None where it is not of the contract's form."""
    match = _ACCOUNT.fullmatch(name)
    return AccountName(name, *match.groups()) if match else None


def chapter_of(number: str) -> str:
    """Give the class an account of that PCMN number stands in: two digits, but one for class 9."""
    return "9" if number.startswith("9") else number[:2]


@lru_cache(maxsize=1024)
def roots_for(number: str) -> tuple[Root, ...]:
    """Give the roots under which the PCMN *number* may stand; none where the PCMN has no such number.

    >>> roots_for("5500"), roots_for("499"), roots_for("18")
    (('assets',), ('assets', 'liabilities'), ())
    """
    for length in (3, 2, 1):
        if roots := _ROOTS.get(number[:length]):
            return roots
    return ()


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

    def account(self, root: Root, stem: str, unit: str) -> str:
        """Build the account of *unit* from a stem such as `950-Contribution`."""
        number = stem.partition("-")[0]
        return f"{getattr(self, root)}:{chapter_of(number)}:{stem}:{unit}"


BEANCOUNTS_OWN = RootNames("Assets", "Liabilities", "Equity", "Income", "Expenses")
