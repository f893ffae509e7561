"""Write what banks export as they would, so that a test can say in words what the file holds."""

from __future__ import annotations

import datetime
import io
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

IBAN = "BE68539007547034"
OTHER = "BE71096123456769"
SPACED = "BE68 5390 0754 7034"


@dataclass(frozen=True)
class Move:
    """One movement; *amount* is written with a point."""

    amount: str
    booked: str = "2026-01-15"
    value: str = ""
    name: str = ""
    account: str = ""
    text: str = ""
    kind: str = "Virement"
    number: str = ""
    status: str = "Accepté"
    fees: str = ""
    own: str = SPACED
    currency: str = "EUR"

    def day(self, sign: str = "/", *, value: bool = False) -> str:
        year, month, day = ((self.value if value else "") or self.booked).split("-")
        return sign.join((day, month, year))

    def but(self, **changes) -> Move:
        return replace(self, **changes)


def comma(amount: object) -> str:
    return f"{Decimal(str(amount)):.2f}".replace(".", ",")


def point(amount: object) -> str:
    return f"{Decimal(str(amount)):.2f}"


def bare_point(amount: object) -> str:
    """As Crelan: no zero before the point, a comma for thousands."""
    whole, _, cents = f"{Decimal(str(amount)):,.2f}".partition(".")
    return f"{whole.removesuffix('0') if whole in {'0', '-0'} else whole}.{cents}"


def grouped(amount: object) -> str:
    """As Triodos: points for thousands, a decimal comma."""
    return f"{Decimal(str(amount)):,.2f}".translate(str.maketrans(",.", ".,"))


@dataclass(frozen=True)
class Style:
    """A bank's layout: *cells* gives a row from a movement, the balance before it and the one after."""

    name: str
    header: tuple[str, ...]
    cells: Callable[[Move, Decimal, Decimal], Sequence[str]]
    delimiter: str = ";"
    ends: str = "\n"
    quoted: bool = False
    newest_first: bool = False
    chained: bool = False
    numbered: bool = False
    own: str = SPACED

    def but(self, **changes) -> Style:
        return replace(self, **changes)

    def line(self, cells: Sequence[str]) -> str:
        quoted = (f'"{cell.replace(chr(34), chr(34) * 2)}"' if self.quoted else cell for cell in cells)
        return self.delimiter.join(quoted)

    def rows(self, moves: Sequence[Move], old: str = "0.00") -> list[str]:
        """Give the lines of the movements, the oldest given first."""
        stands: dict[tuple[str, str], Decimal] = {}
        lines: list[str] = []
        for move in moves:
            before = stands.get((move.own, move.currency), Decimal(old))
            after = stands[move.own, move.currency] = before + Decimal(move.amount or 0)
            lines.append(self.line(self.cells(move, before, after)))
        return lines[::-1] if self.newest_first else lines

    def write(
        self, moves: Sequence[Move], old: str = "0.00", *, above: Sequence[str] = (), encoding: str = "utf-8"
    ) -> bytes:
        header = [self.line(self.header)] if self.header else []
        return (self.ends.join([*above, *header, *self.rows(moves, old)]) + self.ends).encode(encoding)


def belfius_cells(move: Move, _before: Decimal, _after: Decimal) -> list[str]:
    text = f"{move.kind} {move.name} {move.text} REF. : {move.number} VAL. 15-01" if move.number else move.kind
    party = [move.account, move.name, "", ""]
    money = [move.day(value=True), comma(move.amount), move.currency]
    return [move.own, move.day(), "", "", *party, text, *money, "", "", move.text]


def kbc_cells(move: Move, _before: Decimal, after: Decimal) -> list[str]:
    amount = comma(move.amount)
    sides = [" " * 14, amount] if move.amount.startswith("-") else [amount, " " * 14]
    free, ogm = ("", move.text) if move.text.startswith("+++") else (move.text, "")
    party = [move.account, "KREDBEBB" if move.account else "", move.name.ljust(71), " " * 71]
    return [
        *(move.own.replace(" ", ""), " " * 50, "COOP SC", move.currency, "  02026001", move.day(), move.kind),
        *(move.day(value=True), amount, comma(after), *sides, *party, ogm.ljust(35), free.ljust(140)),
    ]


def ing_cells(move: Move, _before: Decimal, _after: Decimal) -> list[str]:
    amount = comma(move.amount) if move.amount else ""
    party = [move.own, "COOP SC", move.account, move.number, move.day()]
    return [*party, move.day(value=True), amount, move.currency if amount else "", move.kind, move.name, move.text, ""]


def bnp_cells(move: Move, _before: Decimal, _after: Decimal) -> list[str]:
    details = f"{move.kind} {move.name} COMMUNICATION : {move.text} REFERENCE BANQUE : 2601150000000".upper()
    money = [move.day(), move.day(value=True), move.amount, move.currency, move.own.replace(" ", "")]
    return [move.number, *money, move.kind, move.account, move.name, move.text, details, move.status, ""]


def crelan_cells(move: Move, _before: Decimal, after: Decimal) -> list[str]:
    money = [move.day(), bare_point(move.amount), bare_point(after), move.currency]
    return [*money, move.name, move.account, move.kind, move.text, move.own]


def triodos_cells(move: Move, _before: Decimal, after: Decimal) -> list[str]:
    money = [move.day("-"), move.own.replace(" ", ""), grouped(move.amount)]
    return [*money, move.account, "AXABBE22", move.name, " ", move.kind, move.text, grouped(after)]


def triodos_nl_cells(move: Move, before: Decimal, _after: Decimal) -> list[str]:
    money = [move.day("-"), move.own.replace(" ", ""), grouped(move.amount.lstrip("-"))]
    side = "Debet" if move.amount.startswith("-") else "Credit"
    return [*money, side, move.name, move.account, "ET", move.text, grouped(before)]


def wise_cells(move: Move, _before: Decimal, after: Decimal) -> list[str]:
    money = [move.number, move.day("-"), point(move.amount), move.currency]
    return [*money, move.kind, move.text, point(after), "", move.name, move.account, "", move.fees, "TRANSFER"]


BELFIUS = Style(
    "belfius",
    (
        *("Compte", "Date de comptabilisation", "Numéro d'extrait", "Numéro de transaction"),
        *("Compte contrepartie", "Nom contrepartie contient", "Rue et numéro", "Code postal et localité"),
        *("Transaction", "Date valeur", "Montant", "Devise", "BIC", "Code pays", "Communications"),
    ),
    belfius_cells,
    newest_first=True,
)
KBC = Style(
    "kbc",
    (
        *("Rekeningnummer", "Rubrieknaam", "Naam", "Munt", "Afschriftnummer", "Datum", "Omschrijving", "Valuta"),
        *("Bedrag", "Saldo", "credit", "debet", "rekeningnummer tegenpartij", "BIC tegenpartij", "Naam tegenpartij"),
        *("Adres tegenpartij", "gestructureerde mededeling", "Vrije mededeling"),
    ),
    kbc_cells,
    ends="\r",
    newest_first=True,
    chained=True,
)
ING = Style(
    "ing",
    (
        *("Numéro de compte", "Nom du compte", "Compte contrepartie", "Numéro de mouvement", "Date comptable"),
        *("Date valeur", "Montant", "Devise", "Libellés", "Détails du mouvement", "Message"),
    ),
    ing_cells,
    ends="\r\n",
    numbered=True,
    own="539-0075470-34",
)
BNP = Style(
    "bnp",
    (
        *("Nº de séquence", "Date d'exécution", "Date valeur", "Montant", "Devise du compte", "Numéro de compte"),
        *("Type de transaction", "Contrepartie", "Nom de la contrepartie", "Communication", "Détails", "Statut"),
        "Motif du refus",
    ),
    bnp_cells,
    ends="\r\n",
    newest_first=True,
    numbered=True,
)
CRELAN = Style(
    "crelan",
    (
        *("Datum", "Bedrag", "Saldo na verrichting", "Munt", "Tegenpartij", "Rekening tegenpartij"),
        *("Type verrichting", "Mededeling", "Rekening opdrachtgever"),
    ),
    crelan_cells,
    ends="\r\n",
    chained=True,
)
TRIODOS = Style("triodos", (), triodos_cells, delimiter=",", quoted=True, chained=True)
TRIODOS_NL = Style("triodos", (), triodos_nl_cells, delimiter=",", quoted=True, chained=True)
WISE = Style(
    "wise",
    (
        *("TransferWise ID", "Date", "Amount", "Currency", "Description", "Payment Reference", "Running Balance"),
        *("Payer Name", "Payee Name", "Payee Account Number", "Merchant", "Total fees", "Transaction Details Type"),
    ),
    wise_cells,
    delimiter=",",
    quoted=True,
    newest_first=True,
    chained=True,
    numbered=True,
)
STYLES = (BELFIUS, KBC, ING, BNP, CRELAN, TRIODOS, TRIODOS_NL, WISE)

ARGENTA_NL = (
    *("Rekening", "Boekdatum", "Valutadatum", "Referentie", "Beschrijving", "Bedrag", "Munt", "Verrichtingsdatum"),
    *("Rekening tegenpartij", "Naam tegenpartij", "Mededeling"),
)
ARGENTA_FR = (
    *("Compte", "Date comptable", "Date valeu", "Référence", "Description", "Montant", "Devise"),
    *("Date de la transaction", "Compte de la contrepartie", "Nom de la contrepartie", "Communication"),
)


def argenta(
    moves: Sequence[Move], header: Sequence[str] = ARGENTA_NL, *, amounts: Callable[[str], object] = float
) -> bytes:
    """Write Argenta's workbook, whose sheet says that it is one cell large."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(header)
    for move in reversed(moves):
        booked = datetime.datetime.fromisoformat(move.booked)
        value = datetime.datetime.fromisoformat(move.value or move.booked)
        money = [amounts(move.amount), move.currency, booked]
        party = [move.account or None, move.name or None, move.text or None]
        sheet.append([move.own, booked, value, move.number or None, move.kind, *money, *party])
    file = io.BytesIO()
    workbook.save(file)
    return with_member(file.getvalue(), "xl/worksheets/sheet1.xml", shrunk)


def shrunk(sheet: bytes) -> bytes:
    start = sheet.index(b'<dimension ref="') + len(b'<dimension ref="')
    return sheet[:start] + b"A1" + sheet[sheet.index(b'"', start) :]


def with_member(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Give the archive with one of its members changed, or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, change(old.read(member)) if member == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return file.getvalue()
