"""What the accountant's rules say an item of an invoice is for (see `rules`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop_importers.invoices.booking import Purpose
from beancoop_importers.model.invoice import InvoiceLine
from beancoop_importers.rules.rules import Facts, first_match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop_importers.invoices.booking import PurposeOf
    from beancoop_importers.model.invoice import Invoice, Item
    from beancoop_importers.rules.rules import Rule


def purposes_by(rules: Sequence[Rule]) -> PurposeOf:
    """Give what says an item's account after *rules*, the first that holds of it."""

    def purpose_of(invoice: Invoice, item: Item, unit: str) -> Purpose | None:
        rule = first_match(rules, _facts(invoice, item, unit))
        return Purpose(rule.account, rule.flag, rule.vat) if rule else None

    return purpose_of


def _facts(invoice: Invoice, item: Item, unit: str) -> Facts:
    description = item.description if isinstance(item, InvoiceLine) else ""
    return Facts(
        unit=unit,
        counterparty=invoice.seller.name,
        supplier=invoice.seller.key,
        text=f"{item.name} {description}",
        amount=item.net,
    )
