"""A ledger of one unit that stands alone: every entry written out, for a Beancount that knows no plugin of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancount.core import data
from beancount.utils.misc_utils import escape_string

from beancoop.books.inventories import holdings
from beancoop.leaving.brought_forward import CONVERSIONS
from beancoop.leaving.documents import BOOKS
from beancoop.leaving.open_points import amounts_of
from beancoop.loading.ledger import load_ledger
from beancoop.model import directives as d
from beancoop.model.accounts import RootNames
from beancoop.model.findings import Finding
from beancoop.storage.printing import as_text
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from beancount.core.inventory import Inventory

LEDGER = "ledger.beancount"

HOLDS_OTHERWISE = error("BC1311", "{account} holds {here} here, and {there} in the books.")


def standalone(title: str, entries: Sequence[data.Directive], options: Mapping[str, Any]) -> dict[str, str]:
    """Give the files of the ledger: the main one, with what is opened and declared, and one for each year.

    Args:
        title: the name of the ledger, its first line.
        entries: all of it, in the order of dates.
        options: those of the ledger they come from; its currencies, roots and tolerance are kept.

    """
    roots = RootNames.of(options).option_lines()
    first = [entry for entry in entries if _is_first(entry)]
    by_year: dict[int, list[data.Directive]] = {}
    for entry in entries:
        if not _is_first(entry):
            by_year.setdefault(entry.date.year, []).append(entry)
    kept = [
        f'option "title" "{escape_string(title)}"',
        *(f'option "operating_currency" "{currency}"' for currency in options["operating_currency"]),
        f'option "tolerance_multiplier" "{options["tolerance_multiplier"]}"',
        *roots,
    ]
    includes = [f'include "{BOOKS}/{year}.beancount"' for year in sorted(by_year)]
    return {
        LEDGER: "\n".join([f"; {' '.join(title.split())}", "", *kept, "", *includes, "", _texts(first)]),
        **{
            f"{BOOKS}/{year}.beancount": "\n".join([f"; {year}", *roots, "", _texts(of_year)])
            for year, of_year in sorted(by_year.items())
        },
    }


def plain_ledger(title: str, entries: Sequence[data.Directive], options: Mapping[str, Any]) -> str:
    """Give the text of a ledger of a single file."""
    (whole,) = standalone(title, [entry for entry in entries if _is_first(entry)], options).values()
    return f"{whole}\n{_texts([entry for entry in entries if not _is_first(entry)])}"


def _is_first(entry: data.Directive) -> bool:
    """Say whether an entry stands in the main file."""
    return isinstance(entry, data.Open) or (isinstance(entry, data.Custom) and entry.type == d.ACTIVITY)


def _texts(entries: Iterable[data.Directive]) -> str:
    return "\n".join(map(as_text, entries))


def judge(path: Path, expected: Mapping[str, Inventory]) -> list[Finding]:
    """Load the ledger at *path*, and give a finding for each error, and each account that is not as *expected*."""
    ledger = load_ledger(path)
    found = {name: held for name, held in holdings(ledger.entries).items() if f":{CONVERSIONS}:" not in name}
    return ledger.findings + [
        Finding(str(path), 1, HOLDS_OTHERWISE(account=account, here=amounts_of(here), there=amounts_of(there)))
        for account in sorted(found.keys() | expected.keys())
        if (here := found.get(account)) != (there := expected.get(account))
    ]
