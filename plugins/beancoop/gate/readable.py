"""Whether a ledger can be read at all: its text is parsed in a child process, which a division by zero ends.

The gate judges the text of sub-ledgers alone. The cooperative's own may say what it likes; but a program that goes on
for other readers, such as a server, must outlive a slip in it.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from beancount.parser import parser

from beancoop.gate.child import limit_resources
from beancoop.loading.includes import matching
from beancoop.loading.ledger import CANNOT_BE_LOADED
from beancoop.model.findings import Finding
from beancoop.words.messages import error

ENDS_THE_PROGRAM = error(
    "BC657", "Reading this file ends the program; look for a division by zero in what was written last."
)
TAKES_TOO_LONG = error("BC658", "Reading this ledger takes more than {seconds} seconds; look at what was written last.")
NO_PLAIN_FILE = error("BC659", "This file is included, and is no plain file; correct the include.")

SECONDS = 120
"""A ledger of 100,000 transactions is parsed in less than ten."""


def check_readable(ledger: Path) -> list[Finding]:
    """Give a finding where reading *ledger*, or what it includes, would end or hold up the program; run no plugin."""
    command = [sys.executable, "-I", "-X", "utf8", "-m", __name__, str(ledger.absolute())]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        return [Finding(str(ledger), 0, TAKES_TOO_LONG(seconds=SECONDS))]
    begun = ended.stdout.decode(errors="replace").splitlines()
    if ended.returncode == 0:
        return []
    last = begun[-1] if begun else str(ledger)
    if last.startswith(_ODD):
        return [Finding(last.removeprefix(_ODD), 0, NO_PLAIN_FILE())]
    if last.startswith(_RAISED):
        return [Finding(begun[-2], 0, CANNOT_BE_LOADED(reason=last.removeprefix(_RAISED)))]
    return [Finding(last, 0, ENDS_THE_PROGRAM())]


_ODD, _RAISED = "odd ", "raised "


def read_all(ledger: Path) -> bool:
    """Parse *ledger* and all that it includes, as Beancount does, naming each file before; say if all are plain."""
    waiting, seen = [str(ledger)], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if not Path(name).is_file():
            print(f"{_ODD}{name}", flush=True)  # noqa: T201 - this is its answer
            return False
        print(name, flush=True)  # noqa: T201
        _, _, options = parser.parse_file(name)
        for pattern in options["include"]:
            waiting += matching(name, pattern)
    return True


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        limit_resources()
    try:
        sys.exit(0 if read_all(Path(sys.argv[1])) else 1)
    except Exception as failed:  # noqa: BLE001 - whatever Beancount does not catch
        print(f"{_RAISED}{failed!r}", flush=True)  # noqa: T201
        sys.exit(1)
