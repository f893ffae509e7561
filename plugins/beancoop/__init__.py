"""Plain-text accounting for a coopérative d'activités: the whole suite of checks and the contribution.

One line in each ledger that is loaded runs everything in the right order, in one pass over the entries:

    plugin "beancoop"

Each part can also be named alone: `beancoop.exact`, `beancoop.chart`, `beancoop.life`, `beancoop.treasury`,
`beancoop.internal`, `beancoop.reserves` and `beancoop.contribution`.

Nothing of it is imported before it is asked for: `beancoop --help` wants the words alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beancount.core.data import Directives

    from beancoop.loading.sub_ledgers import Judgement, Parted
    from beancoop.model.findings import BeancoopError
    from beancoop.rules.engine import Rule

    RULES: tuple[type[Rule], ...]
    """The rules of the suite: what is written is judged first, then the contribution follows from it."""

__plugins__ = ("suite",)


@cache
def _rules() -> tuple[type[Rule], ...]:
    from beancoop.chart import Chart  # noqa: PLC0415 - see above, as all in this module
    from beancoop.contribution.rule import Contribution  # noqa: PLC0415
    from beancoop.exact import Exact  # noqa: PLC0415
    from beancoop.internal import Internal  # noqa: PLC0415
    from beancoop.life import Life  # noqa: PLC0415
    from beancoop.reserves import Reserves  # noqa: PLC0415
    from beancoop.treasury import Treasury  # noqa: PLC0415

    return Exact, Chart, Life, Treasury, Internal, Reserves, Contribution


def __getattr__(name: str) -> tuple[type[Rule], ...]:
    """Give the RULES (PEP 562)."""
    if name == "RULES":
        return _rules()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def suite_by_part(ledger: Parted) -> Judgement:
    """Run every rule over a ledger whose parts are known apart: what `suite` finds, sooner."""
    from beancoop.rules.by_part import judge_by_part  # noqa: PLC0415

    return judge_by_part(_rules(), ledger)


def suite(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Run every rule over the entries, and add the contributions of the open months."""
    from beancoop.rules import engine  # noqa: PLC0415

    return engine.run_plugin(__name__, _rules(), entries, options)
