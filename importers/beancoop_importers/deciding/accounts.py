"""The account a person means: typed whole, or as a number or a label, of the accounts that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.findings import Refusal
from beancoop.model.pcmn import SUSPENSE
from beancoop.words.messages import error

from beancoop_importers.rules.patterns import fold

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence

    from beancoop.model.register import Register

UNKNOWN = error(
    "BC1290",
    "{text} is no open account of {unit}; type a number such as 6150, a name, or the number and another unit. "
    "`beancoop account` opens one more.",
)
NEAREST = error("BC1291", "{text} is no open account of {unit}; the nearest are {accounts}.")
SEVERAL = error("BC1292", "{text} may be one of these: {accounts}; type more of it.")
_MOST = 8
_A_WORD = 3
"""Letters from which on a part of a label means it."""


class Open(NamedTuple):
    """The accounts of a ledger that something may be posted to on a day."""

    names: Sequence[AccountName]
    units: frozenset[str]

    @classmethod
    def on(cls, day: datetime.date, register: Register) -> Open:
        """Find them; 499 is none of them, since what waits is not settled by waiting elsewhere."""
        closes = register.closes
        found = [
            name
            for account, opened in sorted(register.opens.items())
            if opened.date <= day
            and (account not in closes or day <= closes[account].date)
            and (name := parse_account(account))
            and name.unit
            and not name.number.startswith(SUSPENSE)
        ]
        return cls(found, frozenset(name.unit for name in found if name.unit))

    def of(self, unit: str) -> list[AccountName]:
        """Give those of one unit."""
        return [name for name in self.names if name.unit == unit]

    def by_stem(self, stem: str, unit: str) -> str | None:
        """Give the account of *unit* whose number and label is *stem*; None where there is none."""
        return next((name.name for name in self.of(unit) if name.stem == stem), None)

    def meant(self, text: str, unit: str) -> str:
        """Give the account that is meant by *text*: of *unit*, unless the text ends with another one.

        Raises:
            Refusal: there is none such, or several.

        """
        typed = " ".join(text.split())
        if exact := next((name.name for name in self.names if name.name == typed), None):
            return exact
        words, _, last = typed.rpartition(" ")
        if words and last.upper() in self.units:
            typed, unit = words, last.upper()
        own = self.of(unit)
        found = _fitting(typed, own)
        if len(found) == 1:
            return found[0].name
        if found:
            raise Refusal(SEVERAL(text=typed, accounts=_stems(found)))
        if beside := _nearest(typed, own):
            raise Refusal(NEAREST(text=typed, unit=unit, accounts=_stems(beside)))
        raise Refusal(UNKNOWN(text=typed, unit=unit))


_WAYS: Sequence[Callable[[str, AccountName], bool]] = (
    lambda typed, name: typed in {name.number, name.stem},
    lambda typed, name: typed.isdecimal() and name.number.startswith(typed),
    lambda typed, name: fold(typed) == fold(name.label),
    lambda typed, name: len(typed) >= _A_WORD and fold(typed) in fold(name.label),
)
"""How what is typed may mean an account, the surest first."""


def _fitting(typed: str, among: Sequence[AccountName]) -> list[AccountName]:
    """Give what is meant by the surest way that finds anything."""
    found = ([name for name in among if fits(typed, name)] for fits in _WAYS)
    return next(filter(None, found), [])


def _nearest(typed: str, among: Sequence[AccountName]) -> list[AccountName]:
    """Give those whose numbers begin with the most figures of the one that was typed; none where it is no number."""
    for length in range(len(typed) if typed.isdecimal() else 0, 0, -1):
        if found := [name for name in among if name.number.startswith(typed[:length])]:
            return found
    return []


def _stems(names: Sequence[AccountName]) -> list[str]:
    shown = [name.stem for name in names[:_MOST]]
    return [*shown, "…"] if len(names) > _MOST else shown
