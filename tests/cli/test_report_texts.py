"""The words of the reports."""

from __future__ import annotations

from beancoop.model.directives import MARGINS, NEGATIVES, OUTCOMES, SETTLEMENTS
from beancoop.statements.annual import EquityChanges
from beancoop.statements.committee import KINDS
from beancoop.statements.distribution import NET_ASSETS as TESTED
from beancoop.statements.equity import GROUPS
from beancoop_cli.reports.entrepreneur import KIND_NAMES, STATES, TERMS
from beancoop_cli.reports.equity import CHANGES, NET_ASSETS, PARTS
from beancoop_cli.reports.words import Words


def test_everything_has_a_name() -> None:
    assert set(STATES) == {"future", "active", "paused", "ended", *OUTCOMES}
    assert set(TERMS) == {*MARGINS, *NEGATIVES, *SETTLEMENTS}
    assert set(KIND_NAMES) == set(KINDS)
    assert set(PARTS) == set(GROUPS)
    assert set(NET_ASSETS) == {*TESTED, "net"}
    assert set(CHANGES) == set(EquityChanges._fields)


def test_a_text_with_braces_is_put_in_as_it_stands() -> None:
    assert Words("fr").t("{text} (provisional)", text="{0} {text}") == "{0} {text} (provisoire)"
