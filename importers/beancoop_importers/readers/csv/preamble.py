"""What Belfius writes above the header: what was asked for, and the balance when the file was fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.csv.cells import TWO_PLACES, amount_of, currency_of, day_of, fold
from beancoop_importers.readers.csv.layout import Announced, names

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from beancoop_importers.readers.csv.table import Record

LIMITED = error(
    "BC790",
    "the file was limited by {filter} ({value}), so movements are missing; export it again, limited by dates alone.",
)


_PART_ONLY = names(
    *("Montant à partir de", "Montant jusqu'à", "Communication", "Nom contrepartie contient", "Compte contrepartie"),
    *("Bedrag vanaf", "Bedrag tot en met", "Mededeling", "Naam tegenpartij bevat", "Rekening tegenpartij"),
)
_LAST_DAY = names("Date de comptabilisation jusqu'au", "Boekingsdatum tot en met")
_LAST_STATEMENT = names(
    "Numéro d'extrait jusqu'au", "Rekeninguittrekselnummer tot en met", "Afschriftnummer tot en met"
)
_BALANCE = names("Dernier solde", "Laatste saldo")
_BALANCE_DAY = names("Date/heure du dernier solde", "Datum/uur van het laatste saldo")


def belfius_balance(preamble: Sequence[Record]) -> Announced | None:
    """Give the balance announced, None where the movements asked for need not reach up to it.

    Raises:
        Refused: only some of the movements were asked for, by amount, text or other party.

    """
    asked: dict[frozenset[str], tuple[str, int]] = {}
    for record in preamble:
        key, value = fold(record.cells[0]), "".join(record.cells[1:2]).strip()
        if key in _PART_ONLY and value:
            raise Refused(
                LIMITED(filter=repr(record.cells[0].strip()), value=value[:40]),
                record.line,
            )
        known = (group for group in (_LAST_DAY, _LAST_STATEMENT, _BALANCE, _BALANCE_DAY) if key in group)
        asked |= {group: (value, record.line) for group in known if value}
    if _BALANCE not in asked or _BALANCE_DAY not in asked or _LAST_STATEMENT in asked:
        return None
    written, line = asked[_BALANCE]
    amount, _, currency = written.rpartition(" ")
    day = _day(*asked[_BALANCE_DAY])
    if _LAST_DAY in asked and _day(*asked[_LAST_DAY]) < day:
        return None
    return Announced(amount_of(amount, TWO_PLACES, line), currency_of(currency, line), day)


def _day(text: str, line: int) -> datetime.date:
    return day_of(text.split(maxsplit=1)[0], line)
