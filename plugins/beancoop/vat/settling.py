"""The entries that settle a return: each unit's VAT passes to the structure, which owes the State, or claims from it.

Before, A001 has 210.00 on 451 and 84.00 on 411 of the period, the structure 42.00 on 411; the return says 84.00 owed:

    2026-04-20 * "Coopérative" "TVA 2026-Q1" ^vat-2026-Q1
      Assets:41:411-TVARecuperable:A001           -84.00 EUR
      Liabilities:45:451-TVAAPayer:A001           210.00 EUR
      Assets:9:960-Liaison:A001                  -126.00 EUR

    2026-04-20 * "SPF Finances" "TVA 2026-Q1" ^vat-2026-Q1
      Assets:41:411-TVARecuperable:COOP           -42.00 EUR
      Assets:9:960-Liaison:COOP                   126.00 EUR
      Liabilities:45:4519-CompteProvisionTVA:COOP -84.00 EUR

Of a return that replaces another, the difference alone is settled.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Open, Posting, Transaction, new_metadata

from beancoop.contribution.entries import LIAISON_STEM
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.provenance import is_injected
from beancoop.vat import law

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.model.register import Register
    from beancoop.vat.periods import VatPeriod
    from beancoop.vat.returns import VatReturn

_STATE, _COOPERATIVE = "SPF Finances", "Coopérative"
"""Payees: texts of the books, which are in French whoever files."""


class Settled(NamedTuple):
    """What the settlements of a period have moved so far.

    Attributes:
        tax: by account of 411 and 451.
        provision: by account of what the State owes or is owed.

    """

    tax: Mapping[str, Decimal]
    provision: Mapping[str, Decimal]


def link_of(period: VatPeriod) -> str:
    """Give what binds the entries that settle a period's return."""
    return f"vat-{period}"


def settled(entries: Iterable[Directive], period: VatPeriod, currency: str) -> Settled:
    """Add up the settlements of a period, which have no base and its link."""
    moved = Settled(defaultdict(lambda: ZERO), defaultdict(lambda: ZERO))
    provision, tax = law.numbers("provision"), (*law.numbers("deductible"), *law.numbers("payable"))
    for entry in entries:
        if isinstance(entry, Transaction) and link_of(period) in entry.links:
            for posting in entry.postings:
                name = parse_account(posting.account)
                number = name.number if name else ""
                sums = moved.provision if number.startswith(provision) else moved.tax
                if number.startswith((*provision, *tax)):
                    sums[posting.account] += amount_in(posting, currency) or ZERO  # type: ignore[index]
    return moved


def settlement(
    register: Register, period: VatPeriod, made: VatReturn, before: Settled, day: datetime.date
) -> dict[str, Transaction]:
    """Give the entry of each unit that settles a return, less what was settled *before*; the structure's last."""
    by_unit: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for account, amount in _to_clear(register, made, before, day).items():
        name = parse_account(account)
        by_unit[name.unit or COOP if name else COOP][account] = amount
    structures = by_unit.pop(COOP, {})
    liaison = register.roots.account("assets", LIAISON_STEM, COOP)
    entries: dict[str, Transaction] = {}
    mirrored: list[tuple[str, Decimal]] = []
    for unit, cleared in sorted(by_unit.items()):
        passed = sum(cleared.values(), ZERO)
        own = register.roots.account("assets", LIAISON_STEM, unit)
        entries[unit] = _entry(register, period, day, _COOPERATIVE, [*sorted(cleared.items()), (own, -passed)])
        mirrored.append((liaison, passed))
    lines = [*sorted(structures.items()), *mirrored, *_provision(register, made, before)]
    if any(amount for _, amount in lines):
        entries[COOP] = _entry(register, period, day, _STATE, lines)
    return entries


def opens(register: Register, entries: Mapping[str, Transaction], day: datetime.date) -> dict[str, list[Open]]:
    """Give the accounts of each unit that its settlement needs and nobody has opened."""
    return {
        unit: [
            Open(new_metadata("<vat>", 0), _since(register, unit, account, day), account, None, None)  # type: ignore[arg-type]
            for account in sorted({posting.account for posting in entry.postings})
            if (opened := register.opens.get(account)) is None or is_injected(opened)
        ]
        for unit, entry in entries.items()
    }


def _to_clear(register: Register, made: VatReturn, before: Settled, day: datetime.date) -> dict[str, Decimal]:
    """Give what clears the accounts of VAT: of one that is closed since, the structure's, which has taken it over."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for each in made.counted:
        for number in sorted({part.posting for part in each.parts if part.tax}):
            posting = each.operation.entry.postings[number - 1]
            account = _open_on(register, posting.account, day)
            sums[account] -= amount_in(posting, register.currency) or ZERO
    for account, amount in before.tax.items():
        sums[_open_on(register, account, day)] -= amount
    return {account: amount for account, amount in sums.items() if amount}


def _open_on(register: Register, account: str, day: datetime.date) -> str:
    closed, name = register.closes.get(account), parse_account(account)
    return f"{name.parent}:{COOP}" if name and closed is not None and closed.date <= day else account


def _provision(register: Register, made: VatReturn, before: Settled) -> Iterator[tuple[str, Decimal]]:
    """Give what brings the two accounts of the State to what the return says."""
    balance = made.balance
    for key, root, wanted in (
        ("provision-owed", "liabilities", -max(balance, ZERO)),
        ("provision-claimed", "assets", max(-balance, ZERO)),
    ):
        account = register.roots.account(root, law.stem(key), COOP)  # type: ignore[arg-type]
        yield account, wanted - before.provision.get(account, ZERO)


def _entry(
    register: Register, period: VatPeriod, day: datetime.date, payee: str, lines: Iterable[tuple[str, Decimal]]
) -> Transaction:
    postings = [
        Posting(account, Amount(amount, register.currency), None, None, None, None)
        for account, amount in lines
        if amount
    ]
    links = frozenset((link_of(period),))
    return Transaction(new_metadata("<vat>", 0), day, "*", payee, f"TVA {period}", EMPTY_SET, links, postings)


def _since(register: Register, unit: str, account: str, day: datetime.date) -> datetime.date:
    """Give the day from which an account is opened; the current account from the unit's first open day.

    A contribution of an earlier month may need that one too.
    """
    name = parse_account(account)
    if name is None or name.stem != LIAISON_STEM:
        return day
    if last := register.last_closed(unit):
        return min(day, last.next().first_day)
    return min(day, register.earliest if unit == COOP else register.activities[unit].start)
