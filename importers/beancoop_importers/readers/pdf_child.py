"""Takes the XML files out of a PDF, in a process of its own with limits; a hostile PDF ends this process and no other.

On standard input the PDF; on standard output the number of files, then for each its name and its length, one a line,
and its bytes. Run as a script by `pdf`: it imports nothing of the project.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

MAX_MEMORY = 1_500_000_000
MAX_SECONDS = 20
"""Of a processor."""

MAX_FILES = 50
LOCKED = 3
"""The status it ends with where the PDF is encrypted."""


def limit_resources() -> None:
    """Take from this process what reading a PDF does not need; some systems know only some limits."""
    limits = (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for limit, most in limits:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def xml_files(reader: PdfReader) -> Iterator[tuple[str, bytes]]:
    """Give the attached files that are named as XML."""
    for attachment in reader.attachment_list:
        if attachment.name.lower().endswith(".xml"):
            yield attachment.name, attachment.content


def main() -> None:
    """Answer the PDF on standard input."""
    from pypdf import PdfReader  # noqa: PLC0415 - under the limits too

    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    if reader.is_encrypted:
        sys.exit(LOCKED)
    found = [file for file, _ in zip(xml_files(reader), range(MAX_FILES), strict=False)]
    output = sys.stdout.buffer
    output.write(b"%d\n" % len(found))
    for name, content in found:
        output.write(b"%s\n%d\n" % (" ".join(name.split()).encode("utf-8", "replace"), len(content)) + content)


if __name__ == "__main__":
    limit_resources()
    main()
