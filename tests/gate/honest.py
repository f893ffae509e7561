"""Sub-ledgers of every day, in French, Dutch and German, as people write them: each is let through, and loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount.core.getters import get_entry_accounts
from beancount.parser import parser

if TYPE_CHECKING:
    from pathlib import Path

_ENGLISH = ""
_FRENCH = """option "name_assets" "Actifs"
option "name_liabilities" "Passifs"
option "name_equity" "Capitaux"
option "name_income" "Produits"
option "name_expenses" "Charges"
"""
_OPTIONS = """option "title" "A001, grand livre"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
"""


class Honest(NamedTuple):
    """A book that has nothing wrong with it; the ledger around it opens the accounts that it uses."""

    name: str
    book: str
    roots: str = _ENGLISH
    terms: str = "  overdraft: 100000 EUR\n"
    include: str = "books/*.beancount"
    decided: str = ""
    closes: str = ""

    def lay(self, folder: Path) -> None:
        """Make the sub-ledger in *folder*."""
        (folder / "books").mkdir(parents=True)
        (folder / "documents").mkdir()
        (folder / "documents/.gitkeep").touch()
        (folder / "documents/2026-02-03 Facture n° 12 - Électricité.pdf").write_bytes(b"%PDF-1.4\n")
        (folder / "books/2026.beancount").write_bytes((self.roots + self.book).encode())
        entries, _, _ = parser.parse_string(self.roots + self.book)
        accounts = sorted({account for entry in entries for account in get_entry_accounts(entry)})
        opens = "".join(f"2026-01-05 open {account}\n" for account in accounts if f"open {account}" not in self.book)
        ledger = f'{_OPTIONS}{self.roots}plugin "beancoop"\n{opens}{self.closes}include "terms.beancount"\n'
        (folder / "ledger.beancount").write_text(f'{ledger}include "{self.include}"\n')
        terms = f'2026-01-05 custom "activity" "A001"\n{self.terms}{self.decided}'
        (folder / "terms.beancount").write_text(f"{self.roots}{terms}")


HONEST = (
    Honest(
        "une facture, sa note de crédit, son paiement",
        """2026-02-01 * "Résidence « Les Érables »" "Cuisine d'été, façades en chêne" ^A001-2026-0001
  Assets:40:400-Clients:A001                  1210.00 EUR
  Income:70:700-VentesPrestations:A001       -1000.00 EUR
  Liabilities:45:451-TVAAPayer:A001           -210.00 EUR
2026-02-10 * "Résidence « Les Érables »" "Note de crédit : porte rayée" ^A001-2026-0001
  Income:70:700-VentesPrestations:A001         100.00 EUR
  Liabilities:45:451-TVAAPayer:A001             21.00 EUR
  Assets:40:400-Clients:A001                  -121.00 EUR
2026-02-20 * "Résidence « Les Érables »" "Virement" ^A001-2026-0001
  ogm: "+++123/4567/89012+++"
  Assets:55:5500-Banque:A001                  1089.00 EUR
  Assets:40:400-Clients:A001                 -1089.00 EUR
""",
    ),
    Honest(
        "un devis de moins de cinq pages",
        """2026-02-01 * "Imprimerie & Cie" "Devis < 5 pages, délai <= 3 jours, 2 > 1"
  Assets:40:400-Clients:A001               50.00 EUR
  Income:70:700-VentesPrestations:A001    -50.00 EUR
; remise si quantité < 10, voir <lea@example.be>
""",
    ),
    Honest(
        "des guillemets, des apostrophes, une barre oblique inverse",
        """2026-02-01 * "Café \\"Chez Léa\\"" "L'été, c'est l'été ; dossier C:\\\\Factures"
  Assets:55:5500-Banque:A001               50.00 EUR
  Income:70:700-VentesPrestations:A001    -50.00 EUR
2026-02-02 note Assets:55:5500-Banque:A001 "Vu avec \\"Léa\\" à 14 h"
""",
    ),
    Honest(
        "les racines en français",
        """2026-02-01 * "Client" "Prestation"
  Actifs:40:400-Clients:A001               121.00 EUR
  Produits:70:700-VentesPrestations:A001  -100.00 EUR
  Passifs:45:451-TVAÀPayer:A001            -21.00 EUR
2026-02-03 * "Fournisseur" "Matières premières"
  Charges:60:600-MatièresPremières:A001     40.00 EUR
  Passifs:44:440-Fournisseurs:A001         -40.00 EUR
""",
        _FRENCH,
    ),
    Honest(
        "een boekhouding in het Nederlands",
        """; Dagboek van februari, opgemaakt te Genk
2026-02-01 * "Bakkerij 't Zonnetje BV" "Factuur nr. 2026/003: reiniging oven" ^A001-2026-0003
  mededeling: "+++090/9337/55493+++"
  Assets:40:400-Klanten:A001                 605.00 EUR
  Income:70:700-Verkopen:A001               -500.00 EUR
  Liabilities:45:451-TeBetalenBtw:A001      -105.00 EUR
2026-02-14 * "Bakkerij 't Zonnetje BV" "Overschrijving, geïnd" ^A001-2026-0003
  Assets:55:5500-Bank:A001                   605.00 EUR
  Assets:40:400-Klanten:A001                -605.00 EUR
""",
    ),
    Honest(
        "eine Buchhaltung auf Deutsch",
        """; Büro in Eupen
2026-02-01 * "Straßenbau Müller GmbH" "Übersetzung, 12 Normseiten à 45,00 €" ^A001-2026-0007
  Assets:40:400-Kunden:A001                  540.00 EUR
  Income:70:700-Umsatzerlöse:A001           -540.00 EUR
2026-02-28 * "Telefongesellschaft" "Grundgebühr für März"
  Expenses:61:6121-Fernsprechgebühren:A001    24.20 EUR
  Assets:55:5500-Bank:A001                   -24.20 EUR
""",
    ),
    Honest(
        "des emojis et des espaces insécables",
        """2026-02-01 * "Marché de Noël 🎄" "3 couronnes à 15 €, payé par carte 💳 ❤️"
  Assets:55:5500-Banque:A001               45.00 EUR
  Income:70:700-VentesPrestations:A001    -45.00 EUR
""",
    ),
    Honest(
        "des fins de ligne de Windows",
        '2026-02-01 * "Client" "Vente"\r\n  Assets:55:5500-Banque:A001   45.00 EUR\r\n'
        '  Income:70:700-VentesPrestations:A001  -45.00 EUR\r\n2026-02-02 query "ventes" "SELECT account\r\n'
        "  WHERE account ~ '^Income'\"\r\n",
    ),
    Honest(
        "des calculs",
        """2026-02-01 * "Client" "Vente à 21 %, TVA comprise"
  Assets:55:5500-Banque:A001               (3 * 40.00 + 1.00) EUR
  Income:70:700-VentesPrestations:A001     -121.00/1.21 EUR
  Liabilities:45:451-TVAAPayer:A001        -100.00*0.21 EUR
2026-02-02 * "Grossiste" "1,250.00 € de fournitures"
  Expenses:60:601-Fournitures:A001         1,250.00 EUR
  Assets:55:5500-Banque:A001              -1,250.00 EUR
""",
    ),
    Honest(
        "un montant que Beancount complète",
        """2026-02-01 txn "Client" "Vente"
  Assets:55:5500-Banque:A001               45.00 EUR
  Income:70:700-VentesPrestations:A001
""",
    ),
    Honest(
        "d'autres monnaies, à leur prix",
        """2026-02-01 * "Kunde in Zürich" "Beratung"
  Assets:55:5502-CompteCHF:A001            100.00 CHF @ 1.05 EUR
  Income:70:700-VentesPrestations:A001    -100.00 CHF @@ 105.00 EUR
2026-02-02 * "Monnaie locale" "12 Val'Heureux"
  Assets:57:570-Caisse:A001                 12 VALHEUREUX @ 1 EUR
  Income:70:700-VentesPrestations:A001     -12.00 EUR
""",
    ),
    Honest(
        "un stock à son coût",
        """2026-02-01 * "Scierie" "Planches"
  Assets:30:300-Stock:A001                 10 PLANCHE {12.00 EUR, 2026-02-01, "lot 7"}
  Liabilities:44:440-Fournisseurs:A001    -120.00 EUR
2026-02-09 * "Atelier" "Planches utilisées"
  Assets:30:300-Stock:A001                 -4 PLANCHE {12.00 EUR}
  Expenses:60:609-VariationStocks:A001     48.00 EUR
""",
    ),
    Honest(
        "des étiquettes, des liens, des marques",
        """pushtag #marche
2026-02-01 ! "Client" "À vérifier" #stand-12 ^A001-2026-0004 ^commande/77
  Assets:55:5500-Banque:A001               45.00 EUR
  ! Income:70:700-VentesPrestations:A001  -45.00 EUR
    rayon: "fruits"
poptag #marche
pushmeta projet: "Serre n° 2"
2026-02-02 * "Pépinière" "Plants"
  Expenses:60:600-Plants:A001              30.00 EUR
  Assets:55:5500-Banque:A001              -30.00 EUR
popmeta projet:
""",
    ),
    Honest(
        "des métadonnées de toute sorte",
        """2026-02-01 * "Client" "Vente"
  facture: "2026-004"
  echeance: 2026-03-03
  tva: 21
  acompte: 10.00 EUR
  compte: Assets:55:5500-Banque:A001
  paye: TRUE
  monnaie: EUR
  etape: #acompte
  vide:
  site: "https://example.be/commande?id=4&lang=fr"
  Assets:55:5500-Banque:A001               45.00 EUR
  Income:70:700-VentesPrestations:A001    -45.00 EUR
""",
    ),
    Honest(
        "des soldes et des documents",
        """2026-02-01 * "Client" "Vente"
  Assets:55:5500-Banque:A001               45.00 EUR
  Income:70:700-VentesPrestations:A001    -45.00 EUR
2026-02-03 document Assets:55:5500-Banque:A001 "../documents/2026-02-03 Facture n° 12 - Électricité.pdf" #facture
2026-03-01 balance Assets:55:5500-Banque:A001  45.00 EUR
  releve: "2026/02"
""",
    ),
    Honest(
        "des requêtes",
        """2026-02-01 query "Ventes < 100 €" "
  SELECT date, narration, sum(position) AS total
  WHERE account ~ '^Income:70' AND number < 100
  GROUP BY date, narration ORDER BY date"
2026-02-01 query "balances" "balances where account ~ 'Banque'"
""",
    ),
    Honest(
        "une note de plusieurs lignes",
        """2026-01-05 open Assets:55:5500-Banque:A001  EUR, CHF "STRICT"
2026-02-01 note Assets:55:5500-Banque:A001 "Appelé la banque :
- la carte arrive lundi,
- l'accès en ligne aussi."
""",
        closes="2026-12-31 close Assets:55:5500-Banque:A001\n",
    ),
    Honest(
        "la vie d'une activité",
        "; rien encore\n",
        decided="""2026-02-12 custom "follow-up" "A001" "commercial" 1.5
2026-03-01 custom "activity-terms" "A001"
  rate: 0.08
  margin: "operating"
2026-05-01 custom "activity-pause" "A001"
2026-06-15 custom "activity-resume" "A001"
2027-07-04 custom "activity-exit" "A001" "independent"
""",
        terms="""  trade: "Chez Léa & fils, traiteur"
  rate: 0.10
  negative: "carry"
  months: 18
  overdraft: 250.00 EUR
""",
    ),
    Honest(
        "une prestation interne et le compte de liaison",
        """2026-02-01 * "A002" "Affiche pour le marché" ^interne-2026-01
  Expenses:9:951-PrestationsInternes:A001  80.00 EUR
  Assets:9:960-Liaison:A001               -80.00 EUR
""",
    ),
    Honest(
        "un plan de fichier à la org",
        """* Février
** Ventes
2026-02-01 * "Client" "Vente"
  Assets:55:5500-Banque:A001               45.00 EUR   ; comptant
  Income:70:700-VentesPrestations:A001    -45.00 EUR

# fin
""",
        include="books/**/*.beancount",
    ),
)
