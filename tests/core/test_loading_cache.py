"""What one process leaves for the next: safe to have stale, cut, altered, foreign or absent."""

from __future__ import annotations

import datetime
import decimal
import gc
import inspect
import marshal
import os
import shutil
import stat
import subprocess
import sys
import time
from decimal import Decimal
from enum import Enum
from pathlib import Path

import beancoop
import pytest
from beancoop.contribution import rule
from beancoop.loading import cache, encoding, fast, load, load_file, pack
from beancoop.loading.comparison import first_difference
from beancoop.loading.folder import Look
from beancoop.loading.load import load_stock
from beancoop.loading.memory import Memory
from beancoop.loading.unknown import Unknown
from beancoop.model import repeated_keys
from beancoop.model.provenance import is_injected
from beancoop.rules import engine
from beancoop.rules.part import Column
from beancount import loader
from beancount.core.amount import Amount
from beancount.core.data import Booking, Posting, Transaction
from beancount.parser.grammar import ValueType
from hypothesis import given
from hypothesis import strategies as st

EXAMPLE = Path(__file__).parents[2] / "ledgers"
VALID = bytes(32)
LEDGER = """option "operating_currency" "EUR"
option "tolerance_multiplier" "0.50"
option "inferred_tolerance_default" "USD:0.01"
option "display_precision" "USD:0.001"
option "render_commas" "TRUE"
2026-01-01 open Assets:Bank EUR, USD "FIFO"
2026-01-01 open Income:Sales
  iban: "BE68 5390 0754 7034"
2026-01-02 * "Payee" "Sale" #tag ^link
  day: 2026-01-02
  amount: 1.50 EUR
  number: 2.0
  yes: TRUE
  nothing:
  ! Assets:Bank  10.00 EUR
    own: 2026-01-01
  Income:Sales
2026-01-03 * "Dollars"
  Assets:Bank  10.000 USD @@ 9.00 EUR
  Income:Sales  -9.00 EUR
2026-01-04 * "Not in balance"
  Assets:Bank  1 EUR
  Income:Sales  -2.0 EUR
2026-01-05 balance Assets:Bank  11.00 ~ 1 EUR
2026-01-05 note Assets:Bank "A note" #noted
2026-01-05 event "a" "b"
2026-01-05 query "q" "select account"
2026-01-05 price USD  0.9 EUR
2026-01-05 commodity EUR
2026-01-05 document Assets:Bank "nowhere.pdf"
2026-01-05 custom "x" "text" 2026-01-01 TRUE 1.50 EUR 3.0 Assets:Bank
2026-01-06 close Assets:Bank
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Give where the cache would be; it is not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home/beancoop"


@pytest.fixture
def ledger(tmp_path):
    (tmp_path / "main.beancount").write_text(LEDGER + 'include "more.beancount"\n')
    (tmp_path / "more.beancount").write_text('2026-02-01 * "x"\n  Income:Sales  1.00 EUR\n  Income:Sales  -1.00 EUR\n')
    return tmp_path / "main.beancount"


def _pipe(path):
    os.mkfifo(path)


def another_process(monkeypatch):
    monkeypatch.setattr(load, "_MEMORY", Memory())


def same(ledger):
    return first_difference(load_stock(ledger), load_file(ledger))


def test_what_is_written_is_read(home):
    assert cache.read("name", VALID) is None
    cache.write("name", VALID, b"body")
    assert cache.read("name", VALID) == b"body"
    assert cache.read("name", b"\1" * 32) is None
    assert cache.read("other", VALID) is None
    assert cache.held() == (home, 1, len(b"body") + 81)
    assert cache.clear() == (home, 0, 0)
    assert cache.read("name", VALID) is None
    assert home.is_dir()


def test_folder_and_file_are_the_users_alone_whatever_the_umask(home):
    before = os.umask(0)
    try:
        cache.write("one", VALID, b"body")
        os.umask(0o777)
        cache.write("two", VALID, b"body")
    finally:
        os.umask(before)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}
    assert cache.read("two", VALID) == b"body"


def test_a_folder_made_under_a_strict_umask_is_open_to_its_user(home):
    home.parent.mkdir()
    before = os.umask(0o777)
    try:
        cache.write("one", VALID, b"body")
    finally:
        os.umask(before)
    assert cache.read("one", VALID) == b"body"


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701, 0o500])
def test_a_folder_that_others_can_enter_is_neither_read_nor_written(home, mode):
    cache.write("name", VALID, b"body")
    home.chmod(mode)
    assert cache.read("name", VALID) is None
    cache.write("other", VALID, b"body")
    assert cache.held() == (home, 0, 0)
    assert cache.clear() == (home, 0, 0)
    assert stat.S_IMODE(home.stat().st_mode) == mode
    home.chmod(0o700)
    assert [path.name for path in home.iterdir()] == ["name.cache"]


def test_a_folder_that_is_a_link_or_a_file_is_left_alone(home, tmp_path):
    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    home.parent.mkdir()
    home.symlink_to(real)
    cache.write("name", VALID, b"body")
    assert list(real.iterdir()) == []
    home.unlink()
    home.write_text("")
    cache.write("name", VALID, b"body")
    assert cache.read("name", VALID) is None
    assert home.read_text() == ""


def test_a_folder_of_somebody_else_is_left_alone(home, monkeypatch):
    cache.write("name", VALID, b"body")
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    assert cache.read("name", VALID) is None
    assert cache.clear().files == 0
    monkeypatch.undo()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:40]),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
        lambda path: path.write_bytes(b"?" + path.read_bytes()[1:]),
        lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        lambda path: path.chmod(0o644),
        lambda path: path.rename(path.with_suffix(".other")) and path.symlink_to(path.with_suffix(".other")),
        lambda path: path.unlink() or _pipe(path),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_as_if_not_there(home, spoil):
    cache.write("name", VALID, b"body")
    spoil(home / "name.cache")
    assert cache.read("name", VALID) is None


def test_what_was_used_the_longest_ago_goes_first(home, monkeypatch):
    monkeypatch.setattr(cache, "MOST_FILES", 2)
    for age, name in enumerate(("old", "older"), start=1):
        cache.write(name, VALID, b"body")
        os.utime(home / f"{name}.cache", (1000 - age, 1000 - age))
    assert cache.read("older", VALID) == b"body"  # and so it is the newer one
    cache.write("new", VALID, b"body")
    assert sorted(path.name for path in home.iterdir()) == ["new.cache", "older.cache"]


def test_it_is_bounded_in_bytes_but_for_the_newest(home, monkeypatch):
    monkeypatch.setattr(cache, "MOST_BYTES", 100)
    cache.write("one", VALID, b"body")
    cache.write("two", VALID, bytes(1000))
    assert [path.name for path in home.iterdir()] == ["two.cache"]


def test_a_folder_with_the_name_of_a_file_keeps_none_of_them(home, monkeypatch):
    monkeypatch.setattr(cache, "MOST_FILES", 1)
    cache.write("one", VALID, b"body")
    (home / "folder.cache").mkdir()
    os.utime(home / "one.cache", (1000, 1000))
    os.utime(home / "folder.cache", (2000, 2000))
    cache.write("two", VALID, b"body")
    os.utime(home / "two.cache", (1000, 1000))
    assert not (home / "one.cache").exists()
    cache.clear()
    assert [path.name for path in home.iterdir()] == ["folder.cache"]


def test_what_a_killed_program_left_behind_is_taken_away(home):
    cache.write("one", VALID, b"body")
    left = home / "two-0123.new"
    left.write_bytes(b"half")
    cache.write("one", VALID, b"body")
    assert left.exists()
    os.utime(left, (1000, 1000))
    cache.write("one", VALID, b"body")
    assert not left.exists()


def test_a_disk_that_is_full_leaves_nothing_behind(home, monkeypatch):
    cache.write("one", VALID, b"body")

    def full(*_, **__):
        raise OSError(28, "no space left")

    monkeypatch.setattr(os, "replace", full)
    cache.write("two", VALID, b"body")
    monkeypatch.undo()
    assert [path.name for path in home.iterdir()] == ["one.cache"]


def test_a_home_that_cannot_be_written_is_no_trouble(tmp_path, monkeypatch, ledger):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert same(ledger) is None
    assert cache.held().files == 0


def test_without_a_place_named_it_is_below_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for named in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", named)
        assert cache.place() == tmp_path / ".cache/beancoop"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.place() == tmp_path / ".cache/beancoop"


def test_whoever_has_no_home_has_no_cache(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as it answers who has none
    cache.write("name", VALID, b"body")
    assert cache.read("name", VALID) is None
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_can_be_read(home, monkeypatch):
    cache.write("name", VALID, b"body")

    def read_only(*_, **__):
        raise OSError(30, "read-only file system")

    monkeypatch.setattr(os, "utime", read_only)
    assert cache.read("name", VALID) == b"body"


def test_it_can_be_switched_off(monkeypatch):
    assert cache.is_on()
    with cache.switched_off():
        assert not cache.is_on()
    assert cache.is_on()
    monkeypatch.setenv("BEANCOOP_CACHE", "yes")
    with cache.switched_off():
        assert not cache.is_on()
    assert os.environ["BEANCOOP_CACHE"] == "yes"


def test_the_next_process_parses_only_what_changed(home, ledger, parsed, monkeypatch):
    assert same(ledger) is None
    for expected in ([], []):
        another_process(monkeypatch)
        del parsed[:]
        assert same(ledger) is None
        assert parsed == expected
    another_process(monkeypatch)
    (ledger.parent / "more.beancount").write_text("")
    assert same(ledger) is None
    assert parsed == ["more.beancount"]


def test_the_options_of_another_time_are_not_those_of_now(home, ledger, parsed, monkeypatch):
    assert same(ledger) is None
    another_process(monkeypatch)
    ledger.write_text(ledger.read_text().replace('"0.50"', '"0.5"'))
    assert same(ledger) is None
    assert sorted(set(parsed)) == ["main.beancount", "more.beancount"]


BANK = "Assets:55:5500-Banque"
COOPERATIVE = 'plugin "beancoop"\noption "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\n'
UNEVEN = """2026-01-01 open Assets:Bank
2026-01-01 open Income:Sales
2026-01-05 * "x"
  Assets:Bank  1.50 EUR
  Income:Sales  -1.00 EUR
2026-01-06 * "x"
  Assets:Bank  1.50 EUR
  Assets:Bank  1.005 EUR @ 1.01 USD
  Income:Sales
"""


@pytest.mark.parametrize(
    "option",
    [
        'option "inferred_tolerance_default" "EUR:1"',
        'option "tolerance_multiplier" "60"',
        'option "infer_tolerance_from_cost" "TRUE"',
        'option "booking_method" "FIFO"',
    ],
)
def test_nor_are_they_in_what_the_processes_after_find(home, tmp_path, monkeypatch, option):
    """What was booked under other options is not written anew as if it had been under those of now."""
    ledger = tmp_path / "main.beancount"
    (tmp_path / "more.beancount").write_text(UNEVEN)
    for text in (f"{option}\n", "", f"{option}\n"):
        ledger.write_text(f'{text}include "more.beancount"\n')
        for _ in range(3):
            another_process(monkeypatch)
            assert same(ledger) is None


@pytest.mark.parametrize(
    "sums", [{"prec": 8}, {"prec": 50}, {"rounding": decimal.ROUND_DOWN}, {"rounding": decimal.ROUND_UP}]
)
def test_a_process_that_sums_otherwise_leaves_nothing(home, tmp_path, monkeypatch, sums):
    ledger = tmp_path / "main.beancount"
    priced = "  Assets:Bank  3 USD @@ 20 EUR\n  Income:Sales  -20 EUR\n"
    left_out = "  Assets:Bank  1.005 USD @ 1.1111 EUR\n  Assets:Bank  1234567891 EUR\n  Income:Sales\n"
    entries = "".join(f'2026-01-07 * "x"\n{each}' for each in (priced, left_out))
    ledger.write_text(f'{UNEVEN}{entries}2026-01-08 custom "x" 10/3\n')
    for told in (sums, {}, sums):
        with decimal.localcontext() as context:
            for name, value in told.items():
                setattr(context, name, value)
            assert same(ledger) is None
            another_process(monkeypatch)
            assert same(ledger) is None


AS_IT_RUNS = """
from pathlib import Path
from beancoop.loading import cache, load
print(cache.program("beancoop").hex())
"""
CHANGED_MEANWHILE = """
from beancoop import life
path = Path(life.__file__)
path.write_text(path.read_text() + "# another\\n")
"""


def test_what_runs_is_known_as_it_was_when_it_was_imported(tmp_path):
    """A server keeps running while another program is put in its place."""
    shutil.copytree(Path(beancoop.__file__).parent, tmp_path / "beancoop")
    told = {**os.environ, "PYTHONPATH": str(tmp_path)}
    late = AS_IT_RUNS.replace("load\n", f"load{CHANGED_MEANWHILE}")
    found = [
        subprocess.run([sys.executable, "-c", program], env=told, capture_output=True, text=True, check=True).stdout
        for program in (AS_IT_RUNS, late, AS_IT_RUNS)
    ]
    assert found[0] == found[1] != found[2]


def test_what_a_text_said_when_it_was_read_is_not_known_of_what_it_says_now(home, tmp_path, monkeypatch):
    """Whether a key stands twice is looked for in the text, which somebody may have saved anew meanwhile."""
    ledger, books = tmp_path / "main.beancount", tmp_path / "a.beancount"
    ledger.write_text(f'{COOPERATIVE}include "a.beancount"\n')
    twice = '2026-01-05 custom "activity" "A001"\n  rate: 0.10\n  rate: 0.20\n'
    books.write_text(twice)
    read = repeated_keys._read

    def saved(name):
        books.write_text(f"; a line more\n{twice}")
        return read(name)

    monkeypatch.setattr(repeated_keys, "_read", saved)
    load_file(ledger)
    monkeypatch.setattr(repeated_keys, "_read", read)
    books.write_text(twice)
    assert same(ledger) is None
    another_process(monkeypatch)
    assert same(ledger) is None


@pytest.mark.parametrize("named", ['custom "follow-up" "A002" "c" 1', 'custom "meeting" "m"\n  attended: "A001 A002"'])
def test_an_outline_knows_of_whom_an_absent_part_tells(home, tmp_path, monkeypatch, named):
    ledger = tmp_path / "main.beancount"
    texts = {
        "main": COOPERATIVE + "".join(f'include "{name}.beancount"\n' for name in "abc"),
        "a": f'2026-01-05 custom "activity" "A001"\n2026-01-05 open {BANK}:A001\n2026-01-06 {named}\n',
        "b": '2026-01-05 custom "activity" "A002"\n',
        "c": f"2020-01-01 open {BANK}:COOP\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.beancount").write_text(text)
    assert load_file(ledger)[1] == []

    def digest_of(name):
        return cache.digest(Path(name).read_bytes())

    another_process(monkeypatch)
    outline = load.find_sound(str(ledger), digest_of).outline()
    another_process(monkeypatch)
    assert load.find_sound(str(ledger), digest_of, outline) is not None
    (tmp_path / "b.beancount").write_text('2026-01-05 custom "activity" "A003"\n')
    another_process(monkeypatch)
    with pytest.raises(Unknown):
        load.find_sound(str(ledger), digest_of, outline)


@pytest.mark.parametrize("kind", ["ledger", "transactions"])
@pytest.mark.parametrize("what", ["program", "VERSIONS", "file", "gone", "nothing", "settings", "entries"])
def test_what_was_left_by_another_program_is_not_read(home, ledger, parsed, monkeypatch, what, kind):
    assert same(ledger) is None
    (path,) = home.glob(f"{kind}-*")
    slot = cache.Slot.of(kind, str(ledger), "beancoop")
    if what == "program":
        monkeypatch.setattr(cache, "program", lambda *_: b"another")
    elif what == "file":
        path.write_bytes(path.read_bytes()[:-5])
    elif what == "gone":
        path.unlink()
    elif what == "nothing":
        slot.write(b"")
    elif what == "settings":
        slot.write(marshal.dumps((("tuple", 1), {}, {}, {})))
    elif what == "entries":
        held = slot.read()
        if kind == "ledger":
            settings, files, *rest = marshal.loads(held)  # noqa: S302 - our own
            files = {key: (digest, marshal.dumps(("?",)), place) for key, (digest, _, place) in files.items()}
            slot.write(marshal.dumps((settings, files, *rest)))
        else:
            slot.write(bytes(each ^ 1 for each in held))
    else:
        monkeypatch.setattr(pack, "read_pack", None)
        monkeypatch.setattr(fast, "VERSIONS", frozenset())
    another_process(monkeypatch)
    del parsed[:]
    assert same(ledger) is None
    is_cut = (kind, what) == ("transactions", "file")  # in what stands there last
    known = [] if what == "VERSIONS" else ["more.beancount"] if is_cut else ["main.beancount", "more.beancount"]
    assert sorted(set(parsed)) == known


def test_a_small_change_is_left_to_the_next_process(home, ledger, monkeypatch):
    (ledger.parent / "more.beancount").write_text("; long\n" * 5000)
    load_file(ledger)
    (path,) = home.glob("ledger-*")
    before = path.read_bytes()
    text = ledger.read_text()
    ledger.write_text(text + "; one more\n")
    assert same(ledger) is None
    assert path.read_bytes() == before
    (ledger.parent / "more.beancount").write_text("; longer\n" * 5000)
    assert same(ledger) is None
    assert path.read_bytes() != before


@pytest.fixture
def looked_at(monkeypatch):
    """Give the parts that the suite looked at, by their numbers of entries."""
    seen = []
    look_at = vars(engine)["look_at"]

    def noted(part, rules, register):
        seen.append(len(part.entries))
        return look_at(part, rules, register)

    monkeypatch.setattr(engine, "look_at", noted)
    return seen


def test_the_suite_looks_only_at_what_changed(home, tmp_path, monkeypatch, looked_at):
    books = shutil.copytree(EXAMPLE, tmp_path / "ledgers")
    every = 10  # eight activities, the structure, and what is about nobody

    def looks():
        del looked_at[:]
        load_file(books / "main.beancount")
        return len(looked_at)

    def remark(name):
        path = books / name
        path.write_text(path.read_text() + "; a remark\n")

    assert looks() == every
    assert looks() == 0
    remark("activities/A003/books/2026.beancount")
    assert looks() == 1
    remark("activities/A004/follow-up.beancount")
    assert looks() == 1
    another_process(monkeypatch)
    assert looks() == 1  # the first edit was of enough to be written at once
    remark("coop/2026.beancount")
    another_process(monkeypatch)
    assert looks() == 1
    accounts = books / "coop/accounts.beancount"
    accounts.write_text(accounts.read_text() + "2026-09-01 open Expenses:61:6140-Divers:COOP EUR\n")
    another_process(monkeypatch)
    assert looks() == every  # what the structure says of accounts holds for all
    another_process(monkeypatch)
    assert looks() == 0


@pytest.fixture
def settled(monkeypatch):
    """Give the units whose levies were made."""
    seen = []
    settle = vars(rule)["settle"]

    def noted(register, levies, halves):
        found = [*levies]
        seen.extend(found[0].unit for _ in found[:1])
        return settle(register, found, halves)

    monkeypatch.setattr(rule, "settle", noted)
    return seen


def test_the_levies_of_an_activity_are_made_again_when_its_books_have_changed(home, tmp_path, monkeypatch, settled):
    main = shutil.copytree(EXAMPLE, tmp_path / "ledgers") / "main.beancount"

    def made():
        del settled[:]
        load_file(main)
        return [*settled]

    everyone = made()
    assert len(everyone) > 1
    assert made() == []
    books = main.parent / "activities" / everyone[0] / "books/2026.beancount"
    books.write_text(books.read_text() + "; a remark\n")
    assert made() == everyone[:1]
    another_process(monkeypatch)
    assert made() == everyone  # to make an entry is no more work than to read it
    assert same(main) is None


def test_what_is_written_into_a_levy_shows_in_no_later_answer(home, tmp_path):
    main = shutil.copytree(EXAMPLE, tmp_path / "ledgers") / "main.beancount"
    for spoil in (
        lambda levy: levy.meta.update(unit="A999"),
        lambda levy: levy.postings.pop(),
        lambda levy: levy.postings.reverse(),
        lambda levy: levy.meta.pop("margin"),
    ):
        entries, _, _ = load_file(main)
        levies = [entry for entry in entries if is_injected(entry) and isinstance(entry, Transaction)]
        assert levies
        for levy in levies:
            spoil(levy)
        assert same(main) is None


def test_a_part_of_what_is_kept_is_read_by_itself(home, monkeypatch):
    slot = cache.Slot.of("kind", "/a/path", "beancoop")
    assert slot.part(0) is None
    slot.write(b"0123456789")
    assert (slot.part(2, 3), slot.part(4), slot.part(10, 1)) == (b"234", b"456789", b"")
    assert slot._replace(valid=bytes(32)).part(2, 3) is None
    (home / f"{slot.name}.cache").chmod(0o644)
    assert slot.part(2, 3) is None


def test_what_the_suite_looked_at_is_let_go_without_the_collector(home, tmp_path):
    books = shutil.copytree(EXAMPLE, tmp_path / "ledgers")
    gc.collect()
    gc.disable()
    try:
        load_file(books / "main.beancount")
        assert not [each for each in gc.get_objects() if isinstance(each, Column)]
    finally:
        gc.enable()


def test_what_is_written_anew_keeps_what_is_as_it_was(home, ledger, parsed, monkeypatch):
    load_file(ledger)
    another_process(monkeypatch)
    (ledger.parent / "more.beancount").write_text("; longer\n" * 5000)
    load_file(ledger)
    another_process(monkeypatch)
    del parsed[:]
    assert same(ledger) is None
    assert parsed == []


def test_nothing_is_written_where_it_is_not_asked_for(home, ledger):
    load_file(ledger, cache=False)
    with cache.switched_off():
        load_file(ledger)
    assert not home.exists()


def test_a_ledger_of_the_stock_way_leaves_nothing(home, tmp_path):
    path = tmp_path / "main.beancount"
    path.write_text('option "documents" "."\n')
    load_file(path)
    assert not home.exists()


def test_what_cannot_be_written_is_not(home, ledger, monkeypatch):
    monkeypatch.setattr(encoding, "_KINDS", {})
    assert same(ledger) is None
    assert not home.exists()


def test_two_processes_at_once(home, ledger):
    """Each writes a file of its own and puts it in place whole."""
    program = (
        "import sys\n"
        "from beancoop.loading import load_file\n"
        "from beancoop.loading import load\n"
        "from beancoop.loading.memory import Memory\n"
        "for _ in range(20):\n"
        "    load._MEMORY = Memory()\n"
        "    entries, errors, _ = load_file(sys.argv[1])\n"
        "print(len(entries), len(errors))\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(ledger)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    entries, errors, _ = loader.load_file(str(ledger))
    assert [each.communicate()[0] for each in started] == [f"{len(entries)} {len(errors)}\n"] * 2
    assert len(list(home.iterdir())) == 2  # all but the transactions, and those


numbers = st.decimals(allow_nan=False, allow_infinity=False)
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.text())
single = st.one_of(
    plain,
    numbers,
    st.dates(),
    st.builds(Amount, numbers, st.text(min_size=1)),
    st.sampled_from(Booking),
    st.sampled_from([str, Decimal, bool, Amount, datetime.date]),
    st.frozensets(st.text(), max_size=3),
    st.builds(ValueType, st.dates(), st.just(datetime.date)),
)
values = st.recursive(
    single,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(st.text(), single, max_size=3),
    ),
    max_leaves=8,
)


@given(values)
def test_every_value_comes_back_as_it_was(value):
    written = marshal.dumps(encoding.encode_value(value))
    back = encoding.Decoder(encoding.heard).value(marshal.loads(written))  # noqa: S302 - our own
    assert first_difference(([value], [], {}), ([back], [], {})) is None


def test_what_is_not_known_is_not_written():
    class Odd(Enum):
        ONE = 1

    for value in (Odd.ONE, 1.5, object(), int):
        with pytest.raises(encoding.CannotEncodeError):
            encoding.encode_value(value)
    day, meta = datetime.date(2026, 1, 1), {"filename": "x", "lineno": 1}
    units = Amount(Decimal(1), "EUR")
    for posting in (Posting("A:B", units, units, None, None, meta), Posting("A:B", units, None, None, None, None)):
        entry = Transaction(
            meta | {"__tolerances__": encoding.heard(("0", ()))},
            day,
            "*",
            None,
            "",
            frozenset(),
            frozenset(),
            [posting],
        )
        with pytest.raises(encoding.CannotEncodeError):
            encoding.encode([entry])


def content_of(folder):
    return Look().content_of(str(folder))


def test_a_folder_is_known_by_all_that_it_holds(tmp_path):
    folder = tmp_path / "folder"
    (folder / "a/b").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "a/b/c").write_text("text")
    before = content_of(folder)
    (folder / ".git/HEAD").write_text("changes")
    assert content_of(folder) == before
    seen = {before}
    for change in (
        lambda: (folder / "a/b/c").write_text("texT"),
        lambda: (folder / "a/b/c").rename(folder / "a/b/d"),
        (folder / "e").mkdir,
        (folder / "a/.git").mkdir,
        lambda: os.link(folder / "a/b/d", tmp_path / "other"),
    ):
        change()
        seen.add(content_of(folder))
    assert len(seen) == 6
    assert None not in seen


def test_what_lies_too_deep_is_not_known_and_ends_nothing(tmp_path):
    (tmp_path / "/".join(["a"] * 200)).mkdir(parents=True)
    most = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        found = content_of(tmp_path)
    finally:
        sys.setrecursionlimit(most)
    assert found is None


def _swap(folder):
    (folder / "a/b").rename(folder / "a/c")
    (folder / "a/c").rename(folder / "a/b")


def _write_again(folder):
    (folder / "a/b").write_text("text")


def _come_and_go(folder):
    (folder / "a/c").write_text("")
    (folder / "a/c").unlink()


@pytest.mark.parametrize("change", [_swap, _write_again, _come_and_go, lambda folder: shutil.rmtree(folder / "a")])
def test_what_was_touched_is_not_what_it_was_though_it_holds_the_same(tmp_path, change):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("text")
    look = Look()
    assert look.content_of(str(tmp_path)) is not None
    assert look.is_untouched(str(tmp_path))
    assert look.is_untouched(str(tmp_path / "a"))
    time.sleep(0.05)  # a tick of the clock of the disk
    change(tmp_path)
    assert not look.is_untouched(str(tmp_path))
    assert not look.is_untouched(str(tmp_path / "a"))


@pytest.mark.parametrize(
    "change", [lambda folder: (folder / "a/b").write_text("texT"), lambda folder: (folder / "a/c").write_text("")]
)
def test_what_changes_within_a_tick_of_the_clock_is_read(tmp_path, monkeypatch, change):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("text")
    monkeypatch.setattr("beancoop.loading.folder._stamp", lambda _: ())
    look = Look()
    look.content_of(str(tmp_path))
    assert look.is_untouched(str(tmp_path))
    change(tmp_path)
    assert not look.is_untouched(str(tmp_path))


def test_what_has_long_stood_there_is_not_read_again(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("text")
    monkeypatch.setattr("beancoop.loading.folder._SETTLED", -(10**18))
    look = Look()
    look.content_of(str(tmp_path))
    monkeypatch.setattr(os, "open", None)
    assert look.is_untouched(str(tmp_path))


def test_what_was_not_known_is_never_untouched(tmp_path):
    (tmp_path / "link").symlink_to("a")
    look = Look()
    assert look.content_of(str(tmp_path)) is None
    assert not look.is_untouched(str(tmp_path))


@pytest.mark.parametrize(
    "make", [lambda path: path.symlink_to("a"), os.mkfifo, lambda path: path.parent.rename(path.parent.parent / "b")]
)
def test_a_folder_with_more_than_files_is_not_known(tmp_path, make):
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder / "thing")
    assert content_of(folder) is None
