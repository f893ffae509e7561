"""The books: their version history, and their state."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

from beancoop.closing.soundness import wrong_in
from beancoop.gate.check import check_gate
from beancoop.gate.readable import check_readable
from beancoop.model.accounts import COOP
from beancoop.model.register import read_register
from beancoop.storage.layout import sub_ledgers
from beancoop.words.messages import error, phrase
from beancount.core.data import Transaction

from beancoop_cli.examining.patient import Remark
from beancoop_cli.reading import read_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop.loading.ledger import Ledger

    from beancoop_cli.examining.patient import Patient

NO_GIT = error(
    "BC1572", "git is not installed: nothing tells what was changed, nor takes it back. On Debian: apt install git"
)
NO_HISTORY = error(
    "BC1573",
    "The ledger has no version history; run: git -C {folder} init && git -C {folder} add -A && "
    "git -C {folder} commit -m 'First state'",
)
NOT_COMMITTED = error(
    "BC1574",
    "{count} file of the ledger was changed and is not in the version history; run: git -C {folder} add -A && "
    "git -C {folder} commit",
    "{count} files of the ledger were changed and are not in the version history; run: git -C {folder} add -A && "
    "git -C {folder} commit",
)
HISTORY = phrase("All of the ledger is in the version history.")
NOT_LOADED = error("BC1575", "The ledger is not loaded: {finding}. Run: beancoop check --ledger {ledger}")
FINDINGS = error(
    "BC1576",
    "The ledger has {count} finding: {codes}. Run: beancoop check --ledger {ledger}",
    "The ledger has {count} findings: {codes}. Run: beancoop check --ledger {ledger}",
)
LOADS = phrase("The ledger loads: {count} transaction.", "The ledger loads: {count} transactions.")
LAST_ENTRY = phrase("The last entry is of {day}.")
LAST_CLOSED = phrase("The last closed month is {month}.")
NONE_CLOSED = phrase("No month is closed yet.")

_OF_BEANCOUNT = "Beancount"


def history(patient: Patient) -> Iterator[Remark]:
    """See whether all that was written is in the version history."""
    git = shutil.which("git")
    if git is None:
        yield Remark(NO_GIT())
        return
    folder = patient.folder
    command = [git, "-c", f"safe.directory={folder}", "-C", str(folder), "status", "--porcelain", "--", "."]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git, at a folder
    if answer.returncode:
        yield Remark(NO_HISTORY(folder=folder))
    elif changed := answer.stdout.splitlines():
        yield Remark(NOT_COMMITTED(count=len(changed), folder=folder))
    else:
        yield Remark(HISTORY())


def state(patient: Patient) -> Iterator[Remark]:
    """Load the ledger, and tell what is found in it and up to when it is kept."""
    if found := check_gate(sub_ledgers(patient.ledger)) or check_readable(patient.ledger):
        yield Remark(NOT_LOADED(finding=str(found[0]), ledger=patient.ledger))
        return
    ledger = read_ledger(patient.ledger)
    if wrong := wrong_in(ledger):
        numbers = Counter(finding.code or _OF_BEANCOUNT for finding in wrong)
        codes = tuple(f"{code} ({count})" for code, count in sorted(numbers.items()))
        yield Remark(FINDINGS(count=len(wrong), codes=codes, ledger=patient.ledger))
    yield from _kept_up_to(ledger)


def _kept_up_to(ledger: Ledger) -> Iterator[Remark]:
    dates = [entry.date for entry in ledger.entries if isinstance(entry, Transaction)]
    yield Remark(LOADS(count=len(dates)))
    if dates:
        yield Remark(LAST_ENTRY(day=dates[-1]))
    month = read_register(ledger.entries, ledger.options).last_closed(COOP)
    yield Remark(LAST_CLOSED(month=month) if month else NONE_CLOSED())
