"""`make evidence`: try to break each promise, and print what came of it, as one table."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "importers")]


def main() -> int:
    """Run the parts named on the command line, such as `seals`, or all of them; 1 where a promise is not held."""
    names = sys.argv[1:] or sorted(path.stem.removesuffix("_evidence") for path in HERE.glob("*_evidence.py"))
    table = Table("promise", "tried", "result", "held to", "", title="Evidence")
    is_held = True
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)  # noqa: T201
        for row in importlib.import_module(f"{name}_evidence").rows():
            is_held &= row.is_held
            table.add_row(row.promise, row.tried, row.result, row.mark, "held" if row.is_held else "BROKEN")
    Console(width=160).print(table)
    return 0 if is_held else 1


if __name__ == "__main__":
    sys.exit(main())
