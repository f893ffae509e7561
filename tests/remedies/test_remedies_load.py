"""What every load finds: the remedy of each message is done as it says, and nothing is found afterwards."""

from __future__ import annotations

import re

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Refusal
from remedies.doing import Remedy, add, add_below, swap, take_entry_out, take_out, write

UNITS = ("COOP", "A001", "A002")
STEMS = (
    *("Assets:55:5500-Banque", "Assets:40:400-Clients", "Assets:9:960-Liaison", "Assets:49:499-CompteAttente"),
    *(
        "Liabilities:44:440-Fournisseurs",
        "Income:70:700-Ventes",
        "Expenses:60:601-Fournitures",
        "Expenses:61:610-Loyers",
    ),
    *("Expenses:9:951-PrestationsInternes", "Assets:30:300-Stock"),
)
OF_COOP = (
    *("Equity:11:1109-Apports", "Equity:13:1311-ReserveIndisponible", "Equity:13:133-ReservesDisponibles"),
    *("Equity:14:140-ResultatReporte", "Liabilities:47:471-Dividendes", "Expenses:69:694-RemunerationApport"),
    *("Income:79:792-PrelevementReserves", "Expenses:69:692-DotationReserves"),
)
OPENED = [
    "2025-01-01 open Assets:55:5500-Banque",
    *(f"2025-01-01 open {stem}:{unit}" for stem in STEMS for unit in UNITS),
    *(f"2025-01-01 open {stem}:COOP" for stem in OF_COOP),
    '2025-01-01 open Assets:31:310-Stock:COOP "STRICT"',
    '2025-01-01 open Assets:34:340-Stock:COOP "AVERAGE"',
    "2025-01-01 open Assets:57:570-Caisse:COOP EUR",
]
HEAD = f"""option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2025-01-01 custom "cooperative" "Les Sources SC"
2026-01-05 custom "activity" "A001"
2026-01-05 custom "activity" "A002"
{chr(10).join(OPENED)}
"""
BANK, SALES, CUSTOMERS = "Assets:55:5500-Banque", "Income:70:700-Ventes", "Assets:40:400-Clients"


def entry(*postings: str, day: str = "2026-02-02", more: str = "") -> str:
    return f'{day} * "x"{more}\n' + "".join(f"  {each}\n" for each in postings)


def custom(day: str, kind: str, *values: str, more: str = "") -> str:
    said = "".join(f' "{value}"' for value in values)
    return f'{day} custom "{kind}"{said}\n{more}'


def sale(day: str, unit: str = "A001", amount: str = "100.00", more: str = "") -> str:
    return entry(f"{CUSTOMERS}:{unit}  {amount} EUR", f"{SALES}:{unit}  -{amount} EUR", day=day, more=more)


LOT = entry("Assets:31:310-Stock:COOP  1 X {1 EUR}", f"{BANK}:COOP  -1 EUR")
TWO = entry(*(f"Assets:31:310-Stock:COOP  2 X {{{n} EUR}}" for n in (1, 2)), f"{BANK}:COOP  -6 EUR")
SOLD = "Assets:31:310-Stock:COOP  -1 X {}"
SHARES = entry(f"{BANK}:COOP  1000.00 EUR", "Equity:11:1109-Apports:COOP  -1000.00 EUR", day="2025-01-02")
RESERVED = entry(
    "Expenses:69:692-DotationReserves:COOP  500.00 EUR", "Equity:13:1311-ReserveIndisponible:COOP  -500.00 EUR"
)
PAUSE = custom("2026-02-01", "activity-pause", "A001")
EXIT = custom("2026-06-30", "activity-exit", "A001", "stopped")


def move(lines: list[str], finding) -> list[str]:
    """Write the tag on the line of the date."""
    at = next(at for at in range(finding.line - 1, len(lines)) if lines[at].strip() == "#mai")
    return [*lines[: at - 2], f"{lines[at - 2]} #mai", lines[at - 1], *lines[at + 1 :]]


BEANCOUNTS = [
    Remedy("BC003", "2026-01-02 opne Assets:57:570-Caisse:A001\n", swap("opne", "open")),
    Remedy("BC004", entry(f"{BANK}:COOP  1,5 EUR", f"{CUSTOMERS}:COOP  -1.50 EUR"), swap("1,5", "1.50")),
    Remedy("BC005", f'2026-02-30 note {BANK}:COOP "x"\n', swap("2026-02-30", "{said}", said=r"as in ([-\d]+)\.")),
    Remedy("BC007", "2026-01-02 open Actifs:57:570-Caisse:A001\n", swap("Actifs", "Assets"), frozenset({"BC203"})),
    Remedy("BC008", '2026-01-02 * "a" | "b"\n', swap(" | ", " ")),
    Remedy("BC009", "pushtag #mai\n", add(r"write (poptag #mai) where")),
    Remedy("BC010", 'pushmeta mai: "1"\n', add(r"write (popmeta mai:) where")),
    Remedy("BC011", "poptag #mai\n", take_out()),
    Remedy("BC012", "popmeta mai:\n", take_out()),
    Remedy("BC013", 'option "titel" "x"\n', swap("titel", "title")),
    Remedy("BC014", 'option "filename" "x"\n', take_out()),
    Remedy("BC015", 'option "booking_method" "x"\n', swap('"x"', '"STRICT"')),
    Remedy("BC016", entry("Assets:31:310-Stock:COOP  1 X {1 EUR, 2 EUR}", f"{BANK}:COOP  -1 EUR"), swap(", 2 EUR", "")),
    Remedy("BC017", entry("Assets:31:310-Stock:COOP  1 X {1 EUR, *}", f"{BANK}:COOP  -1 EUR"), swap(", *", "")),
    Remedy("BC018", entry("Assets:31:310-Stock:COOP  1 X {{0 # 2 EUR}}", f"{BANK}:COOP  -2 EUR"), swap("0 # ", "")),
    Remedy(
        "BC019", '2026-01-02 open Assets:57:570-Caisse:A001 EUR "FOO"\n', swap("FOO", "{said}", said=r"Write ([A-Z]+),")
    ),
    Remedy("BC020", entry(f"{BANK}:COOP  1 USD @ -1 EUR", f"{CUSTOMERS}:COOP  -1 EUR"), swap("@ -1", "@ 1")),
    Remedy("BC021", entry(f"{BANK}:COOP  @@ 1 EUR", f"{CUSTOMERS}:COOP  -1 EUR"), swap("  @@", "  1 USD @@")),
    Remedy(
        "BC022",
        entry("Assets:31:310-Stock:COOP  1 X {1 EUR} @ 1 USD", f"{BANK}:COOP  -1 EUR"),
        swap("@ 1 USD", "@ 1 EUR"),
    ),
    Remedy("BC023", '2026-01-02 * "u" "v" "w"\n', swap(' "w"', "")),
    Remedy("BC024", entry(f"{BANK}:COOP  1 EUR", "#mai", f"{CUSTOMERS}:COOP  -1 EUR"), move),
    Remedy(
        "BC025", entry('mai: "1"', 'mai: "2"', f"{BANK}:COOP  1 EUR", f"{CUSTOMERS}:COOP  -1 EUR"), take_out('mai: "2"')
    ),
    Remedy(
        "BC026",
        entry(f"{BANK}:COOP  1 EUR", '  mai: "1"', '  mai: "2"', f"{CUSTOMERS}:COOP  -1 EUR"),
        take_out('mai: "2"'),
    ),
    Remedy("BC030", 'include "other.beancount"\ninclude "other.beancount"\n', take_out("include")),
    Remedy("BC032", 'include "othre.beancount"\n', swap("othre", "other")),
    Remedy("BC033", 'plugin "beancop"\n', swap("beancop", "beancoop")),
    Remedy(
        "BC040",
        entry("Assets:31:310-Stock:COOP  0 X {1 EUR}", f"{BANK}:COOP  1 EUR", f"{CUSTOMERS}:COOP  -1 EUR"),
        take_out("0 X"),
    ),
    Remedy(
        "BC041",
        entry("Assets:31:310-Stock:COOP  1 X {-1 EUR}", f"{BANK}:COOP  -1 EUR"),
        swap("{-1", "{1"),
        frozenset({"BC060"}),
    ),
    Remedy(
        "BC042",
        entry(f"{BANK}:COOP  1", f"{CUSTOMERS}:COOP  1 EUR", f"{BANK}:COOP  -2 EUR", f"{BANK}:COOP  0 USD"),
        swap(":COOP  1", ":COOP  1 EUR"),
    ),
    Remedy(
        "BC043",
        entry(f"{BANK}:COOP  1 EUR", f"{CUSTOMERS}:COOP", "Assets:30:300-Stock:COOP"),
        lambda lines, _: [*lines[:-2], f"{lines[-2]}  2 EUR", lines[-1]],
    ),
    Remedy(
        "BC044",
        LOT + entry("Assets:31:310-Stock:COOP  -1 X {2 EUR}", f"{BANK}:COOP  1 EUR", day="2026-02-03"),
        swap("{2 EUR}", "{said}", said=r"1 X (\{1 EUR, [-\d]+\})"),
    ),
    Remedy("BC045", entry(f"{BANK}:COOP  EUR", f"{CUSTOMERS}:COOP  EUR"), swap("COOP  EUR", "COOP  1 EUR")),
    Remedy(
        "BC047",
        TWO + entry(SOLD, f"{BANK}:COOP  1 EUR", day="2026-02-03"),
        swap("{}", "{said}", said=r"held are 2 X (\{1 EUR, [-\d]+\})"),
    ),
    Remedy(
        "BC048",
        TWO.replace("31:310", "34:340")
        + entry("Assets:34:340-Stock:COOP  -1 X {1 EUR}", f"{BANK}:COOP  1 EUR", day="2026-02-03"),
        lambda lines, _: [line.replace("AVERAGE", "STRICT") for line in lines],
    ),
    Remedy(
        "BC053",
        f"2026-01-03 balance {BANK}  0 EUR\n2026-01-03 balance {BANK}  1 EUR\n",
        take_out(),
        frozenset({"BC051"}),
    ),
    Remedy("BC054", f"2026-01-01 open {BANK}:COOP\n", take_out()),
    Remedy("BC055", f"2026-12-03 close {BANK}:A002\n2026-12-04 close {BANK}:A002\n", take_out()),
    Remedy("BC056", entry(f"{BANK}:COOP  1 EUR", "Assets:40:400-Client:COOP  -1 EUR"), swap("Client:", "Clients:")),
    Remedy(
        "BC056",
        entry("Assets:57:571-Caisse:COOP  1 EUR", f"{CUSTOMERS}:COOP  -1 EUR"),
        add(r"account '(\S+)'", "2026-02-02 open {said}"),
    ),
    Remedy(
        "BC057",
        f"2026-02-01 close {BANK}:A002\n" + entry(f"{BANK}:A002  1 EUR", f"{CUSTOMERS}:A002  -1 EUR"),
        swap("2026-02-02", "2026-01-31"),
    ),
    Remedy("BC058", "2026-02-01 close Assets:57:570-Caise:COOP\n", swap("Caise", "Caisse")),
    Remedy(
        "BC059",
        entry("Assets:57:570-Caisse:COOP  1 USD", f"{CUSTOMERS}:COOP  -1 USD"),
        lambda lines, _: [line.replace(" 1 USD", " 1 EUR").replace("-1 USD", "-1 EUR") for line in lines],
    ),
    Remedy("BC061", "2026-01-02 commodity EUR\n2026-01-03 commodity EUR\n", take_out()),
    Remedy(
        "BC062",
        f"2026-01-02 pad Assets:31:310-Stock:COOP {BANK}:COOP\n{LOT}2026-02-04 balance Assets:31:310-Stock:COOP  5 X\n",
        lambda lines, _: [
            *(line for line in lines if " pad " not in line),
            *entry("Assets:31:310-Stock:COOP  4 X {1 EUR}", f"{BANK}:COOP  -4 EUR").splitlines(),
        ],
    ),
    Remedy("BC063", f"2026-01-02 pad {BANK}:COOP {CUSTOMERS}:COOP\n", take_out()),
    Remedy("BC064", f'2026-01-02 document {BANK}:COOP "nowhere.pdf"\n', swap("nowhere.pdf", "there.pdf")),
    Remedy("BC065", 'option "documents" "nowhere"\n', swap("nowhere", "documents")),
    Remedy(
        "BC066",
        entry("Assets:31:310-Stock:COOP  0 X {{1 EUR}}", f"{BANK}:COOP  -1 EUR"),
        swap("0 X", "1 X"),
    ),
    Remedy(
        "BC067",
        entry(f"{BANK}:COOP  3 USD @@ 100.00 EUR", f"{CUSTOMERS}:COOP  -100.00 EUR"),
        swap("3 USD @@ 100.00 EUR", "100.00 EUR\n    {said}", said=r"as in `(.*)`"),
    ),
]
DIRECTIVES = [
    Remedy(
        "BC101",
        '2026-02-05 custom "activity-pause"\n',
        swap('custom "activity-pause"', "{said}", said=r"as in: (.*)\. \["),
    ),
    Remedy(
        "BC102",
        custom("2026-06-30", "activity-exit", "A001", "rich"),
        swap('"rich"', "{said}", said=r'takes one of ("\w+")'),
    ),
    Remedy(
        "BC103",
        custom("2026-06-30", "activity-terms", "A001", more='  negative: "forget"\n'),
        swap('"forget"', "{said}", said=r'write one of ("\w+")'),
    ),
    Remedy("BC103", custom("2026-06-30", "activity-terms", "A001", more='  rate: "10%"\n'), swap('"10%"', "0.10")),
    Remedy(
        "BC104",
        custom("2026-06-30", "activity-terms", "A001", more="  ratio: 0.08\n"),
        swap("ratio", "{said}", said=r"\b(rate)\b"),
    ),
    Remedy("BC105", PAUSE + '  until: "x"\n', take_out("until")),
    Remedy(
        "BC106", custom("2026-06-30", "activity-terms", "A001", more="  rate: 0.08\n  rate: 0.09\n"), take_out("0.09")
    ),
    Remedy("BC107", custom("2026-01-05", "activty", "A003"), swap("activty", "{said}", said=r"are: .*\b(activity)\b")),
    Remedy(
        "BC111",
        custom("2026-06-30", "activity-terms", "A009", more="  rate: 0.08\n"),
        add(r"such as: (.*)\. \["),
    ),
    Remedy("BC112", custom("2026-01-05", "activity", "COOP"), swap("COOP", "A003")),
    Remedy("BC113", custom("2026-01-05", "activity", "A001"), take_out()),
    Remedy(
        "BC114",
        custom("2026-06-30", "activity-terms", "A001", more="  overdraft: 100 USD\n"),
        swap("USD", "{said}", said=r"write it in (\w+)"),
    ),
    Remedy(
        "BC115",
        custom("2026-06-30", "activity-terms", "A001", more='  settlement: "treasury"\n'),
        add_below(r'such as (treasury: ".*?")\.'),
    ),
    Remedy(
        "BC116",
        custom("2026-01-01", "activity-terms", "A001", more="  rate: 0.08\n"),
        swap("2026-01-01", "{said}", said=r"start, ([-\d]+)"),
    ),
    Remedy("BC117", EXIT + EXIT, take_out()),
    Remedy("BC118", 2 * custom("2026-06-30", "activity-terms", "A001", more="  rate: 0.08\n"), take_entry_out),
    Remedy("BC119", PAUSE + PAUSE.replace("02-01", "03-01"), take_out()),
    Remedy(
        "BC119",
        PAUSE + PAUSE.replace("02-01", "03-01"),
        add(r'an "activity-resume" by ([-\d]+)\.', '{said} custom "activity-resume" "A001"'),
    ),
    Remedy(
        "BC120",
        custom("2026-03-01", "activity-resume", "A001"),
        add(r'an ("activity-pause") before', '2026-02-01 custom {said} "A001"'),
    ),
    Remedy(
        "BC121",
        'option "operating_currency" "USD"\n',
        lambda lines, finding: [
            *(line for line in lines if not line.startswith('option "operating_currency"')),
            re.search(r"such as: (.*)\. \[", finding.message)[1],
        ],
    ),
    Remedy("BC151", custom("2025-01-01", "cooperative", "Les Sources SC"), take_out()),
    Remedy(
        "BC152",
        custom("2026-01-01", "cooperative-terms", "Les Source SC", more='  vat-period: "month"\n'),
        swap("Les Source SC", "{said}", said=r'cooperative is "(.*?)"'),
    ),
    Remedy(
        "BC154",
        custom("2024-01-01", "cooperative-terms", "Les Sources SC", more='  vat-period: "month"\n'),
        swap("2024-01-01", "2026-01-01"),
    ),
    Remedy(
        "BC155",
        2 * custom("2026-01-01", "cooperative-terms", "Les Sources SC", more='  vat-period: "month"\n'),
        take_entry_out,
    ),
]
ACCOUNTS = [
    Remedy("BC201", "2026-01-01 open Assets:Banque\n", swap("Assets:Banque", "Assets:57:571-Caisse:A001")),
    Remedy("BC202", "2026-01-01 open Assets:54:5510-Epargne:A001\n", swap(":54:", ":{said}:", said=r"says (\d+)")),
    Remedy(
        "BC203",
        "2026-01-01 open Liabilities:41:411-TVA:A001\n",
        swap("Liabilities", "{said}", said=r"411 stands under (\w+)"),
    ),
    Remedy(
        "BC204",
        "2026-01-01 open Income:49:499-Attente:A001\n",
        swap("Income", "{said}", said=r"499 stands under (\w+) or"),
    ),
    Remedy("BC205", "2026-01-01 open Assets:49:494-Rien:A001\n", take_out()),
    Remedy(
        "BC206",
        "2026-01-05 open Assets:57:570-Caisse:B007\n",
        add(r'add (custom "activity" "B007")', "2026-01-05 {said}"),
    ),
    Remedy(
        "BC207",
        entry(f"{BANK}  10.00 EUR", f"{CUSTOMERS}:COOP  -10.00 EUR"),
        swap(f"{BANK}  ", "{said}  ", said=r"such as (\S+)\. "),
    ),
    Remedy(
        "BC208",
        entry("Expenses:61:610-Loyers:A001  10.00 EUR", f"{BANK}:COOP  -10.00 EUR"),
        lambda lines, finding: [
            *take_entry_out(lines, finding),
            *entry(
                "Expenses:61:610-Loyers:A001  10.00 EUR", "Assets:9:960-Liaison:A001  -10.00 EUR", more=" ^loyer"
            ).splitlines(),
            *entry("Assets:9:960-Liaison:COOP  10.00 EUR", f"{BANK}:COOP  -10.00 EUR", more=" ^loyer").splitlines(),
        ],
    ),
    Remedy("BC211", entry(f"{BANK}:COOP  5.00 EUR @ 1 EUR", f"{CUSTOMERS}:COOP  -5.00 EUR"), swap(" @ 1 EUR", "")),
]
LIFE = [
    Remedy("BC301", sale("2026-01-04"), swap("2026-01-04", "{said}", said=r"its start on ([-\d]+)\.")),
    Remedy("BC302", EXIT + sale("2026-07-01"), swap("2026-07-01", "{said}", said=r"its exit on ([-\d]+)\.")),
    Remedy("BC303", PAUSE + sale("2026-03-01"), swap("2026-03-01", "2026-01-31")),
    Remedy("BC304", sale("2027-07-05"), swap("2027-07-05", "{said}", said=r"last day to sell, ([-\d]+) ")),
    Remedy(
        "BC305",
        entry(f"{BANK}:A001  5.00 EUR", f"{CUSTOMERS}:A001  -5.00 EUR", day="2026-01-10")
        + entry(f"{BANK}:A001  5.00 EUR", f"{CUSTOMERS}:A001  -5.00 EUR", more=" #opening"),
        swap("2026-02-02", "{said}", said=r"Date it ([-\d]+),"),
    ),
    Remedy(
        "BC305",
        entry(f"{BANK}:A001  5.00 EUR", f"{CUSTOMERS}:A001  -5.00 EUR", day="2026-01-10")
        + entry(f"{BANK}:A001  5.00 EUR", f"{CUSTOMERS}:A001  -5.00 EUR", more=" #opening"),
        swap(" #opening", ""),
    ),
]
SIDE, OTHER = "Expenses:9:951-PrestationsInternes", "Assets:9:960-Liaison"
MINE = entry(f"{SIDE}:A001  50.00 EUR", f"{OTHER}:A001  -50.00 EUR", more=" ^aide")
YOURS = entry(f"{SIDE}:A002  -50.00 EUR", f"{OTHER}:A002  50.00 EUR", more=" ^aide")
OURS = YOURS.replace("A002", "COOP").replace("50.00", "10.00")
UNEVEN = frozenset({"BC324"})


def both_alike(old: str, new: str):
    """Write the one side as the other is."""
    return lambda lines, _: [line.replace(old, new) for line in lines]


INTERNAL = [
    Remedy("BC323", MINE, write(YOURS), UNEVEN),
    Remedy(
        "BC322",
        MINE + YOURS.replace("50.00", "30.00") + OURS,
        lambda lines, _: [
            *(line.replace("30.00", "50.00") for line in lines[: -OURS.count("\n")]),
        ],
        UNEVEN,
    ),
    Remedy("BC321", MINE + YOURS.replace("50.00", "40.00"), both_alike("40.00", "50.00"), UNEVEN),
    Remedy("BC321", MINE + YOURS.replace("2026-02-02", "2026-02-03"), both_alike("2026-02-03", "2026-02-02"), UNEVEN),
]
PROPERTY = [
    Remedy(
        "BC341",
        RESERVED
        + entry(
            "Equity:13:1311-ReserveIndisponible:COOP  100.00 EUR", "Liabilities:47:471-Dividendes:COOP  -100.00 EUR"
        ),
        take_entry_out,
    ),
    Remedy(
        "BC347",
        SHARES
        + entry("Equity:11:1109-Apports:COOP  100.00 EUR", "Income:79:792-PrelevementReserves:COOP  -100.00 EUR"),
        swap("Income:79:792-PrelevementReserves:COOP", f"{BANK}:COOP"),
    ),
    Remedy(
        "BC349",
        SHARES
        + entry(
            "Expenses:69:694-RemunerationApport:COOP  100.00 EUR",
            "Liabilities:47:471-Dividendes:COOP  -100.00 EUR",
            day="2026-05-10",
        ),
        lambda lines, _: [
            line.replace("100.00 EUR", "85.71 EUR") if "694" in line or "471" in line else line for line in lines
        ],
    ),
    Remedy(
        "BC350",
        SHARES
        + entry(
            'appropriates: "2025-12"',
            "Expenses:69:694-RemunerationApport:COOP  10.00 EUR",
            "Liabilities:47:471-Dividendes:COOP  -10.00 EUR",
            day="2026-05-10",
        ),
        swap('"2025-12"', "{said}", said=r"as in (\d+)"),
    ),
]
LEVIES = [
    Remedy(
        "BC401",
        entry(f"{CUSTOMERS}:A001  100.00 USD", f"{SALES}:A001  -100.00 USD"),
        lambda lines, _: [line.replace("USD", "USD @ 0.90 EUR") if "USD" in line else line for line in lines],
    ),
    Remedy(
        "BC403",
        entry("Expenses:9:950-Contribution:A001  10.00 EUR", f"{OTHER}:A001  -10.00 EUR")
        + "2026-01-05 open Expenses:9:950-Contribution:A001\n",
        take_entry_out,
        UNEVEN,
    ),
    Remedy(
        "BC411",
        custom("2026-01-10", "activity-terms", "A001", more='  settlement: "treasury"\n  treasury: "5510-Epargne"\n')
        + sale("2026-02-02"),
        swap('settlement: "treasury"', "{said}", said=r'write (settlement: "account")'),
    ),
    Remedy(
        "BC411",
        custom("2026-01-10", "activity-terms", "A001", more='  settlement: "treasury"\n  treasury: "5510-Epargne"\n')
        + sale("2026-02-02"),
        lambda lines, _: [
            *lines,
            *(f"2026-01-05 open Assets:55:5510-Epargne:{unit}" for unit in ("COOP", "A001")),
        ],
    ),
    Remedy(
        "BC412",
        sale("2026-02-02") + "2026-03-01 open Expenses:9:950-Contribution:A001\n",
        swap("2026-03-01", "{said}", said=r"from ([-\d]+) on"),
    ),
    Remedy("BC412", sale("2026-02-02") + "2026-03-01 open Expenses:9:950-Contribution:A001\n", take_out()),
    Remedy(
        "BC413",
        sale("2026-02-02") + f"2026-02-20 close {OTHER}:A001\n",
        swap("2026-02-20", "{said}", said=r"before ([-\d]+)\."),
    ),
]
TRIED = [*BEANCOUNTS, *DIRECTIVES, *ACCOUNTS, *LIFE, *INTERNAL, *PROPERTY, *LEVIES]


def findings_of(folder, text):
    main = folder / "main.beancount"
    main.write_text(text, encoding="utf-8", errors="surrogateescape")
    try:
        return load_ledger(main).findings
    except Refusal as refused:
        return [finding._replace(message=refused.message) for finding in refused.findings]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "other.beancount").write_text("")
    (tmp_path / "there.pdf").write_bytes(b"%PDF")
    (tmp_path / "documents").mkdir()
    return tmp_path


def test_the_books_of_the_test_are_without_fault(folder):
    assert findings_of(folder, HEAD) == []


@pytest.mark.parametrize("remedy", TRIED, ids=lambda remedy: remedy.code)
def test_what_the_message_says_does(folder, remedy):
    text = HEAD + remedy.wrong
    found = findings_of(folder, text)
    assert {one.code for one in found} == {remedy.code, *remedy.also}, found
    first = next(one for one in found if one.code == remedy.code)
    lines = remedy.act(text.splitlines(), first)
    assert findings_of(folder, "\n".join(lines) + "\n") == []
