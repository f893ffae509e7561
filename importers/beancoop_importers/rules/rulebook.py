"""The file of the accountant's rules (see `rules`): read whole or refused, with the line of what is wrong."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from beancoop.storage.atomic import read_text
from beancoop.words.messages import error, phrase

from beancoop_importers.model.statement import Refused
from beancoop_importers.rules.rules import INVOICE, MOVEMENT, THEN, WHEN, Expected, Rule, Rules, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import NoReturn

NOT_TOML = error("BC1270", "this is not TOML: {reason}")
NOT_TEXT = error("BC1289", "the rules cannot be read as UTF-8 text ({reason}); correct the file.")
UNKNOWN_TABLE = error("BC1271", "{key} is unknown here; expected [[movement]] or [[invoice]].")
NO_TABLE = error("BC1272", "each rule is a table of its own; expected {table} on a line above it.")
UNKNOWN_KEY = error("BC1273", "{key} is unknown in a rule; expected name, when and then.")
SAME_NAME = error("BC1274", "another rule is called {name}; each has a name of its own.")
NO_RESULT = error("BC1275", "`then` tells neither an account nor a unit; give one of them.")
NO_PART = error("BC1276", "the rule has no `{part}`; expected such as {example}.")
UNKNOWN_IN_PART = error("BC1277", "{key} is unknown in `{part}`; expected one of {keys}.")
NOTHING = phrase("nothing")


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
        raise Refused(NOT_TOML(reason=error), int(place[1]) if place else (text or "").count("\n") + 1) from None
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(NOT_TEXT(reason=error)) from None
    reader = _Reader((text or "").splitlines())
    for kind in tables:
        if kind not in WHEN:
            reader.refuse(UNKNOWN_TABLE(key=repr(kind)), kind)
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
            self.refuse(NO_TABLE(table=f"[[{kind}]]"), kind)
        rules = []
        for head, table in zip(heads, tables, strict=True):
            self.within = range(head, next((top for top in tops if top > head), len(self.lines)))
            rules.append(self._rule(kind, table))
        self.within = range(len(self.lines))
        return tuple(rules)

    def _rule(self, kind: str, table: Mapping[str, object]) -> Rule:
        for key in table.keys() - {"name", "when", "then"}:
            self.refuse(UNKNOWN_KEY(key=repr(key)), key)
        name = self._value("name", table.get("name"), text_of)
        if name in self.names:
            self.refuse(SAME_NAME(name=repr(name)), "name")
        self.names.add(name)
        conditions = self._read("when", table.get("when"), WHEN[kind])
        results = self._read("then", table.get("then"), THEN[kind])
        if not results.keys() & {"account", "unit"}:
            self.refuse(NO_RESULT(), "then")
        return Rule(name, tuple(conditions.values()), **results)

    def _read(self, part: str, table: object, keys: Mapping[str, Callable[[object], _Value]]) -> dict[str, _Value]:
        if not isinstance(table, dict) or not table:
            self.refuse(NO_PART(part=part, example=f"{part} = {{ {_EXAMPLES[part]} }}"), part)
        for key in table:
            if key not in keys:
                self.refuse(UNKNOWN_IN_PART(key=repr(key), part=part, keys=list(keys)), key)
        return {key: self._value(key, value, keys[key]) for key, value in table.items()}

    def _value(self, key: str, value: object, read: Callable[[object], _Value]) -> _Value:
        try:
            return read(value)
        except Expected as expected:
            said = NOTHING if value is None else repr(value)
            self.refuse(expected.template(key=key, said=said, **expected.values), key)
