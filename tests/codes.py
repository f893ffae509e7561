"""The errors by code, as docs/checks.md tells them: `make checks` takes up what the code says, and keeps the rest.

Under each heading stands the message, as a quotation taken from the code, and a paragraph written by hand.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import beancoop
import beancoop_cli
import beancoop_fava
import beancoop_importers
import beancoop_server
from beancoop.words.messages import CODES

PAGE = Path(__file__).parents[1] / "docs/checks.md"
PACKAGES = (beancoop, beancoop_importers, beancoop_fava, beancoop_server, beancoop_cli)
_NO_LIBRARY = frozenset({"beancoop.gate.child", "beancoop_importers.readers.pdf_child"})
"""Programs of their own: they declare no error, and begin by limiting the process they run in."""

_BEGIN = "## Errors by code"
_INTRODUCTION = (
    "Each error carries a code in brackets, the same in every language and for good. A place in braces stands for a "
    "value. `make checks` takes up the messages from the code; the sentences below them are written by hand."
)
_ROOMS = {
    0: "Beancount's own messages",
    1: "Directives and the register",
    2: "Accounts and amounts",
    3: "Life, treasury, internal services, reserves",
    4: "The contribution",
    5: "Closing, seals and files",
    6: "The gate",
    7: "Bank statements",
    8: "E-invoices",
    9: "Commands, reports, the server",
    10: "VAT",
    11: "The year",
    12: "Booking statements and invoices, matching, rules",
    13: "What goes along with one who leaves; queries",
    14: "Opening the books",
    15: "The server: people, processes",
}
_SECTION = re.compile(r"^### (BC\d+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"^> .*\n?", re.MULTILINE)


def declared() -> dict[str, str]:
    """Give the English text of each error that a module of the five packages declares, by code, in their order."""
    for package in PACKAGES:
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if module.name not in _NO_LIBRARY:
                import_module(module.name)
    return {code: _shown(CODES[code].text) for code in sorted(CODES, key=_number)}


def _shown(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def written(page: str) -> dict[str, str]:
    """Give what was written by hand on each code; "" where nothing was."""
    return {code: _QUOTED.sub("", section).strip() for code, section in _SECTION.findall(page)}


def refreshed(page: str) -> str:
    """Give the page with a section for each error, in order of codes; a code that is no longer declared goes."""
    before = page.partition(f"\n{_BEGIN}\n")[0].rstrip()
    texts, paragraphs = declared(), written(page)
    parts, room = [before, _BEGIN, _INTRODUCTION], -1
    for code, text in texts.items():
        if _number(code) // 100 != room:
            room = _number(code) // 100
            parts.append(f"## {_ROOMS[room]}")
        parts += [f"### {code}", f"> {text}", *filter(None, [paragraphs.get(code)])]
    return "\n\n".join(parts) + "\n"


def _number(code: str) -> int:
    return int(code.removeprefix("BC"))


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    missing = [code for code, paragraph in written(PAGE.read_text(encoding="utf-8")).items() if not paragraph]
    sys.exit(f"{PAGE}: write a sentence under {', '.join(missing)}" if missing else 0)
