"""The cooperative's own `custom` directives, checked word by word (contract, section 4).

What passes here is well formed: the right values, of the right types, under known keys. What the directives mean
together (a unit declared twice, a resume without a pause) is judged by `register`.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from stdnum.be import vat as enterprise_number

from beancoop.model.accounts import is_unit, parse_account
from beancoop.model.findings import BeancoopError
from beancoop.model.months import Month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from beancount.core.data import Custom

ACTIVITY, TERMS, PAUSE, RESUME, EXIT = (
    "activity",
    "activity-terms",
    "activity-pause",
    "activity-resume",
    "activity-exit",
)
FOLLOW_UP, MEETING, CLOSED = "follow-up", "meeting", "closed"
COOPERATIVE, COOPERATIVE_TERMS = "cooperative", "cooperative-terms"

OUTCOMES = ("independent", "employed", "cooperative", "jobseeker", "stopped")
MARGINS = ("direct", "operating")
NEGATIVES = ("refund", "carry")
SETTLEMENTS = ("account", "treasury")


class Expectation(NamedTuple):
    """What one value must be: a test, and the words that name it in a message."""

    words: str
    holds: Callable[[object], bool]


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_unit(value: object) -> bool:
    return isinstance(value, str) and is_unit(value)


def _one_of(*words: str) -> Expectation:
    return Expectation("one of " + ", ".join(f'"{word}"' for word in words), lambda value: value in words)


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _is_rate(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1  # type: ignore[operator]


def _is_count(value: object) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)  # type: ignore[call-overload, operator]


def _is_months(value: object) -> bool:
    return _is_count(value) and 1 <= value <= _LONGEST  # type: ignore[operator]


def _is_allowance(value: object) -> bool:
    return isinstance(value, Amount) and _is_number(value.number) and value.number >= 0  # type: ignore[operator]


def _is_treasury(value: object) -> bool:
    return isinstance(value, str) and value.startswith("5") and parse_account(f"A:{value[:2]}:{value}") is not None


def _is_date(value: object) -> bool:
    return isinstance(value, datetime.date)


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _is_unit_list(value: object) -> bool:
    return isinstance(value, str) and all(map(is_unit, value.split()))


def _is_enterprise(value: object) -> bool:
    return isinstance(value, str) and _TEN_DIGITS.fullmatch(value) is not None and enterprise_number.is_valid(value)


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
_LONGEST = 1200
"""Months in a century: beyond, the number is a slip of the finger."""

_UNIT = Expectation('a unit\'s code in quotes, such as "A001"', _is_unit)
_TEXT = Expectation("a text in quotes", _text)
_HASH = Expectation("64 hexadecimal digits in quotes", _is_hash)
_TERMS: Mapping[str, Expectation] = {
    "trade": _TEXT,
    "rate": Expectation("a number from 0 to 1, such as 0.10", _is_rate),
    "margin": _one_of(*MARGINS),
    "negative": _one_of(*NEGATIVES),
    "settlement": _one_of(*SETTLEMENTS),
    "treasury": Expectation('a bank account in quotes, such as "5500-Banque"', _is_treasury),
    "months": Expectation("a whole number of months, such as 18", _is_months),
    "overdraft": Expectation("an amount of zero or more, such as 0 EUR", _is_allowance),
}


_COOPERATIVE_TERMS: Mapping[str, Expectation] = {
    "enterprise": Expectation('an enterprise number of 10 digits in quotes, such as "0123456749"', _is_enterprise),
    "vat-period": _one_of("quarter", "month"),
    "dividend-ceiling": Expectation("a number from 0 to 1, such as 0.06", _is_rate),
    "withholding": Expectation("a number from 0 to 1, such as 0.30", _is_rate),
}
_YEAR: Mapping[str, Expectation] = {
    "year-start": Expectation('a month and a day in quotes, such as "01-01"', _is_day_of_year),
    "first-year": Expectation("a date, such as 2024-10-01", _is_date),
    "first-year-end": Expectation("a date, such as 2025-12-31", _is_date),
}


class Form(NamedTuple):
    """The form of one directive: its values in order, and the metadata it may carry."""

    values: tuple[Expectation, ...]
    keys: Mapping[str, Expectation]


FORMS: Mapping[str, Form] = {
    COOPERATIVE: Form((_TEXT,), {**_COOPERATIVE_TERMS, **_YEAR}),
    COOPERATIVE_TERMS: Form((_TEXT,), _COOPERATIVE_TERMS),
    ACTIVITY: Form((_UNIT,), _TERMS),
    TERMS: Form((_UNIT,), _TERMS),
    PAUSE: Form((_UNIT,), {}),
    RESUME: Form((_UNIT,), {}),
    EXIT: Form((_UNIT, _one_of(*OUTCOMES)), {}),
    FOLLOW_UP: Form(
        (
            _UNIT,
            Expectation('a domain in quotes, such as "commercial"', _text),
            Expectation("a number of hours, such as 1.5", lambda value: _is_number(value) and value > 0),  # type: ignore[operator]
        ),
        {},
    ),
    MEETING: Form(
        (Expectation('a kind of meeting in quotes, such as "monthly"', _text),),
        {"attended": Expectation('units separated by blanks, such as "A001 A003"', _is_unit_list)},
    ),
    CLOSED: Form(
        (
            Expectation(
                'a month in quotes, such as "2026-03"',
                lambda value: isinstance(value, str) and Month.parse(value) is not None,
            ),
            _UNIT,
        ),
        {
            "entries": Expectation("a number of entries", _is_count),
            "sha256": _HASH,
            "previous": _HASH,
            "units": _HASH,
        },
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
        sound: whether nothing in it was refused; a directive whose values are wrong is not a declaration at all.

    """

    kind: str
    date: datetime.date
    values: tuple[str, ...]
    terms: Mapping[str, object]
    entry: Custom
    sound: bool


def read_declarations(customs: Iterable[Custom]) -> tuple[list[Declaration], list[BeancoopError]]:
    """Check each directive on its own; what is wrong in one never hides another.

    Returns:
        The declarations by date, file and line, and the errors.

    """
    declarations: list[Declaration] = []
    errors: list[BeancoopError] = []
    for entry in sorted(customs, key=_place):
        form = FORMS.get(entry.type)
        if form is not None:
            declaration = _read(entry, form, errors)
            if declaration is not None:
                declarations.append(declaration)
        elif not entry.type.startswith(_FOREIGN):
            errors.append(_unknown_kind(entry))
    return declarations, errors


def _place(entry: Custom) -> tuple[datetime.date, str, int]:
    return entry.date, entry.meta["filename"], entry.meta["lineno"]


def _read(entry: Custom, form: Form, errors: list[BeancoopError]) -> Declaration | None:
    """Read one directive; None where its values are not what it takes."""
    before = len(errors)
    values = _read_values(entry, form, errors)
    are_sound = len(errors) == before
    terms = _read_terms(entry, form, errors)
    return Declaration(entry.type, entry.date, values, terms, entry, len(errors) == before) if are_sound else None


def _read_values(entry: Custom, form: Form, errors: list[BeancoopError]) -> tuple[str, ...]:
    given = [value.value for value in entry.values or ()]
    if len(given) != len(form.values):
        wanted = ", then ".join(expectation.words for expectation in form.values)
        errors.append(_error(entry, f'"{entry.type}" takes {wanted}; {len(given)} values are given'))
    else:
        errors += [
            _error(entry, f'"{entry.type}" has {_show(value)} where it takes {expectation.words}')
            for value, expectation in zip(given, form.values, strict=True)
            if not expectation.holds(value)
        ]
    return tuple(map(str, given))


def _read_terms(entry: Custom, form: Form, errors: list[BeancoopError]) -> dict[str, object]:
    terms: dict[str, object] = {}
    for key, value in entry.meta.items():
        if key in _PLACE or key.startswith("__"):
            continue
        expectation = form.keys.get(key)
        if expectation is None:
            known = ", ".join(form.keys) or "none"
            errors.append(_error(entry, f'"{entry.type}" has an unknown key "{key}"; it takes: {known}'))
        elif expectation.holds(value):
            terms[key] = value
        else:
            errors.append(_error(entry, f'"{entry.type}" has {key}: {_show(value)}; write {expectation.words}'))
    return terms


def _unknown_kind(entry: Custom) -> BeancoopError:
    return _error(entry, f'"{entry.type}" is not a known directive; the directives are: {", ".join(FORMS)}')


def _show(value: object) -> str:
    """Write a value as the accountant wrote it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _error(entry: Custom, message: str) -> BeancoopError:
    return BeancoopError(entry.meta, f"{message}.", entry)
