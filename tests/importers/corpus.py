"""The public bank files the readers are held to, where they are at hand."""

from __future__ import annotations

import csv
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop_importers.model.statement import Statement

CORPUS = Path(os.environ.get("BEANCOOP_CORPUS", Path(__file__).parents[3] / "shared/corpus"))
HEAD = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
REQUIRED = os.environ.get("BEANCOOP_REQUIRE_ALL") == "1"


def samples(form: str) -> list:
    """Give the files of a format, each with what an independent reader found in it."""
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["format"] == form]
    return [pytest.param(CORPUS / row["path"], json.loads(row["facts_computed"]), id=row["path"]) for row in rows]


def must_be_there(found: list) -> None:
    if not found and not REQUIRED:
        pytest.skip(f"no public corpus at {CORPUS}; set BEANCOOP_CORPUS")
    assert found, f"BEANCOOP_REQUIRE_ALL is set and there is no corpus at {CORPUS}"


class Verdict(NamedTuple):
    """What became of a sample: `read` or `refused`, as its facts say, or `WRONG`; and what was found, or why."""

    kind: str
    told: str


def ledger_of(main: Path, statements: Sequence[Statement]) -> None:
    """Lay out a ledger with every account of *statements*, the shares of COOP beginning at the first old balance."""
    lines = [HEAD, "2000-01-01 open Assets:49:499-CompteAttente:COOP\n2000-01-01 open Equity:10:100-Capital:COOP\n"]
    known = {(one.iban, one.currency): one.old_balance or Decimal(0) for one in reversed(statements)}
    for number, ((account, currency), old) in enumerate(known.items()):
        name = f"Assets:55:550{number}-Banque"
        lines.append(
            f'2000-01-01 open {name} {currency}\n  iban: "{account}"\n2000-01-01 open {name}:COOP\n'
            f'2000-01-02 * "Ouverture"\n  {name}:COOP  {old:.2f} {currency}\n'
            f"  Equity:10:100-Capital:COOP  {-old:.2f} {currency}\n"
        )
    main.write_text("".join(lines).replace('"EUR"', f'"{statements[0].currency}"', 1), encoding="utf-8")
