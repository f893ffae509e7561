"""One pass over the ledger for all rules.

A rule says of each account, once, what is to be done with its postings; the pass then calls just that. A new rule is
a class with `watch` and `finish`, a module that names it as a plugin, and a line in the suite.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Custom, Transaction

from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.provenance import PROVISIONAL, is_injected
from beancoop.model.register import Register, read_register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from beancount.core.data import Directive, Directives, Posting

    from beancoop.model.findings import BeancoopError

    Poster: TypeAlias = Callable[[Transaction, Posting], None]
    Outcome: TypeAlias = tuple[Sequence[Directive], Sequence[BeancoopError]]

SUITE = "beancoop"


class Reading(NamedTuple):
    """What one pass over the entries showed, apart from what the rules saw.

    Attributes:
        mixed: the transactions that touch several units.
        already_run: whether entries of the suite were among them.
        entries: all of them, in the order of dates, for the rare rule that has to look back.
        tagged: the transactions among them that have a tag, few as they are.

    """

    mixed: Sequence[Transaction]
    already_run: bool
    entries: Sequence[Directive]
    tagged: Sequence[Transaction]


class Rule(ABC):
    """Something that must hold, or follow, from a ledger's postings.

    Attributes:
        numbers: how the PCMN numbers begin of the accounts it may watch; "" for every account.

    """

    numbers: tuple[str, ...] = ("",)

    def __init__(self, register: Register) -> None:
        """Start with what the directives say, before any posting."""
        self.register = register

    @abstractmethod
    def watch(self, account: AccountName) -> Poster | None:
        """Give what to call with each posting to *account*, in order of dates; None for nothing.

        An account whose name is not of the contract's form comes with an empty number.
        """

    @abstractmethod
    def finish(self, reading: Reading) -> Outcome:
        """Give the entries to add and the errors, once every posting has been seen."""


class _Watched(dict[str, tuple["str | None", tuple["Poster", ...]]]):
    """For each account its unit and the callables that want its postings, looked up once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.interested: dict[str, list[Rule]] = {}  # by PCMN number: far fewer than accounts

    def __missing__(self, name: str) -> tuple[str | None, tuple[Poster, ...]]:
        account = parse_account(name) or AccountName(name, "", "", "", "", None)
        number = account.number
        if number not in self.interested:
            self.interested[number] = [rule for rule in self.rules if number.startswith(rule.numbers)]
        posters = [poster for rule in self.interested[number] if (poster := rule.watch(account)) is not None]
        watched = self[name] = account.unit, tuple(posters)
        return watched


def show(rules: Sequence[Rule], entries: Sequence[Directive]) -> Reading:
    """Show every written posting to the rules.

    What the suite has injected is left out: it follows from the rest, and is no evidence for or against it.
    """
    watched = _Watched(rules)
    mixed: dict[int, Transaction] = {}
    tagged: list[Transaction] = []
    already_run = False
    for entry in entries:
        if type(entry) is Transaction:
            if entry.tags:
                tagged.append(entry)
                if PROVISIONAL in entry.tags and is_injected(entry):
                    already_run = True
                    continue
            unit = None
            for posting in entry.postings:
                whose, posters = watched[posting.account]
                if whose != unit:
                    if unit is None:
                        unit = whose
                    elif whose is not None:
                        mixed[id(entry)] = entry
                for post in posters:
                    post(entry, posting)
    return Reading(list(mixed.values()), already_run, entries, tagged)


def conclude(rules: Sequence[Rule], entries: Directives) -> Outcome:
    """Show the entries to the rules and collect what follows; nothing is added a second time."""
    reading = show(rules, entries)
    added: list[Directive] = []
    errors: list[BeancoopError] = []
    for rule in rules:
        new, wrong = rule.finish(reading)
        added += new
        errors += wrong
    return () if reading.already_run else added, errors


def run_plugin(
    name: str, rules: Sequence[type[Rule]], entries: Directives, options: Mapping[str, Any]
) -> tuple[Directives, list[BeancoopError]]:
    """Run a plugin of the suite: its rules over the entries, and what the directives themselves get wrong.

    A plugin named beside the whole suite has nothing left to do; of several named alone, the first one speaks for
    the directives, so that nothing is said twice.
    """
    ours = [plugin for plugin, _ in options["plugin"] if plugin == SUITE or plugin.startswith(f"{SUITE}.")] or [name]
    speaker = SUITE if SUITE in ours else ours[0]
    if speaker == SUITE != name:
        return entries, []
    register = read_register(entries, options)
    added, errors = conclude([rule(register) for rule in rules], entries)
    spoken = register.errors if speaker == name else ()
    return [*_readable(entries, register), *added], sorted([*spoken, *errors], key=attrgetter("order"))


def _readable(entries: Directives, register: Register) -> Directives:
    """Give a `custom` without values an empty list of them: Beancount, which runs on, stumbles over None."""
    if not register.has_empty_custom:
        return entries
    return [
        entry._replace(values=[]) if isinstance(entry, Custom) and entry.values is None else entry for entry in entries
    ]
