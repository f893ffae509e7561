"""The chart of accounts as data: what each PCMN number is called, in four languages, and its normal side.

The data are in `chart.tsv` beside this module, with their sources; they are read at the first question, once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from beancoop.model.pcmn import Root, roots_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Side: TypeAlias = Literal["D", "C"]

LANGUAGES = ("fr", "nl", "de", "en")
_SMALL_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a au aux avec d de des du en et l la le les ou par pour sur un une qui s dans "
        "aan de het een in met of op te uit van voor bij ten der "
        "an auf aus bei das dem den der des die ein einer fur im in mit oder und von vom zu zum zur "
        "and at by for in of on or the to with",
    )
)
_HEADING = 2  # digits
_LONGEST_SLUG = 6  # words


class ChartAccount(NamedTuple):
    """A number of the chart.

    Attributes:
        number: the PCMN number, of one digit for a class.
        side: that of a normal balance, D for debit or C for credit.
        source: "" for the decree, "usage" for what accountants add to it, "beancoop" for ours.
        words: what accounts of that number are called in ledgers, where the label does not tell it.
        labels: what people call it, by language.

    """

    number: str
    side: Side
    source: str
    words: tuple[str, ...]
    labels: Mapping[str, str]

    @property
    def roots(self) -> tuple[Root, ...]:
        """The roots under which its accounts may stand; none for a class that several share."""
        return roots_for(self.number)

    @property
    def stem(self) -> str:
        """What a new account of it is called between class and unit, such as `700-VentesPrestations`."""
        return f"{self.number}-{self.word}"

    @property
    def word(self) -> str:
        """What a new account of it is called beside its number, such as `VentesPrestations`."""
        return self.words[0] if self.words else slug(self.labels["fr"])


def account(number: str) -> ChartAccount | None:
    """Give the row of exactly that *number*; None where the chart has none."""
    return chart().get(number)


def known(number: str) -> ChartAccount | None:
    """Give the row of *number*, or of the longest number it subdivides: 6131 takes the name of 613.

    None where the chart has none: a heading that the decree itself subdivides names only its own number, so that 494,
    which is not under 49, is unknown.
    """
    rows = chart()
    if row := rows.get(number):
        return row
    for length in range(len(number) - 1, 1, -1):
        if row := rows.get(number[:length]):
            return None if _is_heading(row.number) else row
    return None


def nearest(number: str, count: int = 3) -> Sequence[ChartAccount]:
    """Give the *count* rows whose numbers come nearest to an unknown one, in order of number; never a heading."""
    rows = [row for row in chart().values() if not _is_heading(row.number)]
    return sorted(sorted(rows, key=lambda row: _distance(row.number, number))[:count], key=lambda row: row.number)


def _is_heading(number: str) -> bool:
    return len(number) == 1 or (len(number) == _HEADING and number in _subdivided())


def _distance(one: str, other: str) -> tuple[int, int, str]:
    """Say how far two numbers are apart: by the digits they share at the front, then by value."""
    apart = abs(int(one.ljust(6, "0")[:6]) - int(other.ljust(6, "0")[:6]))
    shared = sum(other.startswith(one[:length]) for length in range(1, len(one) + 1))
    return -shared, apart, one


@lru_cache(maxsize=4096)  # a journal asks for the same accounts on each line
def label(number: str, own: str, language: str) -> str:
    """Say what to call the account of *number*, which its ledger calls *own*, to a reader of *language*.

    The chart's label, where the ledger's own word is the chart's for that number; else the ledger's own word.

    >>> label("700", "VentesPrestations", "nl"), label("700", "Menuiserie", "nl")
    ('Verkopen en dienstprestaties', 'Menuiserie')
    """
    row = known(number)
    return row.labels[language] if row and plain(own) in _names(row) else own


def slug(text: str) -> str:
    """Make the word that an account's name holds of a label: letters and digits, the small words left out.

    >>> slug("Ventes et prestations de services"), slug("Charges à reporter")
    ('VentesPrestationsServices', 'ChargesReporter')
    """
    bare = _bare(text)
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"\(.*?\)|·\w+", "", bare))
    telling = [word for word in words if word.lower() not in _SMALL_WORDS] or words
    return "".join(word[:1].upper() + word[1:] for word in telling[:_LONGEST_SLUG])


def _bare(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def plain(text: str) -> str:
    """Give a word as it is compared: capitals, accents and dashes make no other word."""
    return re.sub(r"[^a-z0-9]", "", _bare(text).lower())


def _names(row: ChartAccount) -> frozenset[str]:
    """Give every word by which a ledger may mean the chart's own label, plain."""
    made = (form for text in row.labels.values() for form in (slug(text), text))
    return frozenset(map(plain, (*row.words, *made)))


@lru_cache(maxsize=1)
def chart() -> Mapping[str, ChartAccount]:
    """Give the whole chart by number, in its order."""
    text = Path(__file__).with_name("chart.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    _head, *rows = (line.split("\t") for line in lines)
    found: dict[str, ChartAccount] = {}
    for number, side, source, words, *labels in rows:
        own: Side = "D" if (side or found[number[:-1]].side) == "D" else "C"
        named = dict(zip(LANGUAGES, labels, strict=True))
        found[number] = ChartAccount(number, own, source, tuple(words.split()), named)
    return found


@lru_cache(maxsize=1)
def _subdivided() -> frozenset[str]:
    """Give the numbers that the decree itself subdivides."""
    return frozenset(row.number[:-1] for row in chart().values() if not row.source)
