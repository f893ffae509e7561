"""What the operating system answers where a file cannot be had, in the reader's language."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from beancoop.words.messages import phrase

if TYPE_CHECKING:
    from pathlib import Path

_REASONS = {
    errno.ENOENT: phrase("{file} is not there."),
    errno.EACCES: phrase("{file} may not be read or written by you; ask who looks after this machine."),
    errno.EPERM: phrase("{file} may not be read or written by you; ask who looks after this machine."),
    errno.EISDIR: phrase("{file} is a folder, where a file was expected."),
    errno.ENOTDIR: phrase("{file} lies below what is no folder."),
    errno.EEXIST: phrase("{file} is there already."),
    errno.ENOSPC: phrase("There is no room left for {file}; make some on the disk."),
    errno.EROFS: phrase("{file} lies where nothing can be written."),
    errno.ENAMETOOLONG: phrase("The name {file} is too long."),
    errno.ELOOP: phrase("{file} is a link that leads round in a circle."),
}
_NO_UTF8 = phrase("A file holds what is not UTF-8 text (byte {position}); save it again in that encoding.")
_OTHER = phrase("{file}: the system says: {reason}.")


def reason(failed: OSError | UnicodeDecodeError, written: Path | None = None) -> str:
    """Say in a sentence why a file could not be read, or why *written* could not be written."""
    if isinstance(failed, UnicodeDecodeError):
        return _NO_UTF8(position=failed.start)
    if failed.errno is None:
        return str(failed)
    template = _REASONS.get(failed.errno, _OTHER)
    return template(file=written.parent if written else failed.filename or "-", reason=failed.strerror or "?")
