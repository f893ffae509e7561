"""The cooperative's own `custom` directives, checked word by word (contract, section 4).

What passes here is well formed: the right values, of the right types, under known keys, each once. What the directives
mean together (a unit declared twice, a resume without a pause) is judged by `register`.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import new_metadata

from beancoop.model import doubts
from beancoop.model.accounts import is_unit, parse_account
from beancoop.model.doubts import Doubts
from beancoop.model.findings import BeancoopError
from beancoop.model.months import Month
from beancoop.model.pcmn import TREASURY
from beancoop.model.periods import parse_year
from beancoop.model.repeated_keys import Sources
from beancoop.words.messages import error, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from beancount.core.data import Custom

    from beancoop.words.messages import Template, Text

ACTIVITY, TERMS, PAUSE, RESUME, EXIT = (
    "activity",
    "activity-terms",
    "activity-pause",
    "activity-resume",
    "activity-exit",
)
FOLLOW_UP, MEETING, CLOSED = "follow-up", "meeting", "closed"
COOPERATIVE, COOPERATIVE_TERMS = "cooperative", "cooperative-terms"
LEVIED_IN = "levied-in"
"""What the seal of a year says: the month in which the year's `#inventory` entries change the contribution."""
VAT_RETURN = "vat-return"
GRID, CARRY = "grid-", "carry-"
"""What the keys of a filed return begin with, before a grid's two digits."""

OUTCOMES = ("independent", "employed", "cooperative", "jobseeker", "stopped")
MARGINS = ("direct", "operating")
NEGATIVES = ("refund", "carry")
SETTLEMENTS = ("account", "treasury")


WRONG_COUNT = error(
    "BC101",
    '{count} value is given to "{directive}"; write it as in: {example}.',
    '{count} values are given to "{directive}"; write it as in: {example}.',
)
WRONG_VALUE = error("BC102", '"{directive}" has {value} where it takes {expected}.')
WRONG_TERM = error("BC103", '"{directive}" has {key}: {value}; write {expected}.')
UNKNOWN_KEY = error("BC104", '"{directive}" has an unknown key "{key}"; it takes: {known}.')
KEY_OF_NONE = error("BC105", '"{directive}" has a key "{key}", and takes none; take the line out.')
KEY_TWICE = error("BC106", '"{directive}" has the key "{key}" twice; write it once: {expected}.')
UNKNOWN_DIRECTIVE = error("BC107", '"{directive}" is not a known directive; the directives are: {known}.')
NOTHING_GIVEN = phrase("nothing")


class Expectation(NamedTuple):
    """What one value must be: a test, and the words that name it in a message.

    Attributes:
        words: a phrase that stands after "it takes" in each language; its place `{choices}` is for the choices.
        holds: the test.
        choices: what may be written, where there is a choice.

    """

    words: Template
    holds: Callable[[object], bool]
    choices: tuple[str, ...] = ()

    def told(self) -> Text:
        """Name what is expected, in the language in force."""
        return self.words(choices=", ".join(f'"{choice}"' for choice in self.choices))


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_unit(value: object) -> bool:
    return isinstance(value, str) and is_unit(value)


def _one_of(*choices: str) -> Expectation:
    return Expectation(phrase("one of {choices}"), lambda value: value in choices, choices)


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _is_rate(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1  # type: ignore[operator]


def _is_count(value: object) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)  # type: ignore[call-overload, operator]


def _is_months(value: object) -> bool:
    return _is_count(value) and 1 <= value <= LONGEST  # type: ignore[operator]


def _is_allowance(value: object) -> bool:
    return isinstance(value, Amount) and _is_number(value.number) and value.number >= 0  # type: ignore[operator]


def _is_amount(value: object) -> bool:
    return isinstance(value, Amount) and _is_number(value.number)


def _is_vat_period(value: object) -> bool:
    return isinstance(value, str) and _VAT_PERIOD.fullmatch(value) is not None


def _is_month(value: object) -> bool:
    return isinstance(value, str) and Month.parse(value) is not None


def _is_closed_period(value: object) -> bool:
    return _is_month(value) or (isinstance(value, str) and parse_year(value) is not None)


def _is_treasury(value: object) -> bool:
    return isinstance(value, str) and value.startswith(TREASURY) and parse_account(f"A:{value[:2]}:{value}") is not None


def _is_date(value: object) -> bool:
    return isinstance(value, datetime.date)


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _is_unit_list(value: object) -> bool:
    return isinstance(value, str) and all(map(is_unit, value.split()))


def _is_enterprise(value: object) -> bool:
    from stdnum.be import vat  # noqa: PLC0415 - few directives have such a number, and stdnum brings the web along

    return isinstance(value, str) and _TEN_DIGITS.fullmatch(value) is not None and vat.is_valid(value)


def _is_day_of_year(value: object) -> bool:
    return isinstance(value, str) and _DAY_OF_YEAR.fullmatch(value) is not None and _exists(value)


def _exists(month_and_day: str) -> bool:
    try:
        datetime.date.fromisoformat(f"2025-{month_and_day}")  # no leap year: a year begins each year on that day
    except ValueError:
        return False
    return True


_TEN_DIGITS, _DAY_OF_YEAR = re.compile(r"\d{10}"), re.compile(r"\d\d-\d\d")
_HEX = re.compile("(?:[0-9a-f]{64})?")
_VAT_PERIOD = re.compile(r"\d{4}-(?:Q[1-4]|0[1-9]|1[0-2])")
_GRID = re.compile(r"(.+-)\d\d")
LONGEST = 1200
"""Months in a century: beyond, the number is a slip of the finger."""

_UNIT = Expectation(phrase('a unit\'s code in quotes, such as "A001"'), _is_unit)
_TEXT = Expectation(phrase('a text in quotes, such as "Menuiserie"'), _text)
_HASH = Expectation(phrase("64 hexadecimal digits in quotes"), _is_hash)
_TERMS: Mapping[str, Expectation] = {
    "trade": _TEXT,
    "rate": Expectation(phrase("a number from 0 to 1, such as 0.10"), _is_rate),
    "margin": _one_of(*MARGINS),
    "negative": _one_of(*NEGATIVES),
    "settlement": _one_of(*SETTLEMENTS),
    "treasury": Expectation(phrase('a bank account in quotes, such as "5500-Banque"'), _is_treasury),
    "months": Expectation(phrase("a whole number of months, such as 18"), _is_months),
    "overdraft": Expectation(phrase("an amount of zero or more, such as 0 EUR"), _is_allowance),
}

TERM_KEYS = tuple(_TERMS)
EVERYTHING = (*TERM_KEYS, doubts.UNIT, doubts.EXIT, doubts.PAUSE)


_COOPERATIVE_TERMS: Mapping[str, Expectation] = {
    "enterprise": Expectation(
        phrase('an enterprise number of 10 digits in quotes, such as "0123456749"'), _is_enterprise
    ),
    "vat-period": _one_of("quarter", "month"),
    "dividend-ceiling": Expectation(phrase("a number from 0 to 1, such as 0.06"), _is_rate),
    "withholding": Expectation(phrase("a number from 0 to 1, such as 0.30"), _is_rate),
}
_YEAR: Mapping[str, Expectation] = {
    "year-start": Expectation(phrase('a month and a day in quotes, such as "01-01"'), _is_day_of_year),
    "first-year": Expectation(phrase("a date, such as 2024-10-01"), _is_date),
    "first-year-end": Expectation(phrase("a date, such as 2025-12-31"), _is_date),
}


class Form(NamedTuple):
    """The form of one directive.

    Attributes:
        values: its values in order.
        keys: the metadata it may carry.
        example: its values as they may be written.
        says: what is in doubt where it is refused.
        by_grid: the metadata it may carry for each grid of a return, by what stands before the grid's two digits.

    """

    values: tuple[Expectation, ...]
    keys: Mapping[str, Expectation]
    example: str
    says: tuple[str, ...] = ()
    by_grid: Mapping[str, Expectation] = {}

    def expects(self, key: str) -> Expectation | None:
        """Give what a key takes; None where the directive has no such key."""
        match = _GRID.fullmatch(key) if self.by_grid else None
        return self.by_grid.get(match[1]) if match else self.keys.get(key)

    @property
    def known(self) -> str:
        """Its keys, as a message names them."""
        return ", ".join([*(f"{prefix}NN" for prefix in self.by_grid), *self.keys])


FORMS: Mapping[str, Form] = {
    COOPERATIVE: Form((_TEXT,), {**_COOPERATIVE_TERMS, **_YEAR}, '"Les Sources SC"'),
    COOPERATIVE_TERMS: Form((_TEXT,), _COOPERATIVE_TERMS, '"Les Sources SC"'),
    ACTIVITY: Form((_UNIT,), _TERMS, '"A001"', EVERYTHING),
    TERMS: Form((_UNIT,), _TERMS, '"A001"', TERM_KEYS),
    PAUSE: Form((_UNIT,), {}, '"A001"', (doubts.PAUSE,)),
    RESUME: Form((_UNIT,), {}, '"A001"', (doubts.PAUSE,)),
    EXIT: Form((_UNIT, _one_of(*OUTCOMES)), {}, '"A001" "independent"', (doubts.EXIT,)),
    FOLLOW_UP: Form(
        (
            _UNIT,
            Expectation(phrase('a domain in quotes, such as "commercial"'), _text),
            Expectation(phrase("a number of hours, such as 1.5"), lambda value: _is_number(value) and value > 0),  # type: ignore[operator]
        ),
        {},
        '"A001" "commercial" 1.5',
    ),
    MEETING: Form(
        (Expectation(phrase('a kind of meeting in quotes, such as "monthly"'), _text),),
        {"attended": Expectation(phrase('units separated by blanks, such as "A001 A003"'), _is_unit_list)},
        '"monthly"',
    ),
    CLOSED: Form(
        (
            Expectation(phrase('a month or a year in quotes, such as "2026-03" or "2026"'), _is_closed_period),
            _UNIT,
        ),
        {
            "entries": Expectation(phrase("a number of entries"), _is_count),
            "sha256": _HASH,
            "previous": _HASH,
            "units": _HASH,
            LEVIED_IN: Expectation(phrase('a month in quotes, such as "2026-03"'), _is_month),
        },
        '"2026-03" "A001"',
        (doubts.SEAL,),
    ),
    VAT_RETURN: Form(
        (Expectation(phrase('a period in quotes, such as "2026-Q1" or "2026-03"'), _is_vat_period),),
        {
            "sha256": _HASH,
            "xml-sha256": _HASH,
            "replaces": _TEXT,
            "reference": _TEXT,
            "paid": Expectation(phrase("a date, such as 2026-04-20"), _is_date),
        },
        '"2026-Q1"',
        by_grid=dict.fromkeys((GRID, CARRY), Expectation(phrase("an amount, such as 120.00 EUR"), _is_amount)),
    ),
}

_FOREIGN = ("fava-", "budget")
"""Fava's own directives, which are not ours to judge."""


_PLACE = ("filename", "lineno")


class Declaration(NamedTuple):
    """A directive of ours as far as it could be read.

    Attributes:
        kind: its type, `activity` and so on.
        date: its date.
        values: its values in order.
        terms: its known and valid metadata.
        entry: the directive itself.

    """

    kind: str
    date: datetime.date
    values: tuple[str, ...]
    terms: Mapping[str, object]
    entry: Custom


class Declarations(NamedTuple):
    """What could be read of the directives; what is wrong; and what that leaves open."""

    read: list[Declaration]
    errors: list[BeancoopError]
    doubts: Doubts


def read_declarations(customs: Iterable[Custom], files: Iterable[str]) -> Declarations:
    """Check each directive on its own; what is wrong in one never hides another.

    A directive whose values are wrong is no declaration at all; one with a wrong key is one without that key.

    Args:
        customs: the directives.
        files: those in which a key may stand twice.

    """
    found = Declarations([], [], Doubts())
    sources = Sources(files)
    for entry in customs:
        form = FORMS.get(entry.type)
        if form is not None:
            _read(entry, form, found, sources)
        elif not entry.type.startswith(_FOREIGN):
            found.errors.append(_error(entry, UNKNOWN_DIRECTIVE(directive=entry.type, known=", ".join(FORMS))))
            found.doubts.add_unread(entry)
    return found


def take_declarations(customs: Iterable[Custom]) -> list[Declaration]:
    """Give what directives say with which nothing is wrong: `read_declarations` has read each before."""
    own = [entry for entry in customs if entry.type in FORMS]
    return [Declaration(each.type, each.date, _values(each), _said(each), each) for each in own]


def in_order(declared: Iterable[Declaration]) -> list[Declaration]:
    """Give declarations by date, file and line."""
    return sorted(declared, key=lambda each: _place(each.entry))


def _values(entry: Custom) -> tuple[str, ...]:
    return tuple([str(value.value) for value in entry.values or ()])


def _said(entry: Custom) -> dict[str, object]:
    """Give the metadata that somebody wrote."""
    return {key: value for key, value in entry.meta.items() if key not in _PLACE and not key.startswith("__")}


def _place(entry: Custom) -> tuple[datetime.date, str, int]:
    return entry.date, entry.meta["filename"], entry.meta["lineno"]


def _read(entry: Custom, form: Form, found: Declarations, sources: Sources) -> None:
    said = _said(entry)
    wrong = _judge_values(entry, form)
    judged = ((key, _judge_key(entry, form, key, value)) for key, value in said.items())
    odd = {key: refusal for key, refusal in judged if refusal is not None}
    refused = odd | _judge_repeated(entry, form, sources)  # of one written twice that alone
    found.errors.extend([*wrong, *refused.values()])
    if wrong:
        found.doubts.add_refused(entry, form.says, declares=entry.type == ACTIVITY)
        return
    for key in refused:  # an unknown key may be any other, misspelt
        found.doubts.add_refused(entry, (key,) if form.expects(key) else form.keys)
    terms = {key: value for key, value in said.items() if key not in odd} if odd else said
    found.read.append(Declaration(entry.type, entry.date, _values(entry), terms, entry))


def _judge_values(entry: Custom, form: Form) -> list[BeancoopError]:
    given = [value.value for value in entry.values or ()]
    if len(given) != len(form.values):
        example = f'custom "{entry.type}" {form.example}'
        return [_error(entry, WRONG_COUNT(directive=entry.type, example=example, count=len(given)))]
    return [
        _error(entry, WRONG_VALUE(directive=entry.type, value=_show(value), expected=expectation.told()))
        for value, expectation in zip(given, form.values, strict=True)
        if not expectation.holds(value)
    ]


def _judge_key(entry: Custom, form: Form, key: str, value: object) -> BeancoopError | None:
    """Say what is wrong with a piece of metadata that somebody wrote."""
    expectation = form.expects(key)
    if expectation is None and not form.keys:
        return _error(entry, KEY_OF_NONE(directive=entry.type, key=key))
    if expectation is None:
        return _error(entry, UNKNOWN_KEY(directive=entry.type, key=key, known=form.known))
    if not expectation.holds(value):
        message = WRONG_TERM(directive=entry.type, key=key, value=_show(value), expected=expectation.told())
        return _error(entry, message)
    return None


def _judge_repeated(entry: Custom, form: Form, sources: Sources) -> dict[str, BeancoopError]:
    """Give each key that is written twice, and where."""
    wrong = {}
    for key, line in sources.repeated_keys(entry):
        if expectation := form.expects(key):
            message = KEY_TWICE(directive=entry.type, key=key, expected=expectation.told())
            wrong[key] = BeancoopError(new_metadata(entry.meta["filename"], line), message, entry)
    return wrong


def _show(value: object) -> str | Template:
    """Write a value as the accountant wrote it."""
    if value is None:
        return NOTHING_GIVEN
    if isinstance(value, bool):
        return str(value).upper()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _error(entry: Custom, message: str) -> BeancoopError:
    return BeancoopError(entry.meta, message, entry)
