"""The figures of the special report of a cooperative approved as a social enterprise.

Code des sociétés et des associations, art. 8:5, and royal decree of 28 June 2019, art. 6: who gave shares back, how
many, of which class and for how much, and what was refused; how the conditions are watched; what was done for the
object, and by which means. What figures can say of it is here; the rest the board writes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import pcmn
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.provenance import OPENING
from beancoop.reserves import appropriated_year
from beancoop.statements.accompaniment import hours_by_domain, within
from beancoop.statements.state import result_of
from beancoop.year.shares import MOVEMENTS, TRANSFERRED, read_shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Span
    from beancoop.year.shares import Movement, ShareRegister


class Membership(NamedTuple):
    """The members at one moment: how many, their shares, and what they have paid up."""

    members: int
    shares: int
    paid: Decimal


class Moved(NamedTuple):
    """The movements of one kind and class in a year: lines of the register, shares and amounts without their signs."""

    kind: str
    share_class: str
    lines: int
    shares: int
    paid: Decimal


class Course(NamedTuple):
    """The activities over a year: at its start, those that came, that left and for what, and at its end."""

    start: int
    entries: int
    exits: Mapping[str, int]
    end: int


class Accompaniment(NamedTuple):
    """What was done with the activities: hours by domain, activities that had any, and meetings."""

    hours: Mapping[str, Decimal]
    units: int
    meetings: int


class Use(NamedTuple):
    """The use of a year's profit.

    Attributes:
        result: the result of the year.
        parts: what the meeting decided, by PCMN number of 69 and 79; what goes out of the result positive.
        gross: the dividends decided (694).
        net: the same after withholding tax.
        most: what may be paid at most, after tax: the ceiling x the shares paid up at the end of the year.
        shares: the shares paid up at the end of the year (110x, 111x).

    """

    result: Decimal
    parts: Mapping[str, Decimal]
    gross: Decimal
    net: Decimal
    most: Decimal
    shares: Decimal


class Reserve(NamedTuple):
    """A reserve (13x, 1119) by number: at the start of the year and at its end."""

    number: str
    label: str
    start: Decimal
    end: Decimal


class SpecialReport(NamedTuple):
    """The figures of a year.

    Attributes:
        register: the register of shares.
        start: the members on the eve of the year.
        end: the members on its last day.
        moved: what moved, by kind and class.
        course: the activities.
        accompaniment: what was done with them.
        means: turnover (70), contributions (950), subsidies (740), costs of the structure (6), allowances (619).
        use: what becomes of the profit.
        reserves: the reserves.

    """

    register: ShareRegister
    start: Membership
    end: Membership
    moved: Sequence[Moved]
    course: Course
    accompaniment: Accompaniment
    means: Mapping[str, Decimal]
    use: Use
    reserves: Sequence[Reserve]


def special_report(books: Books, span: Span) -> SpecialReport:
    """Gather the figures of *span*, a financial year.

    Raises:
        OSError: the register of shares cannot be read.

    """
    register = read_shares(books)
    return SpecialReport(
        register,
        _membership([each for each in register.movements if each.date < span.first]),
        _membership([each for each in register.movements if each.date <= span.last]),
        _moved(register.within(span)),
        _course(books, span),
        _accompaniment(books, span),
        _means(books, span),
        _use(books, span),
        _reserves(books, span),
    )


def _membership(movements: Sequence[Movement]) -> Membership:
    shares: Counter[str] = Counter()
    for each in movements:
        shares[each.member] += each.shares
    paid = sum((each.paid for each in movements if each.member != COOP), ZERO)
    return Membership(sum(count > 0 for count in shares.values()), shares.total(), paid)


def _moved(movements: Sequence[Movement]) -> list[Moved]:
    """Add up by kind and class; what members pass to each other counts once, for who receives it."""
    found: dict[tuple[str, str], Moved] = {}
    for each in movements:
        if each.member == COOP or (each.shares < 0 and each.kind == TRANSFERRED):
            continue
        key = each.kind, each.share_class
        before = found.get(key, Moved(*key, 0, 0, ZERO))
        found[key] = Moved(*key, before.lines + 1, before.shares + abs(each.shares), before.paid + abs(each.paid))
    return [found[key] for key in sorted(found, key=lambda key: (MOVEMENTS.index(key[0]), key[1]))]


def _course(books: Books, span: Span) -> Course:
    activities = books.activities.values()
    exits: Counter[str] = Counter(
        each.exit.outcome for each in activities if each.exit and span.first <= each.exit.date <= span.last
    )
    return Course(
        sum(each.start < span.first and not (each.exit and each.exit.date < span.first) for each in activities),
        sum(span.first <= each.start <= span.last for each in activities),
        exits,
        sum(each.start <= span.last and not (each.exit and each.exit.date <= span.last) for each in activities),
    )


def _accompaniment(books: Books, span: Span) -> Accompaniment:
    follow_ups = list(within(books.register.follow_ups, span.period))
    meetings = list(within(books.register.meetings, span.period))
    return Accompaniment(hours_by_domain(follow_ups), len({each.unit for each in follow_ups}), len(meetings))


def _means(books: Books, span: Span) -> Mapping[str, Decimal]:
    days, moved = (span.first, span.after), books.sums.moved
    costs = moved(*days, pcmn.CHARGES, unit=COOP) - moved(*days, pcmn.APPROPRIATED, unit=COOP)
    return {
        "turnover": to_cent(-moved(*days, pcmn.SALES)),
        "contributions": to_cent(-moved(*days, pcmn.CONTRIBUTION, unit=COOP)),
        "subsidies": to_cent(-moved(*days, pcmn.OPERATING_SUBSIDIES)),
        "costs": to_cent(costs),
        "candidates": to_cent(moved(*days, pcmn.ALLOWANCES)),
    }


def _use(books: Books, span: Span) -> Use:
    """Give what the entries that appropriate the year do, whatever their date (contract, section 6)."""
    cooperative = books.register.cooperative
    year = cooperative.year_of(span.last)
    parts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    decided = None
    for entry in books.sorted.transactions:
        for posting in entry.postings:
            account = parse_account(posting.account)
            if account is None or not account.unit or not account.number.startswith(pcmn.APPROPRIATION):
                continue
            if appropriated_year(entry, books.register) == year:
                parts[account.number] += amount_in(posting, books.currency) or ZERO
                decided = entry.date
    gross = sum((amount for number, amount in parts.items() if number.startswith(pcmn.DIVIDENDS)), ZERO)
    terms = cooperative.terms_on(decided or span.last)
    shares = to_cent(-books.sums.balance(span.after, *pcmn.SHARES))
    return Use(
        to_cent(result_of(books, span)),
        {number: to_cent(parts[number]) for number in sorted(parts)},
        to_cent(gross),
        to_cent(gross * (1 - terms.withholding)),
        to_cent(terms.dividend_ceiling * shares),
        shares,
    )


def _reserves(books: Books, span: Span) -> list[Reserve]:
    """Give the reserves; what an opening balance brings in was there before the year."""
    opened: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in books.sorted.on_equity:
        if OPENING in entry.tags and span.first <= entry.date <= span.last:
            for posting in entry.postings:
                if account := parse_account(posting.account):
                    opened[account.number] -= amount_in(posting, books.currency) or ZERO
    numbers = sorted({account.name.number for account in books.sums.of(*pcmn.COMMON_PROPERTY)})
    found = []
    for number in numbers:
        own = [each.series for each in books.sums.of(number) if each.name.number == number]
        start = to_cent(opened[number] - sum((series.before(span.first) for series in own), ZERO))
        end = to_cent(-sum((series.before(span.after) for series in own), ZERO))
        found.append(Reserve(number, books.labels[number], start, end))
    return found
