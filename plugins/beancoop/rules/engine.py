"""The rules of the suite, part by part, and then what only the whole can tell.

A rule looks at each account of a part, once, with all postings to it, and says what is still to be done with each of
them; the engine then calls just that. What it keeps of the part is plain data, so that a part in which nothing has
changed is not looked at again. From what it has kept of all parts it concludes. A new rule is a class with `watch`,
`keep` and, where it asks the whole, `conclude`, a module that names it as a plugin, and a line in the suite.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Custom, Transaction

from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.provenance import SUITE
from beancoop.model.register import Register, read_register
from beancoop.rules.part import Part, is_made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from beancount.core.data import Directive, Directives, Posting

    from beancoop.loading.sub_ledgers import Added
    from beancoop.model.findings import BeancoopError
    from beancoop.rules.part import Column

    Poster: TypeAlias = Callable[[Transaction, Posting], None]
    Outcome: TypeAlias = tuple[Sequence[Added], Sequence[BeancoopError]]


class Kept(NamedTuple):
    """What a rule keeps of a part.

    Attributes:
        facts: numbers, texts and tuples and dicts of them, as `marshal` writes them; a day by its number, an amount by
            its digits, an entry by its place in the part. Where a closing is under way, when nothing is kept from one
            load to the next, anything.
        errors: what is wrong whatever stands in other parts.

    """

    facts: Any
    errors: Sequence[BeancoopError]


class Shown(NamedTuple):
    """A part, and what a rule has kept of it.

    Attributes:
        part: the part.
        facts: what was kept; before it is shown to a rule, what each of them has kept.
        known_by: what the part is known by from one load to the next; None where it is not to be.
        is_absent: whether nothing else of it is read: that nothing is wrong with it by itself is known.

    """

    part: Part
    facts: Any
    known_by: bytes | None = None
    is_absent: bool = False

    def ranked(self, places: Sequence[int]) -> list[tuple[Any, Transaction]]:
        """Give some of its entries, each with what orders it among those of all parts."""
        return [(self.part.rank(place), self.part.entries[place]) for place in places]


class Rule(ABC):
    """Something that must hold, or follow, from a ledger's postings.

    Attributes:
        numbers: how the PCMN numbers begin of the accounts it may watch; "" for every account.

    """

    numbers: tuple[str, ...] = ("",)

    def __init__(self, register: Register) -> None:
        """Start with what the directives say, before any posting; there is one for each part."""
        self.register = register

    @abstractmethod
    def watch(self, account: AccountName, column: Column) -> Poster | None:
        """Look at all postings of a part to one account.

        Give what is to be called with each of them, in order of dates; None where nothing more of them is wanted.
        An account whose name is not of the contract's form comes with an empty number.
        """

    @abstractmethod
    def keep(self, part: Part) -> Kept:
        """Give what is to be known of the part, once its postings have been seen."""

    @classmethod
    def conclude(cls, register: Register, shown: Sequence[Shown], whole: Callable[[], Sequence[Any]]) -> Outcome:  # noqa: ARG003
        """Give the entries to add and the errors that follow from all parts together.

        Args:
            register: what the directives say.
            shown: the parts, with what was kept of each.
            whole: gives all entries in order, for the rare rule that has to look back.

        """
        return (), ()


def show(rules: Sequence[Rule], part: Part) -> None:
    """Show every written posting of a part to the rules."""
    classes = tuple(map(type, rules))
    posters: dict[str, list[Poster]] = {}
    for name, column in part.columns.items():
        account = parse_account(name) or AccountName(name, "", "", "", "", None)
        for place in _interested(classes, account.number):
            if (poster := rules[place].watch(account, column)) is not None:
                posters.setdefault(name, []).append(poster)
    for place in sorted({place for name in posters for place in part.columns[name].places}):
        entry = part.entries[place]
        for posting in entry.postings:
            for post in posters.get(posting.account, ()):
                post(entry, posting)


@lru_cache(maxsize=1 << 12)  # numbers are far fewer than accounts, and the same in each part
def _interested(rules: tuple[type[Rule], ...], number: str) -> Sequence[int]:
    """Give the places of the rules that may watch accounts of a PCMN number."""
    return [place for place, rule in enumerate(rules) if number.startswith(rule.numbers)]


def look_at(part: Part, rules: Sequence[type[Rule]], register: Register) -> list[Kept]:
    """Give what each rule keeps of a part."""
    running = [rule(register) for rule in rules]
    show(running, part)
    return [rule.keep(part) for rule in running]


def conclude(
    rules: Sequence[type[Rule]], register: Register, parts: Sequence[Shown], whole: Callable[[], Sequence[Any]]
) -> tuple[list[Added], list[BeancoopError]]:
    """Give what follows from all parts."""
    added: list[Added] = []
    errors: list[BeancoopError] = []
    for number, rule in enumerate(rules):
        shown = [each._replace(facts=each.facts[number]) for each in parts]
        new, wrong = rule.conclude(register, shown, whole)
        added += new
        errors += wrong
    return added, errors


def judge(rules: Sequence[type[Rule]], register: Register, part: Part) -> tuple[list[Directive], list[BeancoopError]]:
    """Show a ledger to the rules as one part, and give what follows, whether or not it was added before."""
    kept = look_at(part, rules, register)
    added, errors = conclude(rules, register, [Shown(part, [each.facts for each in kept])], lambda: part.entries)
    errors = [*(error for each in kept for error in each.errors), *errors]
    return [entry for each in added for entry in each.entries()], errors


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
    part = Part.whole(entries)
    added, errors = judge(rules, register, part)
    spoken = register.errors if speaker == name else ()
    is_again = any(map(is_made, part.tagged.values()))
    return [*_readable(entries, register), *(() if is_again else added)], in_order([*spoken, *errors])


def in_order(errors: Sequence[BeancoopError]) -> list[BeancoopError]:
    """Give errors by file, line and message."""
    return sorted(errors, key=attrgetter("order"))


def _readable(entries: Directives, register: Register) -> Directives:
    """Give a `custom` without values an empty list of them: Beancount, which runs on, stumbles over None."""
    if not register.has_empty_custom:
        return entries
    return [
        entry._replace(values=[]) if isinstance(entry, Custom) and entry.values is None else entry for entry in entries
    ]
