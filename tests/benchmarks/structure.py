"""The structure's own books: salaries, subsidies, rent, and its side of what it shares with activities."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from directives import (
    BANK,
    CONTRIBUTION,
    LIAISON,
    STRUCTURE,
    ZERO,
    Directive,
    contribution,
    custom,
    open_account,
    transaction,
)
from seals import Seals, digest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from activity import Activity, Transfer

IBAN = "BE68539007547034"  # the example the Belgian banks themselves print
ACTIVITIES_PER_EMPLOYEE = 25

SHARES = "Equity:11:1109-ApportsDisponibles"
WITHHOLDING_TAX = "Liabilities:45:453-PrecomptesRetenus"
SOCIAL_SECURITY = "Liabilities:45:454-ONSS"
NET_PAY = "Liabilities:45:455-Remunerations"
RENT = "Expenses:61:610-Loyer"
SALARIES = "Expenses:62:620-Remunerations"
EMPLOYER_CHARGES = "Expenses:62:621-CotisationsPatronales"
SUBSIDIES = "Income:74:740-SubsidesExploitation"

ACCOUNTS = (
    BANK,
    SHARES,
    WITHHOLDING_TAX,
    SOCIAL_SECURITY,
    NET_PAY,
    RENT,
    SALARIES,
    EMPLOYER_CHARGES,
    SUBSIDIES,
    LIAISON,
    CONTRIBUTION,
)

# Euros a month for one employee, and for the house; subsidies cover them, so that treasury stays positive.
GROSS, TAX, EMPLOYEE_PART, EMPLOYER_PART = Decimal(2800), Decimal(420), Decimal(366), Decimal(700)
MONTHLY_RENT = Decimal(750)
SUBSIDY, SUBSIDY_BASE = Decimal(3600), Decimal(900)


class Structure:
    """What the structure has written and holds at some day; each method called moves it on."""

    def __init__(self, activities: int, start: dt.date) -> None:
        self.bank = ZERO
        self.books: list[Directive] = []
        self.contributions: list[Directive] = []
        self._employees = 1 + activities // ACTIVITIES_PER_EMPLOYEE
        self._seals = Seals(STRUCTURE)
        self.accounts = [
            open_account(start, BANK, (f'iban: "{IBAN}"',)),
            *(open_account(start, f"{account}:{STRUCTURE}") for account in ACCOUNTS),
        ]
        self._unsealed = list(self.accounts)
        shares = Decimal(250) * (activities + self._employees)
        self._post(start, "Coopérateurs", "Parts libérées", {BANK: shares, SHARES: -shares})

    def keep(self, month: dt.date, transfers: Sequence[Transfer], attending: Sequence[str]) -> None:
        """Write the month that begins at *month*, its *transfers* from activities and its meeting."""
        staff = self._employees
        subsidy = SUBSIDY * staff + SUBSIDY_BASE
        self._post(month.replace(day=3), "Région", "Subside", {BANK: subsidy, SUBSIDIES: -subsidy})
        rent = {RENT: MONTHLY_RENT, BANK: -MONTHLY_RENT}
        self._post(month.replace(day=4), "Propriétaire", "Loyer", rent)
        tax, charges = TAX * staff, (EMPLOYEE_PART + EMPLOYER_PART) * staff
        for transfer in transfers:
            self._receive(transfer)
        attended = f'attended: "{" ".join(attending)}"'
        self._write(custom(month.replace(day=20), "meeting", '"monthly"', metadata=(attended,)))
        self._pay(month.replace(day=25))
        settled = {WITHHOLDING_TAX: tax, SOCIAL_SECURITY: charges, BANK: -tax - charges}
        self._post(month.replace(day=28), "Secrétariat social", "Précompte et ONSS", settled)

    def _pay(self, date: dt.date) -> None:
        staff = self._employees
        net = (GROSS - TAX - EMPLOYEE_PART) * staff
        salaries = {
            SALARIES: GROSS * staff,
            WITHHOLDING_TAX: -TAX * staff,
            SOCIAL_SECURITY: -EMPLOYEE_PART * staff,
            NET_PAY: -net,
        }
        self._post(date, "Secrétariat social", "Salaires", salaries)
        charges = EMPLOYER_PART * staff
        employer = {EMPLOYER_CHARGES: charges, SOCIAL_SECURITY: -charges}
        self._post(date, "Secrétariat social", "Cotisations patronales", employer)
        self._post(date, "Personnel", "Salaires payés", {NET_PAY: net, BANK: -net})

    def _receive(self, transfer: Transfer) -> None:
        self._post(
            transfer.date,
            f"Activité {transfer.unit}",
            "Versement des contributions",
            {BANK: transfer.amount, LIAISON: -transfer.amount},
            f"^{transfer.link}",
        )

    def state_bank(self, date: dt.date, treasuries: Decimal) -> None:
        """Assert at *date* the bank's own balance: the activities' *treasuries* and the structure's share."""
        self._write(Directive(date, f"{date} balance {BANK}  {treasuries + self.bank:.2f} EUR"))

    def close(self, date: dt.date, activities: Sequence[Activity]) -> None:
        """Close the month that ends at *date*, after every activity has."""
        levies = [levy for one in activities for levy in one.levies if levy.date == date]
        written = [contribution(levy, STRUCTURE) for levy in levies]
        sealed = [one for one in self._unsealed if one.date <= date]
        self._unsealed = [one for one in self._unsealed if one.date > date]
        units = f'units: "{digest(one.seals.last for one in activities)}"'
        self.contributions += [*written, self._seals.close(date, [*sealed, *written], (units,))]

    def _post(self, date: dt.date, payee: str, narration: str, postings: dict[str, Decimal], marks: str = "") -> None:
        self.bank += postings.get(BANK, ZERO)
        self._write(transaction(date, payee, narration, STRUCTURE, postings, marks))

    def _write(self, directive: Directive) -> None:
        self.books.append(directive)
        self._unsealed.append(directive)
