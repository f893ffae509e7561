"""What the columns of the table are called, in four languages; capitals, accents and signs make no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.pcmn.chart import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

UNIT, ACCOUNT, LABEL = "unit", "account", "label"
BALANCE, DEBIT, CREDIT = "balance", "debit", "credit"
PARTY, INVOICE, DATE, DUE, AMOUNT = "party", "invoice", "date", "due", "amount"
COMMUNICATION, IBAN = "communication", "iban"

_CALLED: Mapping[str, str] = {
    UNIT: "unité, activité, eenheid, activiteit, Einheit, Aktivität, activity",
    ACCOUNT: "compte, numéro de compte, numéro, n° de compte, rekening, rekeningnummer, Konto, Kontonummer, "
    "account number",
    LABEL: "libellé, intitulé, omschrijving, Bezeichnung",
    BALANCE: "solde, saldo",
    DEBIT: "débit, solde débiteur, debet, debetsaldo, Soll, Sollsaldo, debit balance",
    CREDIT: "crédit, solde créditeur, creditsaldo, Haben, Habensaldo, credit balance",
    PARTY: "tiers, nom, client, fournisseur, relatie, naam, klant, leverancier, Partner, Name, Kunde, Lieferant, "
    "customer, supplier",
    INVOICE: "facture, numéro de facture, n° de facture, factuur, factuurnummer, Rechnung, Rechnungsnummer, "
    "invoice number",
    DATE: "date de facture, datum, factuurdatum, Rechnungsdatum, invoice date",
    DUE: "échéance, date d'échéance, vervaldag, vervaldatum, Fälligkeit, Fälligkeitsdatum, due date",
    AMOUNT: "montant, montant ouvert, ouvert, bedrag, openstaand, openstaand bedrag, Betrag, offen, offener Betrag, "
    "open, open amount",
    COMMUNICATION: "communication structurée, mededeling, gestructureerde mededeling, Mitteilung, Verwendungszweck",
    IBAN: "compte bancaire, bankrekening, Bankkonto, bank account",
}
_MEANING = {plain(word): column for column, words in _CALLED.items() for word in (column, *words.split(", "))}


def meaning(heading: str) -> str | None:
    """Give the column that a heading means; None where it means none.

    >>> meaning("N° DE COMPTE"), meaning("Fälligkeit"), meaning("TVA")
    ('account', 'due', None)
    """
    return _MEANING.get(plain(heading))
