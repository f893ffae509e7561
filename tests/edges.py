"""Words of the tests at the edges of the rules: directives, seals, one side of a levy, a movement on a bank account."""

from __future__ import annotations

from beancoop.model.months import Month
from beancoop.model.register import read_register
from loading import load, sale

ACTIVITY = '2026-01-05 custom "activity" "A001"\n'
COOP = "2026-01-01 open Assets:55:5500-Banque:COOP\n"
PAUSES = "".join(
    f'{day} custom "activity-{kind}" "A001"\n'
    for day, kind in [
        ("2026-03-01", "pause"),
        ("2026-03-11", "resume"),
        ("2026-05-01", "pause"),
        ("2026-05-11", "resume"),
    ]
)


def directives(date: str, what: str, unit: str = "A001", more: str = "") -> str:
    return f'{date} custom "activity-{what}" "{unit}"{more}\n'


def seal(period: str, unit: str) -> str:
    return f'{Month.parse(period).last_day} custom "closed" "{period}" "{unit}"\n'


def side(unit: str, amount: str, of: str = "A001", tag: str = "#contribution", date: str = "2026-01-31") -> str:
    """Write one unit's side of a levy on another."""
    opposite = amount[1:] if amount.startswith("-") else f"-{amount}"
    return f"""{date} * "Contribution" {tag}
  unit: "{of}"
  period: "{date[:7]}"
  Expenses:9:950-Contribution:{unit}  {amount} EUR
  Assets:9:960-Liaison:{unit}  {opposite} EUR
"""


def bank(date: str, amount: str, unit: str = "A001") -> str:
    opposite = amount[1:] if amount.startswith("-") else f"-{amount}"
    return f'{date} * "x"\n  Assets:55:5500-Banque:{unit}  {amount}\n  Assets:40:400-Clients:{unit}  {opposite}\n'


def activity_of(ledger: str):
    loaded = load(ledger)
    return read_register(loaded.entries, loaded.options).activities["A001"]


CUT_OFF = ACTIVITY + COOP + sale("2026-01-20", "100.00") + side("A001", "10.00") + seal("2026-01", "A001")
"""A closing cut off after the activity's books, before the structure's."""
