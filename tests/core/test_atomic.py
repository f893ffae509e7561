"""A file is written whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest
from beancoop.storage.atomic import write_text
from beancoop.storage.step import UNDO_FILE, Change, ConflictError, apply_changes, one_step, one_writer, undo_changes


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


class TestOneStep:
    """Several files, all of them or none."""

    @pytest.fixture
    def changes(self, tmp_path):
        (tmp_path / "books").mkdir()
        main, book = tmp_path / "main.beancount", tmp_path / "books/new.beancount"
        main.write_text("un\n")
        return [Change(main, "un\n", "deux\n"), Change(book, None, "neuf\n"), Change(main, "deux\n", "trois\n")]

    def held(self, folder):
        return {path.name: path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}

    def kill_within(self, folder, changes):
        """End a process of our own in the middle of the step."""
        child = os.fork()
        if child == 0:
            with one_writer(folder), one_step(folder, changes):
                os._exit(9)
        os.waitpid(child, 0)

    def test_all_are_replaced_in_order(self, tmp_path, changes):
        with one_step(tmp_path, changes):
            assert (tmp_path / UNDO_FILE).exists()
        assert self.held(tmp_path) == {"main.beancount": "trois\n", "new.beancount": "neuf\n"}

    def test_what_goes_wrong_within_puts_them_back(self, tmp_path, changes):
        with pytest.raises(KeyboardInterrupt), one_step(tmp_path, changes):
            raise KeyboardInterrupt
        assert self.held(tmp_path) == {"main.beancount": "un\n"}

    def test_a_file_that_someone_else_changed_stays_as_it_is(self, tmp_path, changes):
        (tmp_path / "books/new.beancount").write_text("autre\n")
        with pytest.raises(ConflictError), one_step(tmp_path, changes):
            pass
        assert self.held(tmp_path) == {"main.beancount": "un\n", "new.beancount": "autre\n"}

    def test_the_next_writer_takes_back_what_a_kill_left(self, tmp_path, changes):
        self.kill_within(tmp_path, changes)
        assert (tmp_path / "main.beancount").read_text() == "trois\n"
        with one_writer(tmp_path):
            assert self.held(tmp_path) == {"main.beancount": "un\n"}

    def test_but_not_over_what_was_written_since(self, tmp_path, changes):
        self.kill_within(tmp_path, changes)
        (tmp_path / "books/new.beancount").write_text("neuf\net plus\n")
        with (
            pytest.raises(ConflictError, match=r"new\.beancount was changed since.*beancoop-undo"),
            one_writer(tmp_path),
        ):
            pass
        assert (tmp_path / "main.beancount").read_text() == "trois\n"
        (tmp_path / UNDO_FILE).unlink()
        with one_writer(tmp_path):
            assert (tmp_path / "books/new.beancount").read_text() == "neuf\net plus\n"

    def test_a_folder_that_was_moved_since(self, tmp_path, changes):
        self.kill_within(tmp_path, changes)
        moved = tmp_path.rename(tmp_path.with_name("moved"))
        with one_writer(moved):
            assert self.held(moved) == {"main.beancount": "un\n"}

    @pytest.mark.parametrize("text", ["", "[]", '{"x": 1}', '{"x": {"before": "y"}}'])
    def test_a_file_that_is_none_of_ours_is_told(self, tmp_path, text):
        (tmp_path / UNDO_FILE).write_text(text)
        with pytest.raises(ConflictError, match="delete it"), one_writer(tmp_path):
            pass

    def test_nothing_outside_the_folder_is_put_back(self, tmp_path):
        ledgers, profile = tmp_path / "ledgers", tmp_path / "profile"
        ledgers.mkdir()
        self.kill_within(ledgers, [Change(profile, None, "le mien\n")])
        with pytest.raises(ConflictError), one_writer(ledgers):
            pass
        assert profile.read_text() == "le mien\n"

    def test_documents_are_taken_back_too(self, tmp_path):
        new, old = tmp_path / "documents/new.pdf", tmp_path / "old.pdf"
        old.write_bytes(b"\xff1")
        self.kill_within(tmp_path, [Change(new, None, b"\xff%"), Change(old, b"\xff1", b"\xff2")])
        assert (new.read_bytes(), old.read_bytes()) == (b"\xff%", b"\xff2")
        with one_writer(tmp_path):
            assert not new.exists()
            assert old.read_bytes() == b"\xff1"
