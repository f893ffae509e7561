"""A folder is created whole or not at all, over nothing that was there."""

from __future__ import annotations

import os
import stat

import pytest
from beancoop.storage.folder import create_folder, is_taken


def test_texts_bytes_and_files_are_written_in_folders_made_for_them(tmp_path):
    (tmp_path / "facture.pdf").write_bytes(b"%PDF\xff")
    contents = {"a.txt": "é\n", "b/c.bin": b"\x00", "b/d.pdf": tmp_path / "facture.pdf"}
    create_folder(tmp_path / "deep" / "er" / "new", contents)
    found = {path.relative_to(tmp_path / "deep/er/new").as_posix(): path for path in (tmp_path / "deep").rglob("*.*")}
    assert {name: path.read_bytes() for name, path in found.items()} == {
        "a.txt": "é\n".encode(),
        "b/c.bin": b"\x00",
        "b/d.pdf": b"%PDF\xff",
    }
    assert [path.name for path in (tmp_path / "deep/er").iterdir()] == ["new"]


def test_a_folder_of_nothing_is_a_folder(tmp_path):
    create_folder(tmp_path / "new", {})
    assert list((tmp_path / "new").iterdir()) == []


def full(place):
    place.mkdir()
    (place / "x").write_text("x")


@pytest.mark.parametrize(
    ("make", "taken"),
    [
        (lambda _: None, False),
        (lambda place: place.mkdir(), False),
        (full, True),
        (lambda place: place.write_text("x"), True),
        (lambda place: place.symlink_to(place.with_name("nowhere")), True),
    ],
    ids=["nothing", "empty folder", "full folder", "file", "broken link"],
)
def test_only_an_empty_folder_gives_way(make, taken, tmp_path):
    make(place := tmp_path / "new")
    before = os.lstat(place) if taken else None
    assert is_taken(place) is taken
    if taken:
        with pytest.raises(FileExistsError):
            create_folder(place, {"x": "y"})
        assert os.lstat(place) == before
    else:
        create_folder(place, {"x": "y"})
        assert (place / "x").read_text() == "y"


def test_what_the_judge_refuses_is_not_there(tmp_path):
    def judge(draft):
        assert (draft / "x").read_text() == "y"
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        create_folder(tmp_path / "new", {"x": "y"}, judge)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_and_what_is_in_it_are_flushed_to_the_disk(tmp_path, monkeypatch):
    """Each file while it has all its bytes, then the folder that holds the new name."""
    flushed = []
    real = os.fsync

    def note(descriptor):
        status = os.fstat(descriptor)
        flushed.append(status.st_size if stat.S_ISREG(status.st_mode) else "folder")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    create_folder(tmp_path / "new", {"x": "y" * 10})
    assert flushed == [10, "folder"]
