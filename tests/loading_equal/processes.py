"""Loads in other processes, which know of each other by the cache folder alone."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

CHILD = Path(__file__).with_name("child.py")
PATIENCE = 120  # seconds until a process that waits for ever is given up
DROP = ("BEANCOOP_LOADER", "COVERAGE_PROCESS_CONFIG")  # measured, a child would take twice as long


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

    def tidy(self) -> None:
        """Take away the folders that stand in the place of files."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.is_dir():
                path.rmdir()

    @property
    def mode(self) -> int:
        """Who may do what in the folder."""
        return stat.S_IMODE(self.folder.stat().st_mode)


def told_by(process: subprocess.Popen[str]) -> list[str]:
    """Wait for a process; give the differences that it has found, or why it ended."""
    said, failed = process.communicate(timeout=PATIENCE)
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


# What may happen to a file of the cache.


def cut(path: Path, draw: random.Random) -> None:
    """Lose its end."""
    content = path.read_bytes()
    path.write_bytes(content[: draw.randrange(len(content) + 1)])


def empty(path: Path, _draw: random.Random) -> None:
    """Lose all of it."""
    path.write_bytes(b"")


def alter(path: Path, draw: random.Random) -> None:
    """Change a byte."""
    content = bytearray(path.read_bytes() or b"\0")
    content[draw.randrange(len(content))] ^= draw.randint(1, 255)
    path.write_bytes(content)


def alter_the_head(path: Path, draw: random.Random) -> None:
    """Change a byte of the first hundred."""
    content = bytearray(path.read_bytes() or b"\0")
    content[draw.randrange(min(len(content), 100))] ^= draw.randint(1, 255)
    path.write_bytes(content)


def lengthen(path: Path, draw: random.Random) -> None:
    """Add to its end."""
    path.write_bytes(path.read_bytes() + draw.randbytes(20))


def replace(path: Path, draw: random.Random) -> None:
    """Hold something else."""
    path.write_bytes(draw.randbytes(200))


def take_anothers(path: Path, draw: random.Random) -> None:
    """Hold what another file of the cache holds."""
    others = [other for other in path.parent.iterdir() if other.is_file() and other != path]
    if others:
        shutil.copyfile(draw.choice(sorted(others)), path)


def run_something(path: Path, _draw: random.Random) -> None:
    """Hold a pickle that ends whoever reads it."""
    path.write_bytes(PICKLE)


def become_a_folder(path: Path, _draw: random.Random) -> None:
    """Be a folder."""
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path, _draw: random.Random) -> None:
    """Be a pipe that nobody writes into."""
    path.unlink()
    os.mkfifo(path)


def become_a_link(path: Path, _draw: random.Random) -> None:
    """Be a link to nothing."""
    path.unlink()
    path.symlink_to("nowhere")


def go(path: Path, _draw: random.Random) -> None:
    """Be no more."""
    path.unlink()


PICKLE = b"cos\n_exit\n(I86\ntR."
DAMAGE = (
    *(cut, empty, alter, alter_the_head, lengthen, replace, take_anothers, run_something),
    *(become_a_folder, become_a_pipe, become_a_link, go),
)
