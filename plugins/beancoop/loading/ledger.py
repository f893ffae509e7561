"""A loaded ledger, as the commands and the server need it."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.loading import load_file
from beancoop.model.findings import Finding, Refusal, in_order
from beancoop.words.messages import error

if TYPE_CHECKING:
    from beancount.core.data import BeancountError, Directives

UNCOUNTABLE = error(
    "BC066", "Beancount cannot work this amount out: a total cost of no units, or one beyond counting; correct it."
)
CANNOT_BE_LOADED = error(
    "BC928", "This ledger cannot be loaded; look at what was written last. Beancount says: {reason}."
)


class Ledger(NamedTuple):
    """A loaded ledger.

    Attributes:
        path: its main file, absolute, as Beancount names it.
        entries: its directives.
        errors: what the load found.
        options: its options, with the files it is made of under `include`.

    """

    path: Path
    entries: Directives
    errors: list[BeancountError]
    options: dict[str, Any]

    @property
    def files(self) -> frozenset[Path]:
        """The files it is made of."""
        return _files(tuple(self.options["include"]))

    @property
    def folders(self) -> frozenset[Path]:
        """The folders that hold one of its files or more."""
        return _folders(tuple(self.options["include"]))

    @property
    def findings(self) -> list[Finding]:
        """Its errors by file and line, each once; those that no line of a file explains, at its own first line."""
        files = set(map(str, self.files))
        found = map(Finding.of, self.errors)
        return in_order(each if each.file in files else each._replace(file=str(self.path), line=1) for each in found)


@lru_cache(maxsize=4)  # each of 500 sub-ledgers is looked for among thousands of files
def _files(names: tuple[str, ...]) -> frozenset[Path]:
    return frozenset(map(Path, names))


@lru_cache(maxsize=4)
def _folders(names: tuple[str, ...]) -> frozenset[Path]:
    return frozenset(file.parent for file in _files(names))


def load_ledger(path: Path, *, lasting: bool = True) -> Ledger:
    """Load the ledger at *path*, running its plugins.

    Args:
        path: its main file.
        lasting: whether the load may be kept for other processes.

    Raises:
        Refusal: Beancount fails on it: on a total cost of no units, on a "lineno" that somebody has written.

    """
    absolute = Path(os.path.abspath(path))
    try:
        entries, errors, options = load_file(str(absolute), lasting=lasting)
    except ArithmeticError as failed:  # Beancount divides a total cost by its units, none though they be
        raise Refusal(UNCOUNTABLE(), [_place_of(failed, absolute)]) from None
    except (TypeError, ValueError) as failed:
        message = CANNOT_BE_LOADED(reason=repr(failed))
        raise Refusal(message, [Finding(str(absolute), 1, message)]) from None
    return Ledger(absolute, entries, errors, options)


def _place_of(failed: ArithmeticError, path: Path) -> Finding:
    """Point at the posting that Beancount was at; at the ledger as a whole where it was at none."""
    found = None
    frame = failed.__traceback__
    while frame is not None:
        meta = getattr(frame.tb_frame.f_locals.get("posting"), "meta", None)
        found = meta if isinstance(meta, dict) and "lineno" in meta else found
        frame = frame.tb_next
    return Finding(found["filename"], found["lineno"], UNCOUNTABLE()) if found else Finding(str(path), 1, UNCOUNTABLE())
