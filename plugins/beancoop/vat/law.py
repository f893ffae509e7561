"""The law as data: rates, codes, grids, tolerances and dates, read from `belgium.toml`.

No other module of the program names a grid, a rate or a tolerance: a change of the law is a dated row of that file.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = Path(__file__).with_name("belgium.toml")

Side: TypeAlias = Literal["sale", "purchase", "correction"]
SALE, PURCHASE, CORRECTION = "sale", "purchase", "correction"
RATE = "@"
"""What stands between the code of a reverse charge and its domestic rate, as in `CC@6`."""

NATURE = "nature"
"""In place of a grid: that of the nature of what is bought."""

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Term:
    """What a base adds to the return.

    Attributes:
        grid: the grid, or NATURE.
        is_posted: whether the amount counts as booked, non-deductible VAT included; else the base alone.
        sign: 1 as the amount runs in the code's own direction, -1 turned.

    """

    grid: str
    is_posted: bool
    sign: int


@dataclass(frozen=True, slots=True)
class Booked:
    """The grids of VAT by the side of its account: what it runs to the credit of, or to the debit."""

    credit: str
    debit: str


@dataclass(frozen=True, slots=True)
class Code:
    """What an operation is to VAT.

    Attributes:
        name: as it is written, such as `S21`.
        side: whether it is a sale, a purchase, or a correction of an earlier return.
        percent: the rate of a sale; None where it bears none.
        invoice: what its base adds, in its normal direction.
        credit_note: what it adds against it.
        payable: the grids of VAT on 451; None where none may stand there.
        deductible: the grids of VAT on 411; None where none may stand there.
        listing: how the intra-Community listing calls it; "" for none.
        non_deductible: "half" or "all" of the VAT is part of the cost; "" for none.
        is_reverse_charge: whether the buyer owes the VAT, at a domestic rate that the code may name, as in `CC@6`.
        is_outside: whether it is no turnover for VAT.
        is_exempt: whether it is exempt without deduction, and so in no listing of customers.
        services: whether it is a service, whatever account it stands on.
        owes: of a correction, the key of its grid in [grids].

    """

    name: str
    side: Side
    percent: Decimal | None
    invoice: tuple[Term, ...]
    credit_note: tuple[Term, ...]
    payable: Booked | None
    deductible: Booked | None
    listing: str
    non_deductible: str
    is_reverse_charge: bool
    is_outside: bool
    is_exempt: bool
    services: bool
    owes: str


class Rated(NamedTuple):
    """A code as it is written.

    Attributes:
        code: the code.
        percent: the rate: of a sale its own, of a reverse charge the domestic one; None where there is none.

    """

    code: Code
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Control:
    """A relation between grids that Intervat looks at.

    Attributes:
        kind: rate, ceiling, needs or within.
        terms: grids with a percentage each.
        tax: grids compared with the terms, or that need a base.
        base: the grids they need.
        is_blocking: whether a return that fails it cannot be filed as it is.

    """

    kind: str
    terms: tuple[tuple[str, Decimal], ...]
    tax: tuple[str, ...]
    base: tuple[str, ...]
    is_blocking: bool


@dataclass(frozen=True, slots=True)
class Law:
    """What holds on one day.

    Attributes:
        rates: the code of a domestic sale by its percentage, the lowest first.
        sales: the codes of sales by name.
        purchases: those of purchases.
        corrections: those of corrections.
        natures: the grid of what is bought, by the beginning of its PCMN number.
        services: the grid of services.
        categories: the code an e-invoice's category means, by category and side; "rate" for that of its rate.
        domestic: the categories that mean it between Belgian parties alone.
        controls: the relations between grids.

    """

    rates: Mapping[Decimal, Code]
    sales: Mapping[str, Code]
    purchases: Mapping[str, Code]
    corrections: Mapping[str, Code]
    natures: Mapping[str, str]
    services: str
    categories: Mapping[tuple[str, str], str]
    domestic: frozenset[str]
    controls: tuple[Control, ...]

    def read(self, written: str, side: str) -> Rated | None:
        """Read a code of one side, as `S21` or `CC@6`; None where there is none such, or its rate is none.

        A reverse charge that names no rate has the highest: that of whatever no other is laid down for.
        """
        name, sign, rate = written.partition(RATE)
        code = {SALE: self.sales, PURCHASE: self.purchases}[side].get(name)
        if code is None:
            return None
        if not sign:
            return Rated(code, max(self.rates) if code.is_reverse_charge else code.percent)
        percent = _number(rate)
        return Rated(code, percent) if code.is_reverse_charge and percent in self.rates else None

    def nature(self, number: str) -> str:
        """Give the grid of what is bought on an account of that PCMN number."""
        return next(
            self.natures[number[:length]] for length in range(len(number), 0, -1) if number[:length] in self.natures
        )


@cache
def data() -> Mapping[str, Any]:
    """Read the file, its decimals exact."""
    with FILE.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


@cache
def grids(key: str) -> tuple[str, ...]:
    """Give a group of grids of the table [grids]."""
    return tuple(data()["grids"][key])


def grid(key: str) -> str:
    """Give one grid of the table [grids]."""
    return str(data()["grids"][key])


def label(number: str, language: str) -> str:
    """Give what a grid is called in one of the languages."""
    return str(data()["labels"][number][language])


@cache
def numbers(key: str) -> tuple[str, ...]:
    """Give a group of PCMN numbers of the table [accounts]."""
    return tuple(data()["accounts"][key])


def stem(key: str) -> str:
    """Give an account without root and unit from the table [accounts]."""
    return str(data()["accounts"][key])


@cache
def tolerance(key: str) -> Decimal:
    """Give an amount in EUR of the table [tolerances]."""
    return Decimal(data()["tolerances"][key])


@cache
def law_on(day: datetime.date) -> Law:
    """Give what holds on *day*."""
    rows = data()
    codes = [_code(row) for row in _holding(rows["code"], day)]
    by_name = {side: {code.name: code for code in codes if code.side == side} for side in (SALE, PURCHASE, CORRECTION)}
    natures = {number: row["grid"] for row in _holding(rows["nature"], day) for number in row["numbers"]}
    return Law(
        dict(sorted((Decimal(row["percent"]), by_name[SALE][row["code"]]) for row in _holding(rows["rate"], day))),
        by_name[SALE],
        by_name[PURCHASE],
        by_name[CORRECTION],
        natures,
        next(row["grid"] for row in rows["nature"] if row.get("is-services")),
        {(row["name"], side): row[side] for row in rows["category"] for side in (SALE, PURCHASE) if side in row},
        frozenset(row["name"] for row in rows["category"] if row.get("is-domestic")),
        tuple(_control(row) for row in _holding(rows["control"], day)),
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _PERCENT.fullmatch(text) else None


def _holding(rows: Iterable[Mapping[str, Any]], day: datetime.date) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["from"] <= day <= row.get("until", datetime.date.max)]


def _code(row: Mapping[str, Any]) -> Code:
    return Code(
        row["name"],
        row["side"],
        Decimal(row["percent"]) if "percent" in row else None,
        _terms(row.get("invoice", ())),
        _terms(row.get("credit-note", ())),
        Booked(**row["payable"]) if "payable" in row else None,
        Booked(**row["deductible"]) if "deductible" in row else None,
        row.get("listing", ""),
        row.get("non-deductible", ""),
        row.get("is-reverse-charge", False),
        row.get("is-outside", False),
        row.get("is-exempt", False),
        row.get("nature") == "services",
        row.get("owes", ""),
    )


def _terms(rows: Iterable[Mapping[str, Any]]) -> tuple[Term, ...]:
    return tuple(Term(row["grid"], row.get("of") == "posted", row.get("sign", 1)) for row in rows)


def _control(row: Mapping[str, Any]) -> Control:
    terms = tuple((term["grid"], Decimal(term["percent"])) for term in row.get("terms", ()))
    return Control(row["kind"], terms, tuple(row["tax"]), tuple(row.get("base", ())), row["is-blocking"])
