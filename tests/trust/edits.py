"""What somebody does every day who keeps `books/` and `documents/` of A001: nothing of it may be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trust.attacks import BANK, BOOK, CASH, CLIENTS, GOODS, SALES, edit, entry, put, sale

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEW = "books/avril.beancount"
STOCK, USED = "Assets:30:300-StockMatieresPremieres:A001", "Expenses:60:609-VariationStocks:A001"
VAT, RECOVERED = "Liabilities:45:451-TVAPayer:A001", "Assets:41:411-TVARecuperer:A001"
SUPPLIERS, DISCOUNTS = "Liabilities:44:440-Fournisseurs:A001", "Income:70:708-RemisesAccordees:A001"


class Edit(NamedTuple):
    """A day's work.

    Attributes:
        name: what is done.
        text: what is written into a book of its own.
        act: what is done to the folder besides.

    """

    name: str
    text: str | bytes | None = None
    act: Callable[[Path], object] | None = None

    def lay(self, folder: Path) -> None:
        """Do it to the sub-ledger in *folder*."""
        if self.text is not None:
            raw = self.text if isinstance(self.text, bytes) else self.text.encode()
            (folder / NEW).write_bytes(raw)
        if self.act:
            self.act(folder)


def invoice(head: str = '"Client" "Facture 3" ^A001-2026-0003', extra: str = "", day: str = "2026-04-10") -> str:
    """Write a sale with its VAT."""
    return entry(
        f"{CLIENTS}  121.00 EUR", f"{SALES}  -100.00 EUR", f"{VAT}  -21.00 EUR", head=head, extra=extra, day=day
    )


def bought(head: str = '"Fournisseur" "Achat"', goods: str = GOODS) -> str:
    """Write a purchase with its VAT."""
    return entry(f"{goods}  50.00 EUR", f"{RECOVERED}  10.50 EUR", f"{SUPPLIERS}  -60.50 EUR", head=head)


def doing(*acts: Callable[[Path], object]) -> Callable[[Path], object]:
    """Do one after the other."""

    def act(folder: Path) -> None:
        for each in acts:
            each(folder)

    return act


def move(before: str, after: str) -> Callable[[Path], object]:
    """Move a file."""

    def act(folder: Path) -> None:
        (folder / after).parent.mkdir(parents=True, exist_ok=True)
        (folder / before).rename(folder / after)

    return act


def split(folder: Path) -> None:
    """Spread a book over two, entry by entry."""
    first, rest = (folder / BOOK).read_text(encoding="utf-8").split("\n\n", 1)
    (folder / BOOK).write_text(first + "\n", encoding="utf-8")
    (folder / "books/suite.beancount").write_text(rest, encoding="utf-8")


def turn_round(folder: Path) -> None:
    """Write a book's entries in the opposite order, with other blanks."""
    blocks = (folder / BOOK).read_text(encoding="utf-8").strip().split("\n\n")
    text = "\n\n\n".join(reversed(blocks)).replace("  Assets", "    Assets")
    (folder / BOOK).write_text(text + "\n", encoding="utf-8")


FRENCH = "".join(
    f'option "name_{root}" "{name}"\n'
    for root, name in {
        "assets": "Actifs",
        "liabilities": "Passifs",
        "equity": "Capitaux",
        "income": "Produits",
        "expenses": "Charges",
    }.items()
)
SAME_ROOTS = "".join(
    f'option "name_{name.lower()}" "{name}"\n' for name in ("Assets", "Liabilities", "Equity", "Income", "Expenses")
)

IN_FRENCH = FRENCH + (
    invoice().replace("Assets:", "Actifs:").replace("Income:", "Produits:").replace("Liabilities:", "Passifs:")
)
"""A sale where the roots have French names."""

EDITS = (
    Edit("a sale", sale("2026-04-10")),
    Edit(
        "her stock at the year's end",
        entry(f"{STOCK}  50.00 EUR", f"{USED}  -50.00 EUR", day="2026-12-31", head='"Stock" #inventory'),
    ),
    Edit("an invoice", invoice()),
    Edit(
        "an invoice that is paid",
        invoice()
        + entry(
            f"{BANK}  121.00 EUR",
            f"{CLIENTS}  -121.00 EUR",
            day="2026-04-20",
            head='"Client" "Virement" ^A001-2026-0003',
        ),
    ),
    Edit("an invoice with its VAT code", invoice(extra='  vat: "S21"\n')),
    Edit("a sale at six per cent", entry(f"{CLIENTS}  106.00 EUR", f"{SALES}  -100.00 EUR", f"{VAT}  -6.00 EUR")),
    Edit(
        "a credit note",
        entry(f"{SALES}  50.00 EUR", f"{CLIENTS}  -50.00 EUR", head='"Client" "Note de crédit" ^A001-2026-0001'),
    ),
    Edit(
        "a credit note after her last day",
        entry(
            f"{SALES}  50.00 EUR",
            f"{CLIENTS}  -50.00 EUR",
            day="2028-01-10",
            head='"Client" "Note de crédit" ^A001-2026-0001',
        ),
    ),
    Edit(
        "a rebate",
        entry(
            f"{DISCOUNTS}  5.00 EUR", f"{CLIENTS}  -5.00 EUR", head='"Client" "Remise de fin d\'année" ^A001-2026-0001'
        ),
    ),
    Edit("a purchase", bought()),
    Edit(
        "a purchase, paid in cash",
        entry(f"{CASH}  20.00 EUR", f"{BANK}  -20.00 EUR", day="2026-04-09", head='"Retrait"')
        + entry(f"{GOODS}  20.00 EUR", f"{CASH}  -20.00 EUR"),
    ),
    Edit("a month with a loss", bought(goods="Expenses:60:603-SousTraitance:A001")),
    Edit("a purchase in a pause", entry(f"{GOODS}  20.00 EUR", f"{BANK}  -20.00 EUR", day="2026-06-10")),
    Edit("an entry that is not sure yet", invoice().replace(" * ", " ! ")),
    Edit("tags and links", invoice('"Client" "Facture 3" #marche-de-mai #2026 ^A001-2026-0003 ^commande/77')),
    Edit("a tag for several entries", f"pushtag #marche\n{invoice()}{bought()}poptag #marche\n"),
    Edit("a project for several entries", f'pushmeta projet: "Serre n° 2"\n{invoice()}{bought()}popmeta projet:\n'),
    Edit("a note", f'2026-04-10 note {BANK} "Appelé la banque : carte le lundi, à 14 h 30."\n'),
    Edit(
        "a note of several lines", f'2026-04-10 note {BANK} "Appelé la banque :\n- la carte,\n- l\'accès en ligne."\n'
    ),
    Edit("a balance", f"2026-04-10 balance {BANK}  1210.00 EUR\n"),
    Edit(
        "an account of her own",
        "2026-04-01 open Assets:57:571-CaisseDuMarché:A001 EUR\n"
        + entry("Assets:57:571-CaisseDuMarché:A001  20.00 EUR", f"{BANK}  -20.00 EUR"),
    ),
    Edit(
        "accounts with accents, a ligature and a sharp s",
        "".join(
            f"2026-04-01 open Assets:57:57{number}:A001\n" for number in ("1-Œuvres", "2-Straßenkasse", "3-CaisseÉté")
        ),
    ),
    Edit(
        "a query",
        '2026-04-10 query "ventes" "SELECT date, sum(position) WHERE account ~ \'^Income:70\' GROUP BY date"\n',
    ),
    Edit(
        "a document",
        f'2026-04-10 document {CLIENTS} "../documents/2026-04-10 Facture n° 3 - Électricité.pdf" #facture\n',
        put("documents/2026-04-10 Facture n° 3 - Électricité.pdf", b"%PDF-1.4\n"),
    ),
    Edit(
        "a document by its name in an entry",
        invoice(extra='  document: "../documents/avril/facture.pdf"\n'),
        put("documents/avril/facture.pdf", b"%PDF-1.4\n"),
    ),
    Edit(
        "several documents in an entry",
        invoice(extra='  document: "../documents/a.pdf"\n  document-2: "../documents/b.png"\n'),
        doing(put("documents/a.pdf"), put("documents/b.png")),
    ),
    Edit(
        "documents of every kind",
        None,
        doing(
            *(
                put(f"documents/avril/{name}")
                for name in (
                    "a.html",
                    "b.svg",
                    "c.xml",
                    "d.docx",
                    "e.ods",
                    "f.jpg",
                    "g.zip",
                    "sans suffixe",
                    "bol.com",
                    "H.PDF",
                )
            )
        ),
    ),
    Edit(
        "a document that nothing names, renamed",
        None,
        doing(put("documents/x.pdf"), move("documents/x.pdf", "documents/2026/x.pdf")),
    ),
    Edit("roots named again, as they are", SAME_ROOTS + invoice()),
    Edit(
        "comments with accents and the euro sign",
        "; Février : 3 couronnes à 15 €, « payées » — à vérifier… où ? n° 12, ½ jour, 21 °C\n" + invoice(),
    ),
    Edit("an outline", f"* Avril\n** Ventes\n{invoice()}# fin\n"),
    Edit(
        "ligatures, a Greek micro, a sharp s, degrees",
        invoice('"Œuvre & ﬁls, Straßenbau" "Vis 10 μm, 20 µm, à 21 °C, ½ kg"'),
    ),
    Edit("emoji", invoice('"Marché de Noël 🎄" "3 couronnes 💳 ❤️"')),
    Edit("emoji made of several", invoice('"Ferme 👩‍🌾" "Chaîne 👨‍👩‍👧 et 🏳️‍🌈, 👍🏽"')),
    Edit("quotes, apostrophes and a backslash", invoice('"Café \\"Chez Léa\\"" "L\'été, C:\\\\Factures"')),
    Edit("less than and more than", invoice('"Imprimerie & Cie" "Devis < 5 pages, délai <= 3 jours, 2 > 1"')),
    Edit("a structured communication", invoice(extra='  ogm: "+++123/4567/89012+++"\n')),
    Edit(
        "metadata of every sort",
        invoice(
            extra="  echeance: 2026-05-10\n  tva: 21\n  acompte: 10.00 EUR\n  paye: TRUE\n  monnaie: EUR\n  vide:\n"
        ),
    ),
    Edit("line ends of Windows", invoice().replace("\n", "\r\n").encode()),
    Edit("a book without a line end", invoice().rstrip("\n")),
    Edit(
        "several books",
        invoice(),
        doing(put("books/mai.beancount", invoice(day="2026-05-10").encode()), put("books/juin.beancount", b"; rien\n")),
    ),
    Edit("a folder among the books, of papers", None, put("books/brouillons/idées.txt", "à faire".encode())),
    Edit(
        "what an editor leaves",
        None,
        doing(put("books/.2026.beancount.swp"), put("documents/.~lock.liste.ods#"), put("documents/.DS_Store")),
    ),
    Edit(
        "an open month's entries moved to another book", None, move("books/mars.beancount", "books/2026-03.beancount")
    ),
    Edit("closed entries in another book", None, split),
    Edit("closed entries in another order", None, turn_round),
    Edit("a comment on a closed entry", None, edit('2026-02-20 * "Client"', '; payé en retard\n2026-02-20 * "Client"')),
    Edit(
        "a price in francs",
        "2026-04-01 open Assets:55:5502-CompteCHF:A001\n"
        + entry("Assets:55:5502-CompteCHF:A001  100.00 CHF @ 1.05 EUR", f"{SALES}  -105.00 EUR"),
    ),
    Edit("a total price", entry(f"{CLIENTS}  100.00 USD @@ 92.00 EUR", f"{SALES}  -92.00 EUR")),
    Edit(
        "euros bought with dollars",
        "2026-04-01 open Assets:55:5503-CompteUSD:A001\n"
        + entry("Assets:55:5503-CompteUSD:A001  100.00 USD @ 0.90 EUR", f"{SALES}  -90.00 EUR")
        + entry(f"{BANK}  90.00 EUR", "Assets:55:5503-CompteUSD:A001  -100.00 USD @ 0.90 EUR", day="2026-04-12"),
    ),
    Edit(
        "stock at its cost",
        entry('Assets:30:300-StockMatieresPremieres:A001  10 PLANCHE {12.00 EUR, "lot 7"}', f"{SUPPLIERS}  -120.00 EUR")
        + entry(
            "Assets:30:300-StockMatieresPremieres:A001  -4 PLANCHE {12.00 EUR}",
            "Expenses:60:609-VariationStocks:A001  48.00 EUR",
            day="2026-04-20",
        ),
    ),
    Edit("sums", entry(f"{CLIENTS}  (3 * 40.00 + 1.00) EUR", f"{SALES}  -121.00/1.21 EUR", f"{VAT}  -100.00*0.21 EUR")),
    Edit(
        "a thousand, with its comma",
        entry(f"{CLIENTS}  1,210.00 EUR", f"{SALES}  -1,000.00 EUR", f"{VAT}  -210.00 EUR"),
    ),
)
