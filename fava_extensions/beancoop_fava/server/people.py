"""Who may see what: the file given to `beancoop serve --people`.

    [people]
    "lea@example.be" = "A001"      # her own sub-ledger, activities/A001/ledger.beancount
    "compta@example.be" = "*"      # accountant, board: the whole cooperative

    [proxy]                        # optional
    header = "X-Remote-User"       # the header in which the authenticating proxy gives the name
    hosts = ["livres.example.be"]  # the names, with port if need be, under which browsers reach it

The left side is the name as the proxy gives it. Nobody who is not in the file sees anything.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

EVERYTHING = "*"
HEADER = "X-Remote-User"
_UNIT = re.compile(r"[A-Z][A-Z0-9-]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")  # no "_": WSGI could not tell it from "-"
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:]+\](:\d+)?")


class MisuseError(Exception):
    """What the person who starts the server has to put right; the message says where and how."""


@dataclass(frozen=True)
class People:
    """Who sees which ledger, and how the proxy says who asks.

    Attributes:
        ledgers: by person, the main file of what she sees.
        header: the request header that holds the person.
        hosts: the names browsers use for the server, beside its own address.

    """

    ledgers: Mapping[str, Path]
    header: str = HEADER
    hosts: tuple[str, ...] = ()


def read_people(file: Path, ledger: Path) -> People:
    """Read *file* for the cooperative whose main ledger is *ledger*.

    Raises:
        MisuseError: the file is not as the module's documentation says, or names a unit without sub-ledger.

    """
    table = _read(file)
    _only(table, {"people", "proxy"}, f"{file}: at the top")
    people, proxy = table.get("people"), table.get("proxy", {})
    if not isinstance(people, dict) or not people:
        raise MisuseError(f'{file}: no [people]; write a table of lines such as "lea@example.be" = "A001"')
    if not isinstance(proxy, dict):
        raise MisuseError(f"{file}: proxy: expected a table, [proxy]")
    _only(proxy, {"header", "hosts"}, f"{file}: in [proxy]")
    _refuse_twins(people, file)
    ledgers = {person: _ledger_of(person, unit, ledger, file) for person, unit in people.items()}
    return People(ledgers, _header(proxy, file), _hosts(proxy, file))


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MisuseError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MisuseError(f"{file}: not a text in UTF-8: save it again in that encoding") from error
    except tomllib.TOMLDecodeError as error:
        reason = str(error).replace("Cannot overwrite a value", "a name is written twice")
        raise MisuseError(f"{file}: not valid TOML: {reason}; a line reads like NAME = 'A001'") from error


def _only(table: Mapping[str, object], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise MisuseError(f"{where}: unknown {key!r}; expected {' or '.join(sorted(known))}")


def _refuse_twins(people: Iterable[str], file: Path) -> None:
    """Refuse two names that differ by capitals or spaces alone: one of them is a slip."""
    seen: dict[str, str] = {}
    for person in people:
        plain = person.strip().casefold()
        if not plain or plain in seen:
            other = f" is {seen[plain]!r} again" if plain else " is empty"
            raise MisuseError(f"{file}: [people]: the name {person!r}{other}; write each person once")
        seen[plain] = person


def _ledger_of(person: str, unit: object, ledger: Path, file: Path) -> Path:
    if unit == EVERYTHING:
        return ledger
    if not isinstance(unit, str) or not _UNIT.fullmatch(unit):
        raise MisuseError(f"{file}: [people] {person!r}: expected a unit like 'A001', or '*', not {unit!r}")
    own = ledger.parent / "activities" / unit / "ledger.beancount"
    if not own.is_file():
        raise MisuseError(f"{file}: [people] {person!r}: unknown unit {unit}: there is no {own}")
    return own


def _header(proxy: Mapping[str, object], file: Path) -> str:
    header = proxy.get("header", HEADER)
    if not isinstance(header, str) or not _HEADER_NAME.fullmatch(header):
        raise MisuseError(f'{file}: [proxy] header: expected a name such as "{HEADER}", not {header!r}')
    return header


def _hosts(proxy: Mapping[str, object], file: Path) -> tuple[str, ...]:
    hosts = proxy.get("hosts", [])
    if isinstance(hosts, list) and all(isinstance(host, str) and _HOST.fullmatch(host) for host in hosts):
        return tuple(hosts)
    raise MisuseError(f"{file}: [proxy] hosts: expected a list like ['livres.example.be'], not {hosts!r}")
