"""What files include, as their text says it: where nothing has been loaded yet, and of what a load does not tell."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

_WRITTEN = re.compile(r'\binclude\s*"([^"]*)"')  # in a comment or a text, too: whoever asks is careful


def written_in(file: str | Path) -> list[tuple[int, str]]:
    """Give what stands for files in the includes of a file, a name or a pattern, each with its line.

    Raises:
        OSError: the file cannot be read.

    """
    text = Path(file).read_text(encoding="utf-8", errors="replace")
    return [(text.count("\n", 0, found.start()) + 1, found[1]) for found in _WRITTEN.finditer(text)]


def searched(file: str | Path, name: str) -> str:
    """Give where Beancount looks for what a file includes under a name or a pattern, which may yet come to be there."""
    return os.path.normpath(os.path.join(os.path.dirname(file), name))


def matching(file: str | Path, name: str) -> list[str]:
    """Give what is there now, folders and pipes among it, in the order in which Beancount reads it."""
    return [os.path.normpath(each) for each in glob.glob(os.path.join(os.path.dirname(file), name), recursive=True)]
