"""The program itself: what it is made of, what it draws with, what it speaks."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

from beancoop.words.language import LANGUAGES, catalogue, current
from beancoop.words.messages import error, phrase

from beancoop_cli.examining.patient import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop_cli.examining.patient import Patient

PACKAGE = "beancoop"

VERSIONS = phrase("{package} {own}, with Python {python}, Beancount {beancount} and Fava {fava}.")
NOT_INSTALLED = error("BC1562", "{package} is not installed; run: pip install --upgrade {own}")
OTHER_VERSION = error(
    "BC1563", "{package} {found} is installed, and {wanted} is needed; run: pip install --upgrade {own}"
)
PANGO = phrase("Pango {version} lays out the reports as PDF.")
NO_PANGO = error(
    "BC1564",
    "No report can be made as PDF: Pango is missing ({reason}). On Debian: apt install libpango-1.0-0 "
    "libpangoft2-1.0-0 libharfbuzz-subset0",
)
SPEAKS = phrase("Languages: {languages}; yours is {language}.")
MUTE = error("BC1565", "The texts in the language {language} are not in this installation; install {own} again.")

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*([^;]*)")
_BOUND = re.compile(r"(>=|<=|==|<|>)\s*([0-9.]+)")


def packages(_patient: Patient) -> Iterator[Remark]:
    """Compare the packages that are installed with those that this program was made for."""
    wrong = [remark for each in requires(PACKAGE) or () if "extra ==" not in each for remark in _package(each)]
    yield from wrong
    if not wrong:
        versions = {name: version(name) for name in ("beancount", "fava")}
        yield Remark(VERSIONS(package=PACKAGE, own=version(PACKAGE), python=platform.python_version(), **versions))


def _package(requirement: str) -> Iterator[Remark]:
    found = _REQUIREMENT.match(requirement)
    name, wanted = (found[1], found[2].strip()) if found else (requirement, "")
    try:
        installed = version(name)
    except PackageNotFoundError:
        yield Remark(NOT_INSTALLED(package=name, own=PACKAGE))
        return
    if not is_within(installed, wanted):
        yield Remark(OTHER_VERSION(package=name, found=installed, wanted=wanted, own=PACKAGE))


def is_within(installed: str, wanted: str) -> bool:
    """Tell whether a version is within bounds such as `<2,>=1.5` (PyPA, "Version specifiers", for plain releases)."""
    have = _release(installed)
    for bound, text in _BOUND.findall(wanted):
        limit = _release(text)
        width = max(len(have), len(limit))
        ours, theirs = (each + (0,) * (width - len(each)) for each in (have, limit))
        holds = {
            ">=": ours >= theirs,
            "<=": ours <= theirs,
            "==": ours == theirs,
            "<": ours < theirs,
            ">": ours > theirs,
        }
        if not holds[bound]:
            return False
    return True


def _release(text: str) -> tuple[int, ...]:
    numbers = re.match(r"[0-9]+(\.[0-9]+)*", text)
    return tuple(int(part) for part in numbers[0].split(".")) if numbers else ()


def pango(_patient: Patient) -> Iterator[Remark]:
    """See whether a report can be made as PDF."""
    try:
        from weasyprint.text.ffi import pango as library  # noqa: PLC0415 - its absence is what is looked for
    except (ImportError, OSError) as missing:
        yield Remark(NO_PANGO(reason=str(missing).splitlines()[0]))
        return
    number = library.pango_version()
    yield Remark(PANGO(version=f"{number // 10000}.{number // 100 % 100}.{number % 100}"))


def languages(_patient: Patient) -> Iterator[Remark]:
    """See whether each language has its texts."""
    mute = [language for language in LANGUAGES if not _speaks(language)]
    yield from (Remark(MUTE(language=language, own=PACKAGE)) for language in mute)
    if not mute:
        yield Remark(SPEAKS(languages=LANGUAGES, language=current()))


def _speaks(language: str) -> bool:
    try:
        catalogue(language)
    except OSError:
        return False
    return True
