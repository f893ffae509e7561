"""The books of one activity, kept day after day as its treasury allows."""

from __future__ import annotations

import calendar
import random
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from directives import (
    ACTIVITY_ACCOUNTS,
    BANK,
    BANK_FEES,
    CUSTOMERS,
    GOODS_BOUGHT,
    GOODS_SOLD,
    INTERNAL_SERVICES,
    LIAISON,
    MATERIALS,
    SERVICES_SOLD,
    SUBCONTRACTING,
    SUNDRY_SERVICES,
    SUPPLIERS,
    VAT_BACK,
    VAT_DUE,
    ZERO,
    Directive,
    Levy,
    contribution,
    custom,
    open_account,
    period,
    transaction,
)
from seals import Seals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

CENT = Decimal("0.01")
LONGEST_ACCOMPANIMENT = 18  # months, unless a longer ledger is asked for
FIRST_RATE, LATER_RATE = Decimal("0.10"), Decimal("0.08")
RATE_CHANGES_EVERY = 5  # one activity in five, A002 the first, has new terms after a third of the months
QUARTER_STARTS = (1, 4, 7, 10)
VAT_DAY = 20  # the day of the month from which the last quarter's VAT is paid
SMALL_COST = Decimal(100)

TRADES = (
    "Menuiserie",
    "Graphisme",
    "Traiteur",
    "Maraîchage",
    "Cours de yoga",
    "Réparation de vélos",
    "Traduction",
)
CUSTOMER_NAMES = (
    "Maison du Quai",
    "Ateliers Nord",
    "Commune de Val-Bois",
    "ASBL Le Tremplin",
    "Librairie Orphée",
)
SUPPLIER_NAMES = (
    "Bois & Dérivés",
    "Imprimerie du Parc",
    "Grossiste Halles",
    "Outillage Mertens",
    "Papeterie 21",
)
SOLD = ("Prestation", "Acompte sur chantier", "Solde du chantier", "Atelier d'une journée", "Commande livrée")
BOUGHT = ((MATERIALS, "Matières"), (SUBCONTRACTING, "Sous-traitance"), (GOODS_BOUGHT, "Marchandises"))
SUNDRY = ("Téléphone", "Carburant", "Petit matériel de bureau", "Location d'un véhicule", "Frais d'envoi")


class Service(NamedTuple):
    """A service one activity sells to another of the same cooperative, in euros."""

    date: dt.date
    link: str
    seller: str
    buyer: str
    amount: Decimal


class Transfer(NamedTuple):
    """Euros an activity moves to the structure's share of the bank account."""

    date: dt.date
    unit: str
    link: str
    amount: Decimal


class Invoice(NamedTuple):
    """A customer's or a supplier's invoice not settled yet, in euros."""

    date: dt.date
    number: str
    party: str
    net: Decimal
    vat_rate: Decimal
    gross: Decimal


def cents(value: Decimal) -> Decimal:
    """Round half up to the cent."""
    return value.quantize(CENT, ROUND_HALF_UP)


class Activity:
    """What an activity has written and holds at some day; each method called moves it on."""

    def __init__(self, number: int, months: Sequence[dt.date], seed: int) -> None:
        self.unit = f"A{number:03d}"
        self.bank = ZERO
        self.books: list[Directive] = []
        self.contributions: list[Directive] = []
        self.levies: list[Levy] = []
        self.transfers: list[Transfer] = []
        self.seals = Seals(self.unit)
        self._random = random.Random(f"{seed} {self.unit}")
        self._invoices = 0
        self._unpaid: list[Invoice] = []
        self._disputed: list[Invoice] = []
        self._payable: list[Invoice] = []
        self._vat_due = self._vat_back = ZERO  # of the quarter under way
        self._return_due = self._return_back = ZERO  # of the quarters ended, not paid yet
        self._margin = self._cumulative = self._exact = self._levied = self._owed = ZERO
        changes = number % RATE_CHANGES_EVERY == 2 and len(months) > 1
        self._new_terms = months[max(1, len(months) // 3)] if changes else None
        self.terms = self._terms(number, months)
        self.opens = [open_account(months[0], f"{account}:{self.unit}") for account in ACTIVITY_ACCOUNTS]
        self.follow_ups: list[Directive] = []
        self._unsealed = [*self.terms, *self.opens]

    def _terms(self, number: int, months: Sequence[dt.date]) -> list[Directive]:
        start = months[0]
        unit = f'"{self.unit}"'
        terms = (
            f'trade: "{TRADES[number % len(TRADES)]}"',
            f"rate: {FIRST_RATE}",
            f"months: {max(LONGEST_ACCOMPANIMENT, len(months))}",
        )
        declarations = [custom(start, "activity", unit, metadata=terms)]
        if self._new_terms:
            declarations.append(custom(self._new_terms, "activity-terms", unit, metadata=(f"rate: {LATER_RATE}",)))
        return declarations

    def keep(self, month: dt.date, transactions: int, services: Sequence[Service]) -> None:
        """Write *transactions* transactions, *services* among them, in the month that begins at *month*."""
        if month.month == 1:
            self._invoices = 0  # numbers run per year
        if month.month in QUARTER_STARTS:
            self._return_due, self._vat_due = self._return_due + self._vat_due, ZERO
            self._return_back, self._vat_back = self._return_back + self._vat_back, ZERO
        last_day = calendar.monthrange(month.year, month.month)[1]
        days = [self._random.randint(1, last_day) for _ in range(transactions - len(services))]
        slots = sorted([(day, None) for day in days] + [(one.date.day, one) for one in services], key=lambda s: s[0])
        for day, service in slots:
            date = month.replace(day=day)
            if service:
                self._exchange(service)
            else:
                self._choose(date)(date)
        hours = self._random.choice(("0.5", "1", "1.5", "2"))
        subject = self._random.choice(("commercial", "marketing", "communication", "management"))
        follow_up = custom(month.replace(day=last_day), "follow-up", f'"{self.unit}"', f'"{subject}"', hours)
        self.follow_ups.append(follow_up)
        self._unsealed.append(follow_up)

    def close(self, date: dt.date) -> None:
        """Close the month that ends at *date*: its levy, if any, and its seal."""
        due = max(ZERO, cents(self._exact))
        levy = Levy(date, self.unit, self._margin, self._cumulative, due, due - self._levied)
        written = [contribution(levy, self.unit)] if levy.amount else []
        if levy.amount:
            self.levies.append(levy)
        self._margin = ZERO
        self._levied = due
        self._owed += levy.amount
        seal = self.seals.close(date, [*(one for one in self._unsealed if one.date <= date), *written])
        self._unsealed = [one for one in self._unsealed if one.date > date]
        self.contributions += [*written, seal]

    def _choose(self, date: dt.date) -> Callable[[dt.date], None]:
        """Pick what happens: what is owed to the state and the structure first, then what treasury allows."""
        net_vat = self._return_due - self._return_back
        if date.month in QUARTER_STARTS and date.day >= VAT_DAY and ZERO < net_vat <= self.bank:
            return self._pay_vat
        if date.month in QUARTER_STARTS and ZERO < self._owed <= self.bank:
            return self._pay_contributions
        choices = {self._invoice: 30, self._purchase: 18}
        if self._unpaid:
            choices[self._receipt] = 26
        if self._disputed:
            choices[self._credit_note] = 4
        if self._payable and self._payable[0].gross <= self.bank:
            choices[self._payment] = 17
        if self.bank >= SMALL_COST:
            choices |= {self._small_cost: 5, self._bank_fee: 3}
        return self._random.choices(list(choices), list(choices.values()))[0]

    def _invoice(self, date: dt.date) -> None:
        self._invoices += 1
        net, customer = self._amount(80, 2500), self._random.choice(CUSTOMER_NAMES)
        vat_rate = self._random.choice((Decimal("0.21"), Decimal("0.21"), Decimal("0.12"), Decimal("0.06")))
        vat = cents(net * vat_rate)
        number = f"{self.unit}-{date.year}-{self._invoices:04d}"
        invoice = Invoice(date, number, customer, net, vat_rate, net + vat)
        goods = cents(net / 3) if self._random.random() < 0.25 else ZERO
        sales = {SERVICES_SOLD: goods - net} | ({GOODS_SOLD: -goods} if goods else {})
        disputed = self._random.random() < 0.1
        (self._disputed if disputed else self._unpaid).append(invoice)
        self._vat_due += vat
        self._earn(net, date)
        self._post(
            date,
            customer,
            self._random.choice(SOLD),
            {CUSTOMERS: invoice.gross, **sales, VAT_DUE: -vat},
            # A link is written only where a credit note will need it: Fava ships all links with every page.
            marks=f"^{number}" if disputed else "",
            metadata=(f'invoice: "{number}"',),
        )

    def _credit_note(self, date: dt.date) -> None:
        invoice = self._disputed.pop(0)
        net = invoice.net if self._random.random() < 0.5 else cents(invoice.net / 2)
        vat = cents(net * invoice.vat_rate)
        rest = invoice.gross - net - vat
        if rest:
            self._unpaid.append(invoice._replace(gross=rest))
        self._vat_due -= vat
        self._earn(-net, invoice.date)  # it gives back what its invoice bore
        self._post(
            date,
            invoice.party,
            f"Note de crédit sur {invoice.number}",
            {SERVICES_SOLD: net, VAT_DUE: vat, CUSTOMERS: -net - vat},
            marks=f"^{invoice.number}",
        )

    def _receipt(self, date: dt.date) -> None:
        invoice = self._unpaid.pop(self._random.randrange(len(self._unpaid)))
        self._post(
            date,
            invoice.party,
            "Paiement reçu",
            {BANK: invoice.gross, CUSTOMERS: -invoice.gross},
            metadata=(f'invoice: "{invoice.number}"',),
        )

    def _purchase(self, date: dt.date) -> None:
        account, what = self._random.choice(BOUGHT)
        net, supplier = self._amount(15, 700), self._random.choice(SUPPLIER_NAMES)
        vat = cents(net * Decimal("0.21"))
        number = f"F{self._random.randint(1000, 99999)}"
        self._payable.append(Invoice(date, number, supplier, net, Decimal("0.21"), net + vat))
        self._vat_back += vat
        self._earn(-net, date)
        postings = {account: net, VAT_BACK: vat, SUPPLIERS: -net - vat}
        self._post(date, supplier, what, postings, metadata=(f'invoice: "{number}"',))

    def _payment(self, date: dt.date) -> None:
        invoice = self._payable.pop(0)
        self._post(
            date,
            invoice.party,
            f"Paiement {invoice.number}",
            {SUPPLIERS: invoice.gross, BANK: -invoice.gross},
        )

    def _small_cost(self, date: dt.date) -> None:
        net = self._amount(4, 80)
        vat = cents(net * Decimal("0.21"))
        self._vat_back += vat
        what = self._random.choice(SUNDRY)
        self._post(date, "Carte bancaire", what, {SUNDRY_SERVICES: net, VAT_BACK: vat, BANK: -net - vat})

    def _bank_fee(self, date: dt.date) -> None:
        fee = self._amount(1, 9)
        self._post(date, "Banque", "Frais de compte", {BANK_FEES: fee, BANK: -fee})

    def _pay_vat(self, date: dt.date) -> None:
        due, back = self._return_due, self._return_back
        self._return_due = self._return_back = ZERO
        postings = {VAT_DUE: due, VAT_BACK: -back, BANK: back - due}
        self._post(date, "SPF Finances", "TVA du trimestre", {a: n for a, n in postings.items() if n})

    def _pay_contributions(self, date: dt.date) -> None:
        amount, self._owed = self._owed, ZERO
        link = f"versement-{self.unit}-{period(date)}"
        self.transfers.append(Transfer(date, self.unit, link, amount))
        postings = {LIAISON: amount, BANK: -amount}
        self._post(date, "Coopérative", "Versement des contributions", postings, marks=f"^{link}")

    def _exchange(self, service: Service) -> None:
        sold = service.seller == self.unit
        amount = service.amount if sold else -service.amount
        self._earn(amount, service.date)
        other = service.buyer if sold else service.seller
        postings = {INTERNAL_SERVICES: -amount, LIAISON: amount}
        self._post(service.date, f"Activité {other}", "Prestation interne", postings, marks=f"^{service.link}")

    def _earn(self, margin: Decimal, rate_date: dt.date) -> None:
        """Count *margin* euros in the month under way, at the rate in force on *rate_date*."""
        later = self._new_terms is not None and rate_date >= self._new_terms
        self._margin += margin
        self._cumulative += margin
        self._exact += margin * (LATER_RATE if later else FIRST_RATE)

    def _post(
        self,
        date: dt.date,
        payee: str,
        narration: str,
        postings: dict[str, Decimal],
        *,
        marks: str = "",
        metadata: tuple[str, ...] = (),
    ) -> None:
        self.bank += postings.get(BANK, ZERO)
        self._write(transaction(date, payee, narration, self.unit, postings, marks, metadata))

    def _write(self, directive: Directive) -> None:
        self.books.append(directive)
        self._unsealed.append(directive)

    def _amount(self, lowest: int, highest: int) -> Decimal:
        """Draw an amount between two numbers of euros, whole euros half of the time."""
        amount = self._random.randint(lowest * 100, highest * 100)
        return Decimal(amount - amount % 100 if self._random.random() < 0.5 else amount).scaleb(-2)
