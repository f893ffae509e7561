"""Cooperatives on disk, in the layout of a real one: the small one without fault, and those drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.clean_books import FILES, MAIN
from strategies import ENGLISH, header

if TYPE_CHECKING:
    from pathlib import Path

    from strategies import Books

ROOTS = {**ENGLISH, "Assets": "Actifs", "Income": "Produits"}


def write_clean(folder: Path) -> Path:
    """Write the small cooperative without fault, and give its main file."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / MAIN


def write_drawn(folder: Path, books: Books, *, plugins: tuple[str, ...] = ("beancoop",), renamed: bool = False) -> Path:
    """Write books that were drawn, a file for each unit, and give the main one."""
    roots = ROOTS if renamed else ENGLISH
    units = sorted({piece.unit for piece in books.pieces})
    for unit in units:
        path = folder / "activities" / unit / "ledger.beancount"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(books.of(unit).text(*plugins, roots=roots), encoding="utf-8")
    lines = [header(roots), *(f'plugin "{name}"' for name in plugins), 'include "activities/*/ledger.beancount"', ""]
    main = folder / "main.beancount"
    main.write_text("\n".join(lines), encoding="utf-8")
    return main
