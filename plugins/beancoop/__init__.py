"""Plain-text accounting for a coopérative d'activités: the whole suite of checks and the contribution.

One line in each ledger that is loaded runs everything in the right order, in one pass over the entries:

    plugin "beancoop"

Each part can also be named alone: `beancoop.exact`, `beancoop.chart`, `beancoop.life`, `beancoop.treasury`,
`beancoop.internal`, `beancoop.reserves` and `beancoop.contribution`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.chart import Chart
from beancoop.contribution.rule import Contribution
from beancoop.exact import Exact
from beancoop.internal import Internal
from beancoop.life import Life
from beancoop.reserves import Reserves
from beancoop.rules import engine
from beancoop.treasury import Treasury

if TYPE_CHECKING:
    from beancount.core.data import Directives

    from beancoop.model.findings import BeancoopError

__plugins__ = ("suite",)

RULES = (Exact, Chart, Life, Treasury, Internal, Reserves, Contribution)
"""The rules of the suite: what is written is judged first, then the contribution follows from it."""


def suite(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Run every rule over the entries, and add the contributions of the open months."""
    return engine.run_plugin(__name__, RULES, entries, options)
