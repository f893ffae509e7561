"""A rule for next time: from one decision, in the words that `rules.toml` is written in."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.pcmn import CUSTOMERS, SUPPLIERS, TREASURY
from beancoop.storage.atomic import read_text
from beancoop.storage.step import Change
from beancoop.words.messages import error

from beancoop_importers.model.statement import Refused
from beancoop_importers.rules.rulebook import read_rules
from beancoop_importers.rules.rules import Rules, first_match

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop_importers.deciding.case import Case

NOT_TAKEN = error("BC1296", "the rule would not be taken for this movement; nothing was added to {file}.")
_NOT_FOR_ALL = (CUSTOMERS, SUPPLIERS, TREASURY)


class NewRule(NamedTuple):
    """A rule that is offered.

    Attributes:
        name: how it is called.
        text: as it is to stand in the file.

    """

    name: str
    text: str


def rule_from(case: Case, account: str, rules: Rules) -> NewRule | None:
    """Write the rule that would book *case* on *account*; None where none would do.

    Where a rule holds already, one that comes after it would never be tried. A customer's or a supplier's account is
    settled by its invoices, and money between accounts of ours has no other party.
    """
    name, facts = parse_account(account), case.facts
    if name is None or not name.unit or not case.bank or name.number.startswith(_NOT_FOR_ALL):
        return None
    if first_match(rules.movements, facts) or (name.unit != case.item.unit and not case.is_shared):
        return None
    conditions = {
        "counterparty_account": facts.counterparty_account,
        "counterparty": "" if facts.counterparty_account else facts.counterparty,
        "text": "" if facts.counterparty_account or facts.counterparty else _lasting(facts.text),
    }
    told = {key: value for key, value in conditions.items() if value.strip()}
    if not told:
        return None
    when = {**({} if case.is_shared else {"unit": name.unit}), **told, "direction": "in" if case.amount > 0 else "out"}
    then = {**({"unit": name.unit} if case.is_shared else {}), "account": name.stem, "flag": "*"}
    called = _unlike(f"{facts.counterparty or next(iter(told.values()))} : {name.stem}", rules)
    text = f"[[movement]]\nname = {_quoted(called)}\nwhen = {_table(when)}\nthen = {_table(then)}\n"
    return NewRule(called, text)


def appended(path: Path, rule: NewRule) -> Change:
    """Give the change that adds *rule* at the end of the file, where it is tried last; all else stays as it is."""
    before = read_text(path)
    begun = before or ""
    if begun and not begun.endswith("\n"):
        begun += "\n"
    return Change(path, before, f"{begun}\n{rule.text}" if begun else rule.text)


def proved(path: Path, rule: NewRule, case: Case) -> Rules:
    """Read the rules again, and see that the new one is taken.

    Raises:
        Refused: it is not, or the file cannot be read any more.

    """
    rules = read_rules(path)
    found = first_match(rules.movements, case.facts)
    if found is None or found.name != rule.name:
        raise Refused(NOT_TAKEN(file=path.name))
    return rules


def _lasting(text: str) -> str:
    """Give the words a text begins with, up to a figure: dates, hours and numbers will be others the next time."""
    words = takewhile(lambda word: not any(map(str.isdecimal, word)), text.split())
    return " ".join(words)


def _unlike(name: str, rules: Rules) -> str:
    """Give a name that no other rule has."""
    taken = {one.name for one in (*rules.movements, *rules.invoices)}
    number, own = 1, name
    while own in taken:
        number += 1
        own = f"{name} ({number})"
    return own


def _table(values: dict[str, str]) -> str:
    return f"{{ {', '.join(f'{key} = {_quoted(value)}' for key, value in values.items())} }}"


def _quoted(text: str) -> str:
    """Write a text as TOML does: as JSON, but for one character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
