"""The ledger that a plugin's docstring shows, before and after, is what the plugin does."""

from __future__ import annotations

import importlib
import re
import textwrap

import pytest
from beancoop import RULES
from beancoop.contribution.rule import Contribution
from beancount import loader
from beancount.core.data import Open
from beancount.core.getters import get_entry_accounts
from beancount.parser import parser, printer

CHECKS = [rule.__module__.removeprefix("beancoop.") for rule in RULES if rule is not Contribution]
"""The modules of the rules of the suite; the contribution's own docstring shows entries, not errors."""


def blocks(module: str) -> list[str]:
    """Give the indented blocks of a module's docstring."""
    doc = importlib.import_module(f"beancoop.{module}").__doc__ or ""
    return [textwrap.dedent(match) for match in re.findall(r"\n\n((?:    .*\n)+)", doc)]


def load(module: str, ledger: str):
    """Load *ledger* with one plugin, its accounts opened after its own lines."""
    entries, _, _ = parser.parse_string(ledger)
    opened = {entry.account for entry in entries if isinstance(entry, Open)}
    used = {account for entry in entries for account in get_entry_accounts(entry)}
    opens = "".join(f"2020-01-01 open {account}\n" for account in sorted(used - opened))
    tolerance = "" if module == "exact" else 'option "tolerance_multiplier" "0"\n'
    options = f'option "operating_currency" "EUR"\n{tolerance}plugin "beancoop.{module}"\n'
    return loader.load_string(f"{ledger}{opens}{options}")


@pytest.mark.parametrize("module", CHECKS)
def test_a_check_gives_the_errors_its_docstring_shows(module):
    before, after = blocks(module)[-2:]
    _, errors, _ = load(module, before)
    told = sorted((error.source["lineno"], error.message) for error in errors)
    shown = re.sub(r"\n +", " ", after).splitlines()  # a long message goes on over further lines
    assert shown == [f"line {line}: {message}" for line, message in told]


def test_the_contribution_adds_the_entries_its_docstring_shows():
    before, after = blocks("contribution")[-2:]
    entries, errors, _ = load("contribution", before)
    assert errors == []
    expected, _, _ = parser.parse_string(after)
    added = [entry for entry in entries if entry.meta["filename"] == "<beancoop.contribution>"]
    assert sorted(map(printer.format_entry, added)) == sorted(map(printer.format_entry, expected))
