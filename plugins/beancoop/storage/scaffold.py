"""The files of a new cooperative and of a new activity, ready to load (contract, sections 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from beancoop.model.accounts import BEANCOUNTS_OWN, COOP, RootNames
from beancoop.model.pcmn.chart import chart
from beancoop.storage.atomic import write_text
from beancoop.storage.folder import create_folder
from beancoop.storage.layout import BOOKS, CLOSED, DOCUMENTS, LEDGER_FILE, TERMS_FILE

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FRENCH = RootNames("Actifs", "Passifs", "Capitaux", "Produits", "Charges")

NAME = "Coopérative"
SHARED_BANK = "5500-Banque"
OWN_BANK = "5501-Banque"
INTERNAL_ACCOUNTS = ("950", "951", "960")
ACTIVITY_ACCOUNTS = (
    *("2300", "2309", "2400", "2409"),
    *("300", "310", "340"),
    *("400", "406", "411", "440", "444", "451", "460", "489", "490", "491", "492", "493", "499"),
    *("570", "580"),
    *("600", "601", "602", "603", "604", "608", "609"),
    *("610", "611", "612", "613", "614", "615", "616", "619"),
    *("630", "640", "643", "650", "654", "657"),
    *("700", "708", "740", "743", "751", "754"),
    *INTERNAL_ACCOUNTS,
)
"""What the first year of an activity needs beside its bank account, by PCMN number."""
COOP_ACCOUNTS = (
    *("1109", "1119", "1311", "1319", "133", "140", "141"),
    *("2400", "2409"),
    *("400", "404", "406", "411", "4119", "416", "440", "444", "450", "451", "4519", "452", "453", "454", "455", "456"),
    *("459", "460", "471", "489", "490", "491", "492", "493", "499"),
    *("570", "580"),
    *("610", "611", "612", "613", "614", "615", "616", "618", "620", "621", "622", "623"),
    *("630", "640", "643", "650", "654", "657", "670", "690", "692", "693", "694"),
    *("700", "740", "743", "751", "754", "756", "764", "790", "792", "793"),
    *INTERNAL_ACCOUNTS,
)
"""What the first year of the structure needs beside its share of the bank account, its appropriation included."""
CLOSED_TITLE = "contributions et clôtures"
"""Of a file that `close` writes: a text of the books, which are in French whoever closes them."""
_NUMBER_TO_COME = '  ; enterprise: "0xxxxxxxxx"\n'
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
_ATTRIBUTES = """\
# Les fins de ligne sont les mêmes partout : un changement ne montre que ce qui a changé.
*.beancount text eol=lf
*.toml text eol=lf
"""
_IGNORE = """\
# Ce que les programmes laissent à côté des livres.
*.picklecache
.beancoop-*
__pycache__/
.DS_Store
.~lock.*#
.*.sw[a-p]
"""
_PRE_COMMIT = """\
# Avant chaque commit : beancoop check (docs/gate.md).
repos:
  - repo: local
    hooks:
      - id: beancoop-check
        name: beancoop check
        entry: beancoop check
        language: system
        files: ^ledgers/
        pass_filenames: false
"""
REPOSITORY_FILES = {".gitattributes": _ATTRIBUTES, ".gitignore": _IGNORE, ".pre-commit-config.yaml": _PRE_COMMIT}
"""What stands beside `ledgers` where the books are kept in git."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the new files have in common.

    Attributes:
        start: the day from which accounts are open and the activity runs.
        roots: the names of the five roots.
        iban: the bank account that the new books bring along, or None.
        trade: the activity's public trade name, or "".
        shared_bank: the bank account whose shares the units hold.
        name: the cooperative's name.
        enterprise: its enterprise number, ten digits, or "".

    """

    start: datetime.date
    roots: RootNames = BEANCOUNTS_OWN
    iban: str | None = None
    trade: str = ""
    shared_bank: str = SHARED_BANK
    name: str = NAME
    enterprise: str = ""


def create_cooperative(folder: Path, unit: str, settings: Settings) -> None:
    """Create *folder*, the `ledgers` of a new cooperative with one activity; all of it or nothing.

    The `iban` of *settings* is that of the account which the units share; the activity holds a share of it.

    Raises:
        FileExistsError: *folder* is there already.

    """
    of_activity = _activity_files(unit, replace(settings, iban=None))
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
            **{f"activities/{unit}/{name}": text for name, text in of_activity.items()},
        },
    )


def create_repository_files(folder: Path) -> None:
    """Lay what a git repository of books wants in *folder*; what is there already stays as it is."""
    for name, text in REPOSITORY_FILES.items():
        if not (folder / name).exists():
            write_text(folder / name, text)


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
    said = f'  enterprise: "{settings.enterprise}"\n' if settings.enterprise else _NUMBER_TO_COME
    return f"""; La coopérative entière : la structure et toutes ses activités.

{_options(settings.name, settings.roots)}
plugin "beancoop"

; Ce que la coopérative dit d'elle-même ; les factures électroniques se reconnaissent à son numéro d'entreprise.
{settings.start} custom "cooperative" "{settings.name}"
{said}  vat-period: "quarter"

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
; Le compte bancaire réel, dont les unités détiennent des parts ; y écrire l'IBAN et les soldes des extraits :
;   iban: "BE.. .... .... ...."
;   {settings.start.year}-.. balance {settings.roots.assets}:55:{settings.shared_bank}  0.00 EUR
{parent}{iban}

{_opens(COOP, settings.shared_bank, COOP_ACCOUNTS, settings)}"""


def _activity_files(unit: str, settings: Settings) -> dict[str, str]:
    bank = OWN_BANK if settings.iban else settings.shared_bank
    opens = _opens(unit, bank, ACTIVITY_ACCOUNTS, settings)
    if settings.iban:
        account = settings.roots.account("assets", bank, unit)
        opens = opens.replace(f"open {account}\n", f'open {account}\n  iban: "{settings.iban}"\n')
    trade = f'\n  trade: "{settings.trade}"' if settings.trade else ""
    ledger = f"""; Le grand livre de {unit} : se charge seul, et fait partie de celui de la coopérative.

{_options(unit, settings.roots)}
plugin "beancoop"

include "{TERMS_FILE}"
include "{CLOSED}/*.beancount"
include "{BOOKS}/*.beancount"

{opens}"""
    terms = f"""{_header(f"{unit} : ce que la coopérative décide.", settings.roots)}
{settings.start} custom "activity" "{unit}"{trade}
"""
    year = settings.start.year
    return {
        LEDGER_FILE: ledger,
        TERMS_FILE: terms,
        f"{CLOSED}/contributions-{year}.beancount": _header(f"{unit} : {CLOSED_TITLE}", settings.roots),
        f"{BOOKS}/{year}.beancount": _journal(unit, settings),
        f"{DOCUMENTS}/.gitkeep": "",
    }


def _journal(owner: str, settings: Settings) -> str:
    return _header(f"{owner} : écritures de {settings.start.year}.", settings.roots)


def _header(title: str, roots: RootNames) -> str:
    return "\n".join([f"; {title}", *roots.option_lines()]) + "\n"


def _opens(unit: str, bank: str, numbers: Iterable[str], settings: Settings) -> str:
    """Open the bank account and those of *numbers*, called as the chart calls them, under a heading for each class."""
    rows = chart()
    stems = sorted([bank, *(rows[number].stem for number in numbers)])
    parts = []
    for digit, group in groupby(stems, key=lambda stem: stem[0]):
        opens = (f"{settings.start} open {settings.roots.new_account(stem, unit)}\n" for stem in group)
        parts.append(f"; {digit}. {rows[digit].labels['fr']}\n{''.join(opens)}")
    return "\n".join(parts)
