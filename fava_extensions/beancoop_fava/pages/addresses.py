"""What a figure means, written in the address of its entries and read from it again."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, get_args

from beancoop.statements.meaning import RULES, Meaning, Part, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SIDES, _PARTS = get_args(Side), get_args(Part)
_BETWEEN = ","
_PLAIN = Meaning()


def written(meaning: Meaning) -> dict[str, str]:
    """Give the parameters that say *meaning*; what is as usual is left out."""
    return {
        name: _text(value)
        for field, name in _NAMES.items()
        if (value := getattr(meaning, field)) != getattr(_PLAIN, field)
    }


def read(parameters: Mapping[str, str]) -> Meaning:
    """Read what the parameters of an address say; others, such as Fava's own, are passed over.

    Raises:
        ValueError: one of them cannot be read.

    """
    values: dict[str, Any] = {
        field: _READ[field](parameters[name]) for field, name in _NAMES.items() if name in parameters
    }
    return Meaning(**values)


def is_asked(parameters: Mapping[str, str]) -> bool:
    """Say whether an address means any figure at all."""
    return any(name in parameters for name in _NAMES.values())


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return _BETWEEN.join(value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def _several(text: str) -> tuple[str, ...]:
    return tuple(each for each in text.split(_BETWEEN) if each)


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def read_one(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return read_one


def _yes(text: str) -> bool:
    return _one_of(("0", "1"))(text) == "1"


def _sign(text: str) -> int:
    return int(_one_of(("1", "-1"))(text))


_NAMES = {
    "rule": "figure",
    "unit": "unit",
    "numbers": "numbers",
    "but": "without",
    "roots": "roots",
    "accounts": "accounts",
    "since": "from",
    "until": "until",
    "day": "day",
    "party": "party",
    "item": "item",
    "entry": "entry",
    "position": "posting",
    "side": "side",
    "part": "part",
    "in_currency": "held",
    "over": "over",
    "upto": "upto",
    "sign": "sign",
}
"""How each part of a meaning is called in an address; none is a name that Fava gives to a filter of its own."""

_READ: Mapping[str, Callable[[str], object]] = {
    "rule": _one_of(RULES),
    "unit": str,
    "numbers": _several,
    "but": _several,
    "roots": _several,
    "accounts": _several,
    "since": datetime.date.fromisoformat,
    "until": datetime.date.fromisoformat,
    "day": datetime.date.fromisoformat,
    "party": str,
    "item": str,
    "entry": str,
    "position": int,
    "side": _one_of(_SIDES),
    "part": _one_of(_PARTS),
    "in_currency": _yes,
    "over": int,
    "upto": int,
    "sign": _sign,
}
