"""What a query may do on a page that only shows: `.output` empties any file, `create table` opens any."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_READS = re.compile(r"\s*(select|balances|journal|print)\b", re.IGNORECASE)
_RUNS = re.compile(r"\s*run\b(.*)", re.IGNORECASE | re.DOTALL)


def only_reads(query: str, stored: Iterable[tuple[str, str]]) -> bool:
    """Tell whether *query* only reads; where it runs some of those *stored*, by name and text, whether these do."""
    if _READS.match(query):
        return True
    run = _RUNS.fullmatch(query)
    if run is None:
        return False
    try:
        names = shlex.split(run[1].rstrip("; \t"))
    except ValueError:  # an open quote
        return False
    return all(_READS.match(text) for name, text in stored if name in names)
