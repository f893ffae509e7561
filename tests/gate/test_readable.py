"""A ledger that cannot be read ends the child that tries, never the program that asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from beancoop.gate import readable
from beancoop.gate.readable import check_readable
from beancoop.words.messages import code_of

if TYPE_CHECKING:
    from pathlib import Path

SALE = '2026-01-10 * "Vente"\n  Assets:55:5500-Banque:COOP   {amount} EUR\n  Income:70:700-Ventes:COOP\n'


def ledger(folder: Path, coop: str) -> Path:
    """Write a ledger that includes itself, a folder without files, and the structure's entries."""
    main = folder / "main.beancount"
    main.write_text('include "main.beancount"\ninclude "coop/*.beancount"\ninclude "nothing/*.beancount"\n')
    (folder / "coop").mkdir()
    (folder / "coop/2026.beancount").write_text(coop)
    return main


@pytest.mark.parametrize("text", [SALE.format(amount="1/3"), "ceci n'est rien\n", 'plugin "os"\n', ""])
def test_what_can_be_read_is_let_through(text: str, tmp_path: Path) -> None:
    """Errors of the books are told by the load; nothing is executed here."""
    assert check_readable(ledger(tmp_path, text)) == []


def test_a_division_by_zero_is_told_at_its_file(tmp_path: Path) -> None:
    (found,) = check_readable(ledger(tmp_path, SALE.format(amount="1/0")))
    assert (found.file, code_of(found.message)) == (str(tmp_path / "coop/2026.beancount"), "BC657")


def test_what_beancount_raises_is_told_at_its_file(tmp_path: Path) -> None:
    """A line that is a text cannot be put in order among others of its day."""
    event = '2026-01-05 event "place" "Huy"\n'
    (found,) = check_readable(ledger(tmp_path, f'{event}  lineno: "x"\n{event}'))
    assert (found.file, code_of(found.message)) == (str(tmp_path / "coop/2026.beancount"), "BC928")
    assert "TypeError" in found.message


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_included_is_a_plain_file(kind: str, tmp_path: Path) -> None:
    """Nobody waits for ever at the end of a pipe."""
    main, odd = ledger(tmp_path, ""), tmp_path / "coop/odd.beancount"
    os.mkfifo(odd) if kind == "pipe" else odd.mkdir()
    (found,) = check_readable(main)
    assert (found.file, code_of(found.message)) == (str(odd), "BC659")


def test_what_takes_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readable, "SECONDS", 0.001)
    main = ledger(tmp_path, "")
    (found,) = check_readable(main)
    assert (found.file, code_of(found.message)) == (str(main), "BC658")


def test_without_a_ledger_there_is_nothing_plain_to_read(tmp_path: Path) -> None:
    (found,) = check_readable(tmp_path / "main.beancount")
    assert code_of(found.message) == "BC659"
