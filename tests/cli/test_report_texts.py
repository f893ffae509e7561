"""The words of the reports."""

from __future__ import annotations

from beancoop.model.directives import MARGINS, NEGATIVES, OUTCOMES, SETTLEMENTS
from beancoop.presentation import names
from beancoop.presentation.names import CHANGES, DOMAINS, NET_ASSETS, PARTS, STATES
from beancoop.presentation.texts import Words
from beancoop.statements.annual import EquityChanges
from beancoop.statements.committee import KINDS
from beancoop.statements.distribution import NET_ASSETS as TESTED
from beancoop.statements.equity import GROUPS


def test_everything_has_a_name() -> None:
    assert set(STATES) == {"future", "active", "paused", "ended", *OUTCOMES}
    assert {*names.MARGINS, *names.NEGATIVES, *names.SETTLEMENTS} == {*MARGINS, *NEGATIVES, *SETTLEMENTS}
    assert set(DOMAINS) == set(KINDS)
    assert set(PARTS) == set(GROUPS)
    assert set(NET_ASSETS) == {*TESTED, "net"}
    assert set(CHANGES) == set(EquityChanges._fields)


def test_a_text_with_braces_is_put_in_as_it_stands() -> None:
    assert Words("fr").t("{text} (provisional)", text="{0} {text}") == "{0} {text} (provisoire)"
