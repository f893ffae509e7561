"""The file of the accountant's rules (see `rules`): read whole or refused, with the line of what is wrong."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from beancoop.storage.atomic import read_text

from beancoop_importers.model.statement import Refused
from beancoop_importers.rules.rules import INVOICE, MOVEMENT, THEN, WHEN, Expected, Rule, Rules, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import NoReturn

RULES_FILE = "rules.toml"
"""How the file is called, beside the main ledger."""

_EXAMPLES = {"when": 'text = "loyer"', "then": 'account = "610-Loyers"'}
_Value = TypeVar("_Value")


def read_rules(path: Path) -> Rules:
    """Read the rules at *path*; none where there is no such file.

    Raises:
        Refused: the file cannot be read, or something in it is not as expected; with its line.

    """
    try:
        text = read_text(path)
        tables = tomllib.loads(text or "", parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line ([0-9]+), column [0-9]+\)", str(error))
        raise Refused(f"this is not TOML: {error}", int(place[1]) if place else (text or "").count("\n") + 1) from None
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"the rules cannot be read as UTF-8 text ({error}); correct the file.") from None
    reader = _Reader((text or "").splitlines())
    for kind in tables:
        if kind not in WHEN:
            reader.refuse(f"{kind!r} is unknown here; expected [[{MOVEMENT}]] or [[{INVOICE}]].", kind)
    rules = {kind: reader.rules(kind, tables.get(kind, [])) for kind in WHEN}
    return Rules(rules[MOVEMENT], rules[INVOICE])


class _Reader:
    """Reads the tables of a file, and finds the line of what is wrong in them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.names: set[str] = set()
        self.within = range(len(lines))  # the lines of the table that is being read

    def refuse(self, message: str, key: str = "") -> NoReturn:
        """Refuse the file, at the first line of the table being read that has *key*."""
        pattern = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])")
        found = (number for number in self.within if key and pattern.search(self.lines[number].partition("#")[0]))
        raise Refused(message, next(found, self.within.start) + 1)

    def rules(self, kind: str, tables: object) -> tuple[Rule, ...]:
        """Read all tables of one kind."""
        tops = [number for number, line in enumerate(self.lines) if re.match(r"\s*\[\[", line)]
        heads = [number for number in tops if re.match(rf"\s*\[\[\s*{kind}\s*\]\]", self.lines[number])]
        if not isinstance(tables, list) or len(heads) != len(tables):
            self.refuse(f"each rule is a table of its own; expected [[{kind}]] on a line above it.", kind)
        rules = []
        for head, table in zip(heads, tables, strict=True):
            self.within = range(head, next((top for top in tops if top > head), len(self.lines)))
            rules.append(self._rule(kind, table))
        self.within = range(len(self.lines))
        return tuple(rules)

    def _rule(self, kind: str, table: Mapping[str, object]) -> Rule:
        for key in table.keys() - {"name", "when", "then"}:
            self.refuse(f"{key!r} is unknown in a rule; expected name, when and then.", key)
        name = self._value("name", table.get("name"), text_of)
        if name in self.names:
            self.refuse(f"another rule is called {name!r}; each has a name of its own.", "name")
        self.names.add(name)
        conditions = self._read("when", table.get("when"), WHEN[kind])
        results = self._read("then", table.get("then"), THEN[kind])
        if not results.keys() & {"account", "unit"}:
            self.refuse("`then` tells neither an account nor a unit; give one of them.", "then")
        return Rule(name, tuple(conditions.values()), **results)

    def _read(self, part: str, table: object, keys: Mapping[str, Callable[[object], _Value]]) -> dict[str, _Value]:
        if not isinstance(table, dict) or not table:
            self.refuse(f"the rule has no `{part}`; expected such as {part} = {{ {_EXAMPLES[part]} }}.", part)
        for key in table:
            if key not in keys:
                self.refuse(f"{key!r} is unknown in `{part}`; expected one of {', '.join(keys)}.", key)
        return {key: self._value(key, value, keys[key]) for key, value in table.items()}

    def _value(self, key: str, value: object, read: Callable[[object], _Value]) -> _Value:
        try:
            return read(value)
        except Expected as expected:
            said = "nothing" if value is None else repr(value)
            self.refuse(f"{key} is {said}; expected {expected}.", key)
