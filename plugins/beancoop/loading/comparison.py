"""Whether two loads gave the same: to the type, the digit and the order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.display_context import Align, DisplayContext, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount.core.display_context import DisplayFormatter

_TRACEBACK = "Traceback (most recent call last)"
_SHORT = 200
_EXAMPLES = (*map(Decimal, ("0", "-1234567.891", "0.005", "1E+3")),)


class Difference(NamedTuple):
    """Where two answers part, such as `entries[3].postings[0].units.number`, and what each has there."""

    where: str
    one: str
    other: str


def first_difference(one: tuple[Any, ...], other: tuple[Any, ...]) -> Difference | None:
    """Compare the entries, errors and options of two loads.

    Of an error with a traceback the first and the last line count, and of a display context what it formats.
    """
    names = ("entries", "errors", "options")
    for name, its, others in zip(names, one, other, strict=True):
        if (found := next(_differences(its, others, name), None)) is not None:
            return found
    return None


def _differences(one: Any, other: Any, where: str) -> Iterator[Difference]:  # noqa: ANN401 - any part of a load
    if one is other:
        return
    if type(one) is not type(other):
        yield Difference(where, _shown(one), _shown(other))
    elif isinstance(one, Mapping):
        if list(one) != list(other):
            yield Difference(f"{where}, keys", _shown(list(one)), _shown(list(other)))
        for key in one:
            yield from _differences(one[key], other.get(key), f"{where}[{key!r}]")
        yield from _differences(getattr(one, "default", None), getattr(other, "default", None), f"{where}, default")
    elif isinstance(one, (list, tuple)):
        if len(one) != len(other):
            yield Difference(f"{where}, number", str(len(one)), str(len(other)))
        fields = getattr(one, "_fields", None)
        for index, (its, others) in enumerate(zip(one, other, strict=False)):
            name = f".{fields[index]}" if fields else f"[{index}]"
            yield from _differences(its, others, f"{where}{name}")
    elif _told(one) != _told(other):
        yield Difference(where, _shown(one), _shown(other))


def _told(value: object) -> object:
    """Give what makes a single value equal to another."""
    if isinstance(value, Decimal):
        return value.as_tuple()
    if isinstance(value, DisplayContext):
        return value.commas, sorted(value.ccontexts), _formatted(value)
    if isinstance(value, str) and _TRACEBACK in value:
        lines = value.strip().splitlines()
        return lines[0], lines[-1]
    return value


def _formatted(context: DisplayContext) -> list[str]:
    formatters = [context.build(align, precision) for align in Align for precision in Precision]
    return [
        _attempted(formatter, number, currency)
        for formatter in formatters
        for currency in sorted(context.ccontexts)
        for number in _EXAMPLES
    ]


def _attempted(formatter: DisplayFormatter, number: Decimal, currency: str) -> str:
    """Format a number; Beancount cannot in a currency of which it has met none but such as 1E+3."""
    try:
        return str(formatter.format(number, currency))
    except ValueError as failed:
        return str(failed)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}..."
