"""Generate a cooperative of any size, always the same for the same arguments.

    python tests/benchmarks/generate.py DIR --activities 500 --months 10 --transactions 20

All months are closed but the last two, or as many as `--open-months` says. Its levies are computed here, by the
contract's own words and without any code of the program, so that a ledger that loads without an error is a check as
well as a load.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from activity import Activity, Service
from beancoop.storage.atomic import write_text
from dateutil.relativedelta import relativedelta
from directives import ZERO, Directive, period
from structure import Structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

START = dt.date(2026, 1, 1)
OPEN_MONTHS = 2
ATTENDING = 12  # activities at a monthly meeting
PLUGIN_LINE = 'plugin "beancoop"\n'
LAST_DAY_OF_SERVICES = 28


class Size(NamedTuple):
    """How large a cooperative to make; *transactions* are those of one activity in one month."""

    activities: int = 500
    months: int = 10
    transactions: int = 20
    seed: int = 1
    open_months: int = OPEN_MONTHS


def internal_services(units: Sequence[str], month: dt.date, draw: random.Random) -> list[Service]:
    """Pair the units at random: in each pair the first sells the second one service this month."""
    shuffled = draw.sample(units, len(units))
    return [
        Service(
            month.replace(day=draw.randint(1, LAST_DAY_OF_SERVICES)),
            f"interne-{period(month)}-{number:03d}",
            seller,
            buyer,
            Decimal(draw.randint(20, 300)),
        )
        for number, (seller, buyer) in enumerate(zip(shuffled[::2], shuffled[1::2], strict=False), start=1)
    ]


def simulate(size: Size) -> tuple[Structure, list[Activity]]:
    """Keep everyone's books month after month."""
    months = [START + relativedelta(months=n) for n in range(size.months)]
    draw = random.Random(f"{size.seed} cooperative")
    activities = [Activity(n, months, size.seed) for n in range(1, size.activities + 1)]
    units = [one.unit for one in activities]
    structure = Structure(size.activities, START)
    for index, month in enumerate(months):
        services = internal_services(units, month, draw)
        own = {unit: [one] for one in services for unit in (one.seller, one.buyer)}
        for activity in activities:
            activity.keep(month, size.transactions, own.get(activity.unit, []))
        transfers = [t for one in activities for t in one.transfers if t.date >= month]
        structure.keep(month, transfers, sorted(draw.sample(units, min(ATTENDING, len(units)))))
        next_month = month + relativedelta(months=1)
        if index < size.months - size.open_months:
            last_day = next_month - dt.timedelta(days=1)
            for activity in activities:
                activity.close(last_day)
            structure.close(last_day, activities)
        structure.state_bank(next_month, sum((one.bank for one in activities), ZERO))
    return structure, activities


def header(title: str, *includes: str) -> str:
    """Write the head of a ledger that is loaded: options, plugin and includes."""
    lines = (
        f'option "title" "{title}"',
        'option "operating_currency" "EUR"',
        'option "tolerance_multiplier" "0"',
        PLUGIN_LINE,
        *(f'include "{pattern}"' for pattern in includes),
    )
    return "\n".join(lines) + "\n"


def body(directives: Iterable[Directive]) -> str:
    """Write directives one after the other, in the order given."""
    return "\n\n".join(one.text for one in directives) + "\n"


def write_years(folder: Path, name: str, directives: Iterable[Directive]) -> None:
    """Write one file a year, in dated order; *name* holds ``{}`` where the year goes."""
    for year, group in groupby(sorted(directives, key=lambda d: d.date), key=lambda d: d.date.year):
        write_text(folder / name.format(year), body(group))


def generate(folder: Path, size: Size) -> Path:
    """Write a cooperative under *folder*, which must be new or empty, and give its main ledger."""
    structure, activities = simulate(size)
    coop = folder / "coop"
    coop.mkdir(parents=True)
    main = folder / "main.beancount"
    write_text(main, header("Coopérative générée", "coop/*.beancount", "activities/*/ledger.beancount"))
    write_text(coop / "accounts.beancount", body(structure.accounts))
    write_years(coop, "{}.beancount", structure.books)
    write_years(coop, "contributions-{}.beancount", structure.contributions)
    for activity in activities:
        home = folder / "activities" / activity.unit
        books, closed = home / "books", home / "closed"
        books.mkdir(parents=True)
        closed.mkdir()
        head = header(f"Activité {activity.unit}", "terms.beancount", "closed/*.beancount", "books/*.beancount")
        write_text(home / "ledger.beancount", f"{head}\n{body(activity.opens)}")
        write_text(home / "terms.beancount", body([*activity.terms, *activity.follow_ups]))
        write_years(books, "{}.beancount", activity.books)
        write_text(closed / "first.beancount", "; clôtures\n")
        write_years(closed, "contributions-{}.beancount", activity.contributions)
    return main


def positive(text: str) -> int:
    """Read a whole number of at least 1 from the command line."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, not {text}")
    return number


def add_size_options(parser: argparse.ArgumentParser) -> None:
    """Give *parser* the four options of a `Size`."""
    usual = Size()
    parser.add_argument("--activities", type=positive, default=usual.activities)
    parser.add_argument("--months", type=positive, default=usual.months)
    parser.add_argument("--transactions", type=positive, default=usual.transactions, help="per activity and month")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--open-months", type=int, default=usual.open_months, help="of the last, not closed")


def size_of(arguments: argparse.Namespace) -> Size:
    """Read the size from parsed arguments."""
    return Size(arguments.activities, arguments.months, arguments.transactions, arguments.seed, arguments.open_months)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="a folder that does not exist yet, or is empty")
    add_size_options(parser)
    arguments = parser.parse_args()
    folder = arguments.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        parser.error(f"{folder} is not an empty folder: name a new one, so that no ledger is overwritten")
    generate(folder, size_of(arguments))


if __name__ == "__main__":
    main()
