"""The banks' tables, as files and readers that are public show them; docs/importing.md tells what proves each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.readers.csv.cells import UP_TO_TWO_PLACES, amount_of, fold
from beancoop_importers.readers.csv.layout import AS_IT_IS, Bank, Cells, Column, CsvRow, Reading, names
from beancoop_importers.readers.csv.mending import belfius, bnp, last_text_runs_over
from beancoop_importers.readers.csv.preamble import belfius_balance

if TYPE_CHECKING:
    from beancoop.words.messages import Template

MOVES_NOTHING = error("BC719", "a row tells something and moves nothing; it is left out.")
NO_NUMBER = error("BC753", "a movement has no number yet; it is left out, and comes again when it has.")
PAYMENT_REFUSED = error("BC799", "the bank refused a payment; it is left out.")


_DAY = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{4}")
_MONEY = re.compile(r"-?[0-9.]*,[0-9]{2}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9 ]{9,36}")
_SIDE = re.compile(r"Debet|Credit")
_NUMBERED = re.compile(r".*[0-9]")  # BNP writes `2026-` until there is a number
_ACCEPTED = names("Accepté", "Geaccepteerd", "Accepted")
_REFUSED = names("Refusé", "Geweigerd", "Refused")


def _before_it(row: CsvRow) -> CsvRow:
    """Read the balance as that before the movement."""
    return row if row.balance is None else replace(row, balance=row.balance + row.amount)


def _without_fees(row: CsvRow) -> CsvRow:
    """Read the amount as one to which the fees come on top."""
    fees = row.cells.get(Column.FEES, "")
    return replace(row, amount=row.amount - amount_of(fees, UP_TO_TWO_PLACES, row.line)) if fees else row


_BALANCE_BEFORE = Reading(_before_it, tells_end=False)
_FEES_ON_TOP = Reading(_without_fees)


def _ing_left_out(cells: Cells) -> Template | None:
    if not cells[Column.AMOUNT]:
        return MOVES_NOTHING
    return None if cells[Column.NUMBER] else NO_NUMBER


def _bnp_left_out(cells: Cells) -> Template | None:
    if fold(cells.get(Column.STATUS, "")) in _REFUSED:
        return PAYMENT_REFUSED
    if not _NUMBERED.fullmatch(cells[Column.NUMBER]):
        return NO_NUMBER
    return None


BELFIUS = Bank(
    format="csv-belfius",
    columns={
        Column.ACCOUNT: names("Compte", "Rekening"),
        Column.BOOKED: names("Date de comptabilisation", "Boekingsdatum"),
        Column.STATEMENT: names("Numéro d'extrait", "Rekeninguittrekselnummer", "Afschriftnummer"),
        Column.OTHER_ACCOUNT: names("Compte contrepartie", "Compte de la contrepartie", "Rekening tegenpartij"),
        Column.NAME: names("Nom contrepartie contient", "Naam tegenpartij bevat"),
        Column.KIND: names("Transaction", "Transactie"),
        Column.VALUE_DATE: names("Date valeur", "Valutadatum"),
        Column.AMOUNT: names("Montant", "Bedrag"),
        Column.CURRENCY: names("Devise", "Devies"),
        Column.BIC: names("BIC"),
        Column.FREE: names("Communications", "Mededelingen"),
    },
    needed=frozenset(
        {
            *(Column.ACCOUNT, Column.BOOKED, Column.STATEMENT, Column.OTHER_ACCOUNT),
            *(Column.KIND, Column.VALUE_DATE, Column.AMOUNT, Column.CURRENCY, Column.FREE),
        }
    ),
    newest_first=True,
    reference=re.compile(r"REF\. : ([0-9A-Z]{6,})"),
    mend=belfius,
    short_years=True,
    announced=belfius_balance,
)

KBC = Bank(
    format="csv-kbc",
    columns={
        Column.ACCOUNT: names("Rekeningnummer", "Numéro de compte", "Account number"),
        Column.CURRENCY: names("Munt", "Devise", "Currency"),
        Column.STATEMENT: names("Afschriftnummer", "Numéro de l'extrait", "Statement number"),
        Column.BOOKED: names("Datum", "Date"),
        Column.KIND: names("Omschrijving", "Description"),
        Column.VALUE_DATE: names("Valuta", "Valeur", "Value date"),
        Column.AMOUNT: names("Bedrag", "Montant", "Amount"),
        Column.BALANCE: names("Saldo", "Solde", "Balance"),
        Column.CREDIT: names("credit", "crédit"),
        Column.DEBIT: names("debet", "débit", "debit"),
        Column.OTHER_ACCOUNT: names(
            *("rekeningnummer tegenpartij", "Rekening tegenpartij"),
            *("numéro de compte contrepartie", "counterparty's account number"),
        ),
        Column.BIC: names("BIC tegenpartij", "BIC code tegenpartij", "BIC contrepartie", "Counterparty BIC"),
        Column.NAME: names("Naam tegenpartij", "Nom contrepartie", "Counterparty name"),
        Column.STRUCTURED: names("gestructureerde mededeling", "communication structurée", "standard-format reference"),
        Column.FREE: names("Vrije mededeling", "Communication libre", "Free-format reference"),
    },
    needed=frozenset(
        {
            *(Column.ACCOUNT, Column.CURRENCY, Column.STATEMENT, Column.BOOKED),
            *(Column.KIND, Column.AMOUNT, Column.BALANCE),
        }
    ),
    newest_first=True,
)

ING = Bank(
    format="csv-ing",
    columns={
        Column.ACCOUNT: names("Rekeningnummer", "Numéro de compte", "Account number"),
        Column.OTHER_ACCOUNT: names("Rekening tegenpartij", "Compte contrepartie", "Counterparty account"),
        Column.NUMBER: names("Omzetnummer", "Numéro de mouvement", "Entry number"),
        Column.BOOKED: names("Boekingsdatum", "Date comptable", "Booking date"),
        Column.VALUE_DATE: names("Valutadatum", "Date valeur", "Value date"),
        Column.AMOUNT: names("Bedrag", "Montant", "Amount"),
        Column.CURRENCY: names("Munteenheid", "Devise", "Currency"),
        Column.KIND: names("Omschrijving", "Libellés", "Description"),
        Column.DETAILS: names("Detail van de omzet", "Détails du mouvement"),
        Column.FREE: names("Bericht", "Message"),
    },
    needed=frozenset(
        {
            *(Column.ACCOUNT, Column.NUMBER, Column.BOOKED),
            *(Column.AMOUNT, Column.CURRENCY, Column.KIND),
        }
    ),
    newest_first=False,
    texts=((Column.KIND, Column.DETAILS, Column.FREE),),
    mend=last_text_runs_over,
    left_out=_ing_left_out,
)

BNP = Bank(
    format="csv-bnp",
    columns={
        Column.NUMBER: names("Nº de séquence", "N° de séquence", "Numéro de séquence", "Volgnummer"),
        Column.BOOKED: names("Date d'exécution", "Uitvoeringsdatum"),
        Column.VALUE_DATE: names("Date valeur", "Valutadatum"),
        Column.AMOUNT: names("Montant", "Bedrag"),
        Column.CURRENCY: names("Devise du compte", "Valuta rekening"),
        Column.ACCOUNT: names("Numéro de compte", "Rekeningnummer"),
        Column.KIND: names("Type de transaction", "Type verrichting"),
        Column.OTHER_ACCOUNT: names(
            *("Contrepartie", "Contrepartie de la transaction"),
            *("Tegenpartij", "Tegenpartij van de verrichting"),
        ),
        Column.NAME: names("Nom de la contrepartie", "Naam van de tegenpartij"),
        Column.FREE: names("Communication", "Mededeling"),
        Column.DETAILS: names("Détails", "Details"),
        Column.STATUS: names("Statut", "Status"),
    },
    needed=frozenset(
        {
            *(Column.NUMBER, Column.BOOKED, Column.VALUE_DATE, Column.AMOUNT),
            *(Column.CURRENCY, Column.ACCOUNT, Column.DETAILS),
        }
    ),
    statuses=frozenset({"", *_ACCEPTED, *_REFUSED}),
    places=UP_TO_TWO_PLACES,
    newest_first=True,
    texts=((Column.FREE,), (Column.DETAILS,), (Column.KIND,)),
    reference=re.compile(r"(?:REFERENCE BANQUE|BANKREFERENTIE) : ([0-9A-Z]{6,})"),
    optional=1,
    mend=bnp,
    left_out=_bnp_left_out,
)

CRELAN = Bank(
    format="csv-crelan",
    columns={
        Column.BOOKED: names("Datum", "Date"),
        Column.AMOUNT: names("Bedrag", "Montant"),
        Column.BALANCE: names("Saldo na verrichting", "Solde après opération"),
        Column.CURRENCY: names("Munt", "Devise"),
        Column.NAME: names("Tegenpartij", "Contrepartie"),
        Column.OTHER_ACCOUNT: names("Rekening tegenpartij", "Compte contrepartie"),
        Column.KIND: names("Type verrichting", "Type d'opération"),
        Column.FREE: names("Mededeling", "Communication"),
        Column.ACCOUNT: names("Rekening opdrachtgever", "Compte donneur d'ordre"),
    },
    needed=frozenset({Column.ACCOUNT, Column.BOOKED, Column.AMOUNT, Column.CURRENCY, Column.KIND}),
)

ARGENTA = Bank(
    format="csv-argenta",
    columns={
        Column.ACCOUNT: names("Rekening", "Compte"),
        Column.BOOKED: names("Boekdatum", "Date comptable"),
        Column.VALUE_DATE: names("Valutadatum", "Date valeu", "Date valeur"),
        Column.NUMBER: names("Referentie", "Référence"),
        Column.KIND: names("Beschrijving", "Description"),
        Column.AMOUNT: names("Bedrag", "Montant"),
        Column.CURRENCY: names("Munt", "Devise"),
        Column.OTHER_ACCOUNT: names("Rekening tegenpartij", "Compte de la contrepartie"),
        Column.NAME: names("Naam tegenpartij", "Nom de la contrepartie"),
        Column.FREE: names("Mededeling", "Communication"),
    },
    needed=frozenset(
        {Column.ACCOUNT, Column.BOOKED, Column.NUMBER, Column.KIND, Column.AMOUNT, Column.CURRENCY, Column.NAME}
    ),
    places=UP_TO_TWO_PLACES,
    newest_first=True,
)

TRIODOS = Bank(
    format="csv-triodos",
    positions=(
        *(Column.BOOKED, Column.ACCOUNT, Column.AMOUNT, Column.OTHER_ACCOUNT, Column.BIC, Column.NAME),
        *(None, Column.KIND, Column.FREE, Column.BALANCE),
    ),
    shape={0: _DAY, 1: _IBAN, 2: _MONEY, 9: _MONEY},
    currency="EUR",
    readings=(AS_IT_IS, _BALANCE_BEFORE),
)

TRIODOS_WITH_SIDES = Bank(  # as in the Netherlands
    format="csv-triodos",
    positions=(
        *(Column.BOOKED, Column.ACCOUNT, Column.AMOUNT, Column.SIDE, Column.NAME),
        *(Column.OTHER_ACCOUNT, Column.KIND, Column.FREE, Column.BALANCE),
    ),
    shape={0: _DAY, 1: _IBAN, 2: _MONEY, 3: _SIDE, 8: _MONEY},
    currency="EUR",
    readings=(_BALANCE_BEFORE, AS_IT_IS),
)

WISE = Bank(
    format="csv-wise",
    columns={
        Column.NUMBER: names("TransferWise ID"),
        Column.BOOKED: names("Date"),
        Column.AMOUNT: names("Amount"),
        Column.CURRENCY: names("Currency"),
        Column.KIND: names("Transaction Details Type"),
        Column.DETAILS: names("Description"),
        Column.FREE: names("Payment Reference"),
        Column.BALANCE: names("Running Balance"),
        Column.PAYER: names("Payer Name"),
        Column.NAME: names("Payee Name"),
        Column.MERCHANT: names("Merchant"),
        Column.OTHER_ACCOUNT: names("Payee Account Number"),
        Column.FEES: names("Total fees"),
    },
    needed=frozenset({Column.NUMBER, Column.BOOKED, Column.AMOUNT, Column.CURRENCY, Column.DETAILS}),
    places=UP_TO_TWO_PLACES,
    newest_first=True,
    texts=((Column.FREE,), (Column.DETAILS,), (Column.KIND,)),
    parties=(Column.NAME, Column.MERCHANT, Column.PAYER),
    account="WISE",  # the file does not say whose it is
    readings=(AS_IT_IS, _FEES_ON_TOP),
)

BANKS = (BELFIUS, KBC, ING, BNP, CRELAN, ARGENTA, TRIODOS, TRIODOS_WITH_SIDES, WISE)
FORMATS = tuple(dict.fromkeys(bank.format for bank in BANKS))
