"""The sessions of those who signed in here: a cookie that the server has signed, and nothing kept of it.

It carries the name and the stamp that `passwords` has for her, and is good for as long as both are, half a day at most.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeTimedSerializer

from beancoop_server.kept_files import make_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from beancoop_server.passwords import Secret

SECONDS = 12 * 3600
"""How long a session lasts."""

_SALT = "beancoop session"


class Sessions:
    """Signs sessions, and reads them."""

    def __init__(self, people_file: Path) -> None:
        """Take the key beside *people_file*; make it where there is none.

        Raises:
            OSError: it can be neither read nor made.

        """
        file = people_file.with_name(f"{people_file.stem}.key")
        make_private(file, secrets.token_hex(32).encode())
        self._signer = URLSafeTimedSerializer(file.read_bytes(), salt=_SALT)

    def begin(self, name: str, stamp: str) -> str:
        """Give the cookie of a session that begins now."""
        return str(self._signer.dumps([name, stamp]))

    def who(self, cookie: str, kept: Mapping[str, Secret]) -> str | None:
        """Say whose session a *cookie* is, by what is *kept* of passwords; None where it is nobody's, or over."""
        try:
            name, stamp = self._signer.loads(cookie, max_age=SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        known = kept.get(name)
        return name if known and known.hash and secrets.compare_digest(known.stamp, stamp) else None
