"""Create a folder whole or not at all: a draft beside it, which takes its name in one step.

A kill at any moment leaves the folder complete or absent; a draft that was left behind has a hidden name.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from beancoop.storage.atomic import flush_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Content: TypeAlias = str | bytes | Path
"""What a file is to hold: a text, its bytes, or those of another file."""


def create_folder(folder: Path, files: Mapping[str, Content], judge: Callable[[Path], None] | None = None) -> None:
    """Create *folder* with *files*, written in their order and flushed to the disk.

    Args:
        folder: where; nothing may stand there but an empty folder.
        files: what each file is to hold, by its path within the folder.
        judge: looks at the draft before it takes the folder's name; what it raises stops everything.

    Raises:
        FileExistsError: something stands at *folder* already.
        OSError: a file could not be read or written; nothing stands there then.

    """
    if is_taken(folder):
        raise FileExistsError(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        whole = draft / folder.name  # not the draft itself, which is closed to all others
        whole.mkdir()
        for name, content in files.items():
            _write(whole / name, content)
        if judge is not None:
            judge(whole)
        whole.rename(folder)
        flush_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def is_taken(folder: Path) -> bool:
    """Say whether something other than an empty folder stands at *folder*."""
    return folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir())))


def _write(path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        if isinstance(content, Path):
            with content.open("rb") as source:
                shutil.copyfileobj(source, file)
        else:
            file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
