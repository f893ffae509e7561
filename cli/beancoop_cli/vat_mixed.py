"""What a mixed taxable person says on the command line of what it may deduct: its prorata, or shares by actual use."""

from __future__ import annotations

import re
from typing import TypeAlias

import click
from beancoop.vat import law
from beancoop.words.language import mark
from beancoop.words.messages import error

from beancoop_cli.speaking import option

Prorata: TypeAlias = tuple[int, int]
"""A year, and its percentage."""
Shares: TypeAlias = tuple[tuple[int, int], ...]
"""Sectors of purchases, each with its percentage: 100 in all, or none."""

NOT_A_PRORATA = error("BC430", "{text} is no prorata; write its year and its percentage, as in 2025:87.")
NOT_A_USE = error(
    "BC431", "{text} is no share; write the sector of the purchases, {first} to {last}, and its percentage, as in 1:40."
)
NOT_A_WHOLE = error("BC432", "The shares of the sectors come to {sum} %; write each sector once, and 100 in all.")

_PRORATA = re.compile(r"([1-9][0-9]{3}):([0-9]{1,3})")
_USE = re.compile(r"([0-9]):([0-9]{1,3})")
_WHOLE = 100


def _percentage(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Prorata | None:
    if text is None:
        return None
    found = _PRORATA.fullmatch(text)
    if found is None or int(found[2]) > _WHOLE:
        raise click.BadParameter(NOT_A_PRORATA(text=text))
    return int(found[1]), int(found[2])


def _shares(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> Shares:
    sectors, shares = law.data()["prorata"]["sectors"], []
    for text in texts:
        found = _USE.fullmatch(text)
        if found is None or int(found[1]) not in sectors:
            raise click.BadParameter(NOT_A_USE(text=text, first=min(sectors), last=max(sectors)))
        shares.append((int(found[1]), int(found[2])))
    total = sum(percent for _, percent in shares)
    if shares and (total != _WHOLE or len({sector for sector, _ in shares}) < len(shares)):
        raise click.BadParameter(NOT_A_WHOLE(sum=total))
    return tuple(sorted(shares))


prorata_option = option(
    "--prorata",
    type=str,
    metavar=mark("YEAR:PERCENT"),
    callback=_percentage,
    help=mark("A mixed taxable person: the definitive prorata of a year, in the file for Intervat."),
)
use_option = option(
    "--use",
    "uses",
    type=str,
    multiple=True,
    metavar=mark("SECTOR:PERCENT"),
    callback=_shares,
    help=mark("A mixed taxable person by actual use: how much of the VAT on purchases is of each sector."),
)
