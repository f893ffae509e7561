"""A file is written whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest
from beancoop.atomic import Change, ConflictError, apply_changes, one_writer, undo_changes, write_text


def test_a_file_is_created_and_replaced(tmp_path):
    path = tmp_path / "livre.beancount"
    write_text(path, "un é\n")
    write_text(path, "deux\r\n")
    assert path.read_bytes() == b"deux\r\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["livre.beancount"]


def test_permissions_are_kept(tmp_path):
    path = tmp_path / "livre.beancount"
    path.write_text("")
    path.chmod(0o640)
    write_text(path, "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize(("umask", "mode"), [(0o027, 0o640), (0o022, 0o644)])
def test_a_new_file_follows_the_umask(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_text(tmp_path / "neuf", "x")
    finally:
        after = os.umask(before)
    assert stat.S_IMODE((tmp_path / "neuf").stat().st_mode) == mode
    assert after == umask


def test_nothing_stays_open(tmp_path):
    before = os.listdir("/dev/fd")  # noqa: PTH208 - one of them is the listing's own
    write_text(tmp_path / "livre.beancount", "x")
    with one_writer(tmp_path):
        pass
    assert os.listdir("/dev/fd") == before  # noqa: PTH208


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "vrai").write_text("un")
    (tmp_path / "lien").symlink_to("vrai")
    write_text(tmp_path / "lien", "deux")
    assert (tmp_path / "lien").is_symlink()
    assert (tmp_path / "vrai").read_text() == "deux"


@pytest.mark.parametrize("call", ["fsync", "rename", "fchmod"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    path = tmp_path / "livre.beancount"
    path.write_text("avant")

    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space"):
        write_text(path, "après")
    assert path.read_text() == "avant"
    assert [entry.name for entry in tmp_path.iterdir()] == ["livre.beancount"]


def test_what_somebody_changed_meanwhile_is_not_written_over(tmp_path):
    read, new, changed = (tmp_path / name for name in ("lu", "neuf", "changé"))
    read.write_text("un")
    changed.write_text("autre")
    changes = [Change(read, "un", "1"), Change(new, None, "n"), Change(changed, "deux", "2")]
    with pytest.raises(ConflictError, match="was changed by someone else meanwhile; nothing was written"):
        apply_changes(changes)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"lu": "un", "changé": "autre"}


def test_a_document_is_written_with_the_ledger_or_not_at_all(tmp_path, monkeypatch):
    book, document = tmp_path / "livre.beancount", tmp_path / "documents" / "facture.pdf"
    changes = [Change(document, None, b"%PDF\xff"), Change(book, None, "un é\n")]
    apply_changes(changes)
    assert (document.read_bytes(), book.read_text(encoding="utf-8")) == (b"%PDF\xff", "un é\n")
    undo_changes(changes)
    assert not document.exists()
    assert not book.exists()


def test_a_document_that_changed_meanwhile_is_left_alone(tmp_path):
    document = tmp_path / "facture.pdf"
    document.write_bytes(b"\xff2")
    with pytest.raises(ConflictError):
        apply_changes([Change(document, b"\xff1", b"\xff3")])
    assert document.read_bytes() == b"\xff2"


def test_a_document_is_put_back(tmp_path):
    document = tmp_path / "facture.pdf"
    document.write_bytes(b"\xff1")
    changes = [Change(document, b"\xff1", b"\xff2")]
    apply_changes(changes)
    undo_changes(changes)
    assert document.read_bytes() == b"\xff1"
