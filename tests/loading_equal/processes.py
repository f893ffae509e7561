"""Loads in other processes, which know of each other by the cache folder alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

CHILD = Path(__file__).with_name("child.py")
DROP = ("BEANCOOP_LOADER", "COVERAGE_PROCESS_START")


class Cache:
    """A cache folder of its own, which processes are told of."""

    def __init__(self, home: Path) -> None:
        """Keep it under *home*."""
        self.home = home
        self.folder = home / "beancoop"

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Let a new process compare ledgers."""
        told = {name: value for name, value in os.environ.items() if name not in DROP}
        told |= {"XDG_CACHE_HOME": str(self.home), "BEANCOUNT_DISABLE_LOAD_CACHE": "1", **environment}
        command = [sys.executable, str(CHILD), *map(str, arguments)]
        return subprocess.Popen(command, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def differences(self, *arguments: str | Path, **environment: str) -> list[str]:
        """Give the differences that a new process finds, or why it ended."""
        return told_by(self.start(*arguments, **environment))

    @property
    def files(self) -> dict[Path, bytes]:
        """All that is kept, and what it holds."""
        return {path: path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}

    @property
    def mode(self) -> int:
        """Who may do what in the folder."""
        return stat.S_IMODE(self.folder.stat().st_mode)


def told_by(process: subprocess.Popen[str]) -> list[str]:
    """Wait for a process; give the differences that it has found, or why it ended."""
    said, failed = process.communicate()
    found = [line for line in said.splitlines() if line]
    return [*found, f"ended with {process.returncode}: {failed}"] if process.returncode else found


def ends_of(ledger: Path) -> list[int]:
    """Give how a process ends that loads with Beancount, and one that loads with ours."""
    cache = Cache(ledger.parent / "cache")
    ends = []
    for way in ("stock", "ours"):
        process = cache.start("--only", way, ledger)
        process.communicate()
        ends.append(process.returncode)
    return ends


# What may happen to a file of the cache: from what it holds to what it holds then.


def cut(content: bytes, draw: random.Random) -> bytes:
    """Lose its end."""
    return content[: draw.randrange(len(content) + 1)]


def empty(_content: bytes, _draw: random.Random) -> bytes:
    """Lose all of it."""
    return b""


def alter(content: bytes, draw: random.Random) -> bytes:
    """Change a byte."""
    place = draw.randrange(max(len(content), 1))
    return content[:place] + bytes([(content[place] if content else 0) ^ draw.randint(1, 255)]) + content[place + 1 :]


def lengthen(content: bytes, draw: random.Random) -> bytes:
    """Add to its end."""
    return content + draw.randbytes(20)


def foreign(_content: bytes, draw: random.Random) -> bytes:
    """Hold something else."""
    return draw.randbytes(200)


def hostile(_content: bytes, _draw: random.Random) -> bytes:
    """Hold a pickle that ends whoever reads it."""
    return b"cos\n_exit\n(I86\ntR."


DAMAGE = (cut, empty, alter, lengthen, foreign, hostile)
