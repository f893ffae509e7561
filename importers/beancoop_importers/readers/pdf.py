"""The e-invoice inside a PDF: Factur-X and ZUGFeRD 2 attach it under a name that their standards fix."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from beancoop.words.messages import error

from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import pdf_child

PICTURE = error(
    "BC805",
    "this PDF is a picture of an invoice: no e-invoice is attached to it; ask the supplier for an e-invoice "
    "through Peppol, or book this one by hand.",
)
SEVERAL = error(
    "BC806",
    "this PDF holds {count} XML files ({names}), and nothing tells which counts; ask the supplier for an "
    "e-invoice through Peppol, or book this one by hand.",
)
TOO_LONG = error(
    "BC807",
    "the PDF takes too long to be read; ask the supplier for an e-invoice through Peppol, or book this one by hand.",
)
LOCKED = error(
    "BC808",
    "the PDF is locked with a password; ask the supplier for an e-invoice through Peppol, or book this one by hand.",
)
DAMAGED = error(
    "BC809",
    "the PDF is damaged, or made to be unreadable; ask the supplier for an e-invoice through Peppol, or book "
    "this one by hand.",
)


_SIGNATURE = b"%PDF-"
_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
_SECONDS = 60
"""Beyond what its limits allow the child: the machine may be busy."""

_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def recognises(head: bytes) -> bool:
    """Tell whether a file that begins so is a PDF."""
    return head.lstrip().startswith(_SIGNATURE)


def invoice_in(data: bytes) -> tuple[str, bytes]:
    """Give the name and the bytes of the e-invoice inside a PDF.

    Raises:
        Refused: the PDF cannot be read within its limits, or holds no e-invoice, or several.

    """
    files = _xml_files(data)
    named = [(name, content) for name, content in files if name.lower() in _NAMES]
    found = named or files
    if not found:
        raise Refused(PICTURE())
    if len(found) > 1:
        names = [clean(name) for name, _ in found]
        raise Refused(SEVERAL(count=len(found), names=names))
    name, content = found[0]
    return clean(name), content


def _xml_files(data: bytes) -> list[tuple[str, bytes]]:
    """Have a child process take out the XML files."""
    command = [sys.executable, "-I", "-X", "utf8", str(Path(pdf_child.__file__))]
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    try:
        child = subprocess.run(  # noqa: S603 - our own script
            command, input=data, capture_output=True, env=environment, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused(TOO_LONG()) from None
    if child.returncode == pdf_child.LOCKED:
        raise Refused(LOCKED())
    if child.returncode:
        raise Refused(DAMAGED())
    return _files(io.BytesIO(child.stdout))


def _files(answer: io.BytesIO) -> list[tuple[str, bytes]]:
    count = int(answer.readline())
    return [(answer.readline().decode().strip(), answer.read(int(answer.readline()))) for _ in range(count)]
