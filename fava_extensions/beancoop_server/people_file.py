"""Change the people file, and leave what somebody else wrote in it as it is: comments, order, spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit
from beancoop.storage.atomic import read_text, write_text
from beancoop.words.messages import error
from tomlkit.items import Table

from beancoop_server.kept_files import make_private, one_writer
from beancoop_server.people import MisuseError, People, check_role, check_units, parse_people, plain

if TYPE_CHECKING:
    from pathlib import Path

THERE = error("BC1520", "{file}: {name} is there already, as {role}. Take {name} away first, or change the file.")
NOT_THERE = error("BC1521", "{file}: there is no {name}; it has: {known}.")
NOBODY_YET = error("BC1522", "{file}: there is nobody in it; begin with: {command}")


def add(file: Path, ledger: Path, name: str, role: str) -> People:
    """Add a person to *file*, which is made where it is not there; give who is in it now.

    Raises:
        MisuseError: she is there already, the role is none, her unit has no sub-ledger in the cooperative whose main
            file is *ledger*, or the file is not as it should be.
        OSError: it cannot be written.

    """
    check_role(name, role, file)
    with one_writer(file):
        make_private(file)
        text = read_text(file) or "[people]\n"
        known = parse_people(text.encode(), file)
        if plain(name) in known.roles:
            raise MisuseError(THERE(file=file, name=name, role=known.roles[plain(name)]))
        document = tomlkit.parse(text)
        _table(document)[name.strip()] = role
        changed = tomlkit.dumps(document)
        people = parse_people(changed.encode(), file)
        check_units(People({plain(name): role}), ledger, file)
        write_text(file, changed)
        return people


def remove(file: Path, name: str) -> People:
    """Take a person out of *file*; give who is in it now.

    Raises:
        MisuseError: she is not there, or the file is not as it should be.
        OSError: it cannot be read or written.

    """
    with one_writer(file):
        text = read_text(file) or "[people]\n"
        check_there(parse_people(text.encode(), file), file, name)
        document = tomlkit.parse(text)
        table = _table(document)
        for key in [key for key in table if plain(key) == plain(name)]:
            del table[key]
        changed = tomlkit.dumps(document)
        people = parse_people(changed.encode(), file)
        write_text(file, changed)
        return people


def check_there(people: People, file: Path, name: str) -> None:
    """Refuse a name that is not among *people*.

    Raises:
        MisuseError: it is not.

    """
    if not people.roles:
        raise MisuseError(NOBODY_YET(file=file, command="beancoop people add"))
    if plain(name) not in people.roles:
        raise MisuseError(NOT_THERE(file=file, name=name, known=", ".join(people.roles)))


def _table(document: tomlkit.TOMLDocument) -> Table:
    table = document["people"]
    assert isinstance(table, Table)  # noqa: S101 - `parse_people` has read it
    return table
