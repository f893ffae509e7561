"""One file, from its bytes to Beancount's directives, as its own parser gives them.

The lexer and the grammar are Beancount's. The builder, which they call for every number and posting, is Beancount's too
but for the calls that make up most of a parse, and one that tells what no entry does.
"""

from __future__ import annotations

import io
from collections import defaultdict
from decimal import Decimal
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core import display_context
from beancount.core.amount import Amount
from beancount.core.data import Posting
from beancount.parser import _parser, grammar, lexer, parser  # type: ignore[attr-defined] # one is in C
from beancount.parser.options import OPTIONS_DEFAULTS

if TYPE_CHECKING:
    import datetime

    from beancount.core.data import BeancountError, Custom, Directives
    from beancount.core.position import CostSpec

MOST_DIGITS = 11
FINEST = 9
"""Digits before and after the point up to which millions of numbers add up exactly in Decimal's 28."""

_CENT = Decimal("0.01")
_CENTS = 2
_new = tuple.__new__


class Parsed(NamedTuple):
    """What a file says.

    Attributes:
        entries: its directives in the order of dates, not booked yet.
        errors: what is wrong with its text.
        options: its options.
        countable: whether its numbers are such that sums of them are exact in any order.
        repeats_keys: whether a `custom` may have a key twice, of which its entry keeps the last.

    """

    entries: Directives
    errors: list[BeancountError]
    options: dict[str, Any]
    countable: bool
    repeats_keys: bool


class _Builder(grammar.Builder):
    """Beancount's builder; how figures are written is added up once a file instead of once a number."""

    def __init__(self) -> None:
        # As grammar.Builder does it, but that of the defaults only what can be written into is copied.
        lexer.LexBuilder.__init__(self)
        self.tags = []
        self.meta = defaultdict(list)
        self.entries = []
        self.options = {name: _own(value) for name, value in OPTIONS_DEFAULTS.items()}
        self.accounts = {}
        self.account_regexp = grammar.valid_account_regexp(self.options)
        self.dcontext = display_context.DisplayContext()
        self.display_context_update = self.dcontext.update
        self.numbers: defaultdict[str, list[Decimal]] = defaultdict(list)
        self.countable = True
        self.repeats_keys = False

    def option(self, filename: str, lineno: int, key: str, value: Any) -> None:  # noqa: ANN401 - any option
        """Take an option, which may change what names are good from here on."""
        self.accounts.clear()
        super().option(filename, lineno, key, value)  # type: ignore[no-untyped-call]

    def account(self, filename: str, lineno: int, account: str) -> str:
        """Give an account's name, which is looked at once: of a file with a wrong one the stock parser tells each."""
        return self.accounts.get(account) or super().account(filename, lineno, account)  # type: ignore[no-any-return, no-untyped-call]

    def amount(self, filename: str, lineno: int, number: Decimal, currency: str) -> Amount:
        """Make an amount."""
        if type(number) is not Decimal or type(currency) is not str or not currency:
            return super().amount(filename, lineno, number, currency)  # type: ignore[no-any-return, no-untyped-call]
        currency = intern(currency)
        self.numbers[currency].append(number)
        return _new(Amount, (number, currency))

    def posting(  # noqa: PLR0913, PLR0917 - Beancount's signature
        self,
        filename: str,
        lineno: int,
        account: str,
        units: Amount,
        cost: CostSpec | None,
        price: Amount | None,
        istotal: bool,  # noqa: FBT001
        flag: int | None,
    ) -> Posting:
        """Make a posting."""
        if cost is not None or price is not None or istotal or flag:
            return super().posting(filename, lineno, account, units, cost, price, istotal, flag)  # type: ignore[no-any-return, no-untyped-call]
        return _new(Posting, (account, units, None, None, None, {"filename": filename, "lineno": lineno}))

    def custom(  # noqa: PLR0913, PLR0917 - Beancount's signature
        self,
        filename: str,
        lineno: int,
        date: datetime.date,
        dir_type: str,
        custom_values: list[Any],
        kvlist: list[grammar.KeyValue] | None,
    ) -> Custom:
        """Make a directive, and note whether it has a key twice."""
        if kvlist and len({each.key for each in kvlist}) < len(kvlist):
            self.repeats_keys = True
        return super().custom(filename, lineno, date, dir_type, custom_values, kvlist)  # type: ignore[no-any-return, no-untyped-call]

    def finalize(self) -> tuple[Directives, list[BeancountError], dict[str, Any]]:
        """Add up how figures were written, and end as Beancount does."""
        for currency, numbers in self.numbers.items():
            self._learn(self.dcontext.ccontexts[currency], numbers)
        self.countable = all(
            context.integer_max <= MOST_DIGITS
            and (context.get_fractional(display_context.Precision.MAXIMUM) or 0) <= FINEST
            for context in self.dcontext.ccontexts.values()
        )
        return super().finalize()  # type: ignore[no-any-return, no-untyped-call]

    @staticmethod
    def _learn(context: Any, numbers: list[Decimal]) -> None:  # noqa: ANN401 - Beancount's own, untyped
        others = [number for number in numbers if not number.same_quantum(_CENT)]
        if cents := len(numbers) - len(others):
            context.fractional_dist.hist[_CENTS] += cents
            largest = max(map(abs, numbers))
            context.integer_max = max(context.integer_max, largest.adjusted() + 1)
        for number in others:
            context.update(number)


def _own(value: Any) -> Any:  # noqa: ANN401 - any option
    return value.copy() if isinstance(value, (list, dict, set)) else value


def parse(filename: str, text: bytes) -> Parsed:
    """Parse the *text* of a file.

    Whatever is wrong with it is told by the stock parser, which reads it again.
    """
    builder = _Builder()
    _parser.Parser(builder).parse(io.BytesIO(text), filename=filename, lineno=1)
    entries, errors, options = builder.finalize()
    if errors:
        entries, errors, options = parser.parse_file(io.BytesIO(text), report_filename=filename)
    return Parsed(entries, errors, options, builder.countable, builder.repeats_keys or bool(errors))
