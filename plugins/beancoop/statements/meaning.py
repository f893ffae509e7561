"""What a figure means: whose it is, of which accounts, days, party or item, and by which rule it is counted.

A meaning is made of the words of the books alone, so that it can stand in an address and be read by a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

if TYPE_CHECKING:
    import datetime

    from beancoop.model.periods import Period, Span

ACTIVITIES = "*"
"""In the place of a unit: all activities, each counted and rounded by itself, without the structure."""
BETWEEN = ","
"""Between the codes of several units in the place of one, each counted and rounded by itself."""

Rule: TypeAlias = Literal[
    "postings", "provisional", "margin", "operating", "beside",
    "base", "contribution", "due", "levied", "levy", "carried", "exit",
    "available", "recurring", "forecast", "unsupported", "leaving", "overdraft", "room",
    "waiting", "asserted", "difference",
    "item", "invoiced", "open", "payable", "hours", "vat-due", "vat-deductible", "vat-owed", "vat-passed",
    "result", "pending", "equity", "net-assets", "liquidity", "claimed", "granting",
    "own-result", "own-equity", "own-net-assets", "dividends", "paid-up",
]  # fmt: skip
"""How a figure is counted; `statements.entries` says what each does."""
RULES: tuple[Rule, ...] = get_args(Rule)

Side: TypeAlias = Literal["", "debit", "credit"]
Part: TypeAlias = Literal["", "start", "change"]
"""Of a period: what was there at its start, what an opening brought in since counted with it; or the rest."""


class Meaning(NamedTuple):
    """What a figure means.

    Attributes:
        rule: how it is counted.
        unit: whose it is; "" for everybody's, ACTIVITIES for those of all activities, several with BETWEEN.
        numbers: how the PCMN numbers of its accounts begin; none for any.
        but: how those begin that are left out.
        roots: the first parts of its accounts' names, as this ledger writes them; none for any.
        accounts: its accounts by name, each with those below it; none for any.
        since: the first day that counts; None for all that came before, as a balance does.
        until: the last day that counts; None without end.
        day: the day as of which ages and terms are told.
        party: the customer, "" for none; None for any.
        item: the name of an open item, the domain of a follow-up, or the period of a return; None for any.
        entry: the hash of the one entry it is of, as Beancount makes it; "" for any.
        position: the place of the one posting it is of in its entry, from 0; None for any.
        side: whether debits or credits alone count.
        in_currency: whether what is in other currencies is left out, as a bank counts.
        over: of ages in days, those above it; None without.
        upto: of ages in days, those up to it; None without.
        sign: 1, or -1 where it is shown with the other sign than that of its postings.
        part: whether what was there at the start counts alone, or what has changed since.

    """

    rule: Rule = "postings"
    unit: str = ""
    numbers: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    day: datetime.date | None = None
    party: str | None = None
    item: str | None = None
    entry: str = ""
    position: int | None = None
    side: Side = ""
    in_currency: bool = False
    over: int | None = None
    upto: int | None = None
    sign: int = 1
    part: Part = ""

    def within(self, span: Span, period: Period) -> Meaning:
        """Give the same of the days of *span*, as far as *period* goes."""
        return self._replace(since=span.first, until=min(span.last, period.last))

    def holds(self, day: datetime.date) -> bool:
        """Say whether *day* counts."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
