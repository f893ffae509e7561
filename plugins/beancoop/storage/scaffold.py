"""The files of a new cooperative and of a new activity, ready to load (contract, sections 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancoop.model.accounts import BEANCOUNTS_OWN, COOP, RootNames
from beancoop.storage.folder import create_folder

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FRENCH = RootNames("Actifs", "Passifs", "Capitaux", "Produits", "Charges")

SHARED_BANK = "5500-Banque"
OWN_BANK = "5501-Banque"
ACTIVITY_ACCOUNTS = (
    "400-Clients",
    "411-TVARecuperer",
    "440-Fournisseurs",
    "451-TVAPayer",
    "499-CompteAttente",
    "600-MatieresPremieres",
    "601-Fournitures",
    "602-ServicesTravauxEtudes",
    "603-SousTraitance",
    "604-Marchandises",
    "610-LoyersCharges",
    "613-ServicesDivers",
    "619-Indemnites",
    "657-FraisBancaires",
    "700-VentesPrestations",
    "708-RemisesAccordees",
)
COOP_ACCOUNTS = (
    "1109-Apports",
    "1311-ReserveIndisponible",
    "140-ResultatReporte",
    "400-Clients",
    "411-TVARecuperer",
    "440-Fournisseurs",
    "451-TVAPayer",
    "453-Precomptes",
    "454-ONSS",
    "455-Remunerations",
    "471-Dividendes",
    "499-CompteAttente",
    "610-LoyersCharges",
    "613-ServicesDivers",
    "620-Remunerations",
    "621-CotisationsPatronales",
    "657-FraisBancaires",
    "692-DotationReserves",
    "694-RemunerationApport",
    "740-Subsides",
)
_IMPORT_CONFIG = (
    '"""What Fava\'s import page reads bank statements with: fava ledgers/main.beancount, then Import."""\n\n'
    "from pathlib import Path\n\n"
    "from beancoop_importers.importers import importers_for\n\n"
    'CONFIG = importers_for(Path(__file__).parent / "main.beancount")\n'
)
_RULES = """\
# Ce que dit le libellé d'un mouvement : la première règle dont toutes les conditions tiennent (docs/importing.md).
#
# [[movement]]
# name = "Frais de compte"
# when = { text = "frais de compte", direction = "out", max = 25.00 }
# then = { account = "657-FraisBancaires", flag = "*" }
"""
INTERNAL_ACCOUNTS = ("950-Contribution", "951-PrestationsInternes", "960-Liaison")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the new files have in common.

    Attributes:
        start: the day from which accounts are open and the activity runs.
        roots: the names of the five roots.
        iban: the bank account that the new books bring along, or None.
        trade: the activity's public trade name, or "".
        shared_bank: the bank account whose shares the units hold.

    """

    start: datetime.date
    roots: RootNames = BEANCOUNTS_OWN
    iban: str | None = None
    trade: str = ""
    shared_bank: str = SHARED_BANK


def create_cooperative(folder: Path, unit: str, settings: Settings) -> None:
    """Create *folder*, the `ledgers` of a new cooperative with one activity; all of it or nothing.

    Raises:
        FileExistsError: *folder* is there already.

    """
    _create(
        folder,
        {
            "main.beancount": _main(settings),
            "coop/accounts.beancount": _coop_accounts(settings),
            f"coop/{settings.start.year}.beancount": _journal("La structure", settings),
            "statements/.gitkeep": "",
            "inbox/.gitkeep": "",
            "import.py": _IMPORT_CONFIG,
            "rules.toml": _RULES,
            **{f"activities/{unit}/{name}": text for name, text in _activity_files(unit, settings).items()},
        },
    )


def create_activity(folder: Path, settings: Settings) -> None:
    """Create *folder*, the sub-ledger of the unit it is named after; all of it or nothing.

    Raises:
        FileExistsError: *folder* is there already.

    """
    _create(folder, _activity_files(folder.name, settings))


def _create(folder: Path, files: Mapping[str, str]) -> None:
    """Create *folder*, unless there is one, be it empty."""
    if folder.exists():
        raise FileExistsError(folder)
    create_folder(folder, files)


def _options(title: str, roots: RootNames) -> str:
    lines = [f'option "title" "{title}"', 'option "operating_currency" "EUR"', 'option "tolerance_multiplier" "0"']
    return "\n".join([*lines, *roots.option_lines()]) + "\n"


def _main(settings: Settings) -> str:
    return f"""; La coopérative entière : la structure et toutes ses activités.

{_options("Coopérative", settings.roots)}
plugin "beancoop"

{settings.start} custom "fava-option" "language" "fr"
{settings.start} custom "fava-extension" "beancoop_fava"
{settings.start} custom "fava-option" "import-config" "import.py"
{settings.start} custom "fava-option" "import-dirs" "inbox"

include "coop/*.beancount"
include "activities/*/ledger.beancount"
"""


def _coop_accounts(settings: Settings) -> str:
    parent = f"{settings.start} open {settings.roots.assets}:55:{settings.shared_bank}"
    iban = f'\n  iban: "{settings.iban}"' if settings.iban else ""
    return f"""{_header("Les comptes de la structure.", settings.roots)}
; Le compte bancaire réel, dont les unités détiennent des parts ; y écrire l'IBAN, le numéro d'entreprise de la
; coopérative (les factures électroniques se reconnaissent à lui) et les soldes des extraits :
;   iban: "BE.. .... .... ...."
;   enterprise: "0208:0xxxxxxxxx"
;   {settings.start.year}-.. balance {settings.roots.assets}:55:{settings.shared_bank}  0.00 EUR
{parent}{iban}

{_opens(COOP, (settings.shared_bank, *COOP_ACCOUNTS), settings)}"""


def _activity_files(unit: str, settings: Settings) -> dict[str, str]:
    bank = OWN_BANK if settings.iban else settings.shared_bank
    opens = _opens(unit, (bank, *ACTIVITY_ACCOUNTS), settings)
    if settings.iban:
        account = settings.roots.account("assets", bank, unit)
        opens = opens.replace(f"open {account}\n", f'open {account}\n  iban: "{settings.iban}"\n')
    trade = f'\n  trade: "{settings.trade}"' if settings.trade else ""
    ledger = f"""; Le grand livre de {unit} : se charge seul, et fait partie de celui de la coopérative.

{_options(unit, settings.roots)}
plugin "beancoop"

{settings.start} custom "activity" "{unit}"{trade}

{opens}
include "books/*.beancount"
"""
    return {
        "ledger.beancount": ledger,
        f"books/{settings.start.year}.beancount": _journal(unit, settings),
        "documents/.gitkeep": "",
    }


def _journal(owner: str, settings: Settings) -> str:
    return _header(f"{owner} : écritures de {settings.start.year}.", settings.roots)


def _header(title: str, roots: RootNames) -> str:
    return "\n".join([f"; {title}", *roots.option_lines()]) + "\n"


def _opens(unit: str, stems: Iterable[str], settings: Settings) -> str:
    accounts = [settings.roots.new_account(stem, unit) for stem in (*stems, *INTERNAL_ACCOUNTS)]
    return "".join(f"{settings.start} open {account}\n" for account in accounts)
