"""What was levied, recomputed: nobody's word for it is taken (contract, section 5).

For each closed month whose seal holds, the written levy must be what the contribution gives from the entries sealed
with it: amounts, metadata, link and the accounts of the settlement, on both sides. In an open month nothing of the kind
may be written, since only a closing writes it.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from beancount.core.data import Transaction

from beancoop.closing.canonical import canonical
from beancoop.contribution.entries import TAG, levy_entries
from beancoop.contribution.levy import expected
from beancoop.contribution.rule import read_levies
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.findings import Finding
from beancoop.model.months import Month
from beancoop.model.pcmn import CONTRIBUTION
from beancoop.model.provenance import place_of, sources
from beancoop.model.register import read_register
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from beancount.core.data import Custom, Directive

    from beancoop.contribution.levy import Levy
    from beancoop.model.register import Register

NOT_AS_COMPUTED = error(
    "BC571",
    "The levy of {unit} for {month} is not what its sealed entries give: {expected} is due for that month. Take the "
    "change back with the version history.",
)
NO_LEVY_WRITTEN = error(
    "BC572",
    "{month} of {unit} is closed, and the levy of {expected} that its sealed entries give is not written. Take the "
    "change back with the version history.",
)
NO_LEVY_DUE = error(
    "BC573", "A levy of {unit} for {month} is written, and its sealed entries give none. Take the change back."
)
IN_OPEN_MONTH = error(
    "BC574", "A levy is written in {month}, which is open; only closing the month writes it. Take this entry away."
)

_NEVER, _FOR_EVER = Month(1, 1), Month(9999, 12)


def check_levies(entries: list[Directive], options: Mapping[str, Any], broken: Iterable[Finding] = ()) -> list[Finding]:
    """Compare the levies of closed months with what is due, and tell of those written in open ones.

    Args:
        entries: of a loaded ledger.
        options: of that ledger.
        broken: what is wrong with its seals; what such a seal should prove is told by it, and not here.

    """
    register = read_register(entries, options)
    holding = _holding(register, broken)
    written = _written(sources(entries, options))
    findings = [finding for (unit, month), each in written.items() for finding in _early(register, unit, month, each)]
    for levies in read_levies(entries, options).values():
        for levy in levies:
            if levy.closed:
                findings += _compare(register, levy, written, holding)
    return findings


def _holding(register: Register, broken: Iterable[Finding]) -> dict[str, Month]:
    """Give the last month of each unit up to which its seals hold: the one before the first that is told to be broken.

    A levy before the first seal is sealed with it, and is compared too.
    """
    told = {(each.file, each.line) for each in broken}
    in_doubt = {unit: _doubtful_since(seals.values(), told) for unit, seals in register.year_seals.items()}
    of_all = in_doubt.get(COOP, _FOR_EVER)
    last: dict[str, Month] = {}
    for unit, seals in register.seals.items():
        until = min(of_all, in_doubt.get(unit, _FOR_EVER))
        for month in takewhile(lambda month, seals=seals: place_of(seals[month]) not in told, sorted(seals)):  # type: ignore[misc]
            if month <= until:
                last[unit] = month
    return last


def _doubtful_since(years: Iterable[Custom], told: AbstractSet[tuple[str, int]]) -> Month:
    """Give the last month of the first year whose seal is told to be broken: when its entries are levied is open."""
    return min((Month.of(seal.date) for seal in years if place_of(seal) in told), default=_FOR_EVER)


def _written(entries: Iterable[Directive]) -> dict[tuple[str, Month], list[Transaction]]:
    """Give the written levies by the unit in whose books they stand, and their month."""
    found: dict[tuple[str, Month], list[Transaction]] = {}
    for entry in entries:
        if isinstance(entry, Transaction) and TAG in entry.tags and (unit := _charged(entry)):
            found.setdefault((unit, Month.of(entry.date)), []).append(entry)
    return found


def _charged(entry: Transaction) -> str | None:
    names = (parse_account(posting.account) for posting in entry.postings)
    return next((name.unit for name in names if name is not None and name.number.startswith(CONTRIBUTION)), None)


def _early(register: Register, unit: str, month: Month, written: Iterable[Transaction]) -> Iterator[Finding]:
    closed = register.last_closed(COOP if register.coop_is_open else unit)
    if (closed is None or month > closed) and month not in register.orphans(unit):
        yield from (Finding.at(entry, IN_OPEN_MONTH(month=month)) for entry in written)


def _compare(
    register: Register,
    levy: Levy,
    written: Mapping[tuple[str, Month], Sequence[Transaction]],
    holding: Mapping[str, Month],
) -> Iterator[Finding]:
    """Compare both sides of a closed month's levy with what is due."""
    activity = register.activities[levy.unit]
    due = levy._replace(levy=expected(activity, levy))
    wanted = levy_entries(register, due, provisional=False) if due.levy else []
    own = written.get((levy.unit, levy.month), ())
    if levy.month > holding.get(levy.unit, _NEVER):  # what is due is not known
        return
    yield from _side(register, levy.unit, due, wanted[:1], own)
    if levy.month <= holding.get(COOP, _NEVER):
        coops = [one for one in written.get((COOP, levy.month), ()) if one.meta.get("unit") == levy.unit]
        yield from _side(register, COOP, due, wanted[1:], coops)


def _side(
    register: Register, unit: str, due: Levy, wanted: Sequence[Transaction], found: Sequence[Transaction]
) -> Iterator[Finding]:
    amount = f"{due.levy} {register.currency}"
    if not wanted:
        yield from (Finding.at(entry, NO_LEVY_DUE(unit=due.unit, month=due.month)) for entry in found)
    elif not found:
        seals = register.seals[unit]
        seal = seals.get(due.month, seals[min(seals)])
        yield Finding.at(seal, NO_LEVY_WRITTEN(unit=due.unit, month=due.month, expected=amount))
    else:
        same = _said(wanted[0])
        odd = [entry for entry in found if _said(entry) != same] or list(found[1:])
        yield from (
            Finding.at(entry, NOT_AS_COMPUTED(unit=due.unit, month=due.month, expected=amount)) for entry in odd
        )


def _said(entry: Transaction) -> str:
    """Give what a levy says, whatever its texts are."""
    return canonical(entry._replace(payee=None, narration=""))
