"""Which account of the ledger a line of the table means: an open one, or one to be opened under the chart's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancoop.model.accounts import parse_account
from beancoop.model.findings import Refusal
from beancoop.model.pcmn import roots_for
from beancoop.model.pcmn.chart import account as row_of
from beancoop.model.pcmn.chart import known, nearest
from beancoop.model.provenance import is_injected
from beancoop.storage.new_account import stem_of
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.model.register import Register
    from beancoop.opening.table import Line

SEVERAL = error("BC1420", "{unit} has several accounts of that number: {accounts}; write the number and the name.")

UNKNOWN_NUMBER = error(
    "BC1427",
    "The chart of accounts has no number {number}; the nearest are {nearest}. To open it, write a name behind it: "
    "{example}",
)

_ZEROS = re.compile(r"0+$")
_PADDED = 6  # digits, to which programmes fill numbers up with zeros: 400000 is 400


def account_of(register: Register, line: Line) -> str:
    """Give the name of the account that *line* means.

    Raises:
        Refusal: it may mean several, or the chart has none of that number.

    """
    for number in _numbers(line.number):
        if found := _open(register, line, number):
            if len(found) > 1:
                raise Refusal(SEVERAL(unit=line.unit, accounts=[_stem(name) for name in found]))
            return found[0]
    number = next(filter(row_of, _numbers(line.number)), line.number)
    if not line.label and roots_for(number) and known(number) is None:
        beside = [row.number for row in nearest(number)]
        raise Refusal(UNKNOWN_NUMBER(number=number, nearest=beside, example=f"{number}-Banque"))
    return register.roots.new_account(stem_of(number, line.label), line.unit)


def _numbers(number: str) -> Sequence[str]:
    """Give the numbers that one of the old programme may stand for, the longest first."""
    if len(number) < _PADDED:
        return [number]
    shortest = max(len(_ZEROS.sub("", number)), 2)
    return [number[:length] for length in range(len(number), shortest - 1, -1)]


def _open(register: Register, line: Line, number: str) -> list[str]:
    """Give the accounts of that number that the unit has open, of that name where the line says one."""
    return [
        name
        for name, opened in register.opens.items()
        if (own := parse_account(name))
        and (own.number, own.unit) == (number, line.unit)
        and line.label in {"", own.label}
        and not is_injected(opened)
    ]


def _stem(name: str) -> str:
    return name.split(":")[2]
