"""What people and programs do to the files of a ledger, drawn at random: a step after the other.

`Folder` holds a ledger's files; `Folder.edit` changes them by one edit drawn, and tells which. An edit that finds
nothing to change is drawn again.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

AMOUNT = re.compile(r"(?<= )-?\d+\.\d\d(?= EUR)")
ENTRY = re.compile(r"^\d{4}-\d\d-\d\d (?:.*)\n(?:[ \t]+\S.*\n)*", re.MULTILINE)
SYNTAX = (
    '"',
    "{",
    "2026-13-01 open X\n",
    "\0",
    "open open\n",
    "é",
    "  Assets:Nowhere  1 EUR\n",
    "\ufeff",
    "\r",
    "pushtag #open\n",
)
OPTIONS = (
    'option "title" "Other"',
    'option "operating_currency" "USD"',
    'option "inferred_tolerance_default" "EUR:0.5"',
    'option "render_commas" "TRUE"',
    'option "booking_method" "FIFO"',
    'option "name_assets" "Actifs"',
    'option "no_such" "option"',
    'option "tolerance_multiplier" "0.5"',
)
BOOKED_BY = (
    ("tolerance_multiplier", "0"),
    ("tolerance_multiplier", "90"),
    ("inferred_tolerance_default", "EUR:0.5"),
    ("infer_tolerance_from_cost", "TRUE"),
)
BOOKING = re.compile(rf'option "({"|".join(name for name, _ in BOOKED_BY)})"')
PLUGINS = ("beancount.plugins.implicit_prices", "beancoop.contribution", "no.such.plugin")
STRANGERS = (
    "2026-01-09 pad Assets:55:5500-Banque:COOP Equity:14:140-ResultatReporte:COOP\n",
    '2026-01-09 * "lot"\n  Assets:55:5500-Banque:COOP  3 ABC {1.00 EUR}\n  Assets:55:5500-Banque:COOP  -3.00 EUR\n',
    '2026-01-09 * "reste"\n  Assets:55:5500-Banque:COOP  3.00 EUR\n  Equity:14:140-ResultatReporte:COOP\n',
    "2026-01-09 balance Assets:55:5500-Banque  1.00 EUR\n",
    "2026-01-09 price USD 0.91 EUR\n",
    "2026-01-09 close Equity:14:140-ResultatReporte:COOP\n",
    "2026-01-02 open Equity:14:140-ResultatReporte:COOP\n",
    '2026-01-09 custom "meeting"\n',
    '2026-01-09 document Assets:55:5500-Banque:COOP "nowhere.pdf"\n',
    "2026-01-09 commodity EUR\n",
    "2020-01-01 open Assets:Odd\n",
    "2021-01-01 open Assets:Odd\n",
    '2026-01-09 * "ouverture" #opening\n',
)
ENDING = ".beancount"


class Folder:
    """The files of a ledger, as they were first and as they are now."""

    def __init__(self, root: Path, main: Path, draw: random.Random) -> None:
        """Take what is in *root* as what a mending comes back to."""
        self.root, self.main, self.draw = root, main, draw
        self.sound = {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
        self.done: Counter[str] = Counter()

    @property
    def files(self) -> list[Path]:
        """The ledger's files as they are now."""
        return sorted(path for path in self.root.rglob(f"*{ENDING}") if path.is_file())

    def one(self) -> Path:
        """Draw a file; the main one seldom, since all may hang on it."""
        files = [path for path in self.files if path != self.main or self.draw.random() < 0.2]
        return self.draw.choice(files or [self.main])

    def edit(self) -> str:
        """Make an edit, and tell which, and where."""
        while True:
            edit = mend if self.draw.random() < 0.25 else self.draw.choice(EDITS)
            if where := edit(self):
                self.done[edit.__name__] += 1
                return f"{edit.__name__}: {where}"

    def restore(self) -> None:
        """Have all files be as they were first."""
        for path in self.root.rglob("*"):
            if path.is_file() and path not in self.sound:
                path.unlink()
        for path, held in self.sound.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != held:
                path.write_bytes(held)

    def rewrite(self, change: Callable[[str], str]) -> str:
        """Change the text of a file; "" where that changes nothing."""
        path = self.one()
        if not path.exists():
            return ""
        before = path.read_bytes()
        after = change(before.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        path.write_bytes(after)
        return str(path.relative_to(self.root)) if before != after else ""


def _in_place_of(found: list[re.Match[str]], text: str, folder: Folder, change: Callable[[str], str]) -> str:
    """Change one of the places found in a text."""
    if not found:
        return text
    place = folder.draw.choice(found)
    return text[: place.start()] + change(place[0]) + text[place.end() :]


def change_an_amount(folder: Folder) -> str:
    draw = folder.draw

    def other(_amount: str) -> str:
        return draw.choice(
            [f"{draw.randint(-99999, 99999) / 100:.2f}", f"{draw.randint(0, 99)}", "1.00000", "10/3", "0.00"]
        )

    return folder.rewrite(lambda text: _in_place_of([*AMOUNT.finditer(text)], text, folder, other))


def change_an_amount_to_one_as_long(folder: Folder) -> str:
    """Within a second of the last load, and nothing but the content tells."""

    def other(amount: str) -> str:
        return amount[:-1] + folder.draw.choice([digit for digit in "0123456789" if digit != amount[-1]])

    return folder.rewrite(lambda text: _in_place_of([*AMOUNT.finditer(text)], text, folder, other))


def change_an_amount_and_no_time(folder: Folder) -> str:
    """Leave the file its size, and its time to the nanosecond."""
    times = {path: path.stat() for path in folder.files}
    where = change_an_amount_to_one_as_long(folder)
    for path, before in times.items():
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return where


def add_an_entry(folder: Folder) -> str:
    """Write an entry that is there already once more, of another day or the same."""

    def added(text: str) -> str:
        found = ENTRY.findall(text)
        day = f"2026-0{folder.draw.randint(1, 6)}-{folder.draw.randint(1, 28):02}"
        return f"{text}\n{folder.draw.choice([day, '2026-01-05'])}{folder.draw.choice(found)[10:]}" if found else text

    return folder.rewrite(added)


def add_a_stranger(folder: Folder) -> str:
    """Add a directive of a kind that this ledger has none of."""
    return folder.rewrite(lambda text: f"{text}\n{folder.draw.choice(STRANGERS)}")


def remove_an_entry(folder: Folder) -> str:
    return folder.rewrite(lambda text: _in_place_of([*ENTRY.finditer(text)], text, folder, lambda _entry: ""))


def move_an_entry(folder: Folder) -> str:
    """Bring an entry to the top of its file."""

    def moved(text: str) -> str:
        found = [*ENTRY.finditer(text)]
        place = folder.draw.choice(found) if found else None
        return place[0] + text[: place.start()] + text[place.end() :] if place else text

    return folder.rewrite(moved)


def shift_the_lines(folder: Folder) -> str:
    """Change no directive, but the line where each stands."""
    return folder.rewrite(lambda text: f"; {folder.draw.random()}\n{text}")


def add_a_file(folder: Folder) -> str:
    beside = folder.one()
    path = beside.with_name(f"{folder.draw.choice('amz')}-{folder.draw.randint(1, 9)}{ENDING}")
    path.write_text(folder.draw.choice([*STRANGERS, "", "nonsense\n"]), encoding="utf-8")
    return str(path.relative_to(folder.root))


def remove_a_file(folder: Folder) -> str:
    path = folder.one()
    path.unlink()
    return str(path.relative_to(folder.root))


def rename_a_file(folder: Folder) -> str:
    path = folder.one()
    new = path.with_name(f"{folder.draw.choice('amz')}{path.name}")
    path.rename(new)
    return f"{path.relative_to(folder.root)} to {new.name}"


def swap_two_files(folder: Folder) -> str:
    one, other = folder.one(), folder.one()
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return f"{one.relative_to(folder.root)} and {other.relative_to(folder.root)}" if first != second else ""


def copy_a_file(folder: Folder) -> str:
    path, other = folder.one(), folder.one()
    if path == other:
        return ""
    shutil.copy2(path, other)
    return f"{path.relative_to(folder.root)} over {other.relative_to(folder.root)}"


def add_an_include(folder: Folder) -> str:
    return folder.rewrite(
        lambda text: f'{text}\ninclude "{folder.draw.choice(["*.beancount", "none.beancount", "../*.beancount"])}"\n'
    )


def remove_an_include(folder: Folder) -> str:
    return folder.rewrite(lambda text: re.sub(r"^include .*\n", "", text, count=1, flags=re.MULTILINE))


def add_an_option(folder: Folder) -> str:
    return folder.rewrite(lambda text: f"{folder.draw.choice(OPTIONS)}\n{text}")


def change_how_all_is_booked(folder: Folder) -> str:
    """Have the main file say another tolerance, by which entries elsewhere are booked that do not change."""
    before = folder.main.read_text(encoding="utf-8", errors="surrogateescape")
    others = [line for line in before.splitlines(keepends=True) if not BOOKING.match(line)]
    said = folder.draw.choice(["", *(f'option "{name}" "{value}"\n' for name, value in BOOKED_BY)])
    after = said + "".join(others)
    folder.main.write_text(after, encoding="utf-8", errors="surrogateescape")
    return said.strip() or "no tolerance" if after != before else ""


def remove_an_option(folder: Folder) -> str:
    return folder.rewrite(lambda text: re.sub(r"^option .*\n", "", text, count=1, flags=re.MULTILINE))


def add_a_plugin(folder: Folder) -> str:
    return folder.rewrite(lambda text: f'plugin "{folder.draw.choice(PLUGINS)}"\n{text}')


def remove_a_plugin(folder: Folder) -> str:
    return folder.rewrite(lambda text: re.sub(r"^plugin .*\n", "", text, count=1, flags=re.MULTILINE))


def break_the_syntax(folder: Folder) -> str:
    def broken(text: str) -> str:
        place = folder.draw.randrange(len(text) + 1)
        return text[:place] + folder.draw.choice(SYNTAX) + text[place:]

    return folder.rewrite(broken)


def cut_a_file(folder: Folder) -> str:
    return folder.rewrite(lambda text: text[: folder.draw.randrange(len(text) + 1)])


def touch(folder: Folder) -> str:
    """Change the time of a file, and nothing in it."""
    path = folder.one()
    os.utime(path, ns=(1, folder.draw.randrange(10**18)))
    return str(path.relative_to(folder.root))


def take_a_document_away(folder: Folder) -> str:
    """Remove what a `document` names; the ledger's own files stay as they are."""
    papers = [path for path in folder.sound if path.suffix != ENDING and path.exists()]
    for path in papers[:1]:
        path.unlink()
    return ", ".join(str(path.relative_to(folder.root)) for path in papers[:1])


def nothing(_folder: Folder) -> str:
    """Load again."""
    return "anywhere"


def mend(folder: Folder) -> str:
    """Bring a file, or all of them, back to what they were."""
    wrong = [path for path in folder.files if path not in folder.sound]
    wrong += [path for path, content in folder.sound.items() if not path.exists() or path.read_bytes() != content]
    if not wrong:
        return ""
    for path in wrong if folder.draw.random() < 0.3 else [folder.draw.choice(wrong)]:
        if path in folder.sound:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(folder.sound[path])
        else:
            path.unlink()
    return f"{len(wrong)} files were not as at first"


EDITS = (
    *(change_an_amount, change_an_amount_to_one_as_long, change_an_amount_and_no_time),
    *(change_an_amount, change_an_amount_to_one_as_long, add_an_entry, remove_an_entry, move_an_entry, shift_the_lines),
    *(add_a_stranger, add_a_file, remove_a_file, rename_a_file, swap_two_files, copy_a_file, add_an_include),
    *(remove_an_include, add_an_option, remove_an_option, add_a_plugin, remove_a_plugin, break_the_syntax, cut_a_file),
    *(change_how_all_is_booked, touch, take_a_document_away, nothing),
)
"""What is drawn from; `mend` goes between."""
