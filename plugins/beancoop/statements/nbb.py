"""The rubrics of the annual accounts, and the PCMN numbers in each.

The abbreviated model of the National Bank's Central Balance Sheet Office for companies without capital (m81), which is
that of a cooperative (SC): its equity has the contributions 110 and 111 in place of a capital, and no legal reserve
130. The names are the model's own in each language. The PCMN is annex 1 of the royal decree of 21 October 2018.

A number belongs to the rubric that has its longest beginning, so that whatever the PCMN allows is in exactly one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

APPROPRIATION = ("69", "79")
"""Where a result is appropriated, in the year after it was made; no part of a year's result."""


class Rubric(NamedTuple):
    """A line of the annual accounts.

    Attributes:
        code: its code in the model.
        name: its name in English, to be translated.
        level: how deep it stands, from 1; what follows deeper is part of it.
        numbers: the beginnings of the PCMN numbers it has itself; those of the rubrics in it come on top.

    """

    code: str
    name: str
    level: int
    numbers: tuple[str, ...] = ()


ASSETS = (
    Rubric("20", "Formation expenses", 1, ("20",)),
    Rubric("21/28", "Fixed assets", 1, ("2",)),
    Rubric("21", "Intangible fixed assets", 2, ("21",)),
    Rubric("22/27", "Tangible fixed assets", 2),
    Rubric("22", "Land and buildings", 3, ("22",)),
    Rubric("23", "Plant, machinery and equipment", 3, ("23",)),
    Rubric("24", "Furniture and vehicles", 3, ("24",)),
    Rubric("25", "Leasing and other similar rights", 3, ("25",)),
    Rubric("26", "Other tangible fixed assets", 3, ("26",)),
    Rubric("27", "Assets under construction and advance payments", 3, ("27",)),
    Rubric("28", "Financial fixed assets", 2, ("28",)),
    Rubric("29/58", "Current assets", 1, ("5",)),
    Rubric("29", "Amounts receivable after more than one year", 2, ("29",)),
    Rubric("290", "Trade debtors", 3, ("290",)),
    Rubric("291", "Other amounts receivable", 3, ("291",)),
    Rubric("3", "Stocks and contracts in progress", 2, ("3",)),
    Rubric("30/36", "Stocks", 3, ("30", "31", "32", "33", "34", "35", "36")),
    Rubric("37", "Contracts in progress", 3, ("37",)),
    Rubric("40/41", "Amounts receivable within one year", 2),
    Rubric("40", "Trade debtors", 3, ("40",)),
    Rubric("41", "Other amounts receivable", 3, ("41",)),
    Rubric("50/53", "Current investments", 2, ("50", "51", "52", "53")),
    Rubric("54/58", "Cash at bank and in hand", 2, ("54", "55", "56", "57", "58")),
    Rubric("490/1", "Accruals and deferred income", 2, ("490", "491", "499")),
)
TOTAL_ASSETS = Rubric("20/58", "Total assets", 0)

EQUITY = (
    Rubric("10/15", "Equity", 1),
    Rubric("10/11", "Associates' contribution", 2, ("10", "11")),
    Rubric("110", "Available", 3, ("110",)),
    Rubric("111", "Not available", 3, ("111",)),
    Rubric("12", "Revaluation surpluses", 2, ("12",)),
    Rubric("13", "Reserves", 2, ("13",)),
    Rubric("130/1", "Reserves not available", 3, ("130", "131")),
    Rubric("1311", "Reserves statutorily not available", 4, ("1311",)),
    Rubric("1312", "Purchase of own shares", 4, ("1312",)),
    Rubric("1313", "Financial support", 4, ("1313",)),
    Rubric("1319", "Other", 4, ("1319",)),
    Rubric("132", "Untaxed reserves", 3, ("132",)),
    Rubric("133", "Available reserves", 3, ("133",)),
    Rubric("14", "Accumulated profits (losses)", 2, ("14",)),
)
RESULT = Rubric("9905", "Result of the running year, not appropriated yet", 2)
"""No rubric of the model, whose accounts come after the appropriation: without it an open year would not balance."""

EQUITY_AND_LIABILITIES = (
    *EQUITY,
    RESULT,
    Rubric("15", "Capital subsidies", 2, ("15",)),
    Rubric("19", "Advance to associates on the sharing out of the assets", 2, ("19",)),
    Rubric("16", "Provisions and deferred taxes", 1, ("16",)),
    Rubric("160/5", "Provisions for liabilities and charges", 2),
    Rubric("160", "Pensions and similar obligations", 3, ("160",)),
    Rubric("161", "Taxes", 3, ("161",)),
    Rubric("162", "Major repairs and maintenance", 3, ("162",)),
    Rubric("163", "Environmental obligations", 3, ("163",)),
    Rubric("164/5", "Other liabilities and charges", 3, ("164", "165")),
    Rubric("168", "Deferred taxes", 2, ("168",)),
    Rubric("17/49", "Amounts payable", 1),
    Rubric("17", "Amounts payable after more than one year", 2, ("17",)),
    Rubric("170/4", "Financial debts", 3),
    Rubric("172/3", "Credit institutions, leasing and other similar obligations", 4, ("172", "173")),
    Rubric("174/0", "Other loans", 4, ("170", "171", "174")),
    Rubric("175", "Trade debts", 3, ("175",)),
    Rubric("176", "Advances received on contracts in progress", 3, ("176",)),
    Rubric("178/9", "Other amounts payable", 3, ("178", "179")),
    Rubric("42/48", "Amounts payable within one year", 2),
    Rubric("42", "Amounts payable after more than one year falling due within one year", 3, ("42",)),
    Rubric("43", "Financial debts", 3, ("43",)),
    Rubric("430/8", "Credit institutions", 4, tuple(f"43{digit}" for digit in range(9))),
    Rubric("439", "Other loans", 4, ("439",)),
    Rubric("44", "Trade debts", 3, ("44",)),
    Rubric("440/4", "Suppliers", 4, ("440", "442", "443", "444")),
    Rubric("441", "Bills of exchange payable", 4, ("441",)),
    Rubric("46", "Advances received on contracts in progress", 3, ("46",)),
    Rubric("45", "Taxes, remuneration and social security", 3, ("45",)),
    Rubric("450/3", "Taxes payable", 4, ("450", "451", "452", "453")),
    Rubric("454/9", "Remuneration and social security", 4, ("454", "455", "456", "457", "458", "459")),
    Rubric("47/48", "Other amounts payable", 3, ("47", "48")),
    Rubric("492/3", "Accruals and deferred income", 2, ("492", "493", "499")),
)
TOTAL_LIABILITIES = Rubric("10/49", "Total liabilities", 0)


class Stage(NamedTuple):
    """A step of the income statement: a subtotal of all lines so far.

    Attributes:
        total: the subtotal.
        lines: what it adds to the one before; those of classes 6 and 67/77 are charges, and taken off.
        is_ahead: whether the subtotal stands before its lines, which then explain it.

    """

    total: Rubric
    lines: tuple[Rubric, ...]
    is_ahead: bool = False


CHARGES = "6"
"""How the codes of the charges begin: their amounts are told as what they cost."""

INCOME_STATEMENT = (
    Stage(
        Rubric("9900", "Gross margin", 1),
        (
            Rubric("76A", "Of which: non-recurring operating income", 2, ("76",)),
            Rubric("70", "Turnover", 2, ("70",)),
            Rubric(
                "71", "Stocks of finished goods and work and contracts in progress: increase (decrease)", 2, ("71",)
            ),
            Rubric("72", "Produced fixed assets", 2, ("72",)),
            Rubric("73", "Contributions, gifts and legacies", 2, ("73",)),
            Rubric("74", "Other operating income", 2, ("74", "7")),
            Rubric("60/61", "Goods for resale, raw materials, consumables, services and other goods", 2, ("60", "61")),
        ),
        is_ahead=True,
    ),
    Stage(
        Rubric("9901", "Operating profit (loss)", 1),
        (
            Rubric("62", "Remuneration, social security and pensions", 2, ("62",)),
            Rubric(
                "630",
                "Amounts written down on formation expenses, intangible and tangible fixed assets",
                2,
                ("63",),
            ),
            Rubric(
                "631/4",
                "Amounts written down on stocks, contracts in progress and trade debtors: additions (write-backs)",
                2,
                ("631", "632", "633", "634"),
            ),
            Rubric(
                "635/8",
                "Provisions for liabilities and charges: appropriations (uses and write-backs)",
                2,
                ("635", "636", "637", "638"),
            ),
            Rubric("640/8", "Other operating charges", 2, ("64", "6")),
            Rubric("649", "Operating charges reported as assets under restructuring costs", 2, ("649",)),
            Rubric("66A", "Non-recurring operating charges", 2, ("66",)),
        ),
    ),
    Stage(
        Rubric("9903", "Profit (loss) for the period before taxes", 1),
        (
            Rubric("75", "Recurring financial income", 2, ("75",)),
            Rubric("76B", "Non-recurring financial income", 2, ("769",)),
            Rubric("65", "Recurring financial charges", 2, ("65",)),
            Rubric("66B", "Non-recurring financial charges", 2, ("668",)),
        ),
    ),
    Stage(
        Rubric("9904", "Profit (loss) of the period", 1),
        (
            Rubric("780", "Transfer from deferred taxes", 2, ("78",)),
            Rubric("680", "Transfer to deferred taxes", 2, ("68",)),
            Rubric("67/77", "Income taxes on the result", 2, ("67", "77")),
        ),
    ),
    Stage(
        Rubric("9905", "Profit (loss) of the period available for appropriation", 1),
        (
            Rubric("789", "Transfer from untaxed reserves", 2, ("789",)),
            Rubric("689", "Transfer to untaxed reserves", 2, ("689",)),
        ),
    ),
)

APPROPRIATIONS = (
    Rubric("791/2", "Transfers from equity", 1, ("791", "792")),
    Rubric("691", "Appropriations to contribution", 1, ("691",)),
    Rubric("6920", "Appropriations to legal reserve", 1, ("6920",)),
    Rubric("6921", "Appropriations to other reserves", 1, ("692",)),
    Rubric("(14)", "Profit (loss) to be carried forward", 1, ("690", "693", "790", "793")),
    Rubric("794", "Associates' contribution in respect of losses", 1, ("794",)),
    Rubric("694", "Compensation for contributions", 1, ("694",)),
    Rubric("695", "Directors or managers", 1, ("695",)),
    Rubric("696", "Employees", 1, ("696",)),
    Rubric("697", "Other beneficiaries", 1, APPROPRIATION),
)
"""How the result of an earlier year was appropriated, in the period of a statement."""

_LINES = tuple(line for stage in INCOME_STATEMENT for line in stage.lines)
_OF_INCOME = (*_LINES, *APPROPRIATIONS)
RUBRICS = (
    *(*ASSETS, TOTAL_ASSETS, *EQUITY_AND_LIABILITIES, TOTAL_LIABILITIES),
    *(*(stage.total for stage in INCOME_STATEMENT), *_OF_INCOME),
)
"""All of them."""


@lru_cache(maxsize=4096)
def rubric_of(number: str, *, is_asset: bool = False) -> Rubric | None:
    """Give the rubric of a PCMN number; None where it has none: class 0, class 9, and what the PCMN does not know.

    Args:
        number: the PCMN number.
        is_asset: which side a suspense account (499) stands on, the only one that may stand on either.

    """
    candidates: tuple[Rubric, ...] = (*ASSETS, *EQUITY_AND_LIABILITIES, *_OF_INCOME)
    if number.startswith("499"):
        candidates = ASSETS if is_asset else EQUITY_AND_LIABILITIES
    fitting = [(len(start), rubric) for rubric in candidates for start in rubric.numbers if number.startswith(start)]
    return max(fitting, key=lambda fit: fit[0])[1] if fitting else None
