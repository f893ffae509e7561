"""Loads in process after process, which share a cache folder: whatever became of it, the answer is Beancount's."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from loading_equal.cooperatives import write_clean
from loading_equal.edits import Folder
from loading_equal.hostile import HOSTILE, WHOLE, inside
from loading_equal.processes import DAMAGE, PICKLE, Cache, told_by

STEPS = 4
PROGRAM = Path(__file__).parents[2] / "plugins" / "beancoop"
WORDS = "which is not declared"


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.fixture
def main(tmp_path):
    return write_clean(tmp_path / "books")


def test_edits_between_processes(main, cache):
    folder = Folder(main.parent, main, random.Random(1))
    assert cache.differences(main) == []
    for _ in range(STEPS):
        done = folder.edit()
        assert cache.differences(main) == [], done


def test_hostile_ledgers_from_the_cache_of_another_process(tmp_path, cache):
    mains = []
    for number, name in enumerate(HOSTILE):
        inside(HOSTILE[name]).write(tmp_path / str(number))
        mains.append(tmp_path / str(number) / WHOLE)
    assert cache.differences(*mains) == []
    assert cache.differences(*mains) == []


def test_a_load_leaves_a_cache_that_is_its_own(main, cache):
    assert cache.differences(main) == []
    assert cache.files
    assert cache.mode == 0o700
    assert not [path for path in main.parent.rglob("*") if "cache" in path.name]


@pytest.mark.parametrize("seed", range(2))
def test_a_damaged_cache(seed, tmp_path, cache):
    mains = [write_clean(tmp_path / str(number)) for number in range(len(DAMAGE))]
    assert cache.differences(*mains) == []
    assert cache.files
    draw = random.Random(seed)
    for number, path in enumerate(cache.files):
        DAMAGE[(number + 6 * seed) % len(DAMAGE)](path, draw)
    assert cache.differences(*mains) == []
    assert cache.differences(*mains) == []


def test_another_version_of_beancount_beside(main, cache):
    assert cache.differences("--foreign", main) == []
    assert cache.differences(main) == []
    assert cache.differences("--foreign", main) == []


def test_another_version_of_the_program_beside(tmp_path, cache):
    """One that words an error otherwise says it its own way, and leaves nothing of it to the other."""
    main = HOSTILE["the suite, and a unit that nobody is"].write(tmp_path / "books")
    other = shutil.copytree(PROGRAM, tmp_path / "other" / "beancoop")
    changed = [path for path in other.rglob("*.py") if WORDS in path.read_text(encoding="utf-8")]
    for path in changed:
        path.write_text(path.read_text(encoding="utf-8").replace(WORDS, "which nobody knows"), encoding="utf-8")
    assert changed
    assert cache.differences(main) == []
    assert cache.differences(main, PYTHONPATH=str(other.parent)) == []
    assert cache.differences(main) == []


@pytest.mark.parametrize("mode", [0o500, 0o770, 0o707, 0o755])
def test_a_folder_that_is_not_its_own_is_left_alone(mode, main, cache):
    cache.folder.mkdir(parents=True)
    stranger = cache.folder / "stranger"
    stranger.write_bytes(PICKLE)
    cache.folder.chmod(mode)
    assert cache.differences(main) == []
    assert cache.mode == mode
    assert cache.files == {stranger: PICKLE}


def test_what_others_may_have_written_is_not_read(main, cache):
    assert cache.differences(main) == []
    for path in cache.files:
        path.write_bytes(PICKLE)
    cache.folder.chmod(0o770)
    before = cache.files
    assert cache.differences(main) == []
    assert cache.files == before


def test_a_folder_behind_a_link_is_left_alone(main, cache, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    cache.home.mkdir()
    cache.folder.symlink_to(elsewhere)
    assert cache.differences(main) == []
    assert not [*elsewhere.iterdir()]


def test_a_file_in_the_place_of_the_folder(main, cache):
    cache.home.mkdir()
    cache.folder.write_text("", encoding="utf-8")
    assert cache.differences(main) == []
    shutil.rmtree(cache.home)
    cache.home.write_text("", encoding="utf-8")
    assert cache.differences(main) == []


def test_two_processes_at_once(main, cache):
    for _ in range(2):
        found = [told_by(process) for process in [cache.start(main), cache.start(main)]]
        assert found == [[], []]
        main.write_text(f'{main.read_text(encoding="utf-8")}2026-05-20 event "a" "b"\n', encoding="utf-8")


@pytest.mark.parametrize(("arguments", "environment"), [(["--no-cache"], {}), ([], {"BEANCOOP_LOADER": "stock"})])
def test_where_nothing_is_to_be_kept(arguments, environment, main, cache):
    assert cache.differences(*arguments, main, **environment) == []
    assert not cache.folder.exists() or not cache.files
