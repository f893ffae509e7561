"""A second reading of the rules of the return, written apart from the program: tables, dicts and fractions.

It shares nothing with `beancoop.vat`: neither its data nor its steps. Where the two disagree, one of them is wrong.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from beancount.core.data import Open, Transaction

RATES = {"S21": 21, "S12": 12, "S6": 6, "S0": 0}
SALES = {
    "S21": "03", "S12": "02", "S6": "01", "S0": "00", "CC": "45", "ICS": "44", "ICG": "46", "ICT": "46",
    "EXP": "47", "EX44": "00", "UNIV": "", "OUT": "",
}  # fmt: skip
REVERSED = {"CC": ("87", "56"), "NEU": ("87", "56"), "IMP": ("87", "57"), "ICG": ("86", "55"), "ICS": ("88", "55")}
PURCHASES = {"BE", "D50", "ND", "OUT", *REVERSED}
CORRECTIONS = {"ADJ-STATE": "61", "ADJ-SELF": "62"}
TWO_CENTS, FIVE_CENTS = Fraction(2, 100), Fraction(5, 100)


class Doubt(Exception):  # noqa: N818 - what the accountant has to say
    """Nobody can tell without a code."""


class Line(NamedTuple):
    number: str
    amount: Fraction
    code: str | None
    account: str


class Said(NamedTuple):
    """What a return comes to."""

    grids: dict[str, Decimal]
    units: dict[str, dict[str, Decimal]]
    carried: dict[str, Decimal]
    doubtful: set[tuple[str, int]]
    ties: tuple[Decimal, Decimal]


def naive_return(entries, first, last, carry=()) -> Said:
    """Make the return of the days from *first* to *last*, in EUR."""
    defaults = {one.account: one.meta["vat"] for one in entries if isinstance(one, Open) and "vat" in one.meta}
    sums, units, doubtful = defaultdict(Fraction), defaultdict(lambda: defaultdict(Fraction)), set()
    received = owed = Fraction(0)
    for entry in entries:
        if not isinstance(entry, Transaction) or not first <= entry.date <= last:
            continue
        try:
            adds = what_it_adds(entry, defaults)
        except Doubt:
            doubtful.add((entry.meta["filename"], entry.meta["lineno"]))
            adds = []
            received += tax(entry, "411")
            owed -= tax(entry, "451")
        else:
            if adds:
                received += tax(entry, "411")
                owed -= tax(entry, "451")
        unit = entry.postings[0].account.split(":")[-1]
        for grid, amount, side in adds:
            sums[grid] += amount
            units[unit][grid] += amount
            sign = -1 if grid in {"61", "63", "54", "55", "56", "57"} else 1
            received -= sign * amount if side == "411" else 0
            owed += sign * amount if side == "451" else 0
    for grid, amount in dict(carry).items():
        sums[grid] -= Fraction(amount)
    carried = {grid: -sums[grid] for grid in ("81", "82", "83", "86", "87", "88") if sums[grid] < 0}
    for grid in carried:
        sums[grid] = Fraction(0)
    return Said(
        finished(sums), {unit: finished(own) for unit, own in units.items()}, {g: cents(a) for g, a in carried.items()},
        doubtful, (cents(received), cents(owed)),
    )  # fmt: skip


def finished(sums) -> dict[str, Decimal]:
    due = sum(sums.get(grid, 0) for grid in ("54", "55", "56", "57", "61", "63"))
    due -= sum(sums.get(grid, 0) for grid in ("59", "62", "64"))
    return {
        **{grid: cents(amount) for grid, amount in sums.items() if cents(amount)},
        "71" if due >= 0 else "72": cents(abs(due)),
    }


def cents(amount) -> Decimal:
    whole = int(abs(amount) * 100 + Fraction(1, 2))
    return Decimal(whole if amount >= 0 else -whole) / 100


def number_of(account: str) -> str:
    parts = account.split(":")
    return parts[2].split("-")[0] if len(parts) > 2 else ""


def is_tax(number: str, kind: str) -> bool:
    return number.startswith(kind) and not number.startswith(("4119", "4519"))


def worth(posting) -> Fraction:
    units, price = posting.units, posting.price
    if units.currency == "EUR":
        return Fraction(units.number)
    if price is None or price.currency != "EUR":
        raise Doubt
    return Fraction(units.number) * Fraction(price.number)


def tax(entry, kind: str) -> Fraction:
    postings = [one for one in entry.postings if is_tax(number_of(one.account), kind)]
    return sum((Fraction(one.units.number) for one in postings if one.units.currency == "EUR"), Fraction(0))


def what_it_adds(entry, defaults) -> list[tuple[str, Fraction, str]]:
    """Give the grids of a transaction with their amounts, and 411 or 451 where one is VAT."""
    if {"opening", "contribution"} & entry.tags:
        return []
    lines, others, has_tax = sorted_out(entry)
    real = [one for one in lines if not (one.number.startswith(("643", "743")) and abs(one.amount) <= FIVE_CENTS)]
    lines = [one for one in (real or lines) if one.amount]
    if not lines and not has_tax:
        return []
    if not lines and any(re.fullmatch(r"vat-\d{4}-(Q[1-4]|\d\d)", link) for link in entry.links):
        return []
    if not lines and "vat" not in entry.meta:
        if all(re.match("4119|4519|5|9", number) for number in others):
            return []
        raise Doubt
    received, owed = tax(entry, "411"), -tax(entry, "451")
    if grid := CORRECTIONS.get(entry.meta.get("vat")):
        return corrected(entry, grid, received, owed)
    coded = with_codes(entry, lines, others, received, owed, defaults)
    return bases(coded, received, owed) + taxes(entry, coded, "451", -owed) + taxes(entry, coded, "411", received)


def sorted_out(entry):
    """Give the base postings, the numbers of the others, and whether VAT stands there."""
    lines, others, has_tax = [], [], False
    for one in entry.postings:
        number = number_of(one.account)
        code = (one.meta or {}).get("vat", entry.meta.get("vat"))
        if is_tax(number, "411") or is_tax(number, "451"):
            has_tax = True
            if one.units.currency != "EUR":
                raise Doubt
        elif re.match("2|60|61|64|70|74|406|46", number) or (code is not None and re.match("3|444|490|499", number)):
            lines.append(Line(number, worth(one), code, one.account))
        else:
            others.append(number)
    return lines, others, has_tax


def corrected(entry, grid, received, owed):
    sign = 1 if grid == "61" else -1
    if sign * (owed - received) <= 0:
        raise Doubt
    return [(grid, -sign * received, "411"), (grid, sign * owed, "451")]


def side(line: Line, others) -> str:
    if re.match("70|74|46", line.number):
        return "sale"
    if re.match("60|61|64|406", line.number) or line.amount > 0 or any(one.startswith("44") for one in others):
        return "purchase"
    return "sale" if any(one.startswith("40") for one in others) else "purchase"


def read(code: str, line: Line, others) -> tuple[str, str]:
    """Give the side and the name of a code where it stands."""
    name, at, rate = str(code).partition("@")
    here = side(line, others)
    if (name in SALES) != (name in PURCHASES) and not re.match("70|74|46|60|61|64|406", line.number):
        here = "sale" if name in SALES else "purchase"
    if name not in (SALES if here == "sale" else PURCHASES):
        raise Doubt
    if at and (here == "sale" or name not in REVERSED or rate not in {"0", "6", "12", "21"}):
        raise Doubt
    return here, name


def with_codes(entry, lines, others, received, owed, defaults):
    """Give (side, code, number, amount) of each base, as written or as it follows."""
    coded = [(*read(one.code, one, others), one.number, one.amount) for one in lines if one.code is not None]
    rest = [one for one in lines if one.code is None]
    if rest and (by_document := document(entry, rest, others, received, owed, defaults)):
        return coded + by_document
    coded += [
        (*read(defaults[one.account], one, others), one.number, one.amount) for one in rest if one.account in defaults
    ]
    rest = [one for one in rest if one.account not in defaults]
    if not rest:
        return coded
    if received and owed:
        raise Doubt
    if received:
        if any(side(one, others) == "sale" or (one.number[0] == "2" and one.amount < 0) for one in rest):
            raise Doubt
        return coded + [("purchase", "BE", one.number, one.amount) for one in rest]
    if owed:
        return coded + matched(rest, others, owed - known(coded))
    return coded + list(untaxed(entry, lines, rest, others))


def known(coded) -> Fraction:
    return sum(
        (-amount * RATES[code] / 100 for where, code, _, amount in coded if where == "sale" and code in RATES),
        Fraction(0),
    )


def matched(rest, others, owed):
    """Try every rate on every base; two ways that give each rate the same total are one."""
    if any(side(one, others) != "sale" or one.number[0] == "2" for one in rest) or len(rest) > 8:
        raise Doubt
    ways = {}
    for way in itertools.product(RATES, repeat=len(rest)):
        expected = sum(-one.amount * RATES[code] / 100 for one, code in zip(rest, way, strict=True))
        if abs(expected - owed) <= TWO_CENTS * len(rest):
            totals = defaultdict(Fraction)
            for one, code in zip(rest, way, strict=True):
                totals[code] += one.amount
            ways[tuple(totals[code] for code in RATES)] = way
    if len(ways) != 1:
        raise Doubt
    return [("sale", code, one.number, one.amount) for one, code in zip(rest, *ways.values(), strict=True)]


def untaxed(entry, lines, rest, others):
    has_invoice = "invoice-ref" in entry.meta or any(one.startswith("44") for one in others)
    for one in rest:
        if one.number[0] == "2" and one.amount < 0:
            if not any(each.startswith("63") for each in others) and (
                others or any(each.number[0] != "2" for each in lines)
            ):
                raise Doubt
        elif side(one, others) == "sale":
            if not one.number.startswith("740"):
                raise Doubt
        elif has_invoice:
            yield "purchase", "BE", one.number, one.amount


def document(entry, rest, others, received, owed, defaults):
    """Read what the e-invoice said, where its sums are those booked."""
    said = [entry.meta[key].split() for key in sorted(entry.meta) if re.fullmatch(r"vat-\d+", key)]
    sides = {side(one, others) for one in rest}
    booked = sum(one.amount for one in rest)
    if not said or len(sides) != 1 or abs(sum(Fraction(one[2]) for one in said)) != abs(booked):
        return []
    where, asked = sides.pop(), sum(Fraction(one[3]) for one in said)
    if asked and abs(asked) != abs(owed if where == "sale" else received):
        return []
    names = [category(one[0], int(Decimal(one[1])), where) for one in said]
    if None in names:
        if all(one.account in defaults for one in rest):
            return []
        raise Doubt
    if len(set(names)) == 1:
        return [(where, names[0], one.number, one.amount) for one in rest]
    if where == "purchase" and len({nature(one.number) for one in rest}) > 1:
        return []
    sign = 1 if booked > 0 else -1
    sign = sign if sum(Fraction(one[2]) for one in said) > 0 else -sign
    return [(where, name, rest[0].number, sign * Fraction(one[2])) for name, one in zip(names, said, strict=True)]


def category(name: str, rate: int, where: str) -> str | None:
    if where == "sale":
        return {"S": f"S{rate}", "Z": "S0", "G": "EXP", "AE": "CC"}.get(name)
    return {"S": "BE", "Z": "BE", "AE": "CC"}.get(name)


def nature(number: str) -> str:
    return "81" if number.startswith(("60", "3")) else "83" if number[0] == "2" else "82"


def bases(coded, received, owed):
    """Add the bases of each code; a sum against its normal side is a credit note."""
    adds, deducting = [], {code for where, code, _, _ in coded if where == "purchase" and code not in {"ND", "OUT"}}
    for where, code in sorted({(one[0], one[1]) for one in coded}):
        own = [(number, amount) for there, name, number, amount in coded if (there, name) == (where, code)]
        total = sum(amount for _, amount in own)
        if code in {"OUT", "UNIV"}:
            continue
        if where == "sale":
            grid = SALES[code] if total <= 0 else "48" if code in {"ICS", "ICG", "ICT"} else "49"
            adds.append((grid, abs(total), ""))
            continue
        for number, amount in own:
            is_service = code in {"ICS", "NEU"} and number[0] != "2"
            adds.append(("82" if is_service else nature(number), amount, ""))
        alone = total
        if code == "D50" and total < 0:
            if len(deducting) > 1:
                raise Doubt
            alone = total - received
        if code in REVERSED and len(deducting) == 1:
            alone = total - (owed - received)
        if code in REVERSED:
            adds.append((REVERSED[code][0], alone, ""))
        if total < 0:
            adds.append(("84" if code in {"ICG", "ICS"} else "85", -alone, ""))
    return adds


def taxes(entry, coded, kind, debit):
    """Put the VAT of 411 or 451 in the grid of its direction."""
    if not any(is_tax(number_of(one.account), kind) and one.units.number for one in entry.postings):
        return []
    grids = set()
    for where, code, _, _ in coded:
        if kind == "451" and where == "sale" and RATES.get(code):
            grids.add("64" if debit > 0 else "54")
        if kind == "451" and where == "purchase" and code in REVERSED:
            grids.add("62" if debit > 0 else REVERSED[code][1])
        if kind == "411" and where == "purchase" and code in REVERSED:
            grids.add("59" if debit > 0 else "61")
        if kind == "411" and where == "purchase" and code in {"BE", "D50"}:
            grids.add("59" if debit > 0 else "63")
    if len(grids) != 1:
        raise Doubt
    return [(grids.pop(), abs(debit), kind)]
