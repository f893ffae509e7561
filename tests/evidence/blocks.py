"""The text of a ledger, directive by directive, and ways to change it: what it says, or only how it is written."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = re.compile(r"^(?P<date>\d{4}-\d\d-\d\d) .*\n(?:[ \t]+\S.*\n)*", re.MULTILINE)
_POSTING = re.compile(
    r"^(?P<margin> +)(?P<account>[A-Z]\w+:\S+)(?P<gap> +)(?P<number>-?\d+\.\d\d)(?= EUR)", re.MULTILINE
)
_META = re.compile(r"^ +[a-z][\w-]*: .*\n", re.MULTILINE)


class Block(NamedTuple):
    """One directive as it stands in a file."""

    path: Path
    start: int
    text: str
    date: datetime.date

    def replaced(self, text: str) -> str:
        """Give the whole file with *text* in place of the directive."""
        whole = self.path.read_text(encoding="utf-8")
        return whole[: self.start] + text + whole[self.start + len(self.text) :]


def blocks(path: Path) -> Iterator[Block]:
    """Give the dated directives of a file."""
    for found in _BLOCK.finditer(path.read_text(encoding="utf-8")):
        yield Block(path, found.start(), found[0], datetime.date.fromisoformat(found["date"]))


# A change goes from the text of a directive to another; it gives None where it does not apply.


def shift_amounts(text: str, draw: random.Random) -> str | None:
    """Move a few cents between two postings, which stay balanced."""
    postings = list(_POSTING.finditer(text))
    if len(postings) < 2:
        return None
    cents = Decimal(draw.randint(1, 5000)) / 100
    for posting, change in zip(
        sorted(draw.sample(postings, 2), key=re.Match.start)[::-1], (cents, -cents), strict=True
    ):
        number = f"{Decimal(posting['number']) + change:.2f}"
        text = text[: posting.start("number")] + number + text[posting.end("number") :]
    return text


def change_balance(text: str, draw: random.Random) -> str | None:
    """Assert another balance."""
    found = re.search(r" balance \S+ +(-?\d+\.\d\d) EUR", text)
    if found is None:
        return None
    return text[: found.start(1)] + f"{Decimal(found[1]) + draw.randint(1, 9)}" + text[found.end(1) :]


def swap_accounts(text: str, draw: random.Random) -> str | None:
    """Exchange the accounts of two postings."""
    postings = list(_POSTING.finditer(text))
    if len(postings) < 2:
        return None
    first, second = sorted(draw.sample(postings, 2), key=re.Match.start)
    if first["account"] == second["account"] or first["number"] == second["number"]:
        return None
    middle = text[first.end("account") : second.start("account")]
    head, tail = text[: first.start("account")], text[second.end("account") :]
    return f"{head}{second['account']}{middle}{first['account']}{tail}"


def change_words(text: str, draw: random.Random) -> str | None:
    """Write a letter more inside a quoted text: a payee, a narration, a value, a hash."""
    places = [found.end() for found in re.finditer(r'(?<=")[^"\n]+', text)]
    place = draw.choice(places) if places else None
    return f"{text[:place]}x{text[place:]}" if place else None


def change_flag(text: str, _: random.Random) -> str | None:
    """Say that a transaction is doubtful."""
    return re.sub(r"^(\S+) \*", r"\1 !", text) if " * " in text.partition("\n")[0] else None


def change_links(text: str, draw: random.Random) -> str | None:
    """Take the link away, or add one."""
    head, end, rest = text.partition("\n")
    if not re.match(r"\S+ [*!] ", head):
        return None
    added = re.sub(r" \^\S+", "", head, count=1) if "^" in head else f"{head} ^lien-{draw.randint(1, 999)}"
    return added + end + rest


def add_metadata(text: str, draw: random.Random) -> str:
    """Add a line of metadata."""
    head, end, rest = text.partition("\n")
    return f'{head}{end}  remarque: "{draw.randint(1, 999)}"\n{rest}'


def delete(_text: str, _: random.Random) -> str:
    """Leave nothing of it."""
    return ""


def double(text: str, _: random.Random) -> str:
    """Write it twice."""
    return f"{text}\n{text}"


def re_date(text: str, draw: random.Random) -> str:
    """Move it by a few days, earlier or later."""
    day = datetime.date.fromisoformat(text[:10]) + datetime.timedelta(draw.choice([-40, -3, -1, 1, 2, 35, 400]))
    return f"{day}{text[10:]}"


def add_entry(text: str, draw: random.Random) -> str | None:
    """Put another transaction, of the same day and accounts, behind it."""
    accounts = sorted({found["account"] for found in _POSTING.finditer(text)})
    if len(accounts) < 2:
        return None
    one, other = draw.sample(accounts, 2)
    amount = f"{draw.randint(1, 99999) / 100:.2f}"
    return f'{text}\n{text[:10]} * "Oubliée"\n  {one}  {amount} EUR\n  {other}  -{amount} EUR\n'


EDITS = (
    *(shift_amounts, change_balance, swap_accounts, change_words, change_flag, change_links, add_metadata),
    *(delete, double, re_date, add_entry),
)
"""What changes the books."""


def indent(text: str, draw: random.Random) -> str:
    """Indent by another width."""
    return re.sub(r"^[ \t]+", draw.choice([" ", "    ", "\t", "       "]), text, flags=re.MULTILINE)


def pad_zeros(text: str, draw: random.Random) -> str:
    """Write numbers with more decimals, which are zero."""
    return _POSTING.sub(lambda found: found[0] + "0" * draw.randint(1, 4), text)


def set_apart(text: str, draw: random.Random) -> str:
    """Put more or less blank between account and number, and at the ends of lines."""
    text = _POSTING.sub(lambda found: found[0].replace(found["gap"], " " * draw.randint(2, 60)), text)
    return text.replace("\n", draw.choice([" \n", "\t\n", "   \n"]))


def comment(text: str, draw: random.Random) -> str:
    """Add comments before, behind and inside."""
    head, end, rest = text.partition("\n")
    return f"; vu le {draw.randint(1, 28)}\n{head} ; vu{end}{'  ; et ici' if rest else ';'}\n{rest}\n* Titre\n"


def turn_postings(text: str, draw: random.Random) -> str | None:
    """Put postings in another order; those with metadata of their own are left."""
    lines = text.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if _POSTING.match(line)]
    if len(places) < 2 or any(_META.match(line) for line in lines[places[0] :]):
        return None
    moved = draw.sample([lines[place] for place in places], len(places))
    for place, line in zip(places, moved, strict=True):
        lines[place] = line
    return "".join(lines)


def turn_metadata(text: str, draw: random.Random) -> str | None:
    """Put the lines of metadata in another order."""
    head, end, rest = text.partition("\n")
    top = re.match(r"(?: +[a-z][\w-]*: .*\n){2,}", rest)
    if not top:
        return None
    lines = top[0].splitlines(keepends=True)
    return head + end + "".join(draw.sample(lines, len(lines))) + rest[top.end() :]


NEUTRAL = (indent, pad_zeros, set_apart, comment, turn_postings, turn_metadata)
"""What changes how a directive is written, and not what it says."""
