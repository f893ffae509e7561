"""Take the names of the other units out of what one unit takes along.

An entry of one unit may name another: the payee of an internal service, a link, a note. Each code becomes a word that
tells nobody who it was, and stays the same wherever it stood: links that bound two entries still do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from beancount.core.data import Directive

    DirectiveT = TypeVar("DirectiveT", bound=Directive)

THE_STRUCTURE = "structure"
ANOTHER = "autre-{}"
"""The words in the place of codes: made of what a link may hold, and no code, since a code has capitals alone."""

NAMED_ANOTHER = error("BC1301", 'This names another unit: "{before}" is now "{after}".')

_LIKE_A_CODE = re.compile(r"(?<![^\W_])[A-Z][A-Z0-9-]*+(?![^\W_])")
_NO_NAMES = frozenset(("date", "flag", "currency", "currencies", "booking", "dtype"))


class Replaced(NamedTuple):
    """A text that named another unit, and what it is now."""

    before: str
    after: str

    def told_at(self, entry: Directive) -> Finding:
        """Tell of it where *entry* stands."""
        return Finding.at(entry, NAMED_ANOTHER(before=self.before, after=self.after))


class Discretion:
    """Knows the units whose codes are not to be seen, and the words that stand for them."""

    def __init__(self, unit: str, others: Iterable[str]) -> None:
        """Start with the codes of the *others*, of which *unit* itself is none."""
        self.others = frozenset(others) - {unit}
        self._known = self.others | {unit}
        self._words: dict[str, str] = {}
        self._replaced: list[Replaced] = []

    def names_another(self, text: str) -> bool:
        """Say whether *text* holds the code of another unit."""
        codes = (code for found in _LIKE_A_CODE.finditer(text) for code in self._split(found[0]))
        return not self.others.isdisjoint(codes)

    def hints_at_another(self, text: str) -> bool:
        """Say whether the code of another unit stands anywhere in *text*, be it glued to letters or in small ones."""
        longest_first = sorted(self._known - {COOP}, key=len, reverse=True)  # A001-B is not A001
        codes = re.findall(rf"(?:{'|'.join(map(re.escape, longest_first))})(?![0-9])", text.upper())
        return not self.others.isdisjoint(codes) or self.names_another(text)

    def text(self, text: str) -> str:
        """Give *text* without the codes of other units."""
        clean = _LIKE_A_CODE.sub(lambda found: self._replace_in(found[0]), text)
        if clean != text:
            self._replaced.append(Replaced(text, clean))
        return clean

    def entry(self, entry: DirectiveT) -> tuple[DirectiveT, list[Replaced]]:
        """Give *entry* without the codes of other units, and what was replaced in it."""
        self._replaced = []
        clean: DirectiveT = self._clean(entry)
        return clean, self._replaced

    def _replace_in(self, code: str) -> str:
        return "-".join(self._word(part) if part in self.others else part for part in self._split(code))

    def _split(self, code: str) -> Iterator[str]:
        """Split what looks like a code, such as the invoice number A002-2026-0001, at the codes it is made of."""
        parts = code.split("-")
        while parts:
            longest = (length for length in range(len(parts), 1, -1) if "-".join(parts[:length]) in self._known)
            length = next(longest, 1)
            yield "-".join(parts[:length])
            del parts[:length]

    def _word(self, unit: str) -> str:
        if unit == COOP:
            return THE_STRUCTURE
        return self._words.setdefault(unit, ANOTHER.format(len(self._words) + 1))

    def _clean(self, value: Any) -> Any:  # noqa: ANN401 - whatever a directive may hold
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: each if _is_private(key) else self._clean(each) for key, each in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return value._replace(  # type: ignore[attr-defined]
                **{field: self._clean(getattr(value, field)) for field in value._fields if field not in _NO_NAMES}
            )
        if isinstance(value, (set, frozenset)):
            return frozenset(map(self._clean, sorted(value)))
        return type(value)(map(self._clean, value)) if isinstance(value, (list, tuple)) else value


def _is_private(key: str) -> bool:
    """Say whether metadata under *key* is Beancount's own, and never written."""
    return key in ("filename", "lineno") or key.startswith("__")
