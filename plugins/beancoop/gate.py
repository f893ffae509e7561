"""The gate: what the text of a sub-ledger may hold, judged before anything of it is executed.

Loading a ledger runs the plugins it names, follows its includes wherever they lead, and a division by zero in an
amount ends the process. So the text is first parsed, without loading, in a child process with limits, against a list
of what is allowed: the unit's own accounts and directives, includes inside its own folder, and the options and the
one plugin of the scaffold.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from beancoop.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SECONDS_A_FILE = 10
LEDGER_FILE = "ledger.beancount"


def sub_ledgers(main: Path) -> list[Path]:
    """Give the folder of each sub-ledger of the cooperative whose ledger is *main*, in order."""
    activities = main.parent / "activities"
    return sorted(path for path in activities.iterdir() if _is_visible(path)) if activities.is_dir() else []


def check_gate(folders: Iterable[Path]) -> list[Finding]:
    """Judge the text of each sub-ledger *folder*, named after its unit; nothing in it is loaded or run."""
    findings: list[Finding] = []
    files: list[tuple[Path, Path]] = []
    for folder in folders:
        if not folder.is_dir() or folder.is_symlink():
            findings.append(Finding(str(folder), 0, "Only the folders of sub-ledgers belong here; take it away."))
            continue
        findings += _foreign_files(folder)
        files += [(folder, path) for path in sorted(folder.rglob("*.beancount")) if _is_own_file(folder, path)]
        if not (folder / LEDGER_FILE).is_file():
            findings.append(Finding(str(folder), 0, f"A sub-ledger needs a file {LEDGER_FILE}; add it."))
    return sorted({*findings, *_parse(files)})


def _is_visible(path: Path) -> bool:
    return not path.name.startswith(".")


def _is_own_file(folder: Path, path: Path) -> bool:
    """Say whether *path* is a plain file of the folder, reached by no link of either kind."""
    plain = path.is_file() and not path.is_symlink() and path.stat().st_nlink == 1
    return plain and path.resolve().is_relative_to(folder.resolve())


def _foreign_files(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_dir() or _is_own_file(folder, path)):
            yield Finding(str(path), 0, "A link or special file leads out of the sub-ledger; put a plain file here.")
        elif path.suffix in (".py", ".pyc", ".picklecache"):
            yield Finding(str(path), 0, "A program has no place in a sub-ledger; take the file away.")


def _parse(files: list[tuple[Path, Path]]) -> Iterator[Finding]:
    """Parse the files in a child; one that ends the child is refused, and the next child goes on after it."""
    while files:
        request = json.dumps([(str(folder), str(path)) for folder, path in files])
        limit = SECONDS_A_FILE + len(files)
        answer, failure = _run_child(request, limit)
        done = [json.loads(line) for line in answer.splitlines() if line.endswith("]")]
        yield from (Finding(*finding) for findings in done for finding in findings)
        if len(done) < len(files):
            yield Finding(
                str(files[len(done)][1]), 0, f"Reading this file {failure}; take out what Beancount cannot read."
            )
            done.append([])
        files = files[len(done) :]


def _run_child(request: str, seconds: int) -> tuple[str, str]:
    """Give what the child printed, and how it failed if it did."""
    command = [sys.executable, "-I", "-m", "beancoop.gatekeeper"]
    try:
        child = subprocess.run(command, input=request, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as expired:
        printed = expired.stdout or b""
        return printed.decode() if isinstance(printed, bytes) else printed, f"takes more than {seconds} seconds"
    return child.stdout, f"ends the program (status {child.returncode})"
