"""The same random books every time: a seed gives the ledgers."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings
from strategies import Books, books

ONE_OR_TWO = settings(
    max_examples=2, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
"""The first draw is always the plainest there is, and later ones vary those before them: the second is kept."""


def drawn(count: int, first: int) -> list[Books]:
    """Draw *count* whole cooperatives, each from a seed of its own, from *first* times 1000 on; no two the same."""
    found: dict[str, Books] = {}
    number = 1000 * first
    while len(found) < count:
        ledger = _drawn(number)
        found[ledger.text()] = ledger
        number += 1
    return list(found.values())


def _drawn(number: int) -> Books:
    last: list[Books] = []

    @seed(number)
    @ONE_OR_TWO
    @given(books())
    def draw(ledger: Books) -> None:
        last[:] = [ledger]

    draw()
    return last[0]
