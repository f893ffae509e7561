"""Units whose seals need no second look: they were found to hold in books that have not changed since.

A sub-ledger alone proves the seals of its unit from the directives of its folder. In the whole they are the same, and
hold too, where everything that concerns the unit stands in that folder, and the whole reads it as the sub-ledger does.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from beancount.core.data import Booking
from beancount.core.getters import get_entry_accounts

from beancoop.loading.includes import matching, written_in
from beancoop.model.accounts import parse_account
from beancoop.model.ownership import sealed_in
from beancoop.model.provenance import SUITE, sources
from beancoop.storage.layout import LEDGER_FILE, home_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from beancount.core.data import Directive

    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register

_FEIGNED = b"filename"
"""The key by which a directive could say that it stands elsewhere."""


def proved_units(whole: Ledger, register: Register, sound: Collection[Path]) -> frozenset[str]:
    """Give the units whose seals hold in the *whole* since they do in their own folders.

    Args:
        whole: the cooperative's ledger.
        register: what its directives say.
        sound: the folders of sub-ledgers in which, loaded alone, nothing was found; each is named after its unit.

    """
    folders = {os.path.abspath(folder): folder.name for folder in sound}  # noqa: PTH100 - links stay links
    homes = {name: home_of(name, folders) for name in whole.options["include"]}
    owners = {name: None if home is None else folders[home] for name, home in homes.items()}
    others = [name for name, owner in owners.items() if owner is None]
    if not folders or not _is_read_alike(whole) or register.errors or any(map(_feigns, others)):
        return frozenset()
    said = sources(whole.entries, whole.options)
    elsewhere = {unit for entry in said for unit in _concerned(entry, owners[entry.meta["filename"]])}
    return _read_as_alone(folders, homes) - elsewhere


def _is_read_alike(whole: Ledger) -> bool:
    """Say whether the whole books its entries as a sub-ledger does, and no plugin but the suite changes them."""
    return whole.options["plugin"] == [(SUITE, None)] and whole.options["booking_method"] is Booking.STRICT


def _read_as_alone(folders: Mapping[str, str], homes: Mapping[str, str | None]) -> frozenset[str]:
    """Give the units of whose folders the whole reads what their own ledgers read, no file more and none less."""
    read: dict[str | None, set[str]] = {home: set() for home in folders}
    for name, home in homes.items():
        read.setdefault(home, set()).add(name)
    return frozenset(unit for home, unit in folders.items() if read[home] == _read_alone(home))


def _read_alone(folder: str) -> set[str]:
    """Give the files that a sub-ledger reads; the gate lets none but its ledger include others."""
    ledger = os.path.join(folder, LEDGER_FILE)  # noqa: PTH118 - as above
    return {ledger, *(each for _, name in written_in(ledger) for each in matching(ledger, name))}


def _feigns(name: str) -> bool:
    try:
        return _FEIGNED in Path(name).read_bytes()
    except OSError:
        return True


def _concerned(entry: Directive, owner: str | None) -> Iterator[str | None]:
    """Give the units, other than the one in whose folder it stands, whose seals a directive may concern."""
    if owner is None:
        yield sealed_in(entry)
        yield from _units(get_entry_accounts(entry))
    elif (unit := sealed_in(entry)) != owner:
        yield unit


def _units(accounts: Iterable[str]) -> Iterator[str]:
    for account in accounts:
        name = parse_account(account)
        if name is not None and name.unit:
            yield name.unit
