"""The numbers of the PCMN that the program knows by name, and the root each number stands under.

The PCMN (plan comptable minimum normalisé, in Dutch MAR; royal decree of 21 October 2018, annex 1) says by its number
what an account is. A group holds every number that begins with it. The whole chart, with its labels, is data that is
read only where a label is wanted: `beancoop.model.pcmn.chart`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Root: TypeAlias = Literal["assets", "liabilities", "equity", "income", "expenses"]

CAPITAL, CONTRIBUTIONS_OF_MEMBERS, REVALUATION, RESERVES, CARRIED = "10", "11", "12", "13", "14"
CAPITAL_SUBSIDIES, PROVISIONS, LONG_DEBTS, LIQUIDATION_ADVANCES = "15", "16", "17", "19"
AVAILABLE_SHARES, UNAVAILABLE_SHARES = "110", "111"
SHARES = (AVAILABLE_SHARES, UNAVAILABLE_SHARES)
OTHER_UNAVAILABLE_SHARES = "1119"
COMMON_PROPERTY = (RESERVES, OTHER_UNAVAILABLE_SHARES)
LEGAL_RESERVE, UNAVAILABLE_RESERVES, UNTAXED_RESERVES, AVAILABLE_RESERVES = "130", "131", "132", "133"
STATUTORY_RESERVES, OWN_SHARES, FINANCIAL_SUPPORT, OTHER_RESERVES = "1311", "1312", "1313", "1319"

FIXED_ASSETS, FORMATION, RESEARCH, STOCKS = "2", "20", "210", "3"
INTANGIBLE = "21"
DEPRECIABLE = (FORMATION, INTANGIBLE, "22", "23", "24", "25", "26")
"""Fixed assets that may be written down by their life; 27 is not in use yet, 28 and 29 are claims and shares."""

THIRD_PARTIES = "4"
CUSTOMERS, OTHER_RECEIVABLES = "40", "41"
TRADE_DEBTORS, ADVANCES_PAID, TRADE_SUPPLIERS = "400", "406", "440"
DEBTS_FALLING_DUE, FINANCIAL_DEBTS, SUPPLIERS = "42", "43", "44"
TAXES_AND_WAGES, ADVANCES_RECEIVED, APPROPRIATION_DEBTS, OTHER_DEBTS = "45", "46", "47", "48"
SHORT_DEBTS = (
    *(DEBTS_FALLING_DUE, FINANCIAL_DEBTS, SUPPLIERS, TAXES_AND_WAGES),
    *(ADVANCES_RECEIVED, APPROPRIATION_DEBTS, OTHER_DEBTS),
)
VAT_RECEIVABLE, VAT_PAYABLE = "411", "451"
VAT = (VAT_RECEIVABLE, VAT_PAYABLE)
WITHHOLDINGS, SOCIAL_SECURITY, WAGES_DUE = "453", "454", "455"
SUNDRY_DEBTS = "489"
WITHHELD = (WITHHOLDINGS, SOCIAL_SECURITY)
DIVIDENDS_DUE = "471"
ACCRUALS = "49"
DEFERRED_CHARGES, ACCRUED_INCOME, ACCRUED_CHARGES, DEFERRED_INCOME = "490", "491", "492", "493"
SUSPENSE = "499"

TREASURY, BANKS, INTERNAL_TRANSFERS = "5", "55", "58"

CHARGES, INCOME = "6", "7"
RESULT = (CHARGES, INCOME)
PURCHASES, SERVICES, ALLOWANCES, REMUNERATION = "60", "61", "619", "620"
STOCK_VARIATION = "609"
WRITTEN_DOWN = "9"
"""The last digit of an account that holds what is written down of fixed assets."""
STOCK_PURCHASES = ("600", "601", "604", "605")
"""Purchases that may lie in stock: those whose stock the chart lets vary (6090, 6091, 6094, 6095)."""
DEPRECIATION, DEPRECIATION_OF = "630", {FORMATION: "6300", INTANGIBLE: "6301"}
DEPRECIATION_OF_TANGIBLE = "6302"
"""Where what fixed assets lose is charged: by what they are."""
RUNNING_COSTS = (SERVICES, "62", "64", "65")
"""Costs that are paid whether or not anything is sold: services, staff, other operating costs, those of borrowing."""
RECURRING_COSTS = (PURCHASES, *RUNNING_COSTS)
"""Costs that come back and are paid: 63 is none, nor is 609 in 60, and taxes (67) come as a debt."""
SALES, OTHER_OPERATING_INCOME = "70", ("71", "72", "73", "74")
OPERATING_SUBSIDIES = "740"
RECURRING_INCOME = (SALES, "74", "75")
EXCHANGE_LOSSES, EXCHANGE_GAINS = "654", "754"
ROUNDING_CHARGES, ROUNDING_INCOME = "643", "743"
APPROPRIATED, WITHDRAWN = "69", "79"
APPROPRIATION = (APPROPRIATED, WITHDRAWN)
DIVIDENDS, TO_DIRECTORS, TO_OTHERS = "694", "695", "697"
FROM_UNTAXED_RESERVES, FROM_RESERVES = "789", "792"

INTERNAL, OFF_BALANCE = "9", "0"
CONTRIBUTION, INTERNAL_SERVICES, LIAISON = "950", "951", "960"

EQUITY = (
    *(CAPITAL, CONTRIBUTIONS_OF_MEMBERS, REVALUATION, RESERVES, CARRIED),
    *(CAPITAL_SUBSIDIES, LIQUIDATION_ADVANCES),
)
BALANCE_SHEET = ("1", FIXED_ASSETS, STOCKS, "4", TREASURY)

_ANY: tuple[Root, ...] = ("assets", "liabilities", "equity", "income", "expenses")
ROOTS: Mapping[str, tuple[Root, ...]] = {
    **dict.fromkeys(EQUITY, ("equity",)),
    **dict.fromkeys((PROVISIONS, LONG_DEBTS, *SHORT_DEBTS, ACCRUED_CHARGES, DEFERRED_INCOME), ("liabilities",)),
    **dict.fromkeys((FIXED_ASSETS, STOCKS, CUSTOMERS, OTHER_RECEIVABLES, TREASURY), ("assets",)),
    **dict.fromkeys((DEFERRED_CHARGES, ACCRUED_INCOME), ("assets",)),
    SUSPENSE: ("assets", "liabilities"),
    CHARGES: ("expenses",),
    INCOME: ("income",),
    INTERNAL: _ANY,
    OFF_BALANCE: _ANY,
}
"""The roots by the first digits of a number (contract, section 2)."""

_USUAL: Mapping[str, Root] = {"95": "expenses", "96": "assets", OFF_BALANCE: "equity"}
"""Where the contract leaves the choice: the root under which our own accounts stand."""


@lru_cache(maxsize=1024)
def roots_for(number: str) -> tuple[Root, ...]:
    """Give the roots under which the PCMN *number* may stand; none where the PCMN has no such number.

    >>> roots_for("5500"), roots_for("499"), roots_for("18")
    (('assets',), ('assets', 'liabilities'), ())
    """
    for length in (3, 2, 1):
        if roots := ROOTS.get(number[:length]):
            return roots
    return ()


def usual_root(number: str) -> Root:
    """Give the one root under which a new account of *number* is opened.

    Raises:
        ValueError: the PCMN has no such number.

    """
    own = (_USUAL.get(number[:length]) for length in (2, 1))
    for root in (*own, *roots_for(number)):
        if root is not None:
            return root
    raise ValueError(number)
