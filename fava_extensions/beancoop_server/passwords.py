"""Passwords, and the links by which a person chooses hers: a file of their own beside the people file.

Of a password its Argon2id hash is kept (RFC 9106), of a link the SHA-256 of its token, which is random: whoever reads
the file has neither. Each name has a stamp besides, new whenever her password is chosen, asked for anew or taken away,
and when she signs out: a session that carries another stamp is over.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from beancoop.storage.atomic import write_text
from beancoop.words.messages import error

from beancoop_server.kept_files import Reread, make_private, one_writer
from beancoop_server.people import MisuseError, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

T = TypeVar("T")

BROKEN = error("BC1500", "{file}: not as beancoop people writes it; take it away, and give each person a new link.")
LINK_DAYS = 7
"""How long a link opens."""
SHORTEST = 12
"""Characters of a password, at least: NIST SP 800-63B asks for 8, and more where nothing else is asked."""
LONGEST = 200
"""Characters of a password, at most: what is longer costs time to hash."""

_HASHER = PasswordHasher()
_AT_ONCE = 2
_PATIENCE = 5.0
_NOBODY = _HASHER.hash(secrets.token_urlsafe())
"""What the password of somebody unknown is compared with, so that her name is not told by how long it takes."""


@dataclass(frozen=True)
class Secret:
    """What is kept of one person.

    Attributes:
        stamp: what her sessions carry.
        hash: of her password; "" as long as she has none.
        link: the SHA-256 of the token of her link, in hexadecimal; "" where none is open.
        until: when the link ends, in seconds since 1970.

    """

    stamp: str
    hash: str = ""
    link: str = ""
    until: float = 0


class BusyError(Exception):
    """More passwords are to be compared than the machine can at once."""


class Passwords:
    """The passwords of one people file."""

    def __init__(self, people_file: Path, now: Callable[[], float] = time.time) -> None:
        """Name the file beside *people_file*; it need not be there yet."""
        self.file = people_file.with_name(f"{people_file.stem}.passwords.json")
        self._now = now
        self._kept = Reread(self.file, self._understand)
        self._comparing = threading.BoundedSemaphore(_AT_ONCE)

    def secrets(self) -> Mapping[str, Secret]:
        """Give what is kept, by plain name.

        Raises:
            MisuseError: the file is not as this module writes it.
            OSError: it cannot be read.

        """
        try:
            return self._kept.now()
        except FileNotFoundError:
            return {}

    def invite(self, name: str) -> str:
        """Take her password away, end her sessions, and give the token of a link by which she chooses another."""
        token = secrets.token_urlsafe(32)
        self._set(name, Secret(_stamp(), link=_digest(token), until=self._now() + LINK_DAYS * 24 * 3600))
        return token

    def forget(self, name: str) -> None:
        """Keep nothing of her; her sessions end."""
        self._set(name, None)

    def end_sessions(self, name: str) -> None:
        """End her sessions, everywhere."""
        if known := self.secrets().get(plain(name)):
            self._set(name, replace(known, stamp=_stamp()))

    def invited(self, token: str) -> str | None:
        """Say whose link has that *token*; None where there is none, or no longer."""
        digest = _digest(token)
        for name, kept in self.secrets().items():
            if secrets.compare_digest(kept.link, digest) and self._now() < kept.until:
                return name
        return None

    def choose(self, token: str, password: str) -> str | None:
        """Set the password of the person whose link has that *token*; the link is then used up.

        Returns:
            Her plain name; None where no link has that token.

        Raises:
            BusyError: too many passwords are compared now.

        """
        if self.invited(token) is None:
            return None
        hashed = self._with_room(lambda: _HASHER.hash(password))
        with one_writer(self.file):
            name = self.invited(token)  # whoever was first has used it
            if name is not None:
                self._write({**self.secrets(), name: Secret(_stamp(), hash=hashed)})
        return name

    def stamp_for(self, name: str, password: str) -> str | None:
        """Give what her session is to carry where *password* is hers; the same work is done where she is unknown.

        Raises:
            BusyError: too many passwords are compared now.

        """
        kept = self.secrets().get(plain(name))
        known = kept.hash if kept and kept.hash else _NOBODY
        is_hers = self._with_room(lambda: _verifies(known, password))
        return kept.stamp if kept and kept.hash and is_hers else None

    def _with_room(self, work: Callable[[], T]) -> T:
        """Do *work*, of which each takes 64 MiB, with few others at once."""
        if not self._comparing.acquire(timeout=_PATIENCE):
            raise BusyError
        try:
            return work()
        finally:
            self._comparing.release()

    def _set(self, name: str, kept: Secret | None) -> None:
        with one_writer(self.file):
            others = {key: each for key, each in self.secrets().items() if key != plain(name)}
            self._write({**others, plain(name): kept} if kept else others)

    def _write(self, kept: Mapping[str, Secret]) -> None:
        make_private(self.file)
        write_text(self.file, json.dumps({name: asdict(each) for name, each in kept.items()}, indent=1))

    def _understand(self, content: bytes) -> dict[str, Secret]:
        try:
            return {name: Secret(**kept) for name, kept in json.loads(content or b"{}").items()}
        except (ValueError, TypeError, AttributeError) as failure:
            raise MisuseError(BROKEN(file=self.file)) from failure


def _verifies(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _stamp() -> str:
    return secrets.token_urlsafe(12)
