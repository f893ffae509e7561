"""Load ledgers in a process of their own, and say where the two ways part: a line for each ledger, empty where nowhere.

    python tests/loading_equal/child.py [--foreign] [--no-cache] [--only stock|ours] LEDGER...

`--foreign` is what another version of Beancount, one that writes all narrations in capitals, leaves behind in a cache.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

import beancount  # noqa: E402 - once the path leads to the tests
from beancount.parser.grammar import Builder  # noqa: E402

VERSION = "3.99.0"


def become_foreign() -> None:
    """Make this process one of another Beancount."""
    told = importlib.metadata.version
    importlib.metadata.version = lambda distribution_name: (
        VERSION if distribution_name == "beancount" else told(distribution_name)
    )
    beancount.__version__ = VERSION
    read = Builder.transaction

    def transaction(*arguments):
        entry = read(*arguments)
        return entry and entry._replace(narration=(entry.narration or "").upper())

    Builder.transaction = transaction  # type: ignore[method-assign]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--foreign", action="store_true")
    parser.add_argument("--no-cache", action="store_true")
    parser.add_argument("--only", choices=["stock", "ours"])
    parser.add_argument("ledgers", nargs="+")
    asked = parser.parse_args()
    if asked.foreign:
        become_foreign()
    from beancoop.loading import load_file  # noqa: PLC0415 - as the process is now
    from loading_equal.comparison import compare_and_spoil, stock  # noqa: PLC0415

    ours = partial(load_file, cache=not asked.no_cache)
    for ledger in asked.ledgers:
        if asked.only:
            (stock if asked.only == "stock" else ours)(ledger)
        else:
            sys.stdout.write(f"{compare_and_spoil(ledger, ours) or ''}\n")


if __name__ == "__main__":
    main()
